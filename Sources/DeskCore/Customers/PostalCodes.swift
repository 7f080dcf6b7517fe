/// The file whose codes are looked into.
public struct PostalFile: Sendable, Equatable {
    public var codes: Int
    /// When it was imported; nil when nobody knows any more.
    public var at: Moment?
}

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

    /// The file that is looked into: how many lines of it were taken, and when; nil before the first.
    public func file() async throws(StoreError) -> PostalFile? {
        try await database.read { session in
            let edition = try Self.edition(in: session)
            guard edition != 0 else { return nil }
            // What was deleted since leaves no edition.
            let records = try AuditTrail.list(subject: Self.subject, in: session)
            let taken = records.first { $0.action == "postal.import" }
            if let taken, let codes = taken.detail.flatMap({ Int($0) }) {
                return PostalFile(codes: codes, at: taken.at)
            }
            // Imported before the trail that is kept.
            let count = try session.row("SELECT COUNT(*) FROM postal_code WHERE edition = $1", [.integer(edition)])
            return PostalFile(codes: Int(clamping: count?.integer(0) ?? 0), at: nil)
        }
    }

    /// Deletes every code; addresses are typed from then on, or looked up at the service.
    ///
    /// - Returns: whether there was a file.
    @discardableResult
    public func clear(by actor: AuditActor) async throws(StoreError) -> Bool {
        let now = clock.now
        let wasThere = try await database.write { session in
            let count = try session.execute("UPDATE postal_edition SET edition = 0 WHERE id = 1 AND edition <> 0")
            guard count > 0 else { return false }
            try AuditTrail.record("postal.delete", subject: Self.subject, by: actor, at: now, in: session)
            return true
        }
        if wasThere { try await sweep(keeping: 0) }
        return wasThere
    }

    /// Takes away the lines of every other edition, a batch at a time.
    func sweep(keeping edition: Int64) async throws(StoreError) {
        for range in ["edition < $1", "edition > $1"] {
            var isLeft = true
            while isLeft {
                isLeft = try await database.write { session in
                    let row = try session.row(
                        "SELECT edition FROM postal_code WHERE \(range) ORDER BY edition LIMIT 1",
                        [.integer(edition)]
                    )
                    guard let old = row?.integer(0) else { return false }
                    try session.execute(
                        """
                        DELETE FROM postal_code WHERE edition = $1 AND code IN
                            (SELECT code FROM postal_code WHERE edition = $1 ORDER BY code LIMIT \(PostalImport.batch))
                        """,
                        [.integer(old)]
                    )
                    return true
                }
            }
        }
    }

    static let subject = "postal"

    /// The edition that is looked into; 0 before the first file.
    static func edition(in session: any SQLSession) throws(StoreError) -> Int64 {
        try session.row("SELECT edition FROM postal_edition WHERE id = 1")?.integer(0) ?? 0
    }
}
