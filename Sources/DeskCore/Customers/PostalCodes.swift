/// The streets of Brazilian postal codes, from a file the operator imports.
public struct PostalCodes: Sendable {
    let database: any Database
    let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// Whether a file was imported.
    public func isEmpty() async throws(StoreError) -> Bool {
        try await database.read { session in try Self.edition(in: session) == 0 }
    }

    /// As much as the file says of a code; nil for one that is not in it.
    public func find(_ code: CEP) async throws(StoreError) -> AddressAnswer? {
        try await database.read { session in
            let row = try session.row(
                """
                SELECT street, district, city, state FROM postal_code
                WHERE edition = (SELECT edition FROM postal_edition WHERE id = 1) AND code = $1
                """,
                [.text(code.canonical)]
            )
            return row.map { row in
                AddressAnswer(
                    cep: code.canonical,
                    street: row.text(0) ?? "",
                    district: row.text(1) ?? "",
                    city: row.text(2) ?? "",
                    state: row.text(3) ?? ""
                )
            }
        }
    }

    /// The edition that is looked into; 0 before the first file.
    static func edition(in session: any SQLSession) throws(StoreError) -> Int64 {
        try session.row("SELECT edition FROM postal_edition WHERE id = 1")?.integer(0) ?? 0
    }
}
