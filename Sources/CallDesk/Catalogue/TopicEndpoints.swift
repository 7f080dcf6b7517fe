import DeskCore
import HTTPTypes
import Hummingbird

/// The catalogue: what can be asked for, and each topic's form.
struct TopicEndpoints: Sendable {
    let catalogue: CatalogueShelf

    var all: [Endpoint] { [list, show] }

    private var list: Endpoint {
        Endpoint(
            method: .get,
            path: "/topics",
            id: "listTopics",
            tag: "topics",
            summary: "Every topic in the catalogue's order, or those that fit a search, best first.",
            scope: .ticketsRead,
            parameters: [
                .init(name: "q", schema: .string(maximum: 200), about: "Words; accents and case do not matter.")
            ],
            answer: .list("Topic")
        ) { request, context in
            let current = catalogue.current
            let words = request.query("q").map { String($0.prefix(200)) }
            let topics = words.map { current.search($0).map(\.topic) } ?? current.topics
            return .list(topics) { $0.write($1, of: current, language: context.language) }
        }
    }

    private var show: Endpoint {
        Endpoint(
            method: .get,
            path: "/topics/{topic}",
            id: "getTopic",
            tag: "topics",
            summary: "A topic with its form.",
            scope: .ticketsRead,
            answer: .one("TopicForm"),
            problems: [.notFound]
        ) { _, context in
            let current = catalogue.current
            guard let topic = current.topic(try context.text("topic")) else { throw Problem.notFound }
            return .one { $0.writeForm(topic, of: current, language: context.language) }
        }
    }
}
