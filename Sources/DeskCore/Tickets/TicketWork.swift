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
        /// It names who has the ticket from now on.
        var isGiven: Bool { row.move == .assign || row.move == .move && order.personID != nil }
    }

    /// - Throws: `TicketRefusal`, `StoreError`.
    func make(_ order: MoveOrder, by actor: TicketActor) throws -> MoveResult {
        if let made = try made(before: order) { return made }
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
    ///
    /// - Throws: `StoreError.refused(TicketRefusal.keyReused)` when it made something else.
    func made(before order: MoveOrder) throws -> MoveResult? {
        guard let key = order.key, let entry = try Entry.made(by: key, asking: order.digest, in: session) else {
            return nil
        }
        guard let ticket = try TicketDirectory.find(entry.ticketID, in: session),
            let attendance = try AttendanceDesk.find(ticket.attendanceID, in: session)
        else { throw StoreError.corrupt(what: "entry.ticket_id") }
        var result = MoveResult(ticket: ticket, attendance: attendance, entry: entry, isNew: false)
        // The ticket a split made, or the one it was merged into or linked with.
        if let number = entry.facts.number { result.other = try TicketDirectory.find(number: number, in: session) }
        return result
    }

    /// What is written to a merged ticket lands in the one that counts; anything else is not done to it.
    func target(_ named: Ticket, _ move: TicketMove) throws -> Ticket {
        guard named.mergedInto != nil, [.reply, .note, .link, .reiterate].contains(move) else { return named }
        return try TicketFamily.survivor(of: named, in: session)
    }
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
