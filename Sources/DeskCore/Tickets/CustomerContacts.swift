extension AttendanceDesk {
    /// The contacts of a customer in which the desk may act for them now: open, or over for less than a day; newest first.
    public func recent(
        customerID: Int64,
        at now: Moment,
        limit: Int = 20
    ) async throws(StoreError) -> [Attendance] {
        let yesterday = now.adding(.zero - .seconds(24 * 3_600))
        return try await database.read { session in
            try session.rows(
                """
                SELECT \(Attendance.columns) FROM attendance
                WHERE customer_id = $1 AND (ended_at IS NULL OR ended_at > $2) ORDER BY started_at DESC
                """,
                [.integer(customerID), .moment(yesterday)],
                limit: limit
            ).map { row throws(StoreError) in try Attendance(row: row) }
        }
    }
}
