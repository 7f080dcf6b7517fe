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
            opened: time.dateAndTime(ticket.createdAt)
        )
        try desk.announce(kind, facts: facts, to: audience, about: subject, at: now, in: session)
    }
}
