/// How a contact reached the desk.
public enum AttendanceChannel: String, Sendable, Codable, CaseIterable {
    case phone
    case walkIn = "walk_in"
    case portal
    case api
    case mail
}

/// Whether a contact is still being worked on.
public enum AttendanceState: String, Sendable, Codable, CaseIterable {
    /// Its protocol number is out; nobody has finished it.
    case open
    case ended
}

/// What a contact came to.
public enum AttendanceOutcome: String, Sendable, Codable, CaseIterable {
    case ticket
    /// Added to a ticket that was already open.
    case linked
    case information
    case wrongNumber = "wrong_number"
    case dropped
    case prank
    case duplicate
    /// Nobody answered: it waits among the calls to return.
    case missed
    /// Nobody answered, and the caller asked in the menu to be called back.
    case callBackAsked = "callback_asked"
    /// Nobody was there to answer: it came while the desk is closed.
    case afterHours = "after_hours"
    /// The caller is on the block list, and nobody answered.
    case blocked
    case other
}

/// One contact with the desk; it carries the protocol number.
public struct Attendance: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var protocolNumber: String
    public var channel: AttendanceChannel
    public var callID: Int64?
    public var customerID: Int64?
    public var contactID: Int64?
    public var accountID: Int64?
    public var state: AttendanceState
    public var outcome: AttendanceOutcome?
    public var reason: String?
    public var topic: String?
    public var startedAt: Moment
    public var endedAt: Moment?
    /// How sure the desk is of who it is with; what may be said and done in it follows.
    public var identity: IdentityLevel

    /// The reason of a contact whose caller asked to be called back.
    public static let callBackReason = "call_back"
    /// The reason of a contact that came while the desk was closed.
    public static let afterHoursReason = "after_hours"

    /// What it came to when nobody answered it.
    var unanswered: AttendanceOutcome {
        switch reason {
        case Self.callBackReason: .callBackAsked
        case Self.afterHoursReason: .afterHours
        default: .missed
        }
    }

    static let columns = """
        id, protocol, channel, call_id, customer_id, contact_id, account_id, state, outcome, reason, topic, started_at,
        ended_at, identity_level
        """
}

extension Attendance {
    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "attendance.id")
        protocolNumber = try row.need(row.text(1), "attendance.protocol")
        channel = try row.need(row.text(2).flatMap(AttendanceChannel.init), "attendance.channel")
        callID = row.integer(3)
        customerID = row.integer(4)
        contactID = row.integer(5)
        accountID = row.integer(6)
        state = try row.need(row.text(7).flatMap(AttendanceState.init), "attendance.state")
        outcome = row.text(8).flatMap(AttendanceOutcome.init)
        reason = row.text(9)
        topic = row.text(10)
        startedAt = try row.need(row.moment(11), "attendance.started_at")
        endedAt = row.moment(12)
        identity = row.integer(13).flatMap { IdentityLevel(rawValue: Int($0)) } ?? .none
    }
}
