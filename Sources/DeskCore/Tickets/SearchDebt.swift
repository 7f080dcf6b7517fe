/// Tickets whose words in the search index are not right any more, as many at once have changed hands.
///
/// They are written down with the change itself and put anew in small transactions after it, so that nobody's write waits
/// for thousands of them and none is forgotten by a node that ends in between.
enum SearchDebt {
    /// Tickets of one transaction: some ten milliseconds during which other writers wait.
    private static let batch = 50

    static func note(_ tickets: [Int64], in session: any SQLSession) throws(StoreError) {
        for id in tickets {
            try session.execute(
                "INSERT INTO search_debt (ticket_id) VALUES ($1) ON CONFLICT (ticket_id) DO NOTHING",
                [.integer(id)]
            )
        }
    }

    /// Puts all of them into the index anew.
    ///
    /// - Returns: how many.
    static func settle(in database: any Database) async throws(StoreError) -> Int {
        var count = 0
        while true {
            let done = try await database.write { session in
                let ids = try session.rows("SELECT ticket_id FROM search_debt ORDER BY ticket_id", [], limit: batch)
                    .compactMap { $0.integer(0) }
                for id in ids {
                    try TicketSearch.index(id, in: session)
                    try session.execute("DELETE FROM search_debt WHERE ticket_id = $1", [.integer(id)])
                }
                return ids.count
            }
            count += done
            if done == 0 { return count }
        }
    }
}
