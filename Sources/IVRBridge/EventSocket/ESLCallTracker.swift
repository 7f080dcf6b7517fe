/// Turns the events of one switch into calls: pure, bounded, and the same whatever is repeated or begins in mid-stream.
///
/// A call is the caller's leg and every leg that was dialled for it or is bridged with it; its key is the Unique-ID of
/// the caller's leg. A person has answered when an answered leg is bridged with the caller, through loopback pairs: menus
/// and queues answer the caller long before.
struct ESLCallTracker: Sendable {
    /// More legs than one switch carries; beyond it no new ones are taken up.
    static let mostLegs = 60_000
    static let mostCalls = 20_000
    /// A queue rings many phones again and again; beyond this the call's oldest finished legs are forgotten.
    static let mostLegsOfCall = 256
    /// Finished calls kept so that late and repeated events find them; a queue's last events come within a second.
    static let mostEnded = 1_000
    static let mostOffered = 100
    static let mostTransfers = 50
    static let mostVariables = 32
    /// A name on a telephone's display is shorter; the longest recorded has 1,500 characters.
    static let longestName = 200

    let line: String
    /// What legs that lead outside begin with, where the administrator said so.
    let trunks: [String]
    let normalise: @Sendable (String) -> String?

    var legs: [ESLLeg] = []
    var freeLegs: [Int] = []
    var legIndex: [String: Int] = [:]
    var calls: [ESLCall] = []
    var freeCalls: [Int] = []
    var changed: [Int] = []
    var ended: [(call: Int, ordinal: Int)] = []
    var nextOrdinal = 0
    /// This life of the switch.
    var coreUUID: String?
    /// The time before this connection.
    var silence = LineSilence()
    /// Counts listings of legs.
    var listing = 0
    var isFirstListing = false
    /// How many legs the switch has, as far as is known.
    var liveLegs = 0

    init(line: String, trunks: [String] = [], normalise: @escaping @Sendable (String) -> String?) {
        self.line = line
        self.trunks = trunks
        self.normalise = normalise
    }

    /// Names of the events that are read; all others are passed over unread.
    static func wants(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        func matches(_ text: StaticString) -> Bool { text.withUTF8Buffer { name.elementsEqual($0) } }
        switch name.count {
        case 6: return matches("CUSTOM")
        case 9: return matches("HEARTBEAT")
        case 11: return matches("RECORD_STOP")
        case 12: return matches("RECORD_START") || matches("CHANNEL_HOLD")
        case 14:
            return matches("CHANNEL_CREATE") || matches("BACKGROUND_JOB") || matches("CHANNEL_ANSWER")
                || matches("CHANNEL_BRIDGE")
                || matches("CHANNEL_UNHOLD")
        case 16: return matches("CHANNEL_UNBRIDGE") || matches("CHANNEL_PROGRESS")
        case 17: return matches("CHANNEL_CALLSTATE") || matches("CHANNEL_ORIGINATE")
        case 22: return matches("CHANNEL_PROGRESS_MEDIA")
        case 23: return matches("CHANNEL_HANGUP_COMPLETE")
        default: return false
        }
    }

    /// Takes an event; what it changed waits in `takeChanges`.
    mutating func receive(_ event: ESLEvent) {
        noteCore(event)
        if event.has(.eventName, "CHANNEL_CALLSTATE") {
            ring(event, isState: true)
        } else if event.has(.eventName, "CHANNEL_CREATE") {
            _ = leg(event)
        } else if event.has(.eventName, "CHANNEL_PROGRESS") || event.has(.eventName, "CHANNEL_PROGRESS_MEDIA") {
            ring(event, isState: false)
        } else if event.has(.eventName, "CHANNEL_ANSWER") {
            answer(event)
        } else if event.has(.eventName, "CHANNEL_BRIDGE") {
            bridge(event)
        } else if event.has(.eventName, "CHANNEL_UNBRIDGE") {
            unbridge(event)
        } else if event.has(.eventName, "CHANNEL_HANGUP_COMPLETE") {
            hangup(event)
        } else if event.has(.eventName, "CHANNEL_HOLD") {
            hold(event, isHeld: true)
        } else if event.has(.eventName, "CHANNEL_UNHOLD") {
            hold(event, isHeld: false)
        } else if event.has(.eventName, "RECORD_START") || event.has(.eventName, "RECORD_STOP") {
            record(event)
        } else if event.has(.eventName, "CUSTOM") {
            if event.has(.eventSubclass, "callcenter::info") || event.has(.eventSubclass, "callcenter%3A%3Ainfo") {
                queue(event)
            } else if event.has(.eventSubclass, "fifo::info") || event.has(.eventSubclass, "fifo%3A%3Ainfo") {
                fifo(event)
            }
        } else if event.has(.eventName, "CHANNEL_ORIGINATE") {
            _ = leg(event)
        }
        keepHanded(event)
    }

    /// The Core-UUID as it was asked for, before any event: another than before has ended what was there by `now`.
    mutating func noteCore(_ life: String, at now: Int64) {
        guard life != coreUUID else { return }
        let isNew = coreUUID != nil
        coreUUID = life
        guard isNew else { return }
        silence.startedAt = now
        loseAll(at: now)
    }

    /// A new Core-UUID is a new life of the switch: nothing of before exists.
    private mutating func noteCore(_ event: ESLEvent) {
        guard let raw = event.raw(.coreUUID) else { return }
        if let coreUUID, coreUUID.utf8.elementsEqual(raw) { return }
        let isNew = coreUUID != nil
        coreUUID = event.text(.coreUUID)
        if isNew { loseAll(at: event.integer(.timestamp)) }
    }

    /// The calls that changed since the last time, as they are now, in order of start.
    mutating func takeChanges() -> [(ordinal: Int, call: CallSnapshot)] {
        guard !changed.isEmpty else { return [] }
        var result: [(ordinal: Int, call: CallSnapshot)] = []
        for index in changed where calls[index].isChanged && !calls[index].isFree {
            calls[index].isChanged = false
            result.append((calls[index].ordinal, calls[index].snapshot))
        }
        changed.removeAll(keepingCapacity: true)
        forgetOldEnded()
        if result.count > 1 { result.sort { $0.ordinal < $1.ordinal } }
        return result
    }

    /// The keys of the calls that are not over.
    var liveKeys: Set<String> {
        Set(calls.lazy.filter { !$0.isFree && !$0.snapshot.isEnded }.map(\.snapshot.key))
    }

    /// A call that is not over, with the leg of its other party where that is known.
    func live(_ key: String) -> (call: CallSnapshot, other: String?)? {
        guard let place = legIndex[key].map({ legs[$0].call }), place >= 0, calls[place].snapshot.key == key,
            !calls[place].snapshot.isEnded
        else { return nil }
        let call = calls[place]
        let other = call.snapshot.direction == .outbound ? call.talker : call.main
        return (call.snapshot, other >= 0 && !legs[other].isGone ? legs[other].id : nil)
    }

    /// Calls and legs held, for tests of the bounds.
    var held: (calls: Int, legs: Int) { (calls.count - freeCalls.count, legs.count - freeLegs.count) }

    mutating func change(_ call: Int) {
        guard !calls[call].isChanged else { return }
        calls[call].isChanged = true
        changed.append(call)
    }
}
