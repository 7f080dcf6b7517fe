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
        if let address = news.onlyTo {
            audience.mailboxes.removeAll { $0.address != address }
            audience.phones.removeAll { $0.e164 != address }
        }
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
            opened: time.dateAndTime(news.event == .protocolIssued ? attendance.startedAt : ticket.createdAt),
            extra: extra(news, spoken, time)
        )
        try desk.announce(news.event, facts: facts, to: audience, about: subject, at: now, hold: news.hold, in: session)
    }

    private func due(_ ticket: Ticket, _ event: NoticeEvent, _ language: Language, _ time: DeskTime) -> String? {
        if let due = ticket.dueAt { return time.dateAndTime(due) }
        return event == .ticketDueChanged ? ServiceStatus.open.title(language) : nil
    }

    /// What was written and by whom, and until when the customer can act; only what is public.
    private func extra(_ news: TicketNews, _ spoken: Language, _ time: DeskTime) -> [NoticeVariable: String] {
        // A contact that was linked says its number; what was asked then stands in the thread.
        if news.event == .protocolIssued { return [:] }
        if news.event == .ticketOpened { return [.answers: TicketCopy.text(news.ticket, in: spoken)] }
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

/// The copy of a request that goes back to who made it (D5): what was asked and answered, and the description.
enum TicketCopy {
    /// A form's answers and a description of the longest kind; more than a mail is read for.
    private static let longest = 40_000

    /// One `question: answer` a line; a secret stays dots, an answer of several lines stands under its question.
    static func text(_ ticket: Ticket, in language: Language) -> String {
        var lines = ticket.answers.filter { !$0.display.isEmpty }.map { answer in
            let label =
                answer.label.last.map { "?:.".contains($0) } ?? false ? String(answer.label.dropLast()) : answer.label
            return answer.display.contains { $0.isNewline }
                ? "\(label):\n\(answer.display)" : "\(label): \(answer.display)"
        }
        if let module = ticket.module {
            lines.append("\(NoticeWords("Módulo", "Módulo", "Module")[language]): \(module)")
        }
        if !ticket.details.isEmpty {
            if !lines.isEmpty { lines.append("") }
            lines += ["\(NoticeWords("Descrição", "Descrição", "Description")[language]):", ticket.details]
        }
        return NoticeEscaping.shortened(lines.joined(separator: "\n"), to: longest)
    }
}
