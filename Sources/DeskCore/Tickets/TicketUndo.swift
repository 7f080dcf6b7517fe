/// Moves that can be taken back for as long as their notices wait.
///
/// What a move touches of a ticket is written down before it is made; taken back, the ticket is as it was, what the move
/// wrote and would have told is gone, and an entry of the desk's own says that it happened.
public struct TicketUndo: Sendable, Equatable {
    /// How long the notices wait: long enough to see a mistake, short enough for the customer.
    public static let patience = Duration.seconds(60)

    public var id: Int64
    public var until: Moment
}

extension TicketWork {
    /// What the same keys made before, with how it is taken back; nil when they did nothing yet: all of many were made, or
    /// none.
    func made(before orders: [MoveOrder], by account: Int64?) throws -> [MoveResult]? {
        var results: [MoveResult] = []
        for order in orders {
            guard var result = try made(before: order) else { return nil }
            result.undo = try TicketBefore.undo(
                of: order.ticketID,
                madeAt: result.entry.createdAt,
                by: account,
                at: now,
                in: session
            )
            results.append(result)
        }
        return results
    }
}

/// One ticket as it was before a move, and the move's own traces.
struct TicketBefore {
    /// What `Ticket.save` writes, but for the revision, which only counts up.
    private static let columns = """
        topic, topic_title, section_path, department, priority, state, answers, assigned_to, reiterations, first_due_at,
        due_at, solved_at, closed_at, type, level, asked_from, waiting_since, reminded_at, solved_by, cancelled_at,
        merged_into, list_rank, first_answered_at, due_kind, service_level, policy, at_risk_at, told_due, told_step,
        next_step_at, module, form_version, confidential, unverified, identity_level, second_contact_id,
        promised_priority
        """

    /// A row's values as JSON keeps them; the desk's tables hold nothing else here.
    private enum Kept: Codable {
        case none
        case integer(Int64)
        case text(String)

        init(_ value: SQLValue) {
            switch value {
            case .integer(let number): self = .integer(number)
            case .text(let text): self = .text(text)
            default: self = .none
            }
        }

        var value: SQLValue {
            switch self {
            case .none: .null
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            }
        }
    }

    private struct Traces: Codable {
        var ticket: [Kept]
        var pauses: [[Kept]]
        var bells: [[Kept]]
        var watchers: [[Kept]]
        var lastEntry: Int64
        var lastNotice: Int64
        var hadSurvey: Bool
        /// Whether its customer had been asked, and why not; a release before kept none.
        var survey: [[Kept]]?
        /// What the move itself wrote; what others write within the minute is theirs, and stays.
        var entries: [Int64] = []
        var notices: [Int64] = []
        /// Until when its passwords are kept; a release before kept none.
        var secrets: [[Kept]]?
        /// Which steps of its promise are behind it; a release before kept none.
        var steps: [[Kept]]?
    }

    private let ticketID: Int64
    private let traces: Traces

    /// Reads what a move could touch, in the move's own transaction.
    init?(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        guard let row = try session.row("SELECT \(Self.columns) FROM ticket WHERE id = $1", [.integer(ticketID)]) else {
            return nil
        }
        self.ticketID = ticketID
        func rows(_ sql: String) throws(StoreError) -> [[Kept]] {
            try session.rows(sql, [.integer(ticketID)]).map { $0.values.map(Kept.init) }
        }
        func last(_ table: String) throws(StoreError) -> Int64 {
            try session.row("SELECT MAX(id) FROM \(table) WHERE ticket_id = $1", [.integer(ticketID)])?.integer(0) ?? 0
        }
        traces = Traces(
            ticket: row.values.map(Kept.init),
            pauses: try rows("SELECT id, ended_at FROM ticket_pause WHERE ticket_id = $1 ORDER BY id"),
            bells: try rows(
                "SELECT account_id, entry_id, kind, pinned, rung_at FROM bell WHERE ticket_id = $1 ORDER BY id"
            ),
            watchers: try rows(
                "SELECT account_id, since FROM ticket_watcher WHERE ticket_id = $1 ORDER BY account_id"
            ),
            lastEntry: try last("entry"),
            lastNotice: try last("notice"),
            hadSurvey: try session.row("SELECT 1 FROM ticket_survey WHERE ticket_id = $1", [.integer(ticketID)]) != nil,
            survey: try rows("SELECT asked_at, not_asked FROM ticket_survey WHERE ticket_id = $1"),
            secrets: try session.rows(
                """
                SELECT id, expires_at FROM secret
                WHERE ticket_id IN (\(try TicketFamily.list(of: ticketID, in: session))) AND sealed IS NOT NULL ORDER BY id
                """
            ).map { $0.values.map(Kept.init) },
            steps: try rows("SELECT due_at, done, next_at FROM ticket_escalation WHERE ticket_id = $1")
        )
    }

    private init?(ticketID: Int64, stored: String?) {
        guard let traces = StoredList.decode(Traces.self, stored) else { return nil }
        self.ticketID = ticketID
        self.traces = traces
    }

