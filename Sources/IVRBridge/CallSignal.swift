/// Which way a call went.
public enum CallDirection: String, Sendable, Codable {
    case inbound
    case outbound
    case `internal`
}

/// What became of a call (`calldesk replay`).
public enum CallOutcome: String, Sendable, Codable {
    case answered
    case abandoned
    case noAnswer = "no_answer"
    case busy
    case failed
    case ongoing
}

/// Who ended a call.
public enum CallEnder: String, Sendable, Codable {
    case caller
    case agent
    case pbx
    case unknown
}

/// One transfer between two parties.
public struct CallTransfer: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable {
        case blind
        case attended
        case redirect
    }

    public var kind: Kind
    public var from: String?
    public var to: String?
}

/// The whole state of a call at one moment, so that the newest snapshot is always enough.
public struct CallSnapshot: Sendable, Equatable {
    /// The Linkedid: unique on its line.
    public var key: String
    /// Keys of calls that turned out to be part of this one.
    public var absorbed: [String] = []
    public var direction: CallDirection
    public var number: String?
    public var numberRaw: String?
    public var callerName: String?
    public var isWithheld = false
    /// What was dialled first.
    public var dialled: String?
    public var callerParty: String?
    public var queue: String?
    public var isWaiting = false
    /// Every phone that rang, in order, and those that ring now.
    public var offered: [String] = []
    public var ringing: [String] = []
    public var answeredBy: String?
    public var lastParty: String?
    public var isOnHold = false
    /// Microseconds since 1970; nil without `timestampevents`.
    public var startedAt: Int64?
    public var answeredAt: Int64?
    public var endedAt: Int64?
    public var outcome = CallOutcome.ongoing
    public var endedBy: CallEnder?
    public var cause: Int64?
    public var holds = 0
    public var transfers: [CallTransfer] = []
    public var recording: String?
    public var agi = false
    /// Headers of `UserEvent`s named CallDesk…, lower-case names.
    public var variables: [String: String] = [:]
    public var isEnded = false
}

/// A change of a call on a line.
public struct CallSignal: Sendable, Equatable {
    public var line: String
    public var call: CallSnapshot
    /// When the bytes behind it were read (monotonic nanoseconds).
    public var readAt: UInt64?
}
