import Foundation

/// Tells those concerned about a ticket: who, on which channel, with a link of their own; all inside its transaction.
public struct TicketNotices: Sendable {
    private let composer: NoticeComposer
    private let policy: NoticePolicy
    private let links: QuickLinks
    private let clock: DeskClock
    private let publicURL: String
    private let linkTerm: Duration
    private let time: DeskTime

    /// - Parameters:
    ///   - publicURL: how customers reach the desk, without a slash at the end.
    ///   - linkTerm: how long a quick link opens.
    public init(
        composer: NoticeComposer,
        policy: NoticePolicy,
        links: QuickLinks,
        clock: DeskClock,
        publicURL: String,
        linkTerm: Duration,
        time: DeskTime
    ) {
        self.composer = composer
        self.policy = policy
        self.links = links
        self.clock = clock
        self.publicURL = publicURL
        self.linkTerm = linkTerm
        self.time = time
    }

    /// The closure `TicketDesk` calls.
    public var announcer: TicketAnnouncer {
        { event, ticket, attendance, language, session in
            try announce(event, ticket, attendance, language, in: session)
        }
    }

    private func announce(
        _ event: TicketEvent,
        _ ticket: Ticket,
        _ attendance: Attendance,
        _ language: Language,
        in session: any SQLSession
    ) throws {
        let now = clock.now
        let kind: NoticeEvent =
            switch event {
            case .opened: .ticketOpened
            case .linked: .protocolIssued
            case .answered: .ticketAnswered
            }
        let spoken = NoticeLanguage(closestTo: language.rawValue)
        let audience = try TicketAudience.read(
            customerID: ticket.customerID,
            contactID: ticket.contactID,
            language: spoken,
            in: session
        )
        // Each answer is told; opening is told once.
        let subject = NoticeSubject(
            attendanceID: attendance.id,
            ticketID: ticket.id,
            customerID: ticket.customerID,
            occurrence: event == .opened ? "" : "\(attendance.id)-\(now.milliseconds)"
        )
        let decision = policy.decide(kind, for: audience)
        var recipients = decision.recipients
        for index in recipients.indices {
            if recipients[index].language == nil { recipients[index].language = spoken }
            let token = try links.create(
                ticketID: ticket.id,
                recipient: recipients[index].address,
                expires: now.adding(linkTerm),
                at: now,
                in: session
            )
            recipients[index].link = "\(publicURL)/t/\(token)"
        }
        let priority = TopicPriority(rawValue: ticket.priority)?.title[language] ?? ticket.priority
        let facts = NoticeFacts(
            protocolNumber: attendance.protocolNumber,
            ticketNumber: ticket.number,
            topic: ticket.topicTitle,
            summary: ticket.summary,
            customerName: ticket.callerName,
            priority: priority,
            department: ticket.department,
            due: ticket.dueAt.map { time.dateTime($0, language: language) },
            opened: time.dateTime(ticket.createdAt, language: language)
        )
        for draft in composer.compose(kind, facts: facts, about: subject, to: recipients) {
            try NoticeOutbox.enqueue(draft, at: now, in: session)
        }
        for held in decision.withheld where held.reason != .channelOff {
            try NoticeOutbox.withhold(
                kind,
                channel: held.channel,
                reason: held.reason,
                about: subject,
                language: spoken,
                at: now,
                in: session
            )
        }
    }
}

/// Reads who can be told about a customer's ticket.
enum TicketAudience {
    /// The mailboxes of the contact concerned (or of all contacts when none is named or it has none), every phone, and
    /// whether an active contract pays for SMS (A3).
    static func read(
        customerID: Int64?,
        contactID: Int64?,
        language: NoticeLanguage,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeAudience {
        guard let customerID else { return .nobody }
        var audience = NoticeAudience(isIdentified: true)
        let contacts = try session.rows(
            """
            SELECT id, name, email, language FROM contact
            WHERE customer_id = $1 AND active = 1 AND email IS NOT NULL ORDER BY id
            """,
            [.integer(customerID)],
            limit: 50
        )
        let own = contacts.filter { $0.integer(0) == contactID }
        for row in own.isEmpty ? contacts : own {
            guard let address = row.text(2) else { continue }
            audience.mailboxes.append(
                .init(
                    address: address,
                    name: row.text(1),
                    language: row.text(3).map { NoticeLanguage(closestTo: $0) } ?? language
                )
            )
        }
        let phones = try session.rows(
            """
            SELECT phone.e164, phone.kind, COALESCE(contact.name, customer.name) FROM phone
            JOIN customer ON customer.id = phone.customer_id
            LEFT JOIN contact ON contact.id = phone.contact_id
            WHERE phone.customer_id = $1 ORDER BY phone.id
            """,
            [.integer(customerID)],
            limit: 50
        )
        audience.phones = phones.map { row in
            .init(e164: row.text(0), takesSMS: row.text(0) != nil && row.text(1) == "mobile", name: row.text(2))
        }
        audience.smsInContract =
            try session.row(
                "SELECT 1 FROM contract WHERE customer_id = $1 AND active = 1 AND sms = 1",
                [.integer(customerID)]
            ) != nil
        return audience
    }
}
