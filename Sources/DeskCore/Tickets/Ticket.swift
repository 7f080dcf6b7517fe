/// Where a ticket's due time comes from.
public enum DueKind: String, Sendable, Codable, CaseIterable {
    /// It follows the promise and moves with its clock.
    case policy
    /// A person set the day.
    case agreed
    /// “A combinar”.
    case open
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
    public var type: TicketType
    /// 1 is who answers first.
    public var level: Int64
    /// How sure the desk was of who asked, as it was when the ticket was opened.
    public var identity: IdentityLevel
    /// The language it was opened in; what the customer is told about it is in theirs.
    public var language: Language?
    public var askedFrom: TicketState?
    public var waitingSince: Moment?
    public var remindedAt: Moment?
    public var solvedBy: Int64?
    public var cancelledAt: Moment?
    public var mergedInto: Int64?
    /// Counts its changes, for those who decide on what they read before.
    public var revision: Int64
    public var listRank: Int64
    public var firstAnsweredAt: Moment?
    public var dueKind: DueKind
    /// What was promised when it was opened, and the promise's name; nil for the topic's own.
    public var serviceLevel: ServiceLevel?
    public var policy: String?
    /// The priority it was promised for, while the clock or a reiteration has raised it; nil for the one it has.
    var promisedPriority: String?
    public var atRiskAt: Moment?
    var toldDue: Moment?
    var toldStep: Int64
    var nextStepAt: Moment?
    /// Whether only the requester and those it names see it, whatever the reach of others.
    public var isConfidential: Bool
    /// One more contact who follows it.
    public var secondContactID: Int64?

    static let columns = """
        id, number, attendance_id, customer_id, contact_id, topic, topic_title, section_path, department, priority,
        state, summary, module, description, what_changed, form_version, answers, channel, created_by, assigned_to,
        refers_to, reiterations, first_due_at, due_at, created_at, updated_at, solved_at, closed_at, caller_name,
        caller_phone, type, level, identity_level, language, asked_from, waiting_since, reminded_at, solved_by,
        cancelled_at, merged_into, revision, list_rank, first_answered_at, due_kind, service_level, policy, at_risk_at,
        told_due, told_step, next_step_at, unverified, confidential, second_contact_id, promised_priority
        """

    static let columnNames = columns.split { $0 == "," || $0.isWhitespace }.map(String.init)

    /// The same without what is kept as JSON, whose reading takes as long as all the rest.
    static let briefColumns = columns.replacing(" section_path,", with: " '[]',").replacing(" answers,", with: " '[]',")
        .replacing(" service_level,", with: " NULL,")

    /// Where the first column behind the ticket's own stands in a row.
    static let columnCount = columnNames.count

    /// `written`: the lists and the level of a ticket that was written this moment, which need not be read back from their text.
    init(row: SQLRow, written: WrittenLists? = nil) throws(StoreError) {
        id = try row.need(row.integer(0), "ticket.id")
        number = try row.need(row.text(1), "ticket.number")
        attendanceID = try row.need(row.integer(2), "ticket.attendance_id")
        customerID = row.integer(3)
        contactID = row.integer(4)
        topic = try row.need(row.text(5), "ticket.topic")
        topicTitle = row.text(6) ?? ""
        sectionPath = written?.sectionPath ?? StoredList.decode([String].self, row.text(7)) ?? []
        department = row.text(8) ?? ""
        priority = row.text(9) ?? ""
        state = try row.need(row.text(10).flatMap(TicketState.init), "ticket.state")
        summary = row.text(11) ?? ""
        module = row.text(12)
        details = row.text(13) ?? ""
        whatChanged = row.text(14)
        formVersion = row.text(15) ?? ""
        answers = written?.answers ?? StoredList.decode([FormAnswer].self, row.text(16)) ?? []
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
        type = row.text(30).flatMap(TicketType.init) ?? .request
        level = row.integer(31) ?? 1
        identity = row.integer(32).flatMap { IdentityLevel(rawValue: Int($0)) } ?? .none
        language = row.text(33).flatMap(Language.init)
        askedFrom = row.text(34).flatMap(TicketState.init)
        waitingSince = row.moment(35)
        remindedAt = row.moment(36)
        solvedBy = row.integer(37)
        cancelledAt = row.moment(38)
        mergedInto = row.integer(39)
        revision = row.integer(40) ?? 0
        listRank = row.integer(41) ?? 0
        firstAnsweredAt = row.moment(42)
        dueKind = row.text(43).flatMap(DueKind.init) ?? .policy
        serviceLevel = written?.level ?? StoredList.decode(ServiceLevel.self, row.text(44))
        policy = row.text(45)
        atRiskAt = row.moment(46)
        toldDue = row.moment(47)
        toldStep = row.integer(48) ?? 0
        nextStepAt = row.moment(49)
        isUnverified = row.integer(50) == 1
        isConfidential = row.bool(51)
        secondContactID = row.integer(52)
        promisedPriority = row.text(53)
    }

