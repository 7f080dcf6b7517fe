/// A ticket as opening it left it.
public struct TicketOpening: Sendable, Equatable {
    public var ticket: Ticket
    public var attendance: Attendance
    /// False when the same order had opened it before: nothing was made or sent again.
    public var isNew: Bool
}

/// Why a ticket was not opened or changed.
public enum TicketRefusal: Error, Equatable, CustomStringConvertible {
    case noSuchAttendance
    case noSuchTicket
    /// The customer's tickets are not those of this contact's customer.
    case anotherCustomer
    /// A closed ticket takes no entry (D6): open a new one that refers to it.
    case closed
    case emptyEntry

    public var description: String {
        switch self {
        case .noSuchAttendance: "there is no such contact; load the page again"
        case .noSuchTicket: "there is no such ticket; check its number"
        case .anotherCustomer: "that ticket belongs to another customer"
        case .closed: "the ticket is closed; open a new one that refers to it"
        case .emptyEntry: "write something first"
        }
    }
}

/// Writes the notices a ticket's event asks for, inside the ticket's own transaction.
public typealias TicketAnnouncer =
    @Sendable (_ event: TicketEvent, _ ticket: Ticket, _ attendance: Attendance, _ language: Language, any SQLSession)
    throws
    -> Void

/// The technician who acts on a ticket.
public struct TicketAuthor: Sendable, Equatable {
    public var accountID: Int64
    public var name: String

    public init(accountID: Int64, name: String) {
        self.accountID = accountID
        self.name = name
    }
}

/// What happened to a ticket, for those who must be told.
public enum TicketEvent: String, Sendable {
    case opened
    case linked
    case answered
}

/// Opens tickets and adds to them; every change is one durable transaction together with its notices.
public struct TicketDesk: Sendable {
    /// Long enough for a log excerpt, short enough for a page.
    public static let longestEntry = 50_000

    private let database: any Database
    private let numbers: NumberDesk
    private let clock: DeskClock
    private let announce: TicketAnnouncer
    private let hours: BusinessHours
    private let committed: @Sendable (TicketEvent, TicketOpening) -> Void

    /// `committed`: hears of each change once it is durable; must be quick.
    public init(
        database: any Database,
        numbers: NumberDesk,
        hours: BusinessHours,
        clock: DeskClock,
        announce: @escaping TicketAnnouncer,
        committed: @escaping @Sendable (TicketEvent, TicketOpening) -> Void = { _, _ in }
    ) {
        self.database = database
        self.numbers = numbers
        self.hours = hours
        self.clock = clock
        self.announce = announce
        self.committed = committed
    }

    /// Opens a ticket; the same request key opens it once, however often and from wherever it is asked.
    ///
    /// - Throws: `StoreError`; `StoreError.refused(TicketRefusal)` when the contact does not exist.
    ///
    /// `author`: the technician who opens it; nil when the customer does.
    /// `channel`: how the contact came, when the request names none and one is begun here.
    public func open(
        _ request: TicketRequest,
        by author: TicketAuthor?,
        on channel: AttendanceChannel = .api
    ) async throws(StoreError) -> TicketOpening {
        let (now, numbers, announce, hours) = (clock.now, numbers, announce, hours)
        let opening = try await database.write { session in
            if let opened = try Self.opened(by: request.key, in: session) { return opened }
            var attendance = try Self.attendance(
                request,
                on: channel,
                by: author,
                at: now,
                numbers: numbers,
                in: session
            )
            let facts: [SQLValue] = try Self.facts(request, attendance, author, numbers, hours, now, session)
            var ticket = try Self.insert(facts, in: session)
            if request.identity < request.identityNeeded {
                try session.execute("UPDATE ticket SET unverified = 1 WHERE id = $1", [.integer(ticket.id)])
                ticket.isUnverified = true
            }
            attendance = try Self.finish(attendance, request, author, at: now, in: session)
            try session.execute(
                "UPDATE attachment SET ticket_id = $1 WHERE attendance_id = $2 AND ticket_id IS NULL",
                [.integer(ticket.id), .integer(attendance.id)]
            )
            try session.execute(
                "UPDATE secret SET ticket_id = $1 WHERE attendance_id = $2 AND ticket_id IS NULL",
                [.integer(ticket.id), .integer(attendance.id)]
            )
            try Entry.add(
                to: ticket.id,
                kind: .event,
                by: author == nil ? .customer : .technician,
                id: author?.accountID,
                name: author?.name ?? request.callerName ?? "",
                body: "opened",
                at: now,
                in: session
            )
            try TicketSearch.index(ticket.id, in: session)
            try announce(.opened, ticket, attendance, request.language, session)
            return TicketOpening(ticket: ticket, attendance: attendance, isNew: true)
        }
        if opening.isNew { committed(.opened, opening) }
        return opening
    }

