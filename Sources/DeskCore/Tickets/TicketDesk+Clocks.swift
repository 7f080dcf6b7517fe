/// What tickets do by themselves as time passes: reminders, closing, escalation, deadlines.
extension TicketDesk {
    /// Does what the clocks ask for: reminds and gives up on questions, closes what was solved, tells of deadlines.
    ///
    /// Each ticket is a transaction that looks again whether it is due, so that several nodes, restarts and repetitions do
    /// each thing once.
    ///
    /// - Parameters:
    ///   - limit: of each kind in one turn.
    ///   - ends: whether customers are reminded and tickets end; not while the clock is in doubt.
    /// - Returns: how many things were done.
    /// - Throws: what the database says.
    public func runClocks(limit: Int = 200, ends: Bool = true) async throws(StoreError) -> Int {
        let now = clock.now
        let answer = now.adding(.zero - .seconds(terms.noAnswerDays * 86_400))
        let solved = now.adding(.zero - .seconds(terms.closeHours * 3_600))
        let bounded = min(max(1, limit), 1_000)
        let due = try await database.read { session -> [(TicketMove, Int64)] in
            guard ends else { return [] }
            let waiting = try session.rows(
                """
                SELECT id, reminded_at FROM ticket WHERE state = 'waiting' AND waiting_since <= $1
                    AND (reminded_at IS NULL OR reminded_at <= $2) ORDER BY waiting_since LIMIT \(bounded)
                """,
                [.moment(answer), .moment(answer)]
            )
            let closing = try session.rows(
                """
                SELECT id FROM ticket\(session.engine == .sqlite ? " INDEXED BY ticket_solved_at" : "")
                WHERE state = 'solved' AND solved_at <= $1 ORDER BY solved_at LIMIT \(bounded)
                """,
                [.moment(solved)]
            )
            return waiting.compactMap { row in row.integer(0).map { (row.moment(1) == nil ? .remind : .giveUp, $0) } }
                + closing.compactMap { row in row.integer(0).map { (.close, $0) } }
        }
        var done = 0
        for (move, id) in due {
            do {
                _ = try await make(MoveOrder(move, of: id), by: .clock)
                done += 1
            } catch .refused(is TicketRefusal) {
                // Somebody was first, or the customer answered meanwhile.
                continue
            }
        }
        done += try await escalateDue(at: now, limit: bounded)
        return done + (try await tellDeadlines(at: now, limit: bounded))
    }

    /// Rings for deadlines at risk and gone by: once for each ticket, step and deadline.
    func tellDeadlines(at now: Moment, limit: Int) async throws(StoreError) -> Int {
        try await database.write { session in
            let rows = try session.rows(
                """
                SELECT \(Ticket.columns) FROM ticket WHERE next_step_at <= $1 ORDER BY next_step_at LIMIT \(limit)
                """,
                [.moment(now)]
            )
            for row in rows {
                var ticket = try Ticket(row: row)
                let isLate = ticket.dueAt.map { now > $0 } ?? false
                ticket.toldDue = ticket.dueAt
                ticket.toldStep = isLate ? 2 : 1
                ticket.nextStepAt = TicketWork.nextStep(ticket)
                try session.execute(
                    "UPDATE ticket SET told_due = $1, told_step = $2, next_step_at = $3 WHERE id = $4",
                    [
                        .moment(ticket.toldDue), .integer(ticket.toldStep), .moment(ticket.nextStepAt),
                        .integer(ticket.id),
                    ]
                )
                guard ticket.state == .triage || ticket.state == .inProgress else { continue }
                try TicketBells.ring(
                    isLate ? .late : .atRisk,
                    for: ticket,
                    entryID: nil,
                    to: isLate ? [.owner, .supervisors] : [.owner],
                    except: nil,
                    at: now,
                    in: session
                )
            }
            return rows.count
        }
    }
}
