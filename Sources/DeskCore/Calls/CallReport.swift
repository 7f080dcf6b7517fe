/// Which way a call went, as the PBX saw it.
public enum CallDirection: String, Sendable, Codable, CaseIterable {
    case inbound
    case outbound
    case `internal`
}

/// Where a call is now.
public enum CallState: String, Sendable, Codable, CaseIterable {
    /// Somebody's phone rings, or the call is in a menu.
    case ringing
    /// It waits in a queue.
    case queued
    /// A person has it.
    case talking
    /// A person has it and put it on hold.
    case held
    case ended
}

/// What became of a call (interfaces.md, `calldesk replay`).
public enum CallOutcome: String, Sendable, Codable, CaseIterable {
    case ongoing
    case answered
    case abandoned
    case noAnswer = "no_answer"
    case busy
    case failed
}

/// One transfer of a call between two parties.
public struct CallTransfer: Sendable, Equatable, Codable {
    public var kind: String
    public var from: String?
    public var to: String?

    public init(kind: String, from: String?, to: String?) {
        self.kind = kind
        self.from = from
        self.to = to
    }
}

/// The whole of what a PBX line knows about one call at one moment.
///
/// Each report stands alone: recording the newest one is enough, whatever was lost or repeated before it.
public struct CallReport: Sendable, Equatable {
    /// The PBX line's name in the settings; two PBXs may use the same key for different calls.
    public var line: String
    /// The PBX's own identity of the call (Asterisk: Linkedid).
    public var key: String
    /// Keys of calls that turned out to be part of this one (the consultation of an attended transfer).
    public var absorbed: [String] = []
    public var direction: CallDirection
    /// The other party's number in E.164, where it can be one.
    public var number: String?
    public var numberRaw: String?
    public var callerName: String?
    public var withheld = false
    public var dialled: String?
    public var callerParty: String?
    public var queue: String?
    public var state: CallState
    public var outcome: CallOutcome
    /// Every phone that rang, in order, and those that ring now.
    public var offered: [String] = []
    public var ringing: [String] = []
    public var answeredBy: String?
    public var lastParty: String?
    public var endedBy: String?
    public var cause: Int64?
    public var holds: Int64 = 0
    public var transfers: [CallTransfer] = []
    public var recording: String?
    public var startedAt: Moment?
    public var answeredAt: Moment?
    public var endedAt: Moment?
    /// A topic the dialplan or the IVR handed over.
    public var topic: String?

    public init(line: String, key: String, direction: CallDirection, state: CallState, outcome: CallOutcome = .ongoing)
    {
        self.line = line
        self.key = key
        self.direction = direction
        self.state = state
        self.outcome = outcome
    }

    /// Whether this contact gets a protocol number: everything but a call between two of the desk's own phones.
    public var makesAttendance: Bool { direction != .internal }
}
