import Foundation

/// Says what a ticket's news mean to the customer, inside its transaction; who is told and how is `NoticeDesk`'s.
public struct TicketNotices: Sendable {
    private let desk: NoticeDesk
    private let customers: CustomerDirectory
    private let clock: DeskClock
    private let timeZone: TimeZone
    private let language: Language
    private let terms: TicketTerms
    private let catalogue: @Sendable () -> Catalogue

    /// Notices written by `desk`.
    ///
    /// `catalogue`: names departments as people do. `language`: of tickets that were opened before they kept theirs.
    public init(
        desk: NoticeDesk,
        customers: CustomerDirectory,
        catalogue: @escaping @Sendable () -> Catalogue,
        terms: TicketTerms = TicketTerms(),
        language: Language = .ptBR,
        clock: DeskClock,
        timeZone: TimeZone
    ) {
        self.desk = desk
        self.catalogue = catalogue
        self.terms = terms
        self.language = language
        self.customers = customers
        self.clock = clock
        self.timeZone = timeZone
    }

    /// The closure `TicketDesk` calls.
    public var announcer: TicketAnnouncer {
        { news, session in try announce(news, in: session) }
    }

    private func announce(_ news: TicketNews, in session: any SQLSession) throws {
        let (now, ticket, attendance) = (clock.now, news.ticket, news.attendance)
        var audience = try customers.noticeRecipients(
            customerID: ticket.customerID,
            contactID: ticket.contactID,
            in: session
        )
        // The requester alone is asked how it was; of several people nobody can say who that is.
        if news.event == .surveyRequested, audience.mailboxes.count > 1 { audience.mailboxes = [] }
        // Each happening is told; opening is told once.
        let subject = NoticeSubject(
            attendanceID: attendance.id,
            ticketID: ticket.id,
            customerID: ticket.customerID,
            occurrence: news.event == .ticketOpened || news.event == .surveyRequested
                ? "" : news.entry.map { "\($0.id)" } ?? "\(attendance.id)-\(now.milliseconds)"
        )
        let spoken = ticket.language ?? language
        let time = DeskTime(timeZone: timeZone, language: spoken)
        let facts = NoticeFacts(
            protocolNumber: attendance.protocolNumber,
            ticketNumber: (news.other ?? ticket).number,
            topic: ticket.topicTitle,
            summary: ticket.summary,
            customerName: ticket.callerName,
            priority: TopicPriority(rawValue: ticket.priority)?.title[spoken] ?? ticket.priority,
            state: ticket.state.title(spoken, toCustomer: true),
            department: catalogue().department(ticket.department)?.name[spoken] ?? ticket.department,
            due: due(ticket, news.event, spoken, time),
            opened: time.dateAndTime(ticket.createdAt),
            extra: extra(news, time)
        )
        try desk.announce(news.event, facts: facts, to: audience, about: subject, at: now, in: session)
    }

    private func due(_ ticket: Ticket, _ event: NoticeEvent, _ language: Language, _ time: DeskTime) -> String? {
        if let due = ticket.dueAt { return time.dateAndTime(due) }
        return event == .ticketDueChanged ? ServiceStatus.open.title(language) : nil
    }

    /// What was written and by whom, and until when the customer can act; only what is public.
    private func extra(_ news: TicketNews, _ time: DeskTime) -> [NoticeVariable: String] {
        var extra: [NoticeVariable: String] = [:]
        if let entry = news.entry.flatMap(PublicEntry.init) {
            switch entry.kind {
            case .cancelled, .reiterated, .reopened, .restarted: extra[.reason] = entry.body
            case .unanswered: extra[.reason] = EntrySentence(time: time).text(entry)
            case .merged: extra[.reason] = news.ticket.number
            default: extra[.answer] = entry.body
            }
            extra[.agent] = entry.authorName
        }
        switch news.event {
        case .ticketSolved: extra[.validity] = terms.closesAt(news.ticket.standing).map(time.dateAndTime)
        case .ticketAsked, .ticketReminded:
            extra[.validity] = time.dateAndTime(
                (news.event == .ticketAsked ? news.ticket.waitingSince : news.ticket.remindedAt)?
                    .adding(.seconds(terms.noAnswerDays * 86_400)) ?? clock.now
            )
        default: break
        }
        return extra
    }
}
