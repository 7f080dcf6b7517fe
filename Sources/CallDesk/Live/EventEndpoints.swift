import DeskCore
import HTTPTypes
import Hummingbird

/// The stream of changes for programs.
struct EventEndpoints: Sendable {
    let streams: LiveStreams

    var all: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/events",
                id: "streamEvents",
                tag: "events",
                summary:
                    "Changes as server-sent events: call, attendance, draft, ticket, notice, line, database, resync.",
                scope: .eventsRead,
                parameters: [
                    .init(
                        name: "Last-Event-ID",
                        place: .header,
                        schema: .string(maximum: 20),
                        about: "The id of the last event seen; what came after it is sent first."
                    )
                ],
                answer: .events
            ) { request, context in
                try streams.response(
                    to: request,
                    viewer: LiveViewer(account: nil, seesEverything: true),
                    holder: context.actor
                )
            }
        ]
    }
}
