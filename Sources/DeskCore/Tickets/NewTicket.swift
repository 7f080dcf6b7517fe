/// A ticket on its way into the table: written once, and not read back.
///
/// What the engine would give back is what it was given, but for the number and the id: the row is made from that, so that
/// neither a `RETURNING` of half a hundred columns nor a second statement is needed.
struct NewTicket {
    private let request: TicketRequest
    private let level: ServiceLevel
    /// In the order of `columns`, without the number and the key.
    private let facts: [SQLValue]

    /// A ticket that waits to be looked at.
    ///
    /// `promise`: by name and times, whose end is counted from `now`.
    init(
        _ request: TicketRequest,
        in attendance: Attendance,
        by author: TicketAuthor?,
        book: ServiceBook,
        promise: (name: String?, level: ServiceLevel),
        at now: Moment
    ) {
        let due = book.due(promise.level, department: request.department, from: now, at: now)
        // Opened while talking, its first answer was the talk.
        let isTalking = author != nil && (attendance.channel == .phone || attendance.channel == .walkIn)
        self.request = request
        level = promise.level
        facts = [
            .integer(attendance.id), .integer(request.customerID), .integer(request.contactID),
            .text(request.callerName), .text(request.callerPhone), .text(request.topicID), .text(request.topicTitle),
            .text(StoredList.encode(request.sectionTitles)), .text(request.department),
            .text(request.priority.rawValue), .text(request.summary), .text(request.moduleLabel),
            .text(request.description), .text(request.whatChanged), .text(request.formVersion),
            .text(StoredList.encode(request.answers)), .text(attendance.channel.rawValue),
            .integer(author?.accountID), .integer(request.refersTo), .moment(due.firstAnswer), .moment(due.solution),
            .moment(now), .moment(now), .integer(Int64(request.identity.rawValue)), .text(request.language.rawValue),
            .integer(ListRank.value(priority: request.priority, reiterations: 0)), .moment(isTalking ? now : nil),
            .text(StoredList.encode(promise.level)), .text(promise.name), .moment(due.riskBegins),
            .moment(due.solution), .moment(due.riskBegins ?? due.solution),
            .text((request.type ?? .request).rawValue), .bool(request.identity < request.identityNeeded),
            .bool(request.isConfidential == true), .text(TicketState.triage.rawValue),
        ]
    }

    /// Puts it into the table under the next number; nil when its key has opened one before.
    ///
    /// - Throws: `StoreError`.
    func insert(_ numbers: NumberDesk, at now: Moment, in session: any SQLSession) throws(StoreError) -> Ticket? {
        let (key, digest) = (SQLValue.text(request.key), SQLValue.text(request.digest))
        let made = try numbers.numberTicket(at: now, in: session) { number throws(StoreError) -> Made? in
            if let id = try session.insert(Self.statement, [.text(number)] + facts + [key, digest]) {
                return .ticket(id, number)
            }
            let earlier = try session.row("SELECT id FROM ticket WHERE creation_key = $1", [key])
            return earlier == nil ? nil : .before
        }
        guard case .ticket(let id, let number) = made else { return nil }
        return try Ticket(row: row(id, number), written: lists)
    }

    private enum Made {
        case ticket(Int64, String)
        /// The key has opened one.
        case before
    }

    private var lists: Ticket.WrittenLists {
        Ticket.WrittenLists(sectionPath: request.sectionTitles, answers: request.answers, level: level)
    }

    /// The row as the engine keeps it now; what a new ticket does not say yet is empty, which reads as its default does.
    private func row(_ id: Int64, _ number: String) -> SQLRow {
        let written = [.integer(id), .text(number)] + facts
        return SQLRow(values: Self.places.map { $0.map { written[$0].kept } ?? .null })
    }

    private static let columns = [
        "attendance_id", "customer_id", "contact_id", "caller_name", "caller_phone", "topic", "topic_title",
        "section_path", "department", "priority", "summary", "module", "description", "what_changed", "form_version",
        "answers", "channel", "created_by", "refers_to", "first_due_at", "due_at", "created_at", "updated_at",
        "identity_level", "language", "list_rank", "first_answered_at", "service_level", "policy", "at_risk_at",
        "told_due", "next_step_at", "type", "unverified", "confidential", "state",
    ]

    private static let statement = """
        INSERT INTO ticket (number, \(columns.joined(separator: ", ")), creation_key, creation_digest)
        VALUES (\((1...columns.count + 3).map { "$\($0)" }.joined(separator: ", ")))
        ON CONFLICT DO NOTHING
        """

    /// Where each of a ticket's columns stands among what was written.
    private static let places: [Int?] = {
        let written = ["id", "number"] + columns
        return Ticket.columnNames.map { written.firstIndex(of: $0) }
    }()
}
