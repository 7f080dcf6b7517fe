import Foundation

/// Says what a ticket's news mean to the customer, inside its transaction; who is told and how is `NoticeDesk`'s.
public struct TicketNotices: Sendable {
    private let desk: NoticeDesk
    private let customers: CustomerDirectory
    private let clock: DeskClock
    private let timeZone: TimeZone
    private let terms: TicketTerms
    private let catalogue: @Sendable () -> Catalogue

    /// Notices written by `desk`.
    ///
    /// `catalogue`: names topics and departments as people do.
    public init(
        desk: NoticeDesk,
        customers: CustomerDirectory,
        catalogue: @escaping @Sendable () -> Catalogue,
        terms: TicketTerms = TicketTerms(),
        clock: DeskClock,
        timeZone: TimeZone
    ) {
        self.desk = desk
        self.catalogue = catalogue
        self.terms = terms
        self.customers = customers
        self.clock = clock
        self.timeZone = timeZone
    }

    /// The closure `TicketDesk` calls.
    public var announcer: TicketAnnouncer {
        { news, session in try announce(news, in: session) }
    }

    private func announce(_ news: TicketNews, in session: any SQLSession) throws -> Bool {
        let (now, ticket, attendance) = (clock.now, news.ticket, news.attendance)
        let isSurvey = news.event == .surveyRequested
        let audiences =
            isSurvey
            ? try customers.surveyRecipients(customerID: ticket.customerID, contactID: ticket.contactID, in: session)
            : [
                try customers.noticeRecipients(
                    customerID: ticket.customerID,
                    contactID: ticket.contactID,
                    secondID: ticket.secondContactID,
                    inConfidence: ticket.isConfidential,
                    in: session
                )
            ]
        // Each happening is told; opening is told once.
        let subject = NoticeSubject(
            attendanceID: attendance.id,
            ticketID: ticket.id,
            customerID: ticket.customerID,
            occurrence: news.event == .ticketOpened || isSurvey
                ? "" : news.entry.map { "\($0.id)" } ?? "\(attendance.id)-\(now.milliseconds)"
        )
        for var audience in audiences {
            if let address = news.onlyTo {
                audience.mailboxes.removeAll { $0.address != address }
                audience.phones.removeAll { $0.e164 != address }
            }
            let notices = try desk.announce(
                news.event,
                to: audience,
                about: subject,
                at: now,
                hold: news.hold,
                in: session
            ) { facts(news, in: $0) }
            if try !isSurvey || NoticeOutbox.isTold(notices, in: session) { return true }
        }
        return false
    }

    /// What is told, each value in the language of whoever reads it.
    private func facts(_ news: TicketNews, in languages: Set<Language>) -> NoticeFacts {
        let (ticket, attendance, catalogue) = (news.ticket, news.attendance, catalogue())
        var facts = NoticeFacts(
            protocolNumber: attendance.protocolNumber,
            ticketNumber: (news.other ?? ticket).number,
            summary: ticket.summary,
            customerName: ticket.callerName,
            extra: written(news)
        )
        facts.say(.topic, in: languages) { language in
            // In the language of its opening it is called as it was called then.
            language == ticket.language
                ? ticket.topicTitle : catalogue.topic(ticket.topic)?.title[language] ?? ticket.topicTitle
        }
        facts.say(.priority, in: languages) { TopicPriority(rawValue: ticket.priority)?.title[$0] ?? ticket.priority }
        facts.say(.state, in: languages) { ticket.state.title($0, toCustomer: true) }
        facts.say(.department, in: languages) { catalogue.department(ticket.department)?.name[$0] ?? ticket.department }
        facts.say(.opened, in: languages) {
            time($0).dateAndTime(news.event == .protocolIssued ? attendance.startedAt : ticket.createdAt)
        }
        if let due = ticket.dueAt {
            facts.say(.due, in: languages) { time($0).dateAndTime(due) }
        } else if news.event == .ticketDueChanged {
            facts.say(.due, in: languages) { ServiceStatus.open.title($0) }
        }
        if news.event == .ticketOpened {
            let copy = TicketCopy(topic: catalogue.topic(ticket.topic), region: customers.region)
            facts.say(.answers, in: languages) { copy.text(ticket, in: $0) }
        }
        if let entry = news.entry.flatMap(PublicEntry.init), entry.kind == .unanswered, tells(news.event) {
            facts.say(.reason, in: languages) { EntrySentence(time: time($0)).text(entry) ?? "" }
        }
        if let until = validity(news) { facts.say(.validity, in: languages) { time($0).dateAndTime(until) } }
        return facts
    }

    private func time(_ language: Language) -> DeskTime { DeskTime(timeZone: timeZone, language: language) }

    /// Whether what was written is told: of a linked contact it stands in the thread, and an opening says the whole copy.
    private func tells(_ event: NoticeEvent) -> Bool { event != .protocolIssued && event != .ticketOpened }

    /// What was written and by whom, in its writer's words; only what is public.
    private func written(_ news: TicketNews) -> [NoticeVariable: String] {
        guard tells(news.event), let entry = news.entry.flatMap(PublicEntry.init) else { return [:] }
        var extra: [NoticeVariable: String] = [.agent: entry.authorName]
        switch entry.kind {
        case .cancelled, .reiterated, .reopened, .restarted: extra[.reason] = entry.body
        case .unanswered: break
        case .merged: extra[.reason] = news.ticket.number
        default: extra[.answer] = entry.body
        }
        return extra
    }

    /// Until when the customer can act.
    private func validity(_ news: TicketNews) -> Moment? {
        switch news.event {
        case .surveyRequested: surveyUntil(news.ticket.standing)
        case .ticketSolved: terms.closesAt(news.ticket.standing)
        case .ticketAsked, .ticketReminded:
            (news.event == .ticketAsked ? news.ticket.waitingSince : news.ticket.remindedAt)?
                .adding(.seconds(terms.noAnswerDays * 86_400)) ?? clock.now
        default: nil
        }
    }

    /// It can be answered for some days after closing, which comes by itself some days after solving.
    private func surveyUntil(_ standing: TicketStanding) -> Moment? {
        terms.surveyUntil(standing) ?? terms.closesAt(standing).map { terms.surveyEnds(closedAt: $0) }
    }
}
