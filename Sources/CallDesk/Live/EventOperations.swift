import DeskCore
import HTTPTypes
import Hummingbird

/// The stream of changes for programs.
struct EventOperations: OperationSet {
    let streams: LiveStreams

    var operations: [Operation] {
        [
            Operation(
                method: .get,
                path: "/events",
                id: "streamEvents",
                tag: "events",
                summary:
                    "Changes as server-sent events: call, attendance, draft, ticket, notice, line, database, resync.",
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
                try streams.response(
                    to: ask.request,
                    viewer: LiveViewer(account: nil, seesEverything: true),
                    holder: ask.actor
                )
            }
        ]
    }
}
