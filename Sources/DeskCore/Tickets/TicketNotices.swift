import Foundation

/// Says what a ticket's event means to the customer, inside its transaction; who is told and how is `NoticeDesk`'s.
public struct TicketNotices: Sendable {
    private let desk: NoticeDesk
    private let customers: CustomerDirectory
    private let clock: DeskClock
    private let timeZone: TimeZone
    private let catalogue: @Sendable () -> Catalogue

    /// `catalogue`: names departments as people do.
    public init(
        desk: NoticeDesk,
        customers: CustomerDirectory,
        catalogue: @escaping @Sendable () -> Catalogue,
        clock: DeskClock,
        timeZone: TimeZone
    ) {
        self.desk = desk
        self.catalogue = catalogue
        self.customers = customers
        self.clock = clock
        self.timeZone = timeZone
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
        let audience = try customers.noticeRecipients(
            customerID: ticket.customerID,
            contactID: ticket.contactID,
            in: session
        )
        // Each answer is told; opening is told once.
        let subject = NoticeSubject(
            attendanceID: attendance.id,
            ticketID: ticket.id,
            customerID: ticket.customerID,
            occurrence: event == .opened ? "" : "\(attendance.id)-\(now.milliseconds)"
        )
        let time = DeskTime(timeZone: timeZone, language: language)
        let facts = NoticeFacts(
            protocolNumber: attendance.protocolNumber,
            ticketNumber: ticket.number,
            topic: ticket.topicTitle,
            summary: ticket.summary,
            customerName: ticket.callerName,
            priority: TopicPriority(rawValue: ticket.priority)?.title[language] ?? ticket.priority,
            department: catalogue().department(ticket.department)?.name[language] ?? ticket.department,
            due: ticket.dueAt.map { time.dateAndTime($0) },
            opened: time.dateAndTime(event == .linked ? attendance.startedAt : ticket.createdAt),
            extra: try extra(event, ticket, language, in: session)
        )
        try desk.announce(kind, facts: facts, to: audience, about: subject, at: now, in: session)
    }

    /// What the event alone has to tell: the copy of what was asked (D5), or what was answered and by whom (B7).
    private func extra(
        _ event: TicketEvent,
        _ ticket: Ticket,
        _ language: Language,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeVariable: String] {
        switch event {
        case .opened: return [.answers: TicketCopy.text(ticket, in: language)]
        case .linked: return [:]
        case .answered:
            let row = try session.row(
                """
                SELECT body, author_name FROM entry WHERE ticket_id = $1 AND kind = 'reply' AND author_kind = 'technician'
                ORDER BY id DESC LIMIT 1
                """,
                [.integer(ticket.id)]
            )
            var extra: [NoticeVariable: String] = [:]
            extra[.answer] = row?.text(0)
            extra[.agent] = row?.text(1)
            return extra
        }
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
