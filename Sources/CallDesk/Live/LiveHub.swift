import DeskCore
import Synchronization

/// Hands each change to the streams it concerns; a slow or sleeping reader costs the others nothing.
///
/// Each stream has a bounded buffer. When it overflows the oldest events are dropped and the reader is told to load
/// its lists again (`resync`), which is always right, as every list can be read whole. The last events are kept so that a
/// reader who lost the connection for a moment goes on where it was (`Last-Event-ID`).
final class LiveHub: Sendable {
    /// A quarter of a minute of a very busy line; older readers load their lists again.
    static let kept = 4096
    /// What one reader may be behind before it is told to load again.
    static let buffer = 256

    private struct State {
        var next: UInt64 = 1
        var ring: [LiveEvent] = []
        var ringStart = 0
        var streams: [UInt64: Reader] = [:]
        /// Streams by technician, and those that see everything: an event costs only the readers it concerns, however
        /// many desks are open.
        var byAccount: [Int64: Set<UInt64>] = [:]
        var overseers: Set<UInt64> = []
        var nextStream: UInt64 = 1
        var closed = false
        /// Hears what this node publishes, to carry it to the others.
        var carry: (@Sendable (LiveEvent) -> Void)?
    }

    private struct Reader {
        let viewer: LiveViewer
        let continuation: AsyncStream<LiveEvent>.Continuation
        /// A `resync` lies in the buffer, so that dropping more needs no second one.
        var toldToReload = false

        mutating func offer(_ event: LiveEvent) {
            switch continuation.yield(event) {
            case .dropped(let lost) where lost.kind == "resync" || !toldToReload:
                toldToReload = true
                continuation.yield(.resync(at: event.id))
            case .enqueued(let room) where room > LiveHub.buffer / 2:
                toldToReload = false
            default:
                break
            }
        }
    }

    private let state = Mutex(State())

    /// `firstID`: the id of the first event.
    init(firstID: UInt64 = 1) { state.withLock { $0.next = max(1, firstID) } }

    /// A first id for a process that starts at `moment`.
    ///
    /// Ids of two nodes, or of two lives of one, never meet, as nobody publishes a million events a second: whoever comes
    /// with another's `Last-Event-ID` is told to load again. Below 2^53, so that every program can hold it.
    static func firstID(at moment: Moment) -> UInt64 { UInt64(clamping: moment.milliseconds) * 1_000 }

    /// Hands what this node publishes to `body` as well, which must be quick.
    func carry(_ body: @escaping @Sendable (LiveEvent) -> Void) { state.withLock { $0.carry = body } }

    var streamCount: Int { state.withLock { $0.streams.count } }

    /// The id of the newest event, to be read before a list so that nothing falls between the two.
    var position: UInt64 { state.withLock { $0.next - 1 } }

    /// Publishes a change; never waits for a reader.
    ///
    /// `isLocal`: it concerns this node's streams only, or came from another node.
    func publish(
        _ kind: String,
        to audience: LiveAudience,
        payload: String,
        causedAt: UInt64? = nil,
        isLocal: Bool = false
    ) {
        state.withLock { state in
            let event = LiveEvent(
                id: state.next,
                kind: kind,
                audience: audience,
                payload: payload,
                causedAt: causedAt
            )
            state.next += 1
            if !isLocal { state.carry?(event) }
            if state.ring.count < Self.kept {
                state.ring.append(event)
            } else {
                state.ring[state.ringStart] = event
                state.ringStart = (state.ringStart + 1) % Self.kept
            }
            if audience.everyone {
                for id in state.streams.keys { state.streams[id]?.offer(event) }
            } else {
                for id in state.overseers { state.streams[id]?.offer(event) }
                for account in audience.accounts {
                    for id in state.byAccount[account] ?? [] { state.streams[id]?.offer(event) }
                }
            }
        }
    }

    /// A stream of the events that `viewer` may see, from after `lastID` where those are still kept.
    ///
    /// Ids increase with gaps: what concerns others is not sent. What was lost is told by `hasGap` or a `resync` event.
    func subscribe(_ viewer: LiveViewer, after lastID: UInt64?) -> LiveStream {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LiveEvent.self,
            bufferingPolicy: .bufferingNewest(Self.buffer)
        )
        let (id, past, gap) = state.withLock { state -> (UInt64, [LiveEvent], Bool) in
            let id = state.nextStream
            state.nextStream += 1
            if state.closed {
                continuation.finish()
            } else {
                state.streams[id] = Reader(viewer: viewer, continuation: continuation)
                if viewer.seesEverything {
                    state.overseers.insert(id)
                } else if let account = viewer.account {
                    state.byAccount[account, default: []].insert(id)
                }
            }
            guard let lastID, lastID < state.next - 1 || lastID >= state.next else { return (id, [], false) }
            // An id from before a restart of the service, or older than what is kept: load again.
            let oldest = state.next - UInt64(state.ring.count)
            guard lastID < state.next, lastID + 1 >= oldest else { return (id, [], true) }
            let ordered = state.ring[state.ringStart...] + state.ring[..<state.ringStart]
            return (id, ordered.filter { $0.id > lastID && viewer.sees($0.audience) }, false)
        }
        continuation.onTermination = { [weak self] _ in self?.forget(id) }
        return LiveStream(events: stream, past: past, hasGap: gap)
    }

    /// Ends every stream, as the service stops.
    func close() {
        let streams = state.withLock { state in
            state.closed = true
            let all = state.streams.values.map(\.continuation)
            state.streams = [:]
            state.byAccount = [:]
            state.overseers = []
            return all
        }
        for stream in streams { stream.finish() }
    }

    private func forget(_ id: UInt64) {
        state.withLock { state in
            guard let reader = state.streams.removeValue(forKey: id) else { return }
            state.overseers.remove(id)
            guard let account = reader.viewer.account else { return }
            state.byAccount[account]?.remove(id)
            if state.byAccount[account]?.isEmpty == true { state.byAccount[account] = nil }
        }
    }
}

/// One reader's events: what it missed, then what comes.
struct LiveStream: Sendable {
    let events: AsyncStream<LiveEvent>
    let past: [LiveEvent]
    /// What it missed is no longer kept: it must load its lists again.
    let hasGap: Bool
}
