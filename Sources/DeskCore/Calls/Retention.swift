/// Forgets contacts that are older than the desk keeps them, with everything said in them, and what was told to somebody
/// outside of any: of a registration, an address, a password, a colleague's bell.
///
/// Tickets are a record of work and stay, and so does the contact each belongs to.
public struct Retention: Sendable {
    /// One transaction's worth: others who write wait no longer than for a few tickets.
    private static let batch = 200

    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// What is erased, and of which of it nothing else is left that stays.
    private struct Kind: Sendable {
        var table: String
        /// The column of its time.
        var time = "started_at"
        /// The index SQLite is told to walk where it would take another.
        var index: String?
        var goes: String
        var erase: @Sendable (Int64, any SQLSession) throws(StoreError) -> Void
    }

    private static let contacts = Kind(
        table: "attendance",
        goes: """
            ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ticket WHERE ticket.attendance_id = attendance.id)
            AND NOT EXISTS (SELECT 1 FROM attachment WHERE attachment.attendance_id = attendance.id
                AND attachment.ticket_id IS NOT NULL)
            """
    ) { id, session throws(StoreError) in
        // What a ticket has of a contact that was linked to it is the ticket's, and stays with it.
        for table in ["secret", "notice"] {
            try session.execute(
                "UPDATE \(table) SET attendance_id = NULL WHERE attendance_id = $1 AND ticket_id IS NOT NULL",
                [.integer(id)]
            )
        }
        for table in ["satisfaction", "secret", "draft", "notice", "attachment"] {
            try session.execute("DELETE FROM \(table) WHERE attendance_id = $1", [.integer(id)])
        }
        try session.execute(
            """
            UPDATE call SET attendance_id = NULL
            WHERE id = (SELECT call_id FROM attendance WHERE attendance.id = $1) AND attendance_id = $1
            """,
            [.integer(id)]
        )
        try session.execute("DELETE FROM attendance WHERE id = $1", [.integer(id)])
    }

    private static let calls = Kind(
        table: "call",
        goes: """
            ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attendance WHERE attendance.call_id = call.id)
            AND NOT EXISTS (SELECT 1 FROM call AS other WHERE other.merged_into = call.id)
            """
    ) { id, session throws(StoreError) in
        try session.execute("DELETE FROM call_part WHERE call_id = $1", [.integer(id)])
        try session.execute("DELETE FROM call WHERE id = $1", [.integer(id)])
    }

    /// Whether it waits or is being sent is not asked of the index: hardly any does for so long.
    private static let notices = Kind(
        table: "notice",
        time: "created_at",
        // Most notices are of tickets, and many of those of no contact: it would look through them all.
        index: "notice_stray",
        goes: "attendance_id IS NULL AND ticket_id IS NULL AND state NOT IN ('queued', 'sending')"
    ) { id, session throws(StoreError) in
        try session.execute("DELETE FROM notice WHERE id = $1", [.integer(id)])
    }

    /// Erases ended contacts and calls that began before `moment`, and settled notices of neither a contact nor a ticket that were
    /// written before it, so many batches of each at the most.
    ///
    /// What stays is gone through by a reader: nobody who writes waits for that.
    /// - Returns: how many contacts, calls and notices went; 0 when none is left.
    /// - Throws: `StoreError`; what was erased before stays erased.
    public func erase(before moment: Moment, batches: Int = 1) async throws(StoreError) -> Int {
        var erased = 0
        for kind in [Self.contacts, Self.calls, Self.notices] {
            var from = Moment(milliseconds: 0)
            for _ in 0..<batches {
                let start = from
                let old = try await database.read { session in
                    let index = session.engine == .sqlite ? kind.index.map { " INDEXED BY \($0)" } ?? "" : ""
                    return try session.rows(
                        """
                        SELECT id, \(kind.time) FROM \(kind.table)\(index)
                        WHERE \(kind.time) >= $1 AND \(kind.time) < $2 AND \(kind.goes)
                        ORDER BY \(kind.time) LIMIT \(Self.batch)
                        """,
                        [.moment(start), .moment(moment)]
                    ).compactMap { row in row.integer(0).map { (id: $0, at: row.moment(1)) } }
                }
                erased += try await database.write { session in
                    var count = 0
                    for (id, _) in old {
                        // It may have been given to a ticket meanwhile.
                        let still = try session.row(
                            "SELECT 1 FROM \(kind.table) WHERE id = $1 AND \(kind.goes)",
                            [.integer(id)]
                        )
                        guard still != nil else { continue }
                        try kind.erase(id, session)
                        count += 1
                    }
                    return count
                }
                guard old.count == Self.batch, let last = old.last?.at else { break }
                from = last
            }
        }
        return erased
    }

    /// Forgets what repeated requests were answered; one that comes again later is taken for a new one.
    public func forgetRepeated(before moment: Moment) async throws(StoreError) {
        try await database.write { session in
            try session.execute("DELETE FROM idempotency WHERE created_at < $1", [.moment(moment)])
        }
    }
}
