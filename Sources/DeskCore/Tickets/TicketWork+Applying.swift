/// What a move changes of a ticket.
extension TicketWork {
    func apply(_ step: inout Step) throws {
        step.after.updatedAt = now
        if step.before.needsProof, proves(step) {
            step.after.identity = .verified
            step.after.isUnverified = false
            try Self.noteProof(of: step.before.id, by: step.actor, at: now, in: session)
        }
        try facts(&step)
        let solver = step.row.to == .solver ? try solverThere(step.before, in: step.after.department) : nil
        step.after.state = TicketRules.state(
            after: step.row,
            step.before.standing,
            elsewhere: step.elsewhere,
            isGiven: step.isGiven,
            solverIsThere: solver != nil
        )
        owner(&step, solver)
        try clocks(&step)
        step.after.listRank = ListRank.value(
            priority: TopicPriority(rawValue: step.after.priority) ?? .normal,
            reiterations: step.after.reiterations
        )
        if [.reply, .ask, .solve].contains(step.row.move), step.row.by != [.customer] {
            step.after.firstAnsweredAt = step.after.firstAnsweredAt ?? now
        }
    }

    func facts(_ step: inout Step) throws {
        switch step.row.move {
        case .take:
            guard let account = step.actor.accountID else { throw TicketRefusal.missing(.person) }
            guard step.before.assignedTo != account else { throw TicketRefusal.nothingChanges }
        case .assign: try assign(&step)
        case .move: try move(&step)
        case .change: try change(&step)
        case .reiterate: reiterate(&step)
        case .solve: step.after.solvedBy = step.actor.accountID
        case .cancel: step.after.cancelledAt = now
        case .remind:
            guard step.before.remindedAt == nil, due(step.before.waitingSince) else {
                throw TicketRefusal.nothingChanges
            }
            step.after.remindedAt = now
        case .giveUp:
            guard due(step.before.remindedAt) else { throw TicketRefusal.nothingChanges }
            // Nobody's solution, whoever had solved it before.
            step.after.solvedBy = nil
        case .close:
            guard let closes = terms.closesAt(step.before.standing), closes <= now else {
                throw TicketRefusal.nothingChanges
            }
        case .merge: try merge(&step)
        case .split: try split(&step)
        case .link: try link(&step)
        case .escalate: try escalate(&step)
        case .reopen, .restart:
            step.after.solvedBy = nil
            try house(&step.after)
        case .ask, .reply, .note, .confirm: break
        }
    }

    /// Whether the customer has had the days they are given since `moment`.
    func due(_ moment: Moment?) -> Bool {
        moment.map { $0.adding(.seconds(terms.noAnswerDays * 86_400)) <= now } ?? false
    }

    func assign(_ step: inout Step) throws {
        guard let id = step.order.personID else { throw TicketRefusal.missing(.person) }
        let person = try person(id)
        guard person.takes(in: step.before.department) else { throw TicketRefusal.personElsewhere }
        guard step.before.assignedTo != id else { throw TicketRefusal.nothingChanges }
        step.facts.person = person.name
        step.facts.personID = id
    }

    func move(_ step: inout Step) throws {
        let department = step.order.department ?? step.before.department
        let level = step.order.level ?? step.before.level
        guard MoveLimits.levels.contains(level) else { throw TicketRefusal.missing(.place) }
        if let catalogue, catalogue.department(department) == nil { throw TicketRefusal.noSuchDepartment }
        guard step.order.department != nil || step.order.level != nil else { throw TicketRefusal.missing(.place) }
        guard department != step.before.department || level != step.before.level else {
            throw TicketRefusal.nothingChanges
        }
        if let id = step.order.personID {
            // In the same breath: whoever moves it to another department cannot assign it there any more.
            let person = try person(id)
            guard person.takes(in: department) else { throw TicketRefusal.personElsewhere }
            step.facts.person = person.name
            step.facts.personID = id
        }
        if department != step.before.department {
            step.facts.department = .init(step.before.department, department)
        } else {
            step.kind = .raised
            step.notice = nil
        }
        if level != step.before.level { step.facts.level = .init(String(step.before.level), String(level)) }
        step.after.department = department
        step.after.level = level
    }

    func reiterate(_ step: inout Step) {
        step.after.reiterations += 1
        step.facts.count = step.after.reiterations
        if step.after.reiterations == 2 { step.facts.priority = step.after.raisePriority() }
        if step.after.reiterations == 3, step.before.level < MoveLimits.levels.upperBound {
            step.after.level += 1
            step.facts.level = .init(String(step.before.level), String(step.after.level))
        }
    }

    func owner(_ step: inout Step, _ solver: Account?) {
        switch step.row.owner {
        case .same: break
        case .actor: step.after.assignedTo = step.actor.accountID
        case .chosen: step.after.assignedTo = step.order.personID
        case .nobody: step.after.assignedTo = nil
        case .nobodyElsewhere:
            if step.elsewhere || step.order.personID != nil { step.after.assignedTo = step.order.personID }
        case .solver: step.after.assignedTo = solver?.id
        }
    }

    /// The department that has a ticket's topic now, or the catalogue's first, when its own is gone; nil while it is there.
    func home(of ticket: Ticket) -> String? {
        guard let catalogue, catalogue.department(ticket.department) == nil else { return nil }
        return catalogue.topic(ticket.topic)?.department ?? catalogue.departments.first?.id
    }

    /// What begins anew lies where somebody sees it: catalogues go on while a ticket has ended, and departments go.
    func house(_ ticket: inout Ticket) throws(StoreError) {
        guard let home = home(of: ticket) else { return }
        var facts = EntryFacts()
        facts.department = .init(ticket.department, home)
        ticket.department = home
        try Entry.addOwn(to: ticket.id, kind: .moved, facts: facts, at: now, in: session)
    }

    /// Who solved it, while they still work in the department.
    func solverThere(_ ticket: Ticket, in department: String) throws -> Account? {
        guard let id = ticket.solvedBy ?? ticket.assignedTo, let person = try colleague(id),
            person.takes(in: department)
        else { return nil }
        return person
    }

    func person(_ id: Int64) throws -> Account {
        guard let person = try colleague(id) else { throw TicketRefusal.noSuchPerson }
        return person
    }

    /// Somebody who works here; nil for who is nobody, or does not any more.
    func colleague(_ id: Int64) throws -> Account? {
        let row = try session.row("SELECT \(Account.columns) FROM account WHERE id = $1", [.integer(id)])
        guard let account = try row.map(Account.init(row:)), !account.isDisabled else { return nil }
        return account
    }
}
