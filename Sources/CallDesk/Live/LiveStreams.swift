import DeskCore
import Dispatch
import HTTPTypes
import Hummingbird
import HummingbirdCore
import ServiceLifecycle
import Synchronization

/// Open event streams (server-sent events, WHATWG HTML §9.2) of browsers and programs over one hub.
///
/// Each stream is bounded by the hub's buffer and waits for its own socket only. It ends when the client leaves, when the
/// hub is closed, or when a write fails; whoever comes back says `Last-Event-ID` and goes on where they were.
final class LiveStreams: Sendable {
    private let hub: LiveHub
    private let metrics: DeskMetrics
    private let patience: Duration
    private let open = Mutex<[AuditActor: Int]>([:])

    /// `patience`: how often a stream asks whether its holder is still welcome.
    init(hub: LiveHub, metrics: DeskMetrics, patience: Duration = .seconds(60)) {
        self.hub = hub
        self.metrics = metrics
        self.patience = patience
    }

    /// The stream of what `viewer` may see, from after the id the client saw last.
    ///
    /// `isWelcome` is asked now and then: the stream of a session that ended, or of somebody who was shut out, ends.
    /// - Throws: `Problem` 429 when `holder`, the account or token, has `HTTPLimits.streamsEach` streams already.
    func response(
        to request: Request,
        viewer: LiveViewer,
        holder: AuditActor,
        isWelcome: @escaping @Sendable () async -> Bool = { true }
    ) throws(Problem) -> Response {
        let place = try enter(holder)
        let lastID = request.headers[.lastEventID].flatMap { UInt64($0) }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .accelBuffering: "no",
            ],
            body: .init { [self] writer in
                defer { place.leave() }
                try await run(request, viewer, after: lastID, isWelcome, on: &writer)
                try await writer.finish(nil)
            }
        )
    }

    /// How many streams are open.
    var count: Int { open.withLock { $0.values.reduce(0, +) } }

    /// A stream's place among those of its holder, given back when it ends or is never begun.
    private final class Place: Sendable {
        private let streams: LiveStreams
        private let holder: AuditActor
        private let isTaken = Atomic(true)

        init(_ streams: LiveStreams, _ holder: AuditActor) {
            self.streams = streams
            self.holder = holder
        }

        deinit { leave() }

        func leave() {
            if isTaken.exchange(false, ordering: .relaxed) { streams.leave(holder) }
        }
    }

    private func enter(_ holder: AuditActor) throws(Problem) -> Place {
        let isAllowed = open.withLock { open in
            guard open[holder] ?? 0 < HTTPLimits.streamsEach else { return false }
            open[holder, default: 0] += 1
            return true
        }
        guard isAllowed else { throw .tooMany(retryAfter: 15) }
        metrics.liveStreams.add(1)
        return Place(self, holder)
    }

    private func leave(_ holder: AuditActor) {
        open.withLock { open in
            let left = (open[holder] ?? 1) - 1
            open[holder] = left > 0 ? left : nil
        }
        metrics.liveStreams.add(-1)
    }

    private func run(
        _ request: Request,
        _ viewer: LiveViewer,
        after lastID: UInt64?,
        _ isWelcome: @escaping @Sendable () async -> Bool,
        on writer: inout any ResponseBodyWriter
    ) async throws {
        let stream = hub.subscribe(viewer, after: lastID)
        // SAFETY: the operation below runs to its end before `run` goes on, so that nobody else uses the writer meanwhile.
        nonisolated(unsafe) var output = writer
        defer { writer = output }
        do {
            try await request.body.consumeWithCancellationOnInboundClose { [hub, metrics, patience] _ in
                // The server waits for open answers when it is asked to stop: the first stream to hear of it ends them all.
                try await withGracefulShutdownHandler {
                    try await output.write(LiveFrame.opening)
                    if stream.hasGap { try await output.write(LiveFrame.event(.resync(at: hub.position))) }
                    for event in stream.past { try await output.write(LiveFrame.event(event)) }
                    var askedAt = ContinuousClock.now
                    for await event in stream.events {
                        // A heartbeat comes every few seconds: nobody stays longer than a minute past their welcome.
                        if ContinuousClock.now - askedAt >= patience {
                            guard await isWelcome() else { break }
                            askedAt = .now
                        }
                        try await output.write(LiveFrame.event(event))
                        if let causedAt = event.causedAt { metrics.observePop(since: causedAt) }
                    }
                } onGracefulShutdown: {
                    hub.close()
                }
            }
        } catch is CancellationError {
            // The client left; what remains is to finish.
        }
    }
}

/// How events are written on the wire.
enum LiveFrame {
    /// A comment, so that proxies and browsers see the stream begin, and when to try again after a loss (milliseconds).
    static let opening = ByteBuffer(string: ": calldesk\nretry: 2000\n\n")

    /// One event; a `ping` is a comment, which clients do not see.
    static func event(_ event: LiveEvent) -> ByteBuffer {
        guard event.kind != LiveHeartbeat.kind else { return ByteBuffer(string: ": ping\n\n") }
        var buffer = ByteBuffer()
        buffer.writeString("id: \(event.id)\nevent: \(event.kind)\n")
        // Payloads have no line breaks; one that did would end the event early or forge another.
        for line in event.payload.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            buffer.writeString("data: ")
            buffer.writeSubstring(line)
            buffer.writeString("\n")
        }
        buffer.writeString("\n")
        return buffer
    }
}

extension DeskMetrics {
    /// Notes the time from the PBX's bytes, read at `start` (monotonic nanoseconds), to now.
    func observePop(since start: UInt64) {
        let now = DispatchTime.now().uptimeNanoseconds
        popSeconds.observe(now > start ? Double(now - start) / 1_000_000_000 : 0)
    }
}
