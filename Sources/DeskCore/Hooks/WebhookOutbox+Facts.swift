/// What is told of each thing.
extension WebhookOutbox {
    private struct CallFacts: Encodable {
        var id: Int64
        var line: String
        var direction: String
        var state: String
        var outcome: String
        @OrNull var number: String?
        @OrNull var callerName: String?
        var withheld: Bool
        @OrNull var dialled: String?
        @OrNull var queue: String?
        @OrNull var answeredBy: String?
        @OrNull var lastParty: String?
        var startedAt: String
        @OrNull var answeredAt: String?
        @OrNull var endedAt: String?
        @OrNull var attendance: Contact?
        @OrNull var accountId: Int64?
        var isNew: Bool

        struct Contact: Encodable {
            var id: Int64
            var `protocol`: String
        }
    }

    /// A call rang, was answered, moved on or ended.
    static func call(_ change: CallChange, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try note(.call, at: now, in: session) { () -> CallFacts in
            let call = change.call
            return CallFacts(
                id: call.id,
                line: call.line,
                direction: call.direction.rawValue,
                state: call.state.rawValue,
                outcome: call.outcome.rawValue,
                number: call.number,
                callerName: call.callerName,
                withheld: call.withheld,
                dialled: call.dialled,
                queue: call.queue,
                answeredBy: call.answeredBy,
                lastParty: call.lastParty,
                startedAt: time(call.startedAt),
                answeredAt: time(call.answeredAt),
                endedAt: time(call.endedAt),
                attendance: change.attendance.map { .init(id: $0.id, protocol: $0.protocolNumber) },
                accountId: change.accountID ?? change.attendance?.accountID,
                isNew: change.isNew
            )
        }
    }

    private struct AttendanceFacts: Encodable {
        var id: Int64
        var `protocol`: String
        var channel: String
        var state: String
        @OrNull var outcome: String?
        @OrNull var accountId: Int64?
        @OrNull var customerId: Int64?
        @OrNull var contactId: Int64?
        var startedAt: String
        @OrNull var endedAt: String?
    }

    /// A contact began, changed hands, was identified or ended: as it is now.
    static func attendance(_ id: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try note(.attendance, at: now, in: session) { () throws -> AttendanceFacts in
            guard let attendance = try AttendanceDesk.find(id, in: session) else {
                throw StoreError.corrupt(what: "attendance")
            }
            return AttendanceFacts(
                id: id,
                protocol: attendance.protocolNumber,
                channel: attendance.channel.rawValue,
                state: attendance.state.rawValue,
                outcome: attendance.outcome?.rawValue,
                accountId: attendance.accountID,
                customerId: attendance.customerID,
                contactId: attendance.contactID,
                startedAt: time(attendance.startedAt),
                endedAt: time(attendance.endedAt)
            )
        }
    }

    private struct TicketFacts: Encodable {
        var id: Int64
        var number: String
        var attendanceId: Int64
        var department: String
        /// Who has it; nobody is told as null.
        @OrNull var assignedTo: Int64?
        /// What happened to it: the kind of its newest entry.
        @OrNull var change: String?
        @OrNull var entryId: Int64?
    }

    /// Something was added to a ticket's thread, which is how everything that happens to a ticket is kept.
    static func entry(_ entry: Entry, in session: any SQLSession) throws(StoreError) {
        let id = entry.ticketID
        func facts() throws(StoreError) -> TicketFacts {
            let row = try session.row(
                "SELECT number, attendance_id, department, assigned_to FROM ticket WHERE id = $1",
                [.integer(id)]
            )
            guard let row, let attendance = row.integer(1) else { throw .corrupt(what: "entry.ticket_id") }
            return TicketFacts(
                id: id,
                number: row.text(0) ?? "",
                attendanceId: attendance,
                department: row.text(2) ?? "",
                assignedTo: row.integer(3),
                change: entry.kind.rawValue,
                entryId: entry.id
            )
        }
        try note(.ticket, at: entry.createdAt, in: session) { try facts() }
        try note(.entry, at: entry.createdAt, in: session) { try facts() }
    }

    private struct NoticeFacts: Encodable {
        var id: Int64
        @OrNull var attendanceId: Int64?
        @OrNull var ticketId: Int64?
        var channel: String
        var state: String
        @OrNull var error: String?
        var at: String
    }

    /// A notice moved to another state.
    static func notice(_ change: NoticeFateChange, in session: any SQLSession) throws(StoreError) {
        try note(.notice, at: change.at, in: session) {
            NoticeFacts(
                id: change.noticeID,
                attendanceId: change.attendanceID,
                ticketId: change.ticketID,
                channel: change.channel.rawValue,
                state: change.state.rawValue,
                error: change.lastError,
                at: time(change.at)
            )
        }
    }
}

/// A member that is there though it has no value: what is taken away is told as null.
@propertyWrapper
struct OrNull<Value: Encodable>: Encodable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}
