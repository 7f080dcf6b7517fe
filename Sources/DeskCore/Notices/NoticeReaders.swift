/// Whom a notice concerns: who holds the contact, and of the ticket who opened it, who has it, and its department.
public struct NoticeReaders: Sendable, Equatable {
    public var accountIDs: Set<Int64> = []
    public var department: String?

    /// Reads them in one visit: thousands of notices may settle within a second.
    ///
    /// - Throws: `StoreError`.
    public static func find(
        attendanceID: Int64?,
        ticketID: Int64?,
        in database: any Database
    ) async throws(StoreError) -> NoticeReaders {
        try await database.read { session in
            let row = try session.rows(
                """
                SELECT attendance.account_id, ticket.created_by, ticket.assigned_to, ticket.department
                FROM (SELECT 1 AS one) AS notice
                LEFT JOIN attendance ON attendance.id = $1
                LEFT JOIN ticket ON ticket.id = $2
                """,
                [.integer(attendanceID), .integer(ticketID)],
                limit: 1
            ).first
            guard let row else { return NoticeReaders() }
            return NoticeReaders(
                accountIDs: Set([row.integer(0), row.integer(1), row.integer(2)].compactMap(\.self)),
                department: row.text(3)
            )
        }
    }
}