    /// What a request's key opened before; nil when it did not.
    public func opened(by key: String) async throws(StoreError) -> TicketOpening? {
        try await database.read { session in try Self.opened(by: key, in: session) }
    }

    private static func opened(by key: String, in session: any SQLSession) throws -> TicketOpening? {
        guard
            let row = try session.row("SELECT \(Ticket.columns) FROM ticket WHERE creation_key = $1", [.text(key)])
        else { return nil }
        let ticket = try Ticket(row: row)
        guard let attendance = try AttendanceDesk.find(ticket.attendanceID, in: session) else {
            throw StoreError.corrupt(what: "ticket.attendance_id")
        }
        return TicketOpening(ticket: ticket, attendance: attendance, isNew: false)
    }

    private static func attendance(
        _ request: TicketRequest,
        on channel: AttendanceChannel,
        by author: TicketAuthor?,
        at now: Moment,
        numbers: NumberDesk,
        in session: any SQLSession
    ) throws -> Attendance {
        guard let id = request.attendanceID else {
            return try AttendanceDesk.begin(
                channel: channel,
                callID: nil,
                accountID: author?.accountID,
                at: now,
                numbers: numbers,
                in: session
            )
        }
        guard let attendance = try AttendanceDesk.find(id, in: session) else { throw TicketRefusal.noSuchAttendance }
        return attendance
    }

    /// The ticket's columns in the order of `insert`.
    private static func facts(
        _ request: TicketRequest,
        _ attendance: Attendance,
        _ author: TicketAuthor?,
        _ numbers: NumberDesk,
        _ hours: BusinessHours,
        _ now: Moment,
        _ session: any SQLSession
    ) throws -> [SQLValue] {
        [
            .text(try numbers.nextTicket(in: session)), .integer(attendance.id), .integer(request.customerID),
            .integer(request.contactID), .text(request.callerName), .text(request.callerPhone),
            .text(request.topicID), .text(request.topicTitle), .text(StoredList.encode(request.sectionTitles)),
            .text(request.department), .text(request.priority.rawValue), .text(request.summary),
            .text(request.moduleLabel), .text(request.description), .text(request.whatChanged),
            .text(request.formVersion), .text(StoredList.encode(request.answers)), .text(attendance.channel.rawValue),
            .integer(author?.accountID), .integer(request.refersTo),
            .moment(request.serviceLevel.firstAnswer.map { hours.end(of: $0, from: now) }),
            .moment(request.serviceLevel.solution.map { hours.end(of: $0, from: now) }), .moment(now), .moment(now),
            .text(request.key),
        ]
    }

    private static func insert(_ facts: [SQLValue], in session: any SQLSession) throws -> Ticket {
        let row = try session.row(
            """
            INSERT INTO ticket (number, attendance_id, customer_id, contact_id, caller_name, caller_phone, topic,
                topic_title, section_path, department, priority, summary, module, description, what_changed,
                form_version, answers, channel, created_by, refers_to, first_due_at, due_at, created_at, updated_at,
                creation_key, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                $22, $23, $24, $25, 'triage')
            RETURNING \(Ticket.columns)
            """,
            facts
        )
        guard let row else { throw StoreError.corrupt(what: "ticket") }
        return try Ticket(row: row)
    }

    private static func finish(
        _ attendance: Attendance,
        _ request: TicketRequest,
        _ author: TicketAuthor?,
        at now: Moment,
        in session: any SQLSession
    ) throws -> Attendance {
        try session.execute("DELETE FROM draft WHERE attendance_id = $1", [.integer(attendance.id)])
        let row = try session.row(
            """
            UPDATE attendance SET state = 'ended', outcome = 'ticket', customer_id = COALESCE($1, customer_id),
                contact_id = COALESCE($2, contact_id), account_id = COALESCE(account_id, $3), topic = $4, ended_at = $5
            WHERE id = $6 RETURNING \(Attendance.columns)
            """,
            [
                .integer(request.customerID), .integer(request.contactID), .integer(author?.accountID),
                .text(request.topicID), .moment(now), .integer(attendance.id),
            ]
        )
        guard let row else { throw TicketRefusal.noSuchAttendance }
        return try Attendance(row: row)
    }

