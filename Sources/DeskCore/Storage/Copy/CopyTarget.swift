/// The database a copy goes into, and its notes about how far it got.
struct CopyTarget: Sendable {
    /// A step only an unfinished copy has: no release serves such a database.
    static let mark = SchemaStep(
        name: "copy-not-finished",
        statements: [
            """
            CREATE TABLE copy_progress (
                table_name TEXT PRIMARY KEY,
                last_key BIGINT NOT NULL,
                done BIGINT NOT NULL
            )
            """,
            "CREATE TABLE copy_reference (table_name TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL)",
        ]
    )

    /// The last key copied, and how many rows were.
    struct Reached: Sendable {
        var key: Int64
        var done: Int64
    }

    let database: PostgresDatabase

    /// Refuses a database that is in use before anything is written into it: the mark of a copy would keep its desk out.
    static func mustBeFree(_ url: String) throws(StoreError) {
        do throws(PostgresFault) {
            let connection = try PostgresConnection(.init(url: url))
            let tables = try connection.run(
                """
                SELECT CAST(oid AS regclass)::text, relname FROM pg_class
                WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)
                """,
                [],
                limit: 1_000
            ).rows
            guard tables.contains(where: { $0.text(1) == "schema_step" }) else { return }
            let begun = try connection.run("SELECT 1 FROM schema_step WHERE name = $1", [.text(mark.name)], limit: 1)
            guard begun.rows.isEmpty else { return }
            for table in tables where table.text(1) != "schema_step" {
                guard let name = table.text(0) else { continue }
                if try !connection.run("SELECT 1 FROM \(name) LIMIT 1", [], limit: 1).rows.isEmpty {
                    throw .refused(
                        .unavailable(
                            what: "the target of the copy",
                            remedy: "it has rows already (\(table.text(1) ?? "")); name an empty database"
                        )
                    )
                }
            }
        } catch {
            throw error.storeError
        }
    }

    /// Prepares an empty target: references are checked in one go at the end, because rows come in the order of their
    /// keys, and some refer to later ones.
    func begin(_ tables: [CopyTable]) async throws(StoreError) {
        try await database.write { session in
            if try session.row("SELECT 1 FROM copy_progress") != nil { return }
            for table in tables where try session.row("SELECT 1 FROM \(table.name)") != nil {
                throw StoreError.unavailable(
                    what: "the target of the copy",
                    remedy: "it has rows already (\(table.name)); name an empty database"
                )
            }
            let references = try session.rows(
                """
                SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
                FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
                WHERE contype = 'f' AND relnamespace = CAST(current_schema() AS regnamespace)
                """
            )
            for reference in references {
                try session.execute(
                    "INSERT INTO copy_reference (table_name, name, definition) VALUES ($1, $2, $3)",
                    reference.values
                )
                let (table, name) = (reference.text(0) ?? "", reference.text(1) ?? "")
                try session.execute("ALTER TABLE \(table) DROP CONSTRAINT \(name)")
            }
            for table in tables {
                try session.execute(
                    "INSERT INTO copy_progress (table_name, last_key, done) VALUES ($1, $2, 0)",
                    [.text(table.name), .integer(Int64.min)]
                )
            }
        }
    }

    func reached(_ table: CopyTable) async throws(StoreError) -> Reached {
        try await database.read { session in
            let row = try session.row(
                "SELECT last_key, done FROM copy_progress WHERE table_name = $1",
                [.text(table.name)]
            )
            guard let key = row?.integer(0), let done = row?.integer(1) else {
                throw StoreError.corrupt(what: "copy_progress")
            }
            return Reached(key: key, done: done)
        }
    }

    /// Takes a batch over, together with the place it reaches.
    func take(_ rows: [[SQLValue]], of table: CopyTable, reaching reached: Reached) async throws(StoreError) {
        try await database.write { session in
            let each = max(1, DatabaseCopy.mostValues / table.columns.count)
            for start in stride(from: 0, to: rows.count, by: each) {
                let part = rows[start..<min(start + each, rows.count)]
                try session.execute(Self.insert(part.count, into: table), Array(part.joined()))
            }
            try session.execute(
                "UPDATE copy_progress SET last_key = $2, done = $3 WHERE table_name = $1",
                [.text(table.name), .integer(reached.key), .integer(reached.done)]
            )
        }
    }

    /// Puts references and counters back and lets the database be served.
    func finish(_ tables: [CopyTable], from source: SQLiteDatabase) async throws(StoreError) {
        let given = try await source.read { try $0.rows("SELECT name, seq FROM sqlite_sequence") }
        try await database.write { session in
            for reference in try session.rows("SELECT table_name, name, definition FROM copy_reference") {
                let parts = reference.values.indices.map { reference.text($0) ?? "" }
                try session.execute("ALTER TABLE \(parts[0]) ADD CONSTRAINT \(parts[1]) \(parts[2])")
            }
            let names = Set(tables.map(\.name))
            for row in given {
                // No key is given twice, also not one whose row was deleted before the copy.
                guard let name = row.text(0), names.contains(name), let last = row.integer(1), last > 0 else {
                    continue
                }
                try session.execute(
                    "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)",
                    [.text(name), .integer(last)]
                )
            }
            try session.execute("DROP TABLE copy_progress")
            try session.execute("DROP TABLE copy_reference")
            try session.execute("DELETE FROM schema_step WHERE name = $1", [.text(Self.mark.name)])
        }
    }

    private static func insert(_ count: Int, into table: CopyTable) -> String {
        let width = table.columns.count
        let rows = (0..<count).map { row in
            "(" + (1...width).map { "$\(row * width + $0)" }.joined(separator: ", ") + ")"
        }
        return "INSERT INTO \(table.name) (\(table.columns.joined(separator: ", "))) VALUES "
            + rows.joined(separator: ", ")
    }
}
