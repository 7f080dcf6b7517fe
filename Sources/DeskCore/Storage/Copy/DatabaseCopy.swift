/// Takes a desk from one database to another: from a SQLite file into an empty PostgreSQL database.
///
/// Tables go over in batches, each in a transaction with the place it reached, so that a copy that was cut off goes on
/// where it stood. At the end every table is read on both sides and compared. The service must be stopped meanwhile: rows
/// changed during the copy make it fail, not the target wrong.
///
/// ```swift
/// let copy = try await DatabaseCopy(from: "sqlite:var/calldesk.sqlite", to: "postgres://calldesk@db/calldesk")
/// try await copy.run { progress in print(progress.table, progress.done, progress.total) }
/// ```
public struct DatabaseCopy: Sendable {
    /// How far a table has got.
    public struct Progress: Sendable, Hashable {
        public enum Stage: String, Sendable { case copying, comparing }

        public var table: String
        public var stage: Stage
        public var done: Int64
        public var total: Int64

        public init(table: String, stage: Stage, done: Int64, total: Int64) {
            (self.table, self.stage, self.done, self.total) = (table, stage, done, total)
        }
    }

    /// Rows of one transaction: some hundred kilobytes.
    static let batch = 500
    /// Values in one statement at the most; PostgreSQL takes 65,535.
    static let mostValues = 30_000

    let source: SQLiteDatabase
    let target: PostgresDatabase

    /// Opens both.
    ///
    /// - Throws: `unavailable` for other kinds of databases, for a source that is not there, and what the engines say.
    public init(from source: String, to target: String) async throws(StoreError) {
        guard let path = OpenDatabase.path(of: source), target.hasPrefix("postgres") else {
            throw .unavailable(what: "this copy", remedy: "copy from sqlite:PATH to postgres://…")
        }
        try Self.mustExist(path)
        try CopyTarget.mustBeFree(target)
        var limits = PostgresDatabase.Limits()
        limits.readers = 1
        limits.writers = 1
        // At the end every reference of every row is checked in one statement a table.
        limits.statementTimeout = .seconds(3600)
        self.source = try await SQLiteDatabase.open(path: path)
        do throws(StoreError) {
            self.target = try await PostgresDatabase.open(
                target,
                limits: limits,
                steps: Schema.everyStep(for: .postgres) + [CopyTarget.mark]
            )
        } catch {
            await self.source.close()
            throw error
        }
    }

    /// Copies what has not been copied yet, compares everything, and makes the target ready to be served.
    ///
    /// - Throws: `unavailable` when the target holds other rows, `corrupt` with the table's name when the two differ.
    public func run(_ report: @escaping @Sendable (Progress) -> Void = { _ in }) async throws(StoreError) {
        let tables = try await CopyTable.all(of: source)
        let place = CopyTarget(database: target)
        try await place.begin(tables)
        for table in tables { try await copy(table, into: place, report) }
        for table in tables { try await compare(table, report) }
        try await place.finish(tables, from: source)
    }

    /// Closes both databases.
    public func close() async {
        await source.close()
        target.close()
    }

    private func copy(
        _ table: CopyTable,
        into place: CopyTarget,
        _ report: @Sendable (Progress) -> Void
    ) async throws(StoreError) {
        let total = try await source.read { try $0.row("SELECT count(*) FROM \(table.name)")?.integer(0) ?? 0 }
        var reached = try await place.reached(table)
        report(Progress(table: table.name, stage: .copying, done: reached.done, total: total))
        while true {
            let key = reached.key
            let rows = try await source.read { session in
                try session.rows(table.nextRows, [.integer(key), .integer(Self.batch)])
            }
            guard let last = rows.last?.integer(0) else { return }
            reached = CopyTarget.Reached(key: last, done: reached.done + Int64(rows.count))
            try await place.take(rows.map { Array($0.values.dropFirst()) }, of: table, reaching: reached)
            report(Progress(table: table.name, stage: .copying, done: reached.done, total: total))
        }
    }

    private func compare(_ table: CopyTable, _ report: @Sendable (Progress) -> Void) async throws(StoreError) {
        let before = try await RowChecksum.sum(over: table, in: source) { done in
            report(Progress(table: table.name, stage: .comparing, done: done, total: done))
        }
        let after = try await RowChecksum.sum(over: table, in: target) { done in
            report(Progress(table: table.name, stage: .comparing, done: done, total: before.count))
        }
        guard before == after else {
            throw .corrupt(
                what:
                    "the copy of \(table.name) (\(before.count) rows here, \(after.count) there; was the service running?)"
            )
        }
    }
}