    /// Adds a contact to a ticket that is already open (“vincular a este”), with what the caller said.
    ///
    /// - Throws: `StoreError.refused(TicketRefusal)`.
    public func link(
        _ link: TicketLink,
        attendanceID: Int64,
        by author: TicketAuthor?
    ) async throws(StoreError) -> TicketOpening {
        let (now, announce) = (clock.now, announce)
        let opening = try await database.write { session in
            guard let ticket = try TicketDirectory.find(link.ticketID, in: session) else {
                throw TicketRefusal.noSuchTicket
            }
            guard var attendance = try AttendanceDesk.find(attendanceID, in: session) else {
                throw TicketRefusal.noSuchAttendance
            }
            guard ticket.state != .closed else { throw TicketRefusal.closed }
            if let one = attendance.customerID, let other = ticket.customerID, one != other {
                throw TicketRefusal.anotherCustomer
            }
            if attendance.state == .ended, attendance.outcome == .linked {
                return TicketOpening(ticket: ticket, attendance: attendance, isNew: false)
            }
            let row = try session.row(
                """
                UPDATE attendance SET state = 'ended', outcome = 'linked', customer_id = COALESCE(customer_id, $1),
                    reason = $2, topic = $3, ended_at = $4
                WHERE id = $5 RETURNING \(Attendance.columns)
                """,
                [
                    .integer(ticket.customerID), .text(ticket.number), .text(ticket.topic), .moment(now),
                    .integer(attendanceID),
                ]
            )
            guard let row else { throw TicketRefusal.noSuchAttendance }
            attendance = try Attendance(row: row)
            try session.execute("DELETE FROM draft WHERE attendance_id = $1", [.integer(attendanceID)])
            try session.execute(
                "UPDATE attachment SET ticket_id = $1 WHERE attendance_id = $2 AND ticket_id IS NULL",
                [.integer(link.ticketID), .integer(attendanceID)]
            )
            try Entry.add(
                to: link.ticketID,
                kind: .event,
                by: .system,
                id: author?.accountID,
                name: author?.name ?? "",
                body: "linked \(attendance.protocolNumber)",
                at: now,
                in: session
            )
            if !link.description.isEmpty {
                try Entry.add(
                    to: link.ticketID,
                    kind: .reply,
                    by: .customer,
                    id: nil,
                    name: link.callerName ?? "",
                    body: String(link.description.prefix(Self.longestEntry)),
                    at: now,
                    in: session
                )
            }
            try session.execute(
                "UPDATE ticket SET updated_at = $1 WHERE id = $2",
                [.moment(now), .integer(link.ticketID)]
            )
            try announce(.linked, ticket, attendance, link.language, session)
            return TicketOpening(ticket: ticket, attendance: attendance, isNew: true)
        }
        if opening.isNew { committed(.linked, opening) }
        return opening
    }

    /// Adds a reply or a note to a ticket's thread.
    ///
    /// - Throws: `StoreError.refused(TicketRefusal)`.
    public func add(
        _ kind: EntryKind,
        to ticketID: Int64,
        body: String,
        by author: EntryAuthor,
        id authorID: Int64?,
        name: String,
        language: Language
    ) async throws(StoreError) -> Entry {
        let (now, announce) = (clock.now, announce)
        let (entry, told) = try await database.write { session -> (Entry, TicketOpening?) in
            guard let ticket = try TicketDirectory.find(ticketID, in: session) else { throw TicketRefusal.noSuchTicket }
            guard ticket.state != .closed else { throw TicketRefusal.closed }
            guard body.contains(where: { !$0.isWhitespace }) else { throw TicketRefusal.emptyEntry }
            let entry = try Entry.add(
                to: ticketID,
                kind: kind,
                by: author,
                id: authorID,
                name: name,
                body: String(body.prefix(Self.longestEntry)),
                at: now,
                in: session
            )
            try session.execute(
                "UPDATE ticket SET updated_at = $1 WHERE id = $2",
                [.moment(now), .integer(ticketID)]
            )
            if kind == .reply, author == .technician,
                let attendance = try AttendanceDesk.find(ticket.attendanceID, in: session)
            {
                try announce(.answered, ticket, attendance, language, session)
                return (entry, TicketOpening(ticket: ticket, attendance: attendance, isNew: false))
            }
            return (entry, nil)
        }
        if let told { committed(.answered, told) }
        return entry
    }
}
