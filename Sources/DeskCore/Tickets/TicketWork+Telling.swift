/// What a move tells, and whom.
extension TicketWork {
    func finish(_ step: inout Step) throws -> MoveResult {
        try step.after.save(in: session)
        if step.before.state.isOpen != step.after.state.isOpen {
            try TicketWatching.settle(step.after.id, in: session)
        }
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
        if let key = step.order.key { try entry.name(key, asking: step.order.digest, in: session) }
        try attach(step.order.fileIDs, to: entry, of: step.after, by: step.actor)
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
            _ = try announce(
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
            let news = TicketNews(event: .surveyRequested, ticket: ticket, attendance: attendance, hold: hold)
            if try !announce(news, session) { try SurveyDesk.noteUnreached(ticket.id, in: session) }
        }
        return MoveResult(ticket: ticket, attendance: attendance, entry: entry, other: step.other)
    }

    func customerName(_ step: Step) throws -> String {
        if let id = step.contact?.contactID,
            let name = try session.row("SELECT name FROM contact WHERE id = $1", [.integer(id)])?.text(0)
        {
            return name
        }
        return step.before.callerName ?? ""
    }

    /// A file that was given and belongs to no entry yet: a customer's by a customer, and the desk's by everybody else.
    func attach(_ fileIDs: [Int64], to entry: Entry, of ticket: Ticket, by actor: TicketActor) throws {
        // What the desk's people have put there is theirs until their note or reply is kept.
        let isTheirs = if case .customer = actor { "created_by IS NULL" } else { "waits_for IS NULL" }
        for id in fileIDs.prefix(MoveLimits.mostEntries) {
            let changed = try session.execute(
                """
                UPDATE attachment SET ticket_id = $1, entry_id = $2, waits_for = NULL
                WHERE id = $3 AND entry_id IS NULL AND \(isTheirs)
                    AND (ticket_id = $4 OR ticket_id IS NULL AND attendance_id = $5)
                """,
                [
                    .integer(ticket.id), .integer(entry.id), .integer(id), .integer(ticket.id),
                    .integer(ticket.attendanceID),
                ]
            )
            guard changed == 1 else { throw TicketRefusal.noSuchFile }
        }
        // What waited for its form counts from here on.
        guard !fileIDs.isEmpty else { return }
        guard try AttachmentStore.count(ticket.attendanceID, in: session) <= AttachmentStore.most else {
            throw AttachmentError.tooMany(limit: AttachmentStore.most)
        }
    }

    func watch(_ ticketID: Int64, _ account: Int64) throws {
        try TicketWatching.add(account, to: ticketID, since: now, in: session)
    }

    func bells(_ step: Step, _ entry: Entry) throws {
        let id = step.after.id
        let isOver = step.after.state.isOver || step.after.state == .solved && step.before.state.isOpen
        if isOver { try TicketBells.clear(id, in: session) }
        if step.row.move == .take || step.isGiven { try TicketBells.taken(id, in: session) }
        guard let kind = BellKind(step.kind) else { return }
        var listeners = step.row.bells
        if step.kind == .raised { listeners.remove(.department) }
        if step.row.move == .move, step.isGiven {
            // Somebody has it: they are told that, and their department has nothing to take.
            listeners.remove(.department)
            try TicketBells.ring(
                .assigned,
                for: step.after,
                entryID: entry.id,
                to: [.owner],
                except: step.actor.accountID,
                at: now,
                in: session
            )
        }
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
    func index(_ ticket: Ticket) throws { try TicketSearch.index(ticket.id, in: session) }
}
