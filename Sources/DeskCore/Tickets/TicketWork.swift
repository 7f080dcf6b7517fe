/// One move inside one transaction: reads what it needs, asks the table, changes, and tells.
struct TicketWork {
    let session: any SQLSession
    let now: Moment
    let terms: TicketTerms
    let book: ServiceBook
    let catalogue: Catalogue?
    let numbers: NumberDesk
    let announce: TicketAnnouncer
    /// How long what it tells waits.
    var hold = Duration.zero

    /// What a transition has at hand while it is applied.
    struct Step {
        let order: MoveOrder
        let actor: TicketActor
        let row: Transition
        let before: Ticket
        var after: Ticket
        var kind: EntryKind
        var facts = EntryFacts()
        var body: String
        /// The contact in which the desk acts for the customer.
        var contact: Attendance?
        var notice: NoticeEvent?
        var other: Ticket?
        /// It is the customer's own deed.
        var isCustomers = false
        var elsewhere: Bool { after.department != before.department }
    }

    /// - Throws: `TicketRefusal`, `StoreError`.
    func make(_ order: MoveOrder, by actor: TicketActor) throws -> MoveResult {
        if let key = order.key, let made = try made(by: key) { return made }
        guard let named = try TicketDirectory.find(order.ticketID, in: session) else {
            throw TicketRefusal.noSuchTicket
        }
        let ticket = try target(named, order.move)
        if case .customer(let customerID, _, _) = actor, ticket.customerID != customerID {
            throw TicketRefusal.noSuchTicket
        }
        let contact = try contact(order, actor, ticket)
        if order.move == .link, let contact, contact.state == .ended, contact.outcome == .linked,
            contact.reason == ticket.number, let entry = try linked(contact, ticket)
        {
            return MoveResult(ticket: ticket, attendance: contact, entry: entry, isNew: false)
        }
        let row = try TicketRules.decide(
            order.move,
            on: ticket.standing,
            by: actor.role(for: ticket),
            inContact: contact != nil,
            terms: terms,
            at: now
        )
        if let needed = identityMissing(row, order, ticket, contact) { throw TicketRefusal.identityTooLow(needed) }
        if let revision = order.revision, revision != named.revision {
            throw TicketRefusal.stale(current: named.revision)
        }
        var step = Step(
            order: order,
            actor: actor,
            row: row,
            before: ticket,
            after: ticket,
            kind: row.entry,
            body: try text(order, row),
            contact: contact,
            notice: row.notice
        )
        if named.id != ticket.id { step.facts.oldNumber = named.number }
        step.facts.link = order.link
        if !order.sealed.isEmpty { step.facts.sealed = order.sealed }
        step.facts.mail = order.mail
        if let minutes = order.minutes, TicketTime.minutes.contains(minutes) { step.facts.minutes = minutes }
        // Within a contact it is the customer who does it, whoever at the desk writes it down; alone with the menu or a
        // program that speaks for them, they do it themselves.
        if row.by.contains(.customer), let contact {
            step.isCustomers = true
            if actor.author == .technician {
                step.facts.onBehalf = actor.name
                step.facts.within = contact.protocolNumber
            }
        }
        try apply(&step)
        return try finish(&step)
    }

    /// What the same key made before; nil when it did nothing yet.
    private func made(by key: String) throws -> MoveResult? {
        guard let entry = try Entry.made(by: key, in: session) else { return nil }
        guard let ticket = try TicketDirectory.find(entry.ticketID, in: session),
            let attendance = try AttendanceDesk.find(ticket.attendanceID, in: session)
        else { throw StoreError.corrupt(what: "entry.ticket_id") }
        return MoveResult(ticket: ticket, attendance: attendance, entry: entry, isNew: false)
    }

    /// What is written to a merged ticket lands in the one that counts; anything else is not done to it.
    private func target(_ named: Ticket, _ move: TicketMove) throws -> Ticket {
        guard named.mergedInto != nil, [.reply, .note, .link, .reiterate].contains(move) else { return named }
        return try TicketFamily.survivor(of: named, in: session)
    }

    // MARK: - What it needs

