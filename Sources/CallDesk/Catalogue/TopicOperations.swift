import DeskCore
import HTTPTypes
import Hummingbird

/// The catalogue: what can be asked for, and each topic's form.
struct TopicOperations: OperationSet {
    let catalogue: CatalogueShelf

    var operations: [Operation] { [list, show] }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/topics",
            id: "listTopics",
            tag: "topics",
            summary: "Every topic in the catalogue's order, or those that fit a search, best first.",
            who: [.program(.ticketsRead)],
            parameters: [
                .init(name: "q", schema: .string(maximum: 200), about: "Words; accents and case do not matter.")
            ],
            answer: .list("Topic")
        ) { ask in
            let current = catalogue.current
            let words = ask.query("q")
            let topics = words.map { current.search($0).map(\.topic) } ?? current.topics
            return .list(topics) { $0.write($1, of: current, language: ask.language) }
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/topics/{topic}",
            id: "getTopic",
            tag: "topics",
            summary: "A topic with its form.",
            who: [.program(.ticketsRead)],
            answer: .one("TopicForm"),
            problems: [.notFound]
        ) { ask in
            let current = catalogue.current
            guard let topic = current.topic(try ask.text("topic")) else { throw Problem.notFound }
            return .one { $0.writeForm(topic, of: current, language: ask.language) }
        }
    }
}
