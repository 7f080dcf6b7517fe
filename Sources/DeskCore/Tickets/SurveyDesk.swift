/// What a customer said of one ticket: a mark, words, and why they were not asked when they were not.
public struct TicketSurvey: Sendable, Equatable {
    /// Why nobody was asked.
    public enum NotAsked: String, Sendable, Codable, CaseIterable {
        /// The customer was asked within the last days already.
        case recent
        /// Solved because no answer came: that is no service to rate.
        case noAnswer = "no_answer"
        case noCustomer = "no_customer"
        /// No mailbox or telephone of who asked takes it, or they do not want it.
        case noChannel = "no_channel"
    }

    public var ticketID: Int64
    public var askedAt: Moment?
    public var notAsked: NotAsked?
    public var mark: Int?
    public var words: String?
    public var givenAt: Moment?
    /// Who said it, where that is known.
    public var contactID: Int64?
    /// When that was solved which the mark is given for.
    public var solvedAt: Moment?

    /// Whether the mark is for the solution that stands: a ticket that went on may have another by now.
    public func isOfSolution(of ticket: Ticket) -> Bool {
        let now = ticket.solvedAt ?? ticket.closedAt
        return mark != nil && (now == nil || solvedAt == now)
    }
}

/// Why a survey or an opinion was not taken.
public enum SurveyRefusal: Error, Equatable, CustomStringConvertible {
    case noSuchTicket
    /// Offered from the solution on.
    case notYet
    /// Its days are over.
    case tooLate
    /// Who says it worked on the ticket, by their e-mail address.
    case ownWork
    case noMark
    case emptyWords
    case tooLong(limit: Int)

    public var description: String {
        switch self {
        case .noSuchTicket: "there is no such ticket"
        case .notYet: "the ticket is not solved yet"
        case .tooLate: "the time for the survey is over"
        case .ownWork: "nobody rates their own work"
        case .noMark: "choose a mark from 1 to 5"
        case .emptyWords: "write something first"
        case .tooLong(let limit): "at most \(limit) characters"
        }
    }
}

/// Praise or complaint (C8).
public enum Opinion: String, Sendable, Codable, CaseIterable { case praise, complaint }

/// The survey of each ticket and opinions about it: the customer's own, until its day; afterwards shown, not answered.
public struct SurveyDesk: Sendable {
    public static let marks = SatisfactionDesk.marks
    /// A few sentences; more is a new request.
    public static let longestWords = 5_000
    /// Nobody is asked more often than this, however many tickets they have.
    public static let restDays = 7

    private let database: any Database
    private let terms: TicketTerms
    private let clock: DeskClock

    public init(database: any Database, terms: TicketTerms, clock: DeskClock) {
        self.database = database
        self.terms = terms
        self.clock = clock
    }

    /// What is known of a ticket's survey; nil when it was neither asked nor answered.
    public func survey(of ticketID: Int64) async throws(StoreError) -> TicketSurvey? {
        try await database.read { session in try Self.find(ticketID, in: session) }
    }

    /// Until when a ticket's survey can be answered; nil when it cannot, or without end while it is solved.
    public func window(of ticket: Ticket) -> (isOpen: Bool, until: Moment?) {
        switch ticket.state {
        case .solved: (true, nil)
        case .closed:
            terms.surveyUntil(ticket.standing).map { (clock.now < $0, $0) } ?? (false, nil)
        default: (false, nil)
        }
    }

    /// Keeps the customer's mark, with whose solution it is given for; a second one within its days takes the place of the
    /// first.
    ///
    /// `words`: nil or empty where none come with it; those said of the same solution stay then, but for who wrote them and
    /// gives empty ones.
    /// `contactID`: who says it where that is known, else the ticket's own contact counts.
    /// - Throws: `StoreError.refused(SurveyRefusal)`.
    public func rate(
        _ ticketID: Int64,
        mark: Int,
        words: String?,
        channel: AttendanceChannel,
        by contactID: Int64? = nil
    ) async throws(StoreError) -> TicketSurvey {
        let now = clock.now
        let text = try Self.text(words ?? "")
        return try await database.write { session in
            let ticket = try open(ticketID, at: now, in: session)
            try Self.checkOwnWork(on: ticket, by: contactID, in: session)
            guard Self.marks.contains(mark) else { throw SurveyRefusal.noMark }
            let earlier = try Self.find(ticketID, in: session).flatMap { $0.isOfSolution(of: ticket) ? $0 : nil }
            let isOwn = contactID != nil && earlier?.contactID == contactID
            let stays = text.isEmpty && earlier?.words != nil && !(isOwn && words != nil)
            try session.execute(
                """
                INSERT INTO ticket_survey (ticket_id, customer_id, mark, words, channel, given_at, solved_by, solved_at,
                    department, topic, contact_id)
                SELECT id, customer_id, $1, $2, $3, $4, solved_by, COALESCE(solved_at, closed_at, $4), department, topic,
                    CAST($6 AS BIGINT)
                FROM ticket WHERE id = $5
                ON CONFLICT (ticket_id) DO UPDATE SET mark = excluded.mark, words = excluded.words,
                    channel = excluded.channel, given_at = excluded.given_at, solved_by = excluded.solved_by,
                    solved_at = excluded.solved_at, department = excluded.department, topic = excluded.topic,
                    contact_id = excluded.contact_id
                """,
                [
                    .integer(Int64(mark)), .text(stays ? earlier?.words : text.isEmpty ? nil : text),
                    .text(channel.rawValue), .moment(now), .integer(ticketID),
                    // Words that stay are whose they were.
                    .integer(stays ? earlier?.contactID : contactID),
                ]
            )
            guard let survey = try Self.find(ticketID, in: session) else { throw SurveyRefusal.noSuchTicket }
            return survey
        }
    }

