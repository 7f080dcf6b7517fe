/// Where a ticket is in its life.
public enum TicketState: String, Sendable, Codable, CaseIterable {
    case triage
    case inProgress = "in_progress"
    case waiting
    case solved
    case closed

    public var isOpen: Bool { self != .solved && self != .closed }
}

/// One request made in an attendance.
public struct Ticket: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var number: String
    public var attendanceID: Int64
    public var customerID: Int64?
    public var contactID: Int64?
    /// Who called and where to reach them, when no registered contact did.
    public var callerName: String?
    public var callerPhone: String?
    /// Whether the topic asks for a surer identity than the caller's was.
    public var isUnverified: Bool
    public var topic: String
    public var topicTitle: String
    public var sectionPath: [String]
    public var department: String
    public var priority: String
    public var state: TicketState
    public var summary: String
    public var module: String?
    public var details: String
    public var whatChanged: String?
    public var formVersion: String
    public var answers: [FormAnswer]
    public var channel: AttendanceChannel
    public var createdBy: Int64?
    public var assignedTo: Int64?
    public var refersTo: Int64?
    public var reiterations: Int64
    public var firstDueAt: Moment?
    public var dueAt: Moment?
    public var createdAt: Moment
    public var updatedAt: Moment
    public var solvedAt: Moment?
    public var closedAt: Moment?

    static let columns = """
        id, number, attendance_id, customer_id, contact_id, topic, topic_title, section_path, department, priority,
        state, summary, module, description, what_changed, form_version, answers, channel, created_by, assigned_to,
        refers_to, reiterations, first_due_at, due_at, created_at, updated_at, solved_at, closed_at, caller_name,
        caller_phone, unverified
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "ticket.id")
        number = try row.need(row.text(1), "ticket.number")
        attendanceID = try row.need(row.integer(2), "ticket.attendance_id")
        customerID = row.integer(3)
        contactID = row.integer(4)
        topic = try row.need(row.text(5), "ticket.topic")
        topicTitle = row.text(6) ?? ""
        sectionPath = StoredList.decode([String].self, row.text(7)) ?? []
        department = row.text(8) ?? ""
        priority = row.text(9) ?? ""
        state = try row.need(row.text(10).flatMap(TicketState.init), "ticket.state")
        summary = row.text(11) ?? ""
        module = row.text(12)
        details = row.text(13) ?? ""
        whatChanged = row.text(14)
        formVersion = row.text(15) ?? ""
        answers = StoredList.decode([FormAnswer].self, row.text(16)) ?? []
        channel = try row.need(row.text(17).flatMap(AttendanceChannel.init), "ticket.channel")
        createdBy = row.integer(18)
        assignedTo = row.integer(19)
        refersTo = row.integer(20)
        reiterations = row.integer(21) ?? 0
        firstDueAt = row.moment(22)
        dueAt = row.moment(23)
        createdAt = try row.need(row.moment(24), "ticket.created_at")
        updatedAt = try row.need(row.moment(25), "ticket.updated_at")
        solvedAt = row.moment(26)
        closedAt = row.moment(27)
        callerName = row.text(28)
        callerPhone = row.text(29)
        isUnverified = row.integer(30) == 1
    }
}
