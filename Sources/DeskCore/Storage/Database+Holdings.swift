extension Database {
    /// How much there is of what counts, in one line, for whoever has just restored a copy: `customer: 12, ticket: 40, …`.
    public func holdings() async throws(StoreError) -> String {
        try await read { session in
            try ["customer", "attendance", "ticket", "notice"].map { table in
                "\(table): \(try session.row("SELECT count(*) FROM \(table)")?.integer(0) ?? 0)"
            }.joined(separator: ", ")
        }
    }
}