    private func text(_ order: MoveOrder, _ row: Transition) throws -> String {
        let text = order.text.trimmingBlanks
        for need in row.needs {
            switch need {
            // A file alone says enough.
            case .text where !order.fileIDs.isEmpty: break
            case .reason, .solution, .question, .text:
                guard !text.isEmpty else { throw need == .text ? .emptyEntry : TicketRefusal.missing(need) }
            default: break
            }
        }
        let limit =
            row.needs.contains(.reason) || row.needs.contains(.place)
            ? MoveLimits.longestReason : MoveLimits.longestText
        let need = row.needs.first { [.reason, .solution, .question, .text].contains($0) } ?? .text
        guard text.count <= limit else { throw TicketRefusal.tooLong(need, limit: limit) }
        return text
    }

    /// The contact a move is made in: the customer's own, open or only just over.
    private func contact(_ order: MoveOrder, _ actor: TicketActor, _ ticket: Ticket) throws -> Attendance? {
        guard let id = order.attendanceID else { return nil }
        guard let contact = try AttendanceDesk.find(id, in: session) else { throw TicketRefusal.noSuchAttendance }
        if let one = contact.customerID, let other = ticket.customerID, one != other {
            throw TicketRefusal.anotherCustomer
        }
        if order.move != .link {
            guard
                contact.customerID != nil && contact.customerID == ticket.customerID
                    || contact.id == ticket.attendanceID
            else { throw TicketRefusal.anotherCustomer }
            guard contact.isActedIn(at: now) else { throw TicketRefusal.noSuchAttendance }
        }
        return contact
    }

    /// The level a contact lacks for what is done in it for the customer; nil when it suffices.
    ///
    /// Who opened the ticket in this contact goes on with it as they began. What a caller says about a ticket (a link) is
    /// written down whoever they are.
    private func identityMissing(
        _ row: Transition,
        _ order: MoveOrder,
        _ ticket: Ticket,
        _ contact: Attendance?
    ) -> IdentityLevel? {
        guard let contact, row.by.contains(.customer), order.move != .link, contact.id != ticket.attendanceID,
            let needed = catalogue?.topic(ticket.topic)?.identity
        else { return nil }
        return IdentityRule.allows(needed, at: contact.identity) ? nil : needed
    }

    /// Whether a move shows that it is the customer indeed: their own hand on portal or link, or a contact that proved it.
    private func proves(_ step: Step) -> Bool {
        if let contact = step.contact {
            return contact.identity == .verified && contact.customerID == step.before.customerID
        }
        if case .customer(_, let contactID, _) = step.actor { return contactID != nil }
        return false
    }

    /// The entry that says that who asked for a ticket proved who they are.
    static func noteProof(
        of ticketID: Int64,
        by actor: TicketActor,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try Entry.add(
            to: ticketID,
            kind: .identified,
            by: actor.author,
            id: actor.entryID,
            name: actor.name,
            at: now,
            in: session
        )
    }

    private func linked(_ contact: Attendance, _ ticket: Ticket) throws -> Entry? {
        try session.row(
            "SELECT \(Entry.columns) FROM entry WHERE ticket_id = $1 AND kind = 'linked' ORDER BY id DESC",
            [.integer(ticket.id)]
        ).map { row throws(StoreError) in try Entry(row: row) }
    }

    // MARK: - What it changes

