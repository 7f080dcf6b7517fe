import Foundation

/// One table on its way from SQLite to PostgreSQL.
struct CopyTable: Sendable, Hashable {
    var name: String
    var columns: [String]
    /// The same columns as the source names them.
    var sourceColumns: [String]
    /// The target's primary key, by which its rows are read back.
    var primaryKey: [String]

    /// The next rows after `$1`, SQLite's row number first, `$2` of them.
    var nextRows: String {
        "SELECT rowid, \(sourceColumns.joined(separator: ", ")) FROM \(name) WHERE rowid > $1 ORDER BY rowid LIMIT $2"
    }

    /// Every table of the schema, and the searchable words.
    static func all(of source: SQLiteDatabase) async throws(StoreError) -> [CopyTable] {
        while try await source.read({ try $0.row("SELECT 1 FROM search_recent") }) != nil {
            try await source.write { try SQLiteSearchMerge.move(in: $0) }
        }
        return try await source.read { session in
            let names = try session.rows(
                """
                SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_step'
                ORDER BY name
                """
            ).compactMap { $0.text(0) }.filter { !SQLiteSearch.tables.contains($0) }
            let tables = try names.map { try table($0, in: session) }
            return tables + SearchKind.allCases.map(words)
        }
    }

    private static func table(_ name: String, in session: any SQLSession) throws(StoreError) -> CopyTable {
        let columns = try session.rows("SELECT name, pk FROM pragma_table_info($1) ORDER BY cid", [.text(name)])
        let keys = columns.filter { ($0.integer(1) ?? 0) > 0 }.sorted { ($0.integer(1) ?? 0) < ($1.integer(1) ?? 0) }
        let primaryKey = keys.compactMap { $0.text(0) }
        guard !primaryKey.isEmpty else { throw .corrupt(what: "\(name), which has no key") }
        let names = columns.compactMap { $0.text(0) }
        return CopyTable(name: name, columns: names, sourceColumns: names, primaryKey: primaryKey)
    }

    /// The words of one kind, once all changes have moved on to the full-text table.
    private static func words(_ kind: SearchKind) -> CopyTable {
        CopyTable(
            name: kind.table,
            columns: ["id", "words"],
            sourceColumns: ["rowid", "words"],
            primaryKey: ["id"]
        )
    }
}

extension DatabaseCopy {
    /// A copy from a file that is not there would quietly make an empty one.
    static func mustExist(_ path: String) throws(StoreError) {
        guard try FileLook.isThere(path) else {
            throw .unavailable(what: path, remedy: "there is no such file")
        }
    }
}
