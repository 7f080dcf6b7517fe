/// What the clock does with a ticket at a share of its time to a solution.
public struct EscalationStep: Sendable, Hashable, Codable {
    /// Of the promised time: 50 is half of it, 100 the deadline.
    public var percent: Int
    /// Whose bell rings.
    public var tell: Set<TicketListener>
    /// One priority up; the promise stays.
    public var raisesPriority: Bool
    /// One level up.
    public var raisesLevel: Bool
    /// The department it goes to; nil where it is.
    public var department: String?

    public static let percents = 1...1_000

    public init(
        percent: Int,
        tell: Set<TicketListener> = [],
        raisesPriority: Bool = false,
        raisesLevel: Bool = false,
        department: String? = nil
    ) {
        self.percent = percent
        self.tell = tell
        self.raisesPriority = raisesPriority
        self.raisesLevel = raisesLevel
        self.department = department
    }

    var isEmpty: Bool { tell.isEmpty && !raisesPriority && !raisesLevel && department == nil }
}

/// Which steps of its promise a ticket has behind it, and when the next is due: once for each ticket, step and deadline.
struct Escalation {
    let ticketID: Int64
    /// The deadline the steps were counted for.
    var due: Moment?
    var done: Int

    static func find(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) -> Escalation? {
        try session.row("SELECT due_at, done FROM ticket_escalation WHERE ticket_id = $1", [.integer(ticketID)])
            .map { Escalation(ticketID: ticketID, due: $0.moment(0), done: Int($0.integer(1) ?? 0)) }
    }

    /// Writes down when the next step is due, by what the ticket and its promise are now.
    ///
    /// A deadline that moved brings back the steps whose time is to come again, and no others.
    ///
    /// `isNew`: it was opened in this very write, so that nothing can have been written down or have stood still yet.
    ///
    /// - Returns: the step that is due at `now`.
    @discardableResult
    static func plan(
        _ ticket: Ticket,
        isNew: Bool = false,
        by book: ServiceBook,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> EscalationStep? {
        let known = isNew ? nil : try find(ticket.id, in: session)
        let policy = ticket.policy.flatMap { name in book.policies.first { $0.name == name } }
        guard let policy, !policy.steps.isEmpty, let due = ticket.dueAt,
            ticket.state == .triage || ticket.state == .inProgress
        else {
            if known != nil {
                try session.execute(
                    "UPDATE ticket_escalation SET next_at = NULL WHERE ticket_id = $1 AND next_at IS NOT NULL",
                    [.integer(ticket.id)]
                )
            }
            return nil
        }
        let pauses = isNew ? [] : try TicketPauses.list(ticket.id, in: session)
        let moments = policy.steps.map { moment(of: $0, ticket, due, pauses, by: book, at: now) }
        var done = min(known?.done ?? 0, moments.count)
        if let known, known.due != due { done = min(done, moments.prefix { $0 <= now }.count) }
        let next = done < moments.count ? moments[done] : nil
        try session.execute(
            """
            INSERT INTO ticket_escalation (ticket_id, due_at, done, next_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (ticket_id) DO UPDATE
                SET due_at = excluded.due_at, done = excluded.done, next_at = excluded.next_at
            """,
            [.integer(ticket.id), .moment(due), .integer(Int64(done)), .moment(next)]
        )
        guard let next, next <= now else { return nil }
        return policy.steps[done]
    }

    private static func moment(
        of step: EscalationStep,
        _ ticket: Ticket,
        _ due: Moment,
        _ pauses: [ServicePause],
        by book: ServiceBook,
        at now: Moment
    ) -> Moment {
        let calendar = book.calendar(of: ticket.department)
        if ticket.dueKind == .policy, let term = ticket.serviceLevel?.solution {
            return ServiceClock(term: term, calendar: calendar, start: ticket.createdAt, pauses: pauses)
                .moment(percent: step.percent, at: now)
        }
        // Agreed with the customer: by the clock on the wall from the opening on, and when somebody is there to be told,
        // unless the promise counts nights and days off.
        // Reckoned so that a row that is damaged, and may hold any number, does not end the process.
        let whole = max(.zero, due.since(ticket.createdAt))
        let reached = ticket.createdAt.adding(whole / 100 * step.percent)
        return ticket.serviceLevel?.solution?.counting == .calendar ? reached : calendar.opening(from: reached)
    }
}

extension TicketWork {
    /// The clock's step of a promise: raised, moved, told, and counted with the same stroke.
    func escalate(_ step: inout Step) throws {
        guard let escalation = step.order.escalation else { throw TicketRefusal.nothingChanges }
        try session.execute(
            "UPDATE ticket_escalation SET done = done + 1 WHERE ticket_id = $1",
            [.integer(step.before.id)]
        )
        step.facts.clock = "solution"
        step.facts.step = "\(escalation.percent)"
        if escalation.raisesPriority { step.facts.priority = step.after.raisePriority() }
        if escalation.raisesLevel, step.before.level < MoveLimits.levels.upperBound {
            step.after.level += 1
            step.facts.level = .init(String(step.before.level), String(step.after.level))
        }
        if let department = escalation.department, department != step.before.department,
            // A department that is gone since holds nobody up.
            catalogue?.department(department) != nil || catalogue == nil
        {
            step.after.department = department
            step.facts.department = .init(step.before.department, department)
        } else {
            step.notice = nil
        }
    }
}

extension TicketDesk {
    /// Takes the steps of promises that are due; each ticket is a transaction that looks again.
    ///
    /// - Returns: how many were taken.
    func escalateDue(at now: Moment, limit: Int) async throws(StoreError) -> Int {
        let due = try await database.read { session in
            try session.rows(
                """
                SELECT ticket_id FROM ticket_escalation WHERE next_at <= $1 ORDER BY next_at LIMIT \(limit)
                """,
                [.moment(now)]
            ).compactMap { $0.integer(0) }
        }
        var taken = 0
        for id in due {
            let (work, book) = (worker, book())
            let result = try await database.write { session -> MoveResult? in
                guard let ticket = try TicketDirectory.find(id, in: session),
                    let step = try Escalation.plan(ticket, by: book, at: now, in: session)
                else { return nil }
                var order = MoveOrder(.escalate, of: id)
                order.escalation = step
                return try work(session).make(order, by: .clock)
            }
            guard let result else { continue }
            tell(result)
            taken += 1
        }
        return taken
    }