    /// Keeps it under a batch, with the revision the move left and what it wrote.
    func keep(in batch: Int64, at now: Moment, session: any SQLSession) throws(StoreError) {
        func made(_ table: String, after last: Int64) throws(StoreError) -> [Int64] {
            try session.rows(
                "SELECT id FROM \(table) WHERE ticket_id = $1 AND id > $2 AND created_at = $3 ORDER BY id",
                [.integer(ticketID), .integer(last), .moment(now)]
            ).compactMap { $0.integer(0) }
        }
        var traces = traces
        traces.entries = try made("entry", after: traces.lastEntry)
        traces.notices = try made("notice", after: traces.lastNotice)
        try session.execute(
            """
            INSERT INTO ticket_before (batch_id, ticket_id, revision, traces)
            SELECT $1, id, revision, $2 FROM ticket WHERE id = $3
            """,
            [.integer(batch), .text(StoredList.encode(traces)), .integer(ticketID)]
        )
    }

    static func begin(
        by actor: TicketActor,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> TicketUndo {
        let row = try session.row(
            "INSERT INTO ticket_batch (account_id, token_id, made_at) VALUES ($1, $2, $3) RETURNING id",
            [.integer(actor.accountID), .integer(actor.tokenID), .moment(now)]
        )
        guard let id = row?.integer(0) else { throw .corrupt(what: "ticket_batch") }
        return TicketUndo(id: id, until: now.adding(TicketUndo.patience))
    }

    /// How what was done to a ticket at `moment` is taken back; nil when it is not any more.
    static func undo(
        of ticketID: Int64,
        madeAt moment: Moment,
        by account: Int64?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> TicketUndo? {
        guard now < moment.adding(TicketUndo.patience) else { return nil }
        let rows = try session.rows(
            """
            SELECT ticket_batch.id, ticket_batch.account_id FROM ticket_batch
            JOIN ticket_before ON ticket_before.batch_id = ticket_batch.id
            WHERE ticket_before.ticket_id = $1 AND ticket_batch.made_at = $2 AND ticket_batch.undone_at IS NULL
            ORDER BY ticket_batch.id
            """,
            [.integer(ticketID), .moment(moment)]
        )
        let own = rows.first { $0.integer(1) == account }?.integer(0)
        return own.map { TicketUndo(id: $0, until: moment.adding(TicketUndo.patience)) }
    }

    /// Takes a batch back, whole or not at all.
    ///
    /// - Returns: the tickets as they are again.
    /// - Throws: `TicketRefusal.noSuchTicket` for a batch of somebody else or none, `.undoneTooLate` after its time,
    ///   `.stale` when a ticket was changed since.
    static func takeBack(
        _ batch: Int64,
        by actor: TicketActor,
        book: ServiceBook,
        at now: Moment,
        in session: any SQLSession
    ) throws -> [Ticket] {
        let row = try session.row(
            "SELECT account_id, made_at, undone_at, token_id FROM ticket_batch WHERE id = $1",
            [.integer(batch)]
        )
        // Whose deed it was takes it back: somebody of the desk, or a program that acted in nobody's name.
        guard let row, row.integer(0) == actor.accountID, row.integer(3) == actor.tokenID, let made = row.moment(1)
        else {
            throw TicketRefusal.noSuchTicket
        }
        guard row.moment(2) == nil, now < made.adding(TicketUndo.patience) else { throw TicketRefusal.undoneTooLate }
        var tickets: [Ticket] = []
        let kept = try session.rows(
            "SELECT ticket_id, revision, traces FROM ticket_before WHERE batch_id = $1 ORDER BY ticket_id",
            [.integer(batch)]
        )
        for row in kept {
            guard let id = row.integer(0), let before = TicketBefore(ticketID: id, stored: row.text(2)) else {
                throw StoreError.corrupt(what: "ticket_before.traces")
            }
            guard let ticket = try TicketDirectory.find(id, in: session) else { throw TicketRefusal.noSuchTicket }
            guard ticket.revision == row.integer(1) else { throw TicketRefusal.stale(current: ticket.revision) }
            try before.restore(madeAt: made, by: actor, at: now, in: session)
            guard let again = try TicketDirectory.find(id, in: session) else { continue }
            // By the rules as they are now, which may be others than a minute ago.
            try Escalation.plan(again, by: book, at: now, in: session)
            tickets.append(again)
        }
        try session.execute(
            "UPDATE ticket_batch SET undone_at = $1 WHERE id = $2",
            [.moment(now), .integer(batch)]
        )
        return tickets
    }

    private func restore(
        madeAt made: Moment,
        by actor: TicketActor,
        at now: Moment,
        in session: any SQLSession
    ) throws {
        // Ids of our own, and no text of anybody's; none is no id of any row.
        let entries = (traces.entries.isEmpty ? [0] : traces.entries).map { String($0) }.joined(separator: ", ")
        let notices = (traces.notices.isEmpty ? [0] : traces.notices).map { String($0) }.joined(separator: ", ")
        // A notice that left in spite of its time has told somebody: it cannot be taken back.
        let left = try session.row(
            "SELECT 1 FROM notice WHERE id IN (\(notices)) AND state NOT IN ('queued', 'withheld')"
        )
        guard left == nil else { throw TicketRefusal.undoneTooLate }
        try session.execute("DELETE FROM notice WHERE id IN (\(notices))")
        try restoreTicket(at: now, in: session)
        try restorePauses(in: session)
        try restoreSteps(in: session)
        try restoreBells(madeAt: made, in: session)
        // A mark that was given meanwhile is the customer's.
        if !traces.hadSurvey {
            try session.execute(
                "DELETE FROM ticket_survey WHERE ticket_id = $1 AND given_at IS NULL",
                [.integer(ticketID)]
            )
        } else if let row = traces.survey?.first, row.count == 2 {
            // What the move would have asked is not asked: the next solution asks.
            try session.execute(
                """
                UPDATE ticket_survey SET asked_at = $1, not_asked = $2 WHERE ticket_id = $3 AND given_at IS NULL
                """,
                row.map(\.value) + [.integer(ticketID)]
            )
        }
        for row in traces.secrets ?? [] where row.count == 2 {
            try session.execute(
                "UPDATE secret SET expires_at = $1 WHERE id = $2 AND sealed IS NOT NULL",
                [row[1].value, row[0].value]
            )
        }
        // Files that came with the move are the ticket's again.
        try session.execute("UPDATE attachment SET entry_id = NULL WHERE entry_id IN (\(entries))")
        try session.execute("DELETE FROM ticket_time WHERE entry_id IN (\(entries))")
        try session.execute("DELETE FROM entry WHERE id IN (\(entries))")
        // What its customer has yet to read is what is left of it; news that came meanwhile stay.
        try session.execute(
            """
            UPDATE ticket SET news_entry = (\(Entry.lastNews)) WHERE id = $1 AND news_entry IN (\(entries))
            """,
            [.integer(ticketID)]
        )
        try Entry.add(
            to: ticketID,
            kind: .undone,
            by: actor.author,
            id: actor.entryID,
            name: actor.name,
            at: now,
            in: session
        )
        try TicketSearch.index(ticketID, in: session)
    }

    private func restoreTicket(at now: Moment, in session: any SQLSession) throws(StoreError) {
        let values = traces.ticket.map(\.value)
        // What was kept before a release that keeps more, in its last minute: columns are only ever appended.
        let names = Self.columns.split(separator: ",").prefix(values.count).map { $0.filter { !$0.isWhitespace } }
        let sets = names.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
        try session.execute(
            """
            UPDATE ticket SET \(sets), updated_at = $\(names.count + 1), revision = revision + 1
            WHERE id = $\(names.count + 2)
            """,
            values + [.moment(now), .integer(ticketID)]
        )
    }

    private func restorePauses(in session: any SQLSession) throws(StoreError) {
        let ids = traces.pauses.compactMap { row -> String? in
            if case .integer(let id)? = row.first { String(id) } else { nil }
        }
        let others = ids.isEmpty ? "" : " AND id NOT IN (\(ids.joined(separator: ", ")))"
        try session.execute("DELETE FROM ticket_pause WHERE ticket_id = $1\(others)", [.integer(ticketID)])
        for row in traces.pauses where row.count == 2 {
            try session.execute("UPDATE ticket_pause SET ended_at = $1 WHERE id = $2", [row[1].value, row[0].value])
        }
    }

    private func restoreSteps(in session: any SQLSession) throws(StoreError) {
        guard let steps = traces.steps else { return }
        try session.execute("DELETE FROM ticket_escalation WHERE ticket_id = $1", [.integer(ticketID)])
        for row in steps where row.count == 3 {
            try session.execute(
                "INSERT INTO ticket_escalation (ticket_id, due_at, done, next_at) VALUES ($1, $2, $3, $4)",
                [.integer(ticketID)] + row.map(\.value)
            )
        }
    }

    private func restoreBells(madeAt made: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "DELETE FROM bell WHERE ticket_id = $1 AND rung_at = $2",
            [.integer(ticketID), .moment(made)]
        )
        for row in traces.bells where row.count == 5 {
            // One of a kind: what rang anew since says it already.
            let isThere = try session.row(
                "SELECT 1 FROM bell WHERE ticket_id = $1 AND account_id = $2 AND kind = $3",
                [.integer(ticketID), row[0].value, row[2].value]
            )
            guard isThere == nil else { continue }
            try session.execute(
                """
                INSERT INTO bell (account_id, ticket_id, entry_id, kind, pinned, rung_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [row[0].value, .integer(ticketID)] + row[1...].map(\.value)
            )
        }
        try session.execute(
            "DELETE FROM ticket_watcher WHERE ticket_id = $1 AND since = $2",
            [.integer(ticketID), .moment(made)]
        )
        for row in traces.watchers where row.count == 2 {
            guard case .integer(let account) = row[0].value, case .integer(let since) = row[1].value else { continue }
            try TicketWatching.add(account, to: ticketID, since: Moment(milliseconds: since), in: session)
        }
        try TicketWatching.settle(ticketID, in: session)
    }
}
