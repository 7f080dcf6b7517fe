/// What people, departments and topics hold, before they are switched off.
extension TicketDirectory {
    /// The open tickets somebody has, the oldest first; as many as one hand-over takes.
    public func held(by accountID: Int64, limit: Int = TicketDesk.mostAtOnce) async throws(StoreError) -> [Int64] {
        try await database.read { session in
            try session.rows(
                "SELECT id FROM ticket WHERE assigned_to = $1 AND \(TicketState.openCondition) ORDER BY id",
                [.integer(accountID)],
                limit: limit
            ).compactMap { $0.integer(0) }
        }
    }

    /// How many open tickets lie in each of some departments or under each of some topics; those without any are not named.
    public func openTickets(of kind: Holder, _ ids: [String]) async throws(StoreError) -> [String: Int64] {
        try await database.read { session in
            var open: [String: Int64] = [:]
            for start in stride(from: 0, to: ids.count, by: Self.asked) {
                let some = ids[start..<min(start + Self.asked, ids.count)]
                let places = some.indices.map { "$\($0 - start + 1)" }.joined(separator: ", ")
                let rows = try session.rows(
                    """
                    SELECT \(kind.rawValue), COUNT(*) FROM ticket
                    WHERE \(TicketState.openCondition) AND \(kind.rawValue) IN (\(places)) GROUP BY \(kind.rawValue)
                    """,
                    some.map(SQLValue.text)
                )
                for row in rows { open[row.text(0) ?? ""] = row.integer(1) ?? 0 }
            }
            return open
        }
    }

    /// Topics asked about in one statement: SQLite takes 999 values in its oldest versions.
    private static let asked = 500

    /// What of a catalogue can hold tickets.
    public enum Holder: String, Sendable { case department, topic }
}
