/// Taking apart what was merged across customers, once their records are two again.
extension TicketWork {
    /// Lets every ticket of a customer go on by itself that was merged with another customer's, and takes whoever speaks
    /// for another customer off a ticket they follow.
    ///
    /// - Returns: the tickets that were changed.
    func part(from customerID: Int64) throws -> [Ticket] {
        var changed: Set<Int64> = []
        for (ticketID, survivorID) in try strangers(to: customerID) {
            guard let ticket = try TicketDirectory.find(ticketID, in: session),
                let survivor = try TicketDirectory.find(survivorID, in: session)
            else { continue }
            try goOn(ticket, apartFrom: survivor)
            changed.formUnion([ticketID, survivorID])
        }
        changed.formUnion(try dropFollowers(of: customerID))
        var tickets: [Ticket] = []
        for id in changed.sorted() {
            // Whom it names is among the words it is found by.
            try TicketSearch.index(id, in: session)
            if let ticket = try TicketDirectory.find(id, in: session) { tickets.append(ticket) }
        }
        return tickets
    }

    /// Tickets that are part of another customer's, where one of the two is this customer's.
    private func strangers(to customerID: Int64) throws(StoreError) -> [(ticket: Int64, survivor: Int64)] {
        try session.rows(
            """
            SELECT ticket.id, survivor.id FROM ticket JOIN ticket survivor ON survivor.id = ticket.merged_into
            WHERE ticket.customer_id = $1 AND survivor.customer_id <> $2
            UNION ALL
            SELECT ticket.id, survivor.id FROM ticket survivor JOIN ticket ON ticket.merged_into = survivor.id
            WHERE survivor.customer_id = $1 AND ticket.customer_id <> $2
            """,
            [.integer(customerID), .integer(customerID)],
            limit: 2 * CustomerLimits.merge
        ).map { row throws(StoreError) in
            (try row.need(row.integer(0), "ticket.id"), try row.need(row.integer(1), "ticket.merged_into"))
        }
    }

    /// Puts a merged ticket back to where it ended before, or to the department's triage when it had not.
    private func goOn(_ merged: Ticket, apartFrom survivor: Ticket) throws {
        var ticket = merged
        ticket.mergedInto = nil
        ticket.updatedAt = now
        ticket.state =
            merged.closedAt != nil
            ? .closed : merged.cancelledAt != nil ? .cancelled : merged.solvedAt != nil ? .solved : .triage
        if ticket.state == .triage {
            ticket.assignedTo = nil
            try house(&ticket)
            try TicketPauses.end(of: ticket.id, at: now, in: session)
        }
        try reckon(&ticket)
        try ticket.save(in: session)
        try TicketWatching.settle(ticket.id, in: session)
        let entry = try note(survivor.number, in: ticket.id)
        try note(ticket.number, in: survivor.id)
        guard ticket.state == .triage else { return }
        try TicketBells.ring(
            .restarted,
            for: ticket,
            entryID: entry.id,
            to: [.department, .watchers],
            except: nil,
            at: now,
            in: session
        )
    }

    @discardableResult
    private func note(_ number: String, in ticketID: Int64) throws(StoreError) -> Entry {
        var facts = EntryFacts()
        facts.number = number
        return try Entry.addOwn(to: ticketID, kind: .parted, facts: facts, at: now, in: session)
    }

    /// Who follows a ticket came there by a merger: whoever is another customer's by now leaves it.
    private func dropFollowers(of customerID: Int64) throws(StoreError) -> [Int64] {
        // By when a merged one was changed last its promise is judged: that was its merger.
        let sets = """
            UPDATE ticket SET second_contact_id = NULL, revision = revision + 1,
                updated_at = CASE WHEN state = 'merged' THEN updated_at ELSE $1 END
            """
        let cases = [
            "customer_id = $2 AND second_contact_id IN (SELECT id FROM contact WHERE customer_id <> $3)",
            "customer_id <> $2 AND second_contact_id IN (SELECT id FROM contact WHERE customer_id = $3)",
        ]
        var tickets: [Int64] = []
        for condition in cases {
            tickets += try session.rows(
                "\(sets) WHERE \(condition) RETURNING id",
                [.moment(now), .integer(customerID), .integer(customerID)]
            ).compactMap { $0.integer(0) }
        }
        return tickets
    }
}
