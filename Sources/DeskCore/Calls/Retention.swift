/// Forgets contacts that are older than the desk keeps them, with everything said in them.
///
/// Tickets are a record of work and stay, and so does the contact each belongs to.
public struct Retention: Sendable {
    /// One transaction's worth: others who write wait no longer than for a few tickets.
    private static let batch = 200

    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// Erases ended contacts and calls that began before `moment`, a batch at a time.
    ///
    /// - Returns: how many contacts and calls went; 0 when none is left.
    /// - Throws: `StoreError`; what was erased before stays erased.
    public func erase(before moment: Moment) async throws(StoreError) -> Int {
        try await database.write { session in
            let old = try session.rows(
                """
                SELECT id FROM attendance
                WHERE started_at < $1 AND ended_at IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM ticket WHERE ticket.attendance_id = attendance.id)
                    AND NOT EXISTS (SELECT 1 FROM attachment WHERE attachment.attendance_id = attendance.id
                        AND attachment.ticket_id IS NOT NULL)
                ORDER BY started_at LIMIT \(Self.batch)
                """,
                [.moment(moment)]
            ).compactMap { $0.integer(0) }
            for id in old {
                for table in ["satisfaction", "secret", "draft", "notice", "attachment"] {
                    try session.execute("DELETE FROM \(table) WHERE attendance_id = $1", [.integer(id)])
                }
                try session.execute("UPDATE call SET attendance_id = NULL WHERE attendance_id = $1", [.integer(id)])
                try session.execute("DELETE FROM attendance WHERE id = $1", [.integer(id)])
            }
            let calls = try session.rows(
                """
                SELECT id FROM call
                WHERE started_at < $1 AND ended_at IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM attendance WHERE attendance.call_id = call.id)
                    AND NOT EXISTS (SELECT 1 FROM call AS other WHERE other.merged_into = call.id)
                ORDER BY started_at LIMIT \(Self.batch)
                """,
                [.moment(moment)]
            ).compactMap { $0.integer(0) }
            for id in calls {
                try session.execute("DELETE FROM call_part WHERE call_id = $1", [.integer(id)])
                try session.execute("DELETE FROM call WHERE id = $1", [.integer(id)])
            }
            return old.count + calls.count
        }
    }

    /// Forgets what repeated requests were answered; one that comes again later is taken for a new one.
    public func forgetRepeated(before moment: Moment) async throws(StoreError) {
        try await database.write { session in
            try session.execute("DELETE FROM idempotency WHERE created_at < $1", [.moment(moment)])
        }
    }
}
