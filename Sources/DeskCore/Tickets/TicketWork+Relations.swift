/// Merging, splitting and linking.
extension TicketWork {
    private func other(_ step: Step) throws -> Ticket {
        guard let id = step.order.otherID else { throw TicketRefusal.missing(.other) }
        guard let found = try TicketDirectory.find(id, in: session) else { throw TicketRefusal.noSuchTicket }
        let survivor = try TicketFamily.survivor(of: found, in: session)
        guard survivor.id != step.before.id else { throw TicketRefusal.itself }
        // A forged number must not show that another department's ticket exists.
        if case .account = step.actor, step.actor.role(for: survivor) == .colleague { throw TicketRefusal.noSuchTicket }
        return survivor
    }

    /// Whether both are one customer's; of callers without a record, the number they called from tells.
    private func sameCustomer(_ one: Ticket, _ other: Ticket) -> Bool {
        if one.customerID != nil || other.customerID != nil { return one.customerID == other.customerID }
        return one.attendanceID == other.attendanceID || one.callerPhone != nil && one.callerPhone == other.callerPhone
    }

    /// Whether people would read what was asked in confidence, or somebody else's confidence, by the merger.
    private func breaksConfidence(_ one: Ticket, _ other: Ticket) -> Bool {
        guard one.isConfidential || other.isConfidential else { return false }
        let people = [one.contactID, one.secondContactID, other.contactID, other.secondContactID].compactMap(\.self)
        return one.isConfidential != other.isConfidential || one.contactID != other.contactID || Set(people).count > 1
    }

    /// Who of the dead one follows the one that counts from now on; it has one place beside its requester.
    private func follower(of survivor: Ticket, from dead: Ticket) -> Int64? {
        survivor.secondContactID
            ?? [dead.contactID, dead.secondContactID].compactMap(\.self).first { $0 != survivor.contactID }
    }

    /// Entries, files and clocks stay where they are and read together; watchers, who had it and who asked follow the other.
    func merge(_ step: inout Step) throws {
        let survivor = try other(step)
        guard sameCustomer(step.before, survivor) else { throw TicketRefusal.anotherCustomer }
        guard !breaksConfidence(step.before, survivor) else { throw TicketRefusal.confidential }
        guard !survivor.state.isOver || step.before.state.isOver else { throw TicketRefusal.otherIsOver }
        step.after.mergedInto = survivor.id
        step.facts.number = survivor.number
        step.other = survivor
        var followers = try TicketWatching.list(of: step.before.id, in: session)
        if let owner = step.before.assignedTo, owner != survivor.assignedTo { followers.append(owner) }
        for account in followers { try watch(survivor.id, account) }
        var facts = EntryFacts()
        facts.number = step.before.number
        try Entry.add(
            to: survivor.id,
            kind: .absorbed,
            by: step.actor.author,
            id: step.actor.entryID,
            name: step.actor.name,
            facts: facts,
            at: now,
            in: session
        )
        try session.execute(
            "UPDATE ticket SET updated_at = $1, second_contact_id = $2, revision = revision + 1 WHERE id = $3",
            [.moment(now), .integer(follower(of: survivor, from: step.before)), .integer(survivor.id)]
        )
        try TicketSearch.index(survivor.id, in: session)
    }