    private func apply(_ step: inout Step) throws {
        step.after.updatedAt = now
        if step.before.needsProof, proves(step) {
            step.after.identity = .verified
            step.after.isUnverified = false
            try Self.noteProof(of: step.before.id, by: step.actor, at: now, in: session)
        }
        try facts(&step)
        let solver = step.row.to == .solver ? try solverThere(step.before) : nil
        step.after.state = TicketRules.state(
            after: step.row,
            step.before.standing,
            elsewhere: step.elsewhere,
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

    private func facts(_ step: inout Step) throws {
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
        case .close:
            guard let closes = terms.closesAt(step.before.standing), closes <= now else {
                throw TicketRefusal.nothingChanges
            }
        case .merge: try merge(&step)
        case .split: try split(&step)
        case .link: try link(&step)
        case .escalate: try escalate(&step)
        case .ask, .reply, .note, .confirm, .reopen, .restart: break
        }
    }

    /// Whether the customer has had the days they are given since `moment`.
    private func due(_ moment: Moment?) -> Bool {
        moment.map { $0.adding(.seconds(terms.noAnswerDays * 86_400)) <= now } ?? false
    }

    private func assign(_ step: inout Step) throws {
        guard let id = step.order.personID else { throw TicketRefusal.missing(.person) }
        let person = try person(id)
        guard person.works(in: step.before.department) || person.role >= .supervisor else {
            throw TicketRefusal.personElsewhere
        }
        guard step.before.assignedTo != id else { throw TicketRefusal.nothingChanges }
        step.facts.person = person.name
        step.facts.personID = id
    }

    private func move(_ step: inout Step) throws {
        let department = step.order.department ?? step.before.department
        let level = step.order.level ?? step.before.level
        guard MoveLimits.levels.contains(level) else { throw TicketRefusal.missing(.place) }
        if let catalogue, catalogue.department(department) == nil { throw TicketRefusal.noSuchDepartment }
        guard step.order.department != nil || step.order.level != nil else { throw TicketRefusal.missing(.place) }
        guard department != step.before.department || level != step.before.level else {
            throw TicketRefusal.nothingChanges
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

    private func reiterate(_ step: inout Step) {
        step.after.reiterations += 1
        step.facts.count = step.after.reiterations
        if step.after.reiterations == 2, let priority = TopicPriority(rawValue: step.before.priority),
            priority.raised != priority
        {
            step.after.priority = priority.raised.rawValue
            step.facts.priority = .init(priority.rawValue, priority.raised.rawValue)
        }
        if step.after.reiterations == 3, step.before.level < MoveLimits.levels.upperBound {
            step.after.level += 1
            step.facts.level = .init(String(step.before.level), String(step.after.level))
        }
    }

    private func owner(_ step: inout Step, _ solver: Account?) {
        switch step.row.owner {
        case .same: break
        case .actor: step.after.assignedTo = step.actor.accountID
        case .chosen: step.after.assignedTo = step.order.personID
        case .nobody: step.after.assignedTo = nil
        case .nobodyElsewhere: if step.elsewhere { step.after.assignedTo = nil }
        case .solver: step.after.assignedTo = solver?.id
        }
    }

    /// Who solved it, while they still work in its department.
    private func solverThere(_ ticket: Ticket) throws -> Account? {
        guard let id = ticket.solvedBy ?? ticket.assignedTo, let person = try? person(id),
            person.works(in: ticket.department) || person.role >= .supervisor
        else { return nil }
        return person
    }

    func person(_ id: Int64) throws -> Account {
        guard
            let row = try session.row("SELECT \(Account.columns) FROM account WHERE id = $1", [.integer(id)])
        else { throw TicketRefusal.noSuchPerson }
        let account = try Account(row: row)
        guard !account.isDisabled else { throw TicketRefusal.noSuchPerson }
        return account
    }

    // MARK: - Clocks

    private func clocks(_ step: inout Step) throws {
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
        if step.after.state == .closed || step.after.state == .cancelled { try SecretVault.erase(of: id, in: session) }
        // A ticket that waits and is moved waits from triage of the new department.
        if step.after.state == .waiting, step.elsewhere { step.after.askedFrom = .triage }
        if step.after.state == .waiting, step.row.move == .take || step.row.move == .assign {
            step.after.askedFrom = .inProgress
        }
        try reckon(&step.after)
    }

    private func notWaiting(_ step: inout Step) {
        step.after.askedFrom = nil
        step.after.waitingSince = nil
        step.after.remindedAt = nil
    }

    /// The promised times anew: whatever the promise is now, from the opening on, less the pauses.
    func reckon(_ ticket: inout Ticket) throws {
        if ticket.state.isOpen, let level = ticket.serviceLevel {
            let due = book.due(
                level,
                department: ticket.department,
                from: ticket.createdAt,
                pauses: try TicketPauses.list(ticket.id, in: session),
                at: now
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

    // MARK: - What it tells

    private func finish(_ step: inout Step) throws -> MoveResult {
        try step.after.save(in: session)
        let entry = try Entry.add(
            to: step.after.id,
            kind: step.kind,
            by: step.isCustomers ? .customer : step.actor.author,
            id: step.isCustomers ? step.contact?.contactID : step.actor.entryID,
            name: step.isCustomers ? try customerName(step) : step.actor.name,
            body: step.body,
            facts: step.facts,
            at: now,
            in: session
        )
        if let key = step.order.key { try entry.name(key, in: session) }
        try attach(step.order.fileIDs, to: entry, of: step.after)
        if let minutes = step.facts.minutes {
            try TicketTime.spend(
                minutes,
                on: step.after.id,
                entry: entry.id,
                by: step.actor.accountID,
                at: now,
                in: session
            )
        }
        if step.order.watches, let account = step.actor.accountID { try watch(step.after.id, account) }
        try bells(step, entry)
        if entry.kind.bodyIsPublic, !entry.body.isEmpty { try index(step.after) }
        guard let ticket = try TicketDirectory.find(step.after.id, in: session),
            let attendance = try AttendanceDesk.find(step.contact?.id ?? ticket.attendanceID, in: session)
        else { throw StoreError.corrupt(what: "ticket.attendance_id") }
        if let notice = step.notice {
            try announce(
                TicketNews(
                    event: notice,
                    ticket: ticket,
                    attendance: attendance,
                    entry: entry,
                    other: step.other,
                    hold: hold
                ),
                session
            )
        }
        if ticket.state == .solved, step.before.state.isOpen,
            try SurveyDesk.ask(ticket, unanswered: step.kind == .unanswered, at: now, in: session)
        {
            try announce(
                TicketNews(event: .surveyRequested, ticket: ticket, attendance: attendance, hold: hold),
                session
            )
        }
        return MoveResult(ticket: ticket, attendance: attendance, entry: entry, other: step.other)
    }

    private func customerName(_ step: Step) throws -> String {
        if let id = step.contact?.contactID,
            let name = try session.row("SELECT name FROM contact WHERE id = $1", [.integer(id)])?.text(0)
        {
            return name
        }
        return step.before.callerName ?? ""
    }

    private func attach(_ fileIDs: [Int64], to entry: Entry, of ticket: Ticket) throws {
        for id in fileIDs.prefix(MoveLimits.mostEntries) {
            let changed = try session.execute(
                """
                UPDATE attachment SET ticket_id = $1, entry_id = $2 WHERE id = $3 AND entry_id IS NULL
                    AND (ticket_id = $4 OR ticket_id IS NULL AND attendance_id = $5)
                """,
                [
                    .integer(ticket.id), .integer(entry.id), .integer(id), .integer(ticket.id),
                    .integer(ticket.attendanceID),
                ]
            )
            guard changed == 1 else { throw TicketRefusal.noSuchFile }
        }
    }

    func watch(_ ticketID: Int64, _ account: Int64) throws {
        try session.execute(
            """
            INSERT INTO ticket_watcher (ticket_id, account_id, since) VALUES ($1, $2, $3)
            ON CONFLICT (account_id, ticket_id) DO NOTHING
            """,
            [.integer(ticketID), .integer(account), .moment(now)]
        )
    }

    private func bells(_ step: Step, _ entry: Entry) throws {
        let id = step.after.id
        let isOver = step.after.state.isOver || step.after.state == .solved && step.before.state.isOpen
        if isOver { try TicketBells.clear(id, in: session) }
        if step.row.move == .take || step.row.move == .assign { try TicketBells.taken(id, in: session) }
        guard let kind = BellKind(step.kind) else { return }
        var listeners = step.row.bells
        if step.kind == .raised { listeners.remove(.department) }
        if let escalation = step.order.escalation {
            listeners.formUnion(escalation.tell)
            if step.elsewhere { listeners.insert(.department) }
        }
        // Having ended, there is nothing to look at any more, but for a cancellation nobody at the desk made.
        if step.after.state.isOver, step.after.state != .cancelled { return }
        try TicketBells.ring(
            kind,
            for: step.after,
            entryID: entry.id,
            to: listeners,
            except: step.actor.accountID,
            at: now,
            in: session
        )
    }

    /// The words of what is public find the ticket too; internal ones never, since customers search as well.
    private func index(_ ticket: Ticket) throws { try TicketSearch.index(ticket.id, in: session) }
}

extension String {
    /// This text without blanks and line ends around it.
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
