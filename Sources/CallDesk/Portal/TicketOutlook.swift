import DeskCore

/// What comes next for the customer of a ticket, in words: what they can do now, and until when.
struct TicketOutlook {
    let sentences: [String]

    init(_ ticket: Ticket, terms: TicketTerms, words: Words, time: DeskTime, catalogue: Catalogue) {
        let department = catalogue.department(ticket.department)?.name[time.language] ?? ticket.department
        let due = ticket.dueAt.map { words("request.next.due", ["date": time.dateAndTime($0)]) }
        let agreed = words("request.next.agreed")
        let standing = ticket.standing
        switch ticket.state {
        case .triage:
            sentences = [words("request.next.triage", ["department": department]), due ?? agreed]
        case .inProgress:
            sentences = [words("request.next.progress", ["department": department]), due ?? agreed]
        case .waiting:
            let from = ticket.remindedAt.map { ($0, 1) } ?? ticket.waitingSince.map { ($0, 2) }
            // Reminded once after the days a customer has, and solved as long after that.
            let end = from.map { $0.0.adding(.seconds(terms.noAnswerDays * 86_400 * $0.1)) }
            sentences = [
                words("request.next.waiting"),
                end.map { words("request.next.answerBy", ["date": time.dateAndTime($0)]) },
            ].compactMap(\.self)
        case .solved:
            sentences = [
                words("request.next.solved"),
                terms.closesAt(standing).map { words("request.next.closes", ["date": time.dateAndTime($0)]) },
            ].compactMap(\.self)
        case .closed:
            sentences = [words("request.next.closed")]
        case .cancelled:
            sentences = [words("request.next.cancelled")]
        case .merged:
            sentences = []
        }
    }
}