    /// For how long a node may go on by the rules before: it takes up new ones within seconds, and clocks differ.
    private static let overlap = Duration.seconds(60)

    /// Reckons open tickets anew by changed rules, some at a time; the ended ones keep what they were promised.
    ///
    /// Done by a node that has taken up the newest rules, and once more when no other can go by those before: what that one
    /// opened or moved meanwhile has its times from them. A deadline that moves has an entry with both times.
    ///
    /// - Returns: how many tickets were reckoned; none when there is nothing left to do now.
    public func adoptRules(limit: Int = 500) async throws(StoreError) -> Int {
        let (work, bounded) = (worker, min(max(1, limit), 5_000))
        return try await database.write { session in
            let worker = work(session)
            guard
                let row = try session.row(
                    "SELECT id, adopted_to, saved_at FROM service_rules ORDER BY id DESC LIMIT 1"
                ), let rules = row.integer(0), let place = row.integer(1), let saved = row.moment(2),
                rules == worker.book.revision
            else { return 0 }
            // The last ticket of the first turn; of the second it counts down from -1.
            let isFirst = place >= 0
            guard isFirst || saved.adding(Self.overlap) <= worker.now else { return 0 }
            let tickets = try session.rows(
                """
                SELECT \(Ticket.columns) FROM ticket WHERE id > $1 AND \(TicketState.openCondition)
                ORDER BY id LIMIT \(bounded)
                """,
                [.integer(isFirst ? place : -1 - place)]
            ).map { row throws(StoreError) in try Ticket(row: row) }
            for ticket in tickets { try worker.adopt(ticket) }
            var next: Int64? = isFirst ? -1 : nil
            if tickets.count == bounded, let last = tickets.last?.id { next = isFirst ? last : -1 - last }
            try session.execute(
                "UPDATE service_rules SET adopted_to = $1 WHERE id = $2",
                [.integer(next), .integer(rules)]
            )
            return tickets.count
        }
    }
}

extension TicketWork {
    /// Reckons one ticket by the rules as they are now.
    fileprivate func adopt(_ before: Ticket) throws {
        var after = before
        if let level = catalogue?.topic(before.topic)?.serviceLevel ?? before.serviceLevel {
            let found = book.promise(
                topic: before.topic,
                own: level,
                contracts: try Self.contracts(of: before.customerID, at: now, in: session),
                priority: before.priorityOfPromise
            )
            after.serviceLevel = found.level
            after.policy = found.name
        }
        try reckon(&after)
        guard after != before else { return }
        after.updatedAt = now
        try after.save(in: session)
        guard after.dueAt != before.dueAt else { return }
        var facts = EntryFacts()
        facts.due = .init(before.dueAt.map { String($0.milliseconds) }, after.dueAt.map { String($0.milliseconds) })
        facts.clock = "solution"
        try Entry.addOwn(to: before.id, kind: .changed, facts: facts, at: now, in: session)
    }
}