    /// What is kept of a ticket as JSON in one text.
    struct WrittenLists {
        var sectionPath: [String]
        var answers: [FormAnswer]
        var level: ServiceLevel
    }

    /// Raises its priority by one and keeps what was promised (docs/tickets.md).
    ///
    /// - Returns: the priority before and after; nil when there is none above.
    mutating func raisePriority() -> EntryFacts.Change? {
        guard let before = TopicPriority(rawValue: priority), before.raised != before else { return nil }
        promisedPriority = promisedPriority ?? priority
        priority = before.raised.rawValue
        return .init(before.rawValue, before.raised.rawValue)
    }

    /// The priority whose promise holds for it.
    var priorityOfPromise: TopicPriority { TopicPriority(rawValue: promisedPriority ?? priority) ?? .normal }

    /// Whether who asked in the customer's name has yet to prove who they are.
    ///
    /// Of a caller who named no customer nothing is done in anybody's name.
    public var needsProof: Bool { isUnverified && identity == .known }

    /// What the table of moves has to know of it.
    public var standing: TicketStanding {
        TicketStanding(
            state,
            askedFrom: askedFrom,
            solvedAt: solvedAt,
            closedAt: closedAt,
            needsProof: needsProof
        )
    }

    /// When it ended, whichever way: closed, cancelled, merged, or solved and not closed yet; nil while it is open.
    public var endedAt: Moment? {
        if state.isOpen { return nil }
        return closedAt ?? cancelledAt ?? solvedAt ?? updatedAt
    }

    /// How the promise stands: open work by the clock, ended work by when it ended.
    public func serviceStatus(at now: Moment) -> ServiceStatus {
        guard let dueAt else { return .open }
        let standing: Moment? =
            switch state {
            case .waiting: waitingSince
            // Nothing is done to it any more.
            case .merged: updatedAt
            default: nil
            }
        let moment = solvedAt ?? closedAt ?? cancelledAt ?? standing ?? now
        if moment > dueAt { return .late }
        return atRiskAt.map { moment >= $0 } ?? false ? .atRisk : .normal
    }
}

extension Ticket {
    /// Writes what a move can change and counts the revision, in the caller's transaction.
    func save(in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            UPDATE ticket SET topic = $1, topic_title = $2, section_path = $3, department = $4, priority = $5, state = $6,
                answers = $7, assigned_to = $8, reiterations = $9, first_due_at = $10, due_at = $11, updated_at = $12,
                solved_at = $13, closed_at = $14, type = $15, level = $16, asked_from = $17, waiting_since = $18,
                reminded_at = $19, solved_by = $20, cancelled_at = $21, merged_into = $22, revision = revision + 1,
                list_rank = $23, first_answered_at = $24, due_kind = $25, service_level = $26, policy = $27,
                at_risk_at = $28, told_due = $29, told_step = $30, next_step_at = $31, module = $32, form_version = $33, confidential = $34,
                unverified = $35, identity_level = $36, second_contact_id = $37, promised_priority = $38
            WHERE id = $39
            """,
            [
                .text(topic), .text(topicTitle), .text(StoredList.encode(sectionPath)), .text(department),
                .text(priority), .text(state.rawValue), .text(StoredList.encode(answers)), .integer(assignedTo),
                .integer(reiterations), .moment(firstDueAt), .moment(dueAt), .moment(updatedAt), .moment(solvedAt),
                .moment(closedAt), .text(type.rawValue), .integer(level), .text(askedFrom?.rawValue),
                .moment(waitingSince), .moment(remindedAt), .integer(solvedBy), .moment(cancelledAt),
                .integer(mergedInto), .integer(listRank), .moment(firstAnsweredAt), .text(dueKind.rawValue),
                .text(serviceLevel.map { StoredList.encode($0) }), .text(policy), .moment(atRiskAt), .moment(toldDue),
                .integer(toldStep), .moment(nextStepAt), .text(module), .text(formVersion),
                .integer(isConfidential ? 1 : 0), .integer(isUnverified ? 1 : 0), .integer(identity.rawValue),
                .integer(secondContactID), .text(promisedPriority), .integer(id),
            ]
        )
    }
}
