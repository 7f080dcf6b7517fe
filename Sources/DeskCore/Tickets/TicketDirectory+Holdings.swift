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
        // A catalogue has some hundreds of topics.
        let ids = Array(ids.prefix(2_000))
        guard !ids.isEmpty else { return [:] }
        return try await database.read { session in
            let places = ids.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
            let rows = try session.rows(
                """
                SELECT \(kind.rawValue), COUNT(*) FROM ticket
                WHERE \(TicketState.openCondition) AND \(kind.rawValue) IN (\(places)) GROUP BY \(kind.rawValue)
                """,
                ids.map(SQLValue.text)
            )
            return Dictionary(rows.map { ($0.text(0) ?? "", $0.integer(1) ?? 0) }) { first, _ in first }
        }
    }

    /// What of a catalogue can hold tickets.
    public enum Holder: String, Sendable { case department, topic }
}
