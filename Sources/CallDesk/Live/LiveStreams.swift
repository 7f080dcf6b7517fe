import CoreMetrics
import DeskCore
import Dispatch
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// Opens event streams (server-sent events, WHATWG HTML §9.2) of browsers and programs over one hub.
///
/// A request for a stream passes every check that others pass; when its head has been answered the socket leaves the HTTP
/// server for a channel of its own (`LiveHandOver`), and the request is over. From then on the stream costs the socket and
/// its reader: no task, no queue, no buffer.
final class LiveStreams: Sendable {
    private let hub: LiveHub
    private let metrics: DeskMetrics
    private let open = Mutex<[AuditActor: Int]>([:])

    init(hub: LiveHub, metrics: DeskMetrics) {
        self.hub = hub
        self.metrics = metrics
    }

    /// The stream of what `viewer` may see, from after the id the client saw last.
    ///
    /// `ask` says what the holder may see, once a minute and whenever their rights change. `begun` hears that the stream
    /// is open, `ended` that it is over; neither is called for a `HEAD`.
    /// - Throws: `Problem` 429 when `holder`, the account or token, has `HTTPLimits.streamsEach` streams already, or the
    ///   service as many as it can hold.
    func response(
        to request: Request,
        viewer: LiveViewer,
        holder: AuditActor,
        begun: @escaping @Sendable () -> Void = {},
        ended: @escaping @Sendable () -> Void = {},
        ask: @escaping LiveSubscription.Ask
    ) throws(Problem) -> Response {
        let place = try enter(holder)
        // Who names none gets everything from this moment on, whenever the socket is ready for it.
        let lastID = request.headers[.lastEventID].flatMap { UInt64($0) } ?? hub.position
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .accelBuffering: "no",
            ],
            body: .init { [hub, metrics] writer in
                try await writer.write(ByteBuffer(string: LiveFrame.opening))
                // Without a socket of ours (a test of the routes alone) there is nothing to follow.
                guard let channel = HTTPConnection.current else { return try await writer.finish(nil) }
                begun()
                let subscription = LiveSubscription(
                    holder: holder,
                    viewer: viewer,
                    lastID: lastID,
                    ask: ask,
                    ended: { if place.leave() { ended() } },
                    shown: { metrics.observePop(since: $0) }
                )
                do {
                    try await LiveHandOver.move(channel, subscription, hub)
                } catch {
                    subscription.ended()
                    throw error
                }
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

        /// Whether it was still taken.
        @discardableResult
        func leave() -> Bool {
            guard isTaken.exchange(false, ordering: .relaxed) else { return false }
            streams.leave(holder)
            return true
        }
    }

    private func enter(_ holder: AuditActor) throws(Problem) -> Place {
        guard hub.streamCount < HTTPLimits.streams else { throw .tooMany(retryAfter: 60) }
        let isAllowed = open.withLock { open in
            guard open[holder] ?? 0 < HTTPLimits.streamsEach else { return false }
            open[holder, default: 0] += 1
            return true
        }
        guard isAllowed else { throw .tooMany(retryAfter: 15) }
        metrics.liveStreams.increment()
        return Place(self, holder)
    }

    private func leave(_ holder: AuditActor) {
        open.withLock { open in
            let left = (open[holder] ?? 1) - 1
            open[holder] = left > 0 ? left : nil
        }
        metrics.liveStreams.decrement()
    }
}

extension DeskMetrics {
    /// Notes the time from the PBX's bytes, read at `start` (monotonic nanoseconds), to now.
    func observePop(since start: UInt64) {
        let now = DispatchTime.now().uptimeNanoseconds
        popSeconds.record(now > start ? Double(now - start) / 1_000_000_000 : 0)
    }
}
