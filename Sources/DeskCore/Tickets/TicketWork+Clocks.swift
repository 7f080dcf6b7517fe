/// What a move does to a ticket's clocks.
extension TicketWork {
    func clocks(_ step: inout Step) throws {
        let id = step.before.id
        switch step.row.clocks {
        case .none: break
        case .pause:
            try TicketPauses.begin(.waiting, of: id, at: now, in: session)
            step.after.askedFrom = step.before.state
            step.after.waitingSince = now
            step.after.remindedAt = nil
        case .resume:
            try TicketPauses.end(of: id, at: now, in: session)
            notWaiting(&step)
        case .stop:
            try TicketPauses.end(of: id, at: now, in: session)
            try TicketPauses.begin(.over, of: id, at: now, in: session)
            notWaiting(&step)
            if step.after.state == .solved { step.after.solvedAt = now }
        case .goOn:
            try TicketPauses.end(of: id, at: now, in: session)
            step.after.solvedAt = nil
            step.after.closedAt = nil
        }
        if step.after.state == .closed { step.after.closedAt = now }
        if step.after.state == .closed || step.after.state == .cancelled {
            // While it can be taken back its passwords can be too: they go when that time is over.
            try SecretVault.erase(of: id, at: hold > .zero ? now.adding(hold) : nil, in: session)
        }
        // A ticket that waits and is moved waits from triage of the new department.
        if step.after.state == .waiting, step.elsewhere { step.after.askedFrom = .triage }
        if step.after.state == .waiting, step.row.move == .take || step.isGiven { step.after.askedFrom = .inProgress }
        try reckon(&step.after, isEnding: step.before.state.isOpen)
    }

    func notWaiting(_ step: inout Step) {
        step.after.askedFrom = nil
        step.after.waitingSince = nil
        step.after.remindedAt = nil
    }

    /// The promised times anew: whatever the promise is now, from the opening on, less the pauses.
    ///
    /// `isEnding`: it was open until now, and its last pause is over with it; one that ended before keeps its times.
    func reckon(_ ticket: inout Ticket, isEnding: Bool = false) throws {
        // While it waits its deadline is that of the moment it began to: it moves once, when the wait is over.
        let standing = ticket.state == .waiting ? ticket.waitingSince ?? now : now
        if ticket.state.isOpen || isEnding, let level = ticket.serviceLevel {
            let due = book.due(
                level,
                department: ticket.department,
                from: ticket.createdAt,
                pauses: try TicketPauses.list(ticket.id, in: session),
                at: standing
            )
            ticket.firstDueAt = due.firstAnswer
            if ticket.dueKind == .policy {
                ticket.dueAt = due.solution
                ticket.atRiskAt = due.riskBegins
            }
        }
        if ticket.dueKind == .open {
            ticket.dueAt = nil
            ticket.atRiskAt = nil
        }
        if ticket.toldDue != ticket.dueAt {
            ticket.toldDue = ticket.dueAt
            ticket.toldStep = 0
        }
        ticket.nextStepAt = Self.nextStep(ticket)
        try Escalation.plan(ticket, by: book, at: now, in: session)
    }

    /// When somebody has next to be told of the deadline; nil while it stands or when all has been told.
    static func nextStep(_ ticket: Ticket) -> Moment? {
        guard ticket.state == .triage || ticket.state == .inProgress, let due = ticket.dueAt else { return nil }
        return switch ticket.toldStep {
        case 0: ticket.atRiskAt ?? due
        case 1: due.adding(.milliseconds(1))
        default: nil
        }
    }
}
