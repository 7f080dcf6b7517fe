/// What a move needs: its text, the contact it belongs to, the level of identity.
extension TicketWork {
    func text(_ order: MoveOrder, _ row: Transition) throws -> String {
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
    func contact(_ order: MoveOrder, _ actor: TicketActor, _ ticket: Ticket) throws -> Attendance? {
        guard let id = order.attendanceID else { return nil }
        guard let contact = try AttendanceDesk.find(id, in: session) else { throw TicketRefusal.noSuchAttendance }
        // A program in somebody's name is as they are at work.
        if let account = actor.accountID {
            if contact.isCustomersOwn { throw TicketRefusal.notSent }
            if actor.role(for: ticket) != .supervisor { try contact.checkHands(of: account, in: session) }
        }
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
    func identityMissing(
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
    func proves(_ step: Step) -> Bool {
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

    func linked(_ contact: Attendance, _ ticket: Ticket) throws -> Entry? {
        try session.row(
            "SELECT \(Entry.columns) FROM entry WHERE ticket_id = $1 AND kind = 'linked' ORDER BY id DESC",
            [.integer(ticket.id)]
        ).map { row throws(StoreError) in try Entry(row: row) }
    }
}
