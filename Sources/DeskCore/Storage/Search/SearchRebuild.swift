/// Puts the words of what is stored already into the search index again, after a version that finds it by more.
///
/// In small transactions beside everything else; what is changed meanwhile is indexed by its own change. A run that was
/// ended goes on with the next one.
public struct SearchRebuild: Sendable {
    /// Raised whenever stored rows would be indexed by other words than before.
    static let version: Int64 = 4
    /// Rows of one transaction: some ten milliseconds during which other writers wait.
    private static let batch = 50

    private let database: any Database
    private let customers: CustomerDirectory

    public init(database: any Database, customers: CustomerDirectory) {
        self.database = database
        self.customers = customers
    }

    /// Does it when it is due, and what a merge has left to be done.
    ///
    /// - Returns: how many records were put anew.
    @discardableResult
    public func run() async throws(StoreError) -> Int {
        var count = try await SearchDebt.settle(in: database)
        guard try await place("search-version") < Self.version else { return count }
        count += try await each(of: "customer") { id, session throws(StoreError) in
            try customers.index(id, in: session)
        }
        count += try await each(of: "ticket") { id, session throws(StoreError) in
            try TicketSearch.index(id, in: session)
        }
        try await database.write { session in
            try Self.put("search-version", Self.version, in: session)
            try session.execute("DELETE FROM counter WHERE name IN ('search-customer', 'search-ticket')")
        }
        return count
    }

    private func each(
        of table: String,
        _ index: @escaping @Sendable (Int64, any SQLSession) throws(StoreError) -> Void
    ) async throws(StoreError) -> Int {
        var count = 0
        while true {
            let done = try await database.write { session in
                let last = try session.row("SELECT value FROM counter WHERE name = $1", [.text("search-\(table)")])
                let rows = try session.rows(
                    "SELECT id FROM \(table) WHERE id > $1 ORDER BY id",
                    [.integer(last?.integer(0) ?? 0)],
                    limit: Self.batch
                )
                let ids = rows.compactMap { $0.integer(0) }
                for id in ids { try index(id, session) }
                if let newest = ids.last { try Self.put("search-\(table)", newest, in: session) }
                return ids.count
            }
            count += done
            if done == 0 { return count }
        }
    }

    private func place(_ name: String) async throws(StoreError) -> Int64 {
        try await database.read { session in
            try session.row("SELECT value FROM counter WHERE name = $1", [.text(name)])?.integer(0) ?? 0
        }
    }

    private static func put(_ name: String, _ value: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name), .integer(value)]
        )
    }
}
