import DeskCore
import HTTPTypes
import Hummingbird

/// The stream of changes for programs.
struct EventOperations: OperationSet {
    let streams: LiveStreams
    let known: KnownCallers

    var operations: [Operation] {
        [
            Operation(
                method: .get,
                path: "/events",
                id: "streamEvents",
                tag: "events",
                summary:
                    "Changes as server-sent events: \(LiveChange.Kind.allCases.filter { $0 != .news }.map(\.rawValue).joined(separator: ", ")).",
                who: [.program(.eventsRead)],
                parameters: [
                    .init(
                        name: "Last-Event-ID",
                        place: .header,
                        schema: .string(maximum: 20),
                        about: "The id of the last event seen; what came after it is sent first."
                    )
                ],
                answer: .events
            ) { ask in
                let secret = BearerToken.secret(ask.headers[.authorization]) ?? ""
                let viewer = LiveViewer(account: nil, seesEverything: true)
                return try streams.response(to: ask.request, viewer: viewer, holder: ask.actor) { [known] in
                    try await known.token(secret)?.allows(.eventsRead) == true ? viewer : nil
                }
            }
        ]
    }
}
