extension AttendanceDesk {
    /// Nobody finishes a contact after so long and acts in it the same day.
    private static let longestContact = CustomerDirectory.memory

    /// The contacts of a customer in which the desk may act for them now: open, or over for less than a day; newest first.
    public func recent(
        customerID: Int64,
        at now: Moment,
        limit: Int = 20
    ) async throws(StoreError) -> [Attendance] {
        let yesterday = now.adding(.zero - .seconds(24 * 3_600))
        let began = yesterday.adding(.zero - Self.longestContact)
        return try await database.read { session in
            func contacts(_ condition: String, _ moments: Moment..., by order: String) throws(StoreError)
                -> [Attendance]
            {
                try session.rows(
                    """
                    SELECT \(Attendance.columns) FROM attendance
                    WHERE customer_id = $1 AND \(condition) ORDER BY \(order) DESC
                    """,
                    [.integer(customerID)] + moments.map(SQLValue.moment),
                    limit: limit
                ).map { row throws(StoreError) in try Attendance(row: row) }
            }
            // Apart, as a customer may have had thousands: those that are open have a list of their own.
            let found =
                try contacts("state = 'open'", by: "id")
                + contacts("started_at > $2 AND state = 'ended' AND ended_at > $3", began, yesterday, by: "started_at")
            return Array(found.sorted { ($0.startedAt, $0.id) > ($1.startedAt, $1.id) }.prefix(limit))
        }
    }
}
