/// The seam between the desk and its database engine: short synchronous closures inside one transaction.
///
/// Two engines stand behind it: SQLite (one machine) and PostgreSQL (several). SQL is written once in what both speak:
/// `RETURNING`, `ON CONFLICT`, common table expressions, partial indexes; placeholders are `$1`, `$2`, … numbered in the
/// order in which they first appear (SQLite binds them by that order). What differs lives in Storage/ alone.
public protocol Database: Sendable {
    /// Which engine this is, for the few statements that cannot be the same.
    var engine: DatabaseEngine { get }

    /// Runs `body` on a consistent snapshot; it must not write.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws(StoreError)
        -> Value

    /// Runs `body` in a transaction that is durable when this returns.
    ///
    /// A thrown error undoes what `body` did, and nothing else. Errors that are no `StoreError` arrive as
    /// `StoreError.refused` with the original inside. The result does not depend on the caller's cancellation: once
    /// started it is told whether the write happened. `body` may run more than once (PostgreSQL retries serialization
    /// failures), so it must have no effect outside the session.
    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws(StoreError)
        -> Value

    /// Writes a consistent copy to `path` while the desk goes on working (SQLite: `VACUUM INTO`; PostgreSQL: refuses and
    /// names `pg_dump`).
    func backUp(to path: String) async throws(StoreError)

    /// What the writes so far say of it.
    var health: WriteHealth { get }

    /// Cheap check that the engine answers and can write, for `/ready` and doctor.
    func check() async throws(StoreError)

    /// Answers the work already taken and lets go of the engine; later calls are refused.
    ///
    /// Whoever closes a SQLite file last moves its log into it, so that the file alone is whole.
    func close() async
}

extension Database {
    /// Runs `body` and closes the database, whatever becomes of it.
    public func closing<Value>(_ body: () async throws -> Value) async throws -> Value {
        let value: Value
        do {
            value = try await body()
        } catch {
            await close()
            throw error
        }
        await close()
        return value
    }
}

/// The database engines CallDesk runs on.
public enum DatabaseEngine: String, Sendable {
    case sqlite
    case postgres
}

/// One transaction's view of the database; only valid inside the closure it was handed to.
public protocol SQLSession {
    var engine: DatabaseEngine { get }

    /// What this write has read and reads again; empty when it begins.
    var memory: WriteMemory { get }

    /// Runs a statement and returns how many rows it changed. Statements are prepared once and kept.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int

    /// Runs an `INSERT` of one row into a table with an `id`, and returns it; nil when a conflict left it out.
    ///
    /// The statement itself has no `RETURNING`: SQLite makes a table of its own for that each time, a tenth of such a
    /// statement, and knows the row's id without.
    func insert(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int64?

    /// Runs a statement whose outcome nobody asks for; its failure is that of the next statement, or of the whole write.
    ///
    /// On PostgreSQL it travels with the next statement, which saves waiting for an answer of its own.
    func later(_ sql: String, _ arguments: [SQLValue]) throws(StoreError)

    /// Runs a statement and returns its rows, `limit` of them at the most (reading stops there).
    func rows(_ sql: String, _ arguments: [SQLValue], limit: Int) throws(StoreError) -> [SQLRow]

    /// The next number of a series, counted from 1; nobody else is ever given it.
    ///
    /// It is this write's once the write lasts. On SQLite one that did not last is given to the next write; on PostgreSQL
    /// a node has numbers leased (`SeriesLeases`), and those it ends with are given to nobody.
    func next(inSeries name: String) throws(StoreError) -> Int64
}

/// What one write reads more than once and does not change, so that the database is asked once.
public final class WriteMemory {
    /// Who hears of what happens.
    var subscribers: [WebhookOutbox.Subscriber]?
}

extension SQLSession {
    /// No list a person or a program gets from the desk is longer than this; longer ones are paged.
    public static var longestList: Int { 10_000 }

    /// Runs a statement without arguments.
    @discardableResult
    public func execute(_ sql: String) throws(StoreError) -> Int {
        try execute(sql, [])
    }

    /// Runs a statement and returns its rows.
    public func rows(_ sql: String, _ arguments: [SQLValue] = []) throws(StoreError) -> [SQLRow] {
        try rows(sql, arguments, limit: Self.longestList)
    }

    /// The first row, or nil.
    public func row(_ sql: String, _ arguments: [SQLValue] = []) throws(StoreError) -> SQLRow? {
        try rows(sql, arguments, limit: 1).first
    }
}