    /// Keeps praise or a complaint as an entry of its own.
    ///
    /// `link`: masked, the address of the quick link it is said by. `key`: the client's own name for this wish; said again,
    /// it is not kept again. `digest`: what else was asked, nil where what was kept is compared by who asks.
    /// - Returns: the entry, and whether it was made now.
    /// - Throws: `StoreError.refused(SurveyRefusal)`, `.refused(TicketRefusal.keyReused)`.
    @discardableResult
    public func say(
        _ opinion: Opinion,
        of ticketID: Int64,
        words: String,
        by name: String,
        contactID: Int64?,
        link: String? = nil,
        key: String? = nil,
        digest: String? = nil
    ) async throws(StoreError) -> (entry: Entry, isNew: Bool) {
        let now = clock.now
        let text = try Self.text(words)
        return try await database.write { session in
            if let key, let kept = try Entry.made(by: key, asking: digest, in: session) { return (kept, false) }
            let ticket = try open(ticketID, at: now, in: session)
            try Self.checkOwnWork(on: ticket, by: contactID, in: session)
            guard !text.isEmpty else { throw SurveyRefusal.emptyWords }
            var facts = EntryFacts()
            facts.opinion = opinion.rawValue
            facts.link = link
            let entry = try Entry.add(
                to: ticketID,
                kind: .opinion,
                by: .customer,
                id: contactID,
                name: name,
                body: text,
                facts: facts,
                at: now,
                in: session
            )
            if let key { try entry.name(key, asking: digest, in: session) }
            try TicketBells.ring(
                .opinion,
                for: ticket,
                entryID: entry.id,
                to: [.supervisors],
                except: nil,
                at: now,
                in: session
            )
            return (entry, true)
        }
    }

    private static func text(_ words: String) throws(StoreError) -> String {
        let text = words.trimmingBlanks
        guard text.count <= longestWords else { throw .refused(SurveyRefusal.tooLong(limit: longestWords)) }
        return text
    }

    private func open(_ ticketID: Int64, at now: Moment, in session: any SQLSession) throws -> Ticket {
        guard let ticket = try TicketDirectory.find(ticketID, in: session) else { throw SurveyRefusal.noSuchTicket }
        switch ticket.state {
        case .solved: return ticket
        case .closed:
            guard let until = terms.surveyUntil(ticket.standing), now < until else { throw SurveyRefusal.tooLate }
            return ticket
        case .triage, .inProgress, .waiting: throw SurveyRefusal.notYet
        case .cancelled, .merged: throw SurveyRefusal.tooLate
        }
    }

    /// Somebody of the desk can be a customer too; what they worked on themselves others judge.
    private static func checkOwnWork(on ticket: Ticket, by contactID: Int64?, in session: any SQLSession) throws {
        let own = try session.row(
            """
            SELECT 1 FROM contact JOIN account ON LOWER(account.email) = LOWER(contact.email)
            WHERE contact.id = $1 AND (account.id = $2 OR account.id = $3
                OR EXISTS (SELECT 1 FROM entry WHERE ticket_id = $4 AND author_kind = 'technician' AND author_id = account.id))
            """,
            [
                .integer(contactID ?? ticket.contactID), .integer(ticket.assignedTo), .integer(ticket.solvedBy),
                .integer(ticket.id),
            ]
        )
        if own != nil { throw SurveyRefusal.ownWork }
    }

    private static func find(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) -> TicketSurvey? {
        try session.row(
            "SELECT asked_at, not_asked, mark, words, given_at, contact_id, solved_at FROM ticket_survey WHERE ticket_id = $1",
            [.integer(ticketID)]
        ).map { row in
            TicketSurvey(
                ticketID: ticketID,
                askedAt: row.moment(0),
                notAsked: row.text(1).flatMap(TicketSurvey.NotAsked.init),
                mark: row.integer(2).map { Int($0) },
                words: row.text(3),
                givenAt: row.moment(4),
                contactID: row.integer(5),
                solvedAt: row.moment(6)
            )
        }
    }

    /// Notes that nobody could be asked after all: it counts as not asked, and the next ticket may ask.
    static func noteUnreached(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "UPDATE ticket_survey SET asked_at = NULL, not_asked = $1 WHERE ticket_id = $2",
            [.text(TicketSurvey.NotAsked.noChannel.rawValue), .integer(ticketID)]
        )
    }

    /// Decides whether the customer of a ticket just solved is asked, and notes why not.
    ///
    /// - Returns: whether to ask; of one ticket at most once, of one customer at most once in `restDays`.
    static func ask(
        _ ticket: Ticket,
        unanswered: Bool,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        let reason: TicketSurvey.NotAsked?
        if unanswered {
            reason = .noAnswer
        } else if let customer = ticket.customerID {
            let recent = try session.row(
                "SELECT 1 FROM ticket_survey WHERE customer_id = $1 AND asked_at > $2 AND asked_at <= $3",
                [.integer(customer), .moment(now.adding(.seconds(-restDays * 86_400))), .moment(now.latest)]
            )
            reason = recent == nil ? nil : .recent
        } else {
            reason = .noCustomer
        }
        let changed = try session.execute(
            """
            INSERT INTO ticket_survey (ticket_id, customer_id, asked_at, not_asked) VALUES ($1, $2, $3, $4)
            ON CONFLICT (ticket_id) DO UPDATE SET asked_at = excluded.asked_at, not_asked = excluded.not_asked
            WHERE ticket_survey.asked_at IS NULL AND ticket_survey.given_at IS NULL
            """,
            [
                .integer(ticket.id), .integer(ticket.customerID), .moment(reason == nil ? now : nil),
                .text(reason?.rawValue),
            ]
        )
        return changed == 1 && reason == nil
    }
}
