import DeskCore
import NIOCore
import Synchronization

/// Hands each change to the streams it concerns; a slow or sleeping reader costs the others nothing.
///
/// A change is written as bytes once. Each event loop has a room with the readers whose sockets it serves; the hub hands
/// the bytes to the rooms and waits for none. The last events are kept, so that a reader who lost the connection for a
/// moment goes on where it was (`Last-Event-ID`); who missed more is told to load its lists again (`resync`), which is
/// always right, as every list can be read whole.
final class LiveHub: Sendable {
    /// A quarter of a minute of a very busy line; older readers load their lists again.
    static let kept = 4096
    /// More than this at once is dearer than loading the lists again, and would look like a slow reader at once.
    static let mostCaughtUp = 64 * 1024

    private struct State {
        var next: UInt64 = 1
        var ring: [LiveEvent] = []
        var ringStart = 0
        var rooms: [ObjectIdentifier: LiveRoom] = [:]
        var isClosed = false
        var carrier = Carrier()
    }

    /// Hears what this node publishes, to carry it to the others.
    typealias Carry = @Sendable (LiveChange.Kind, _ json: [UInt8], LiveAudience) -> Void

    /// A closure kept in a generic by itself is wrapped once more each time it is looked at.
    private struct Carrier {
        var carry: Carry?
    }

    private let state = Mutex(State())
    let resyncs = Mutex(ResyncPace())

    /// `firstID`: the id of the first event.
    init(firstID: UInt64 = 1) { state.withLock { $0.next = max(1, firstID) } }

    /// A first id for a process that starts at `moment`.
    ///
    /// Ids of two nodes, or of two lives of one, never meet, as nobody publishes a million events a second: whoever comes
    /// with another's `Last-Event-ID` is told to load again. Below 2^53, so that every program can hold it.
    static func firstID(at moment: Moment) -> UInt64 { UInt64(clamping: moment.milliseconds) * 1_000 }

    /// Hands what this node publishes to `body` as well, which must be quick.
    func carry(_ body: @escaping Carry) { state.withLock { $0.carrier.carry = body } }

    /// How many streams are open.
    var streamCount: Int { state.withLock { Array($0.rooms.values) }.reduce(0) { $0 + $1.count } }

    /// The id of the newest event, to be read before a list so that nothing falls between the two.
    var position: UInt64 { state.withLock { $0.next - 1 } }

    /// Publishes a change; never waits for a reader.
    ///
    /// `isLocal`: it concerns this node's streams only.
    func publish(
        _ change: LiveChange,
        to audience: LiveAudience,
        causedAt: UInt64? = nil,
        isLocal: Bool = false
    ) {
        publish(change.kind, json: change.json, to: audience, causedAt: causedAt, isLocal: isLocal)
    }

    /// Publishes a change that is JSON already, such as one of another node.
    func publish(
        _ kind: LiveChange.Kind,
        json: [UInt8],
        to audience: LiveAudience,
        causedAt: UInt64? = nil,
        isLocal: Bool
    ) {
        state.withLock { state in
            let event = LiveEvent(id: state.next, kind: kind, json: json, audience: audience, causedAt: causedAt)
            state.next += 1
            if !isLocal { state.carrier.carry?(kind, json, audience) }
            if state.ring.count < Self.kept {
                state.ring.append(event)
            } else {
                state.ring[state.ringStart] = event
                state.ringStart = (state.ringStart + 1) % Self.kept
            }
            // Within the lock, so that each room gets the events in order.
            for room in state.rooms.values { room.take(event) }
        }
    }

    /// The room of an event loop's readers.
    func room(on loop: any EventLoop) -> LiveRoom {
        state.withLock { state in
            if let room = state.rooms[ObjectIdentifier(loop)] { return room }
            let room = LiveRoom(loop: loop)
            state.rooms[ObjectIdentifier(loop)] = room
            return room
        }
    }

    /// What a reader that saw `lastID` last has missed.
    struct Past {
        /// What `viewer` may see of what is still kept, in order.
        var events: [LiveEvent] = []
        /// Something is no longer kept: lists must be loaded again.
        var hasGap = false
        /// The newest event: what comes after it is not in `events`.
        var position: UInt64
        /// The hub is closed: nothing comes any more.
        var isOver: Bool
    }

    /// What `viewer` missed since `lastID`; nothing for one who comes without.
    ///
    /// Ids increase with gaps: what concerns others is not sent.
    func past(after lastID: UInt64?, for viewer: LiveViewer) -> Past {
        var (past, kept) = state.withLock { state -> (Past, [LiveEvent]) in
            var past = Past(position: state.next - 1, isOver: state.isClosed)
            guard let lastID, lastID != past.position else { return (past, []) }
            // An id from before a restart of the service, or older than what is kept: load again.
            let oldest = state.next - UInt64(state.ring.count)
            guard lastID < state.next, lastID + 1 >= oldest else {
                past.hasGap = true
                return (past, [])
            }
            let first = state.ring.count - Int(state.next - 1 - lastID)
            return (past, (first..<state.ring.count).map { state.ring[(state.ringStart + $0) % state.ring.count] })
        }
        kept.removeAll { !viewer.sees($0.audience) }
        if kept.reduce(0, { $0 + $1.frame.readableBytes }) > Self.mostCaughtUp {
            past.hasGap = true
        } else {
            past.events = kept
        }
        return past
    }

    /// Asks again what the streams of an account or token may see; until that is known they see only what is their own.
    ///
    /// `nil`: whose rights changed was missed, so that all are asked.
    func recheck(_ holder: AuditActor?) {
        for room in state.withLock({ Array($0.rooms.values) }) { room.recheck(holder) }
    }

    /// Ends every stream, as the service stops; waits until each has been told.
    func close() async {
        let rooms = state.withLock { state in
            state.isClosed = true
            return Array(state.rooms.values)
        }
        for room in rooms { await room.close() }
    }
}
