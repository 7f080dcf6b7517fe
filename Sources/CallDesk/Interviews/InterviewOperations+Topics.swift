import DeskCore
import HTTPTypes

/// Topics found while somebody types.
extension InterviewOperations {
    var topics: Operation {
        Operation(
            method: .get,
            path: "/interviews/{attendance}/topics",
            id: "findTopics",
            tag: "interviews",
            summary: "Topics that fit the words typed so far, the best first; nothing is chosen by it.",
            who: [.staff(.technician), .program(.interviewsWrite)],
            parameters: [
                .account,
                .init(name: "q", schema: .string(maximum: 200), about: "The words; accents do not matter."),
            ],
            answer: .list("TopicChoice"),
            problems: [.notFound, .conflict]
        ) { ask in
            let found = try await app.interviews.topics(
                ask.query("q") ?? "",
                attendanceID: readable(ask),
                by: ask.author
            )
            return .list(found) { json, option in
                json.object { json in
                    json.field("id", option.id)
                    json.field("label", option.label)
                    json.field("detail", option.detail)
                    json.field("role", option.role.rawValue)
                    json.field("digit", option.digit.map(Int64.init))
                    json.field("current", option.isCurrent)
                }
            }
        }
    }

    static let topicChoice: (String, Schema) = (
        "TopicChoice",
        .object([
            .init("id", .text), .init("label", .text), .init("detail", .orNull(.text)),
            .init("role", .words([PromptOption.Role.topic.rawValue])),
            .init("digit", .orNull(.integer(minimum: 1, maximum: 9))),
            .init("current", .boolean),
        ])
    )
}
