/// The whole state of a call at one moment, so that the newest snapshot is always enough, whatever was lost or repeated.
public struct CallSnapshot: Sendable, Equatable {
    /// The PBX's own identity of the call, unique on its line (Asterisk: the Linkedid; FreeSWITCH: the caller's leg).
    public var key: String
    /// Keys of calls that turned out to be part of this one (the consultation of an attended transfer).
    public var absorbed: [String] = []
    public var direction: CallDirection
    /// The caller's number in E.164: of the first of shown and sent that can be one.
    public var number: String?
    /// As the trunk or phone sent it.
    public var numberRaw: String?
    /// As the dialplan left it when the call was first offered to somebody.
    public var numberShown: String?
    public var callerName: String?
    public var isWithheld = false
    /// What was dialled first; where it leads outside its number in E.164 where it can be one, and without the line's prefix.
    public var dialled: String?
    public var dialledNumber: String?
    public var dialledOutside: String?
    public var callerParty: String?
    public var queue: String?
    public var isWaiting = false
    /// Every phone that rang, in order, and those that ring now.
    public var offered: [String] = []
    public var ringing: [String] = []
    public var answeredBy: String?
    public var lastParty: String?
    public var isOnHold = false
    /// Microseconds since 1970; nil where the PBX tells no times.
    public var startedAt: Int64?
    public var answeredAt: Int64?
    public var endedAt: Int64?
    public var outcome = CallOutcome.ongoing
    public var endedBy: CallEnder?
    public var cause: Int64?
    public var holds = 0
    public var transfers: [CallTransfer] = []
    /// The phone of the house that an outgoing call was passed on to by who dialled it.
    public var passedTo: String?
    public var recording: String?
    public var agi = false
    /// What the dialplan hands over, by lower-case names.
    public var variables: [String: String] = [:]
    public var isEnded = false
    /// How a talk broke off that neither of the two had ended; nil for an end like any other.
    public var brokeOff: CallBreak?

    public init(key: String, direction: CallDirection) {
        self.key = key
        self.direction = direction
    }
}

extension CallSnapshot {
    /// Where the call is now.
    public var state: CallState {
        if isEnded { return .ended }
        if isOnHold { return .held }
        if answeredBy != nil || outcome == .answered { return .talking }
        return isWaiting ? .queued : .ringing
    }

    /// Where the recording is: as the PBX tells it, or as the dialplan does for a user who is not told of variables.
    public var recordingFile: String? { recording ?? variables["recording"] }
}

/// A change of a call on a line; it reads as its call.
@dynamicMemberLookup
public struct CallSignal: Sendable, Equatable {
    /// The PBX line's name in the settings; two PBXs may use the same key for different calls.
    public var line: String
    public var call: CallSnapshot
    /// When the bytes behind it were read (monotonic nanoseconds).
    public var readAt: UInt64?
    /// The line was asked to refuse the caller: unless somebody has answered all the same, there is no call.
    public var isRefused: Bool
    /// Other phones ring than the desks were told last; that nobody rings any more is stored nowhere, and news all the same.
    public var ringsOtherwise = false

    public init(line: String, call: CallSnapshot, readAt: UInt64? = nil, isRefused: Bool = false) {
        self.line = line
        self.call = call
        self.readAt = readAt
        self.isRefused = isRefused
    }

    public subscript<Value>(dynamicMember path: WritableKeyPath<CallSnapshot, Value>) -> Value {
        get { call[keyPath: path] }
        set { call[keyPath: path] = newValue }
    }

    public subscript<Value>(dynamicMember path: KeyPath<CallSnapshot, Value>) -> Value { call[keyPath: path] }
}
