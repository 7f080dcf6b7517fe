/// One event that changed a call: what it was, where it stands in the stream, and what it changed.
public struct CallStep: Sendable, Equatable {
    /// A call that goes on for ever must not be told for ever; the first and the last steps tell most.
    static let mostOfCall = 400

    /// The event's name, such as `DialBegin`, `CHANNEL_BRIDGE`; a listing has none of its own: `(listing)`.
    public var event: String
    /// The channel it was about, as the PBX calls it.
    public var channel: String?
    /// Where its frame begins in the stream.
    public var offset: Int
    /// Microseconds since 1970 by the PBX's clock; nil where it tells no times.
    public var at: Int64?
    public var changes: [CallStepChange]
}

/// One thing an event changed in a call.
public enum CallStepChange: Sendable, Equatable {
    case began(CallDirection)
    case direction(CallDirection)
    /// Who calls: the number as it was shown, or as it was sent; nil when it is withheld.
    case number(String?)
    case name(String)
    case dialled(String)
    case queue(String)
    case waits
    case rings(String)
    case stopsRinging(String)
    case answered(String)
    case talks(String)
    case held
    case taken
    case transfer(CallTransfer)
    case absorbed(String)
    case recording(String)
    case menu
    case handed(String)
    case ended(CallOutcome, CallEnder?)

    /// What is another in a call than it was, in the order in which a person would tell it.
    static func between(_ before: CallSnapshot?, _ after: CallSnapshot) -> [CallStepChange] {
        var changes: [CallStepChange] = []
        let old = before ?? CallSnapshot(key: after.key, direction: after.direction)
        if before == nil { changes.append(.began(after.direction)) }
        if old.direction != after.direction { changes.append(.direction(after.direction)) }
        let number = after.numberShown ?? after.numberRaw
        if before == nil || (old.numberShown ?? old.numberRaw) != number || old.isWithheld != after.isWithheld {
            changes.append(.number(after.isWithheld ? nil : number))
        }
        if let name = after.callerName, name != old.callerName { changes.append(.name(name)) }
        if let dialled = after.dialled, dialled != old.dialled { changes.append(.dialled(dialled)) }
        if after.agi, !old.agi { changes.append(.menu) }
        if let queue = after.queue, queue != old.queue { changes.append(.queue(queue)) }
        if after.isWaiting, !old.isWaiting { changes.append(.waits) }
        changes += after.absorbed.dropFirst(old.absorbed.count).map { .absorbed($0) }
        changes += after.ringing.filter { !old.ringing.contains($0) }.map { .rings($0) }
        // One that rang and stopped within a single event is told by what was offered.
        changes += after.offered.filter { !old.offered.contains($0) && !after.ringing.contains($0) }.map { .rings($0) }
        let taker = after.answeredBy
        changes += old.ringing.filter { !after.ringing.contains($0) && $0 != taker }.map { .stopsRinging($0) }
        if let taker, taker != old.answeredBy { changes.append(.answered(taker)) }
        changes += after.transfers.enumerated().filter { place, transfer in
            place >= old.transfers.count || old.transfers[place] != transfer
        }.map { .transfer($0.element) }
        if let last = after.lastParty, last != old.lastParty, last != taker || old.lastParty != nil {
            changes.append(.talks(last))
        }
        if after.isOnHold != old.isOnHold { changes.append(after.isOnHold ? .held : .taken) }
        if let recording = after.recordingFile, recording != old.recordingFile { changes.append(.recording(recording)) }
        let handed = after.variables.filter { old.variables[$0.key] != $0.value }.keys.sorted()
        changes += handed.map { .handed($0) }
        if after.isEnded, !old.isEnded || old.outcome != after.outcome || old.endedBy != after.endedBy {
            changes.append(.ended(after.outcome, after.endedBy))
        }
        return changes
    }

    /// What changed and why it counts, in English, for a terminal.
    public var text: String {
        switch self {
        case .began(let direction): "begins as \(direction.rawValue)"
        case .direction(let direction): "turns out to be \(direction.rawValue)"
        case .number(let number?): "the caller is \(number)"
        case .number(nil): "the caller is not known, or withholds the number"
        case .name(let name): "the name shown is \(name)"
        case .dialled(let number): "dialled \(number)"
        case .queue(let queue): "enters the queue \(queue)"
        case .waits: "waits; nobody has answered, whatever the PBX did"
        case .rings(let party): "\(party) rings: it pops for whoever has this extension, and for nobody else"
        case .stopsRinging(let party): "\(party) rings no more: its banner goes"
        case .answered(let party): "\(party) and the caller can speak: answered; it opens there and closes elsewhere"
        case .talks(let party): "the caller talks to \(party) now: the contact goes to whoever has this extension"
        case .held: "on hold"
        case .taken: "off hold"
        case .transfer(let transfer):
            "\(transfer.kind.rawValue) transfer from \(transfer.from ?? "?") to \(transfer.to ?? "?")"
        case .absorbed(let key): "the call \(key) becomes part of this one"
        case .recording(let file): "is recorded to \(file)"
        case .menu: "is in the telephone menu"
        case .handed(let name): "the dialplan hands over \(name)"
        case .ended(let outcome, let ender): "ends: \(outcome.rawValue), by \(ender?.rawValue ?? "unknown")"
        }
    }
}
