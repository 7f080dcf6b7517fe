/// Brings a database's tables up to this release: the steps it has not had, in order, each in a transaction of its own.
struct SchemaUpgrade: Sendable {
    let steps: [SchemaStep]

    /// Applies what is missing.
    ///
    /// - Throws: `unavailable` when the database has had steps of a newer release, and changes nothing then.
    func run(on database: any Database) async throws(StoreError) {
        let applied = try await database.write { session in
            _ = try Self.refuseForeign(session)
            try session.execute(
                "CREATE TABLE IF NOT EXISTS schema_step (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)"
            )
            let applied = try Self.applied(in: session)
            try refuse(applied)
            return applied
        }
        for step in steps where !applied.contains(step.name) {
            try await database.write { session in
                // Another process that starts at the same time may have been first.
                guard try !Self.applied(in: session).contains(step.name) else { return }
                for statement in step.statements {
                    try session.execute(Self.text(statement, for: session.engine))
                }
                try session.execute(
                    "INSERT INTO schema_step (name, applied_at) VALUES ($1, $2)",
                    [.text(step.name), .moment(DeskClock.system.now)]
                )
            }
        }
    }

    /// How many steps of this release a database has not had, by reading alone; nil for one without a desk's tables.
    ///
    /// - Throws: `unavailable` for one that is not this release's to open.
    func pending(_ database: any Database) async throws(StoreError) -> Int? {
        let applied = try await database.read { session -> Set<String>? in
            let isThere =
                switch session.engine {
                case .sqlite: try Self.refuseForeign(session)
                case .postgres: try session.row("SELECT to_regclass('schema_step') IS NOT NULL")?.bool(0) ?? false
                }
            return isThere ? try Self.applied(in: session) : nil
        }
        guard let applied, !applied.isEmpty else { return nil }
        try refuse(applied)
        return steps.count { !applied.contains($0.name) }
    }

    /// Refuses what is not this release's to change, by reading alone.
    func refuseOthers(_ session: any SQLSession) throws(StoreError) {
        guard try Self.refuseForeign(session) else { return }
        try refuse(Self.applied(in: session))
    }

    /// Refuses a database that has had a step which is none of ours.
    func refuse(_ applied: Set<String>) throws(StoreError) {
        let known = Set(steps.map(\.name))
        if applied.contains(CopyTarget.mark.name), !known.contains(CopyTarget.mark.name) {
            throw .unavailable(what: "this database", remedy: "a copy into it is not finished; run it again first")
        }
        if let newer = applied.subtracting(known).min() {
            throw .unavailable(
                what: "this database",
                remedy: "a newer release has changed it (\(newer)); run that release or restore an older backup"
            )
        }
    }

    /// A file that is another program's gets no tables of ours, whether or not a desk could live beside it.
    ///
    /// A schema of PostgreSQL may hold others' tables by its administrator's will: only a file is somebody's alone.
    /// - Returns: whether a file's list of steps is there; false on PostgreSQL, where nobody looks.
    private static func refuseForeign(_ session: any SQLSession) throws(StoreError) -> Bool {
        guard session.engine == .sqlite else { return false }
        let names = try session.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'",
            [],
            limit: 1_000
        ).compactMap { $0.text(0) }
        if names.contains("schema_step") { return true }
        guard !names.isEmpty else { return false }
        throw .unavailable(
            what: "this file",
            remedy: "it is another program's database, which is left as it is; correct 'database' in the settings"
        )
    }

    /// A durable write that changes nothing, to see that the disk takes it.
    static func touch(_ database: any Database) async throws(StoreError) {
        // `withValue` throws untyped.
        let result = await WriteHealth.$isLook.withValue(true) { () async -> Result<Int, StoreError> in
            do throws(StoreError) {
                return .success(
                    try await database.write { session in
                        try session.execute(
                            """
                            UPDATE schema_step SET applied_at = applied_at
                            WHERE name = (SELECT min(name) FROM schema_step)
                            """
                        )
                    }
                )
            } catch {
                return .failure(error)
            }
        }
        _ = try result.get()
    }

    private static func applied(in session: any SQLSession) throws(StoreError) -> Set<String> {
        Set(try session.rows("SELECT name FROM schema_step").compactMap { $0.text(0) })
    }

    /// A statement of the schema in the words of one engine.
    ///
    /// Keys are never given twice on either engine, also after the newest row was deleted: links and logs keep them.
    static func text(_ statement: String, for engine: DatabaseEngine) -> String {
        let (key, bytes) =
            switch engine {
            case .sqlite: ("INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB")
            case .postgres: ("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "BYTEA")
            }
        return statement.replacing("{id}", with: key).replacing("{blob}", with: bytes)
    }
}

/// What a database's list of steps says of the release it belongs to.
public enum DatabaseRelease {
    /// Refuses the steps of an archive of PostgreSQL that this release does not know.
    public static func refuse(_ steps: Set<String>) throws(StoreError) {
        try SchemaUpgrade(steps: Schema.everyStep(for: .postgres)).refuse(steps)
    }
}

extension Schema {
    /// The tables both engines share and those only `engine` has.
    static func everyStep(for engine: DatabaseEngine) -> [SchemaStep] {
        switch engine {
        case .sqlite: steps + [SQLiteSearch.step]
        case .postgres: steps + [PostgresSearch.step, PostgresChecks.step]
        }
    }
}
