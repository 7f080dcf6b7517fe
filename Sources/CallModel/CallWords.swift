/// Which way a call went, as the PBX saw it.
public enum CallDirection: String, Sendable, Codable, CaseIterable {
    case inbound
    case outbound
    /// Between two of the desk's own phones.
    case `internal`

    /// Whether such a contact gets a protocol number: everything but a call between two of the desk's own phones.
    public var makesAttendance: Bool { self != .internal }
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

/// What became of a call.
public enum CallOutcome: String, Sendable, Codable, CaseIterable {
    case ongoing
    /// A person's phone, or the far end of an outgoing call, answered; a menu or a queue is nobody.
    case answered
    /// The caller left before that.
    case abandoned
    /// Nobody took it in time.
    case noAnswer = "no_answer"
    case busy
    /// Menu, dialplan or PBX failed first.
    case failed
    /// The desk's rules say that this caller is not answered; a line knows no rules, and never tells this.
    case blocked
}

/// Who ended a call.
public enum CallEnder: String, Sendable, Codable, CaseIterable {
    case caller
    case agent
    case pbx
    case unknown
}

/// One transfer of a call between two parties.
public struct CallTransfer: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case blind
        case attended
        /// Taken elsewhere by the PBX, not by a party.
        case redirect
    }

    public var kind: Kind
    public var from: String?
    public var to: String?

    public init(kind: Kind, from: String?, to: String?) {
        self.kind = kind
        self.from = from
        self.to = to
    }
}
