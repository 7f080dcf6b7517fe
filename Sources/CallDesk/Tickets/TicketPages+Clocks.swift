import DeskCore

/// Why a ticket's deadline is when it is: its promise, its first answer, what the clock stood for, the days off on the way.
extension TicketPages {
    /// More days off than these are seen in the calendar.
    private static let mostDaysOff = 10

    func clockFacts(_ ticket: Ticket, _ words: Words, _ time: DeskTime) async throws -> [TicketPage.Fact] {
        var facts: [TicketPage.Fact] = []
        func fact(_ key: String, _ text: String?) {
            if let text, !text.isEmpty {
                facts.append(.init(label: words("ticket.\(key)"), text: text, tone: "number"))
            }
        }
        fact("policy", ticket.policy)
        if let answered = ticket.firstAnsweredAt {
            fact("answered", time.dateAndTime(answered))
        } else if ticket.state.isOpen {
            fact("firstdue", ticket.firstDueAt.map(time.dateAndTime))
        }
        for pause in try await app.directory.stops(of: ticket.id) {
            let end = pause.endedAt.map(time.dateAndTime) ?? words("ticket.untilnow")
            let why = pause.isWaiting ? words("ticket.pause.waiting") : words("ticket.pause.over")
            fact("stopped", "\(why): \(time.dateAndTime(pause.beganAt)) – \(end)")
        }
        if ticket.state.isOpen, ticket.dueKind == .policy, let due = ticket.dueAt,
            ticket.serviceLevel?.solution?.counting == .business
        {
            let calendar = app.book.calendar(of: ticket.department)
            for off in calendar.daysOff(from: ticket.createdAt, to: due).prefix(Self.mostDaysOff) {
                let day = time.date(off.day)
                fact("dayoff", off.holiday.name.map { "\(day) · \($0[time.language])" } ?? day)
            }
        }
        return facts
    }
}
