/// One event that changed a call: what it was, where it stands in the stream, and what it changed.
public struct CallStep: Sendable, Equatable {
    /// A call that goes on for ever must not be told for ever; the first and the last steps tell most.
    public static let mostOfCall = 400

    /// The event's name, such as `DialBegin`, `CHANNEL_BRIDGE`, `newCall`; a listing has none of its own: `(listing)`.
    public var event: String
    /// The channel it was about, as the PBX calls it.
    public var channel: String?
    /// The call it happened to, by its key, where that became part of this one later; nil for the call's own.
    public var part: String?
    /// Where its frame begins in the stream.
    public var offset: Int
    /// Microseconds since 1970: by the PBX's clock, or where it tells no times when it was read; nil when nobody knows.
    public var at: Int64?
    public var changes: [CallStepChange]

    public init(event: String, channel: String?, offset: Int, at: Int64?, changes: [CallStepChange]) {
        (self.event, self.channel, self.offset, self.at, self.changes) = (event, channel, offset, at, changes)
    }
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
    /// The PBX calls a phone, which does not ring yet.
    case offered(String)
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
        changes += after.offered.filter { !old.offered.contains($0) && !after.ringing.contains($0) }.map {
            .offered($0)
        }
        changes += after.ringing.filter { !old.ringing.contains($0) }.map { .rings($0) }
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
}