    /// Chosen entries go, with their files, into a ticket of their own; a pointer stays in both.
    func split(_ step: inout Step) throws {
        let ids = Set(step.order.entryIDs)
        guard !ids.isEmpty else { throw TicketRefusal.missing(.entries) }
        guard ids.count <= MoveLimits.mostEntries else { throw TicketRefusal.tooMany(limit: MoveLimits.mostEntries) }
        let list = ids.sorted().map(String.init).joined(separator: ", ")
        let found = try session.rows(
            """
            SELECT facts FROM entry
            WHERE ticket_id = $1 AND id IN (\(list)) AND kind IN ('reply', 'note', 'asked', 'file')
            """,
            [.integer(step.before.id)]
        )
        guard found.count == ids.count else { throw TicketRefusal.noSuchEntry }
        let summary = (step.order.summary?.trimmingBlanks).flatMap { $0.isEmpty ? nil : $0 } ?? step.before.summary
        guard summary.count <= 500 else { throw TicketRefusal.tooLong(.text, limit: 500) }
        var made = try part(of: step.before, summary: summary, key: "split-\(step.before.id)-\(list.prefix(200))")
        try session.execute(
            "UPDATE entry SET ticket_id = $1 WHERE id IN (\(list))",
            [.integer(made.id)]
        )
        try session.execute(
            "UPDATE attachment SET ticket_id = $1 WHERE entry_id IN (\(list))",
            [.integer(made.id)]
        )
        try session.execute(
            "UPDATE ticket_time SET ticket_id = $1 WHERE entry_id IN (\(list))",
            [.integer(made.id)]
        )
        let sealed = found.flatMap { EntryFacts.decode($0.text(0)).sealed ?? [] }
        try SecretVault.move(sealed, from: step.before.id, to: made.id, in: session)
        var facts = EntryFacts()
        facts.number = step.before.number
        let opened = try Entry.add(
            to: made.id,
            kind: .opened,
            by: step.actor.author,
            id: step.actor.entryID,
            name: step.actor.name,
            facts: facts,
            at: now,
            in: session
        )
        // Of a solved one its department may be gone.
        if let home = home(of: made) { made.department = home }
        try reckon(&made)
        try made.save(in: session)
        guard let ticket = try TicketDirectory.find(made.id, in: session),
            let attendance = try AttendanceDesk.find(made.attendanceID, in: session)
        else { throw StoreError.corrupt(what: "ticket.attendance_id") }
        try TicketSearch.index(ticket.id, in: session)
        try TicketBells.ring(
            .opened,
            for: ticket,
            entryID: opened.id,
            to: [.department],
            except: step.actor.accountID,
            at: now,
            in: session
        )
        _ = try announce(
            TicketNews(event: .ticketOpened, ticket: ticket, attendance: attendance, entry: nil, other: nil),
            session
        )
        step.facts.number = ticket.number
        step.other = ticket
    }

    /// A ticket like this one, with what belongs to the whole: customer, topic, department, promise, confidence, proof.
    private func part(of ticket: Ticket, summary: String, key: String) throws -> Ticket {
        let row = try numbers.numberTicket(at: now, in: session) { number throws(StoreError) in
            try session.row(
                """
                INSERT INTO ticket (number, attendance_id, customer_id, contact_id, caller_name, caller_phone, topic,
                    topic_title, section_path, department, priority, state, summary, description, form_version, answers,
                    channel, created_by, refers_to, created_at, updated_at, creation_key, type, level, identity_level,
                    language, list_rank, service_level, policy, confidential, unverified, second_contact_id,
                    promised_priority)
                SELECT $1, attendance_id, customer_id, contact_id, caller_name, caller_phone, topic, topic_title,
                    section_path, department, priority, 'triage', $2, $3, form_version, '[]', channel, $4, id, $5, $6, $7,
                    type, level, identity_level, language, list_rank, service_level, policy, confidential, unverified,
                    second_contact_id, promised_priority
                FROM ticket WHERE id = $8
                ON CONFLICT (number) DO NOTHING RETURNING \(Ticket.columns)
                """,
                [
                    .text(number), .text(summary), .text(summary), .integer(nil), .moment(now), .moment(now),
                    .text(key),
                    .integer(ticket.id),
                ]
            )
        }
        return try Ticket(row: row)
    }

    /// Another contact of the customer, or another ticket that has to do with it.
    func link(_ step: inout Step) throws {
        if step.row.needs.contains(.other) {
            let other = try other(step)
            step.facts.number = other.number
            step.other = other
            var facts = EntryFacts()
            facts.number = step.before.number
            try Entry.add(
                to: other.id,
                kind: .referred,
                by: step.actor.author,
                id: step.actor.entryID,
                name: step.actor.name,
                facts: facts,
                at: now,
                in: session
            )
            return
        }
        guard let contact = step.contact else { throw TicketRefusal.missing(.contact) }
        let row = try session.row(
            """
            UPDATE attendance SET state = 'ended', customer_id = COALESCE(customer_id, $1),
                reason = CASE WHEN outcome = 'ticket' THEN reason ELSE $2 END, topic = COALESCE(topic, $3),
                outcome = CASE WHEN outcome = 'ticket' THEN outcome ELSE 'linked' END,
                ended_at = COALESCE(ended_at, $4)
            WHERE id = $5 RETURNING \(Attendance.columns)
            """,
            [
                .integer(step.before.customerID), .text(step.before.number), .text(step.before.topic), .moment(now),
                .integer(contact.id),
            ]
        )
        guard let row else { throw TicketRefusal.noSuchAttendance }
        step.contact = try Attendance(row: row)
        try WebhookOutbox.attendance(contact.id, at: now, in: session)
        step.facts.protocolNumber = contact.protocolNumber
        try session.execute("DELETE FROM draft WHERE attendance_id = $1", [.integer(contact.id)])
        try AttachmentStore.bring(
            step.order.contactFiles,
            of: contact,
            to: step.before.id,
            withOthers: step.actor.accountID != nil,
            in: session
        )
        try SecretVault.bring(contact.id, to: step.before.id, in: session)
    }
}
