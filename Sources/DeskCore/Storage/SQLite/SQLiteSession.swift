import GRDBSQLite

/// One transaction on one SQLite connection.
///
/// After a statement has failed every later one fails alike, as on PostgreSQL, where the transaction is lost by then:
/// what works on one engine works on the other.
final class SQLiteSession: FallibleSession {
    let engine = DatabaseEngine.sqlite
    let memory = WriteMemory()
    /// The first failure in this transaction.
    private(set) var failure: StoreError?

    /// Changes of searchable words made in this transaction, for the writer to move on when there are many.
    var searchChanges = 0

    /// What is to be done once the transaction is committed, and only then.
    var afterCommit: [@Sendable () -> Void] = []

    private let statements: SQLiteStatements
    private let place: String
    private let mayWrite: Bool

    init(statements: SQLiteStatements, place: String, mayWrite: Bool) {
        self.statements = statements
        self.place = place
        self.mayWrite = mayWrite
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int {
        let handle = statements.handle
        let before = sqlite3_total_changes(handle)
        try run(sql, arguments) { statement throws(StoreError) in
            while try step(statement) {}
        }
        return sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
    }

    func insert(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int64? {
        try execute(sql, arguments) == 0 ? nil : sqlite3_last_insert_rowid(statements.handle)
    }

    func later(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) { try execute(sql, arguments) }

    func rows(_ sql: String, _ arguments: [SQLValue], limit: Int) throws(StoreError) -> [SQLRow] {
        var rows: [SQLRow] = []
        try run(sql, arguments) { statement throws(StoreError) in
            while rows.count < limit, try step(statement) { rows.append(statement.row()) }
        }
        return rows
    }

    /// A row in the transaction itself: one process writes, so that nobody waits for it.
    func next(inSeries name: String) throws(StoreError) -> Int64 {
        guard try execute("UPDATE counter SET value = value + 1 WHERE name = $1", [.text(name)]) > 0 else {
            try execute("INSERT INTO counter (name, value) VALUES ($1, 1)", [.text(name)])
            return 1
        }
        let row = try row("SELECT value FROM counter WHERE name = $1", [.text(name)])
        guard let value = row?.integer(0) else { throw .corrupt(what: "counter") }
        return value
    }

    private func run(
        _ sql: String,
        _ arguments: [SQLValue],
        _ body: (SQLiteStatement) throws(StoreError) -> Void
    ) throws(StoreError) {
        if let failure { throw failure }
        do throws(StoreError) {
            let statement = try statements.statement(sql, place: place)
            if !mayWrite, sqlite3_stmt_readonly(statement.pointer) == 0 {
                throw .statement("a write in a read")
            }
            defer { statement.reset() }
            try statement.bind(arguments)
            try body(statement)
        } catch {
            failure = error
            throw error
        }
    }

    /// True while there is a row to read.
    private func step(_ statement: SQLiteStatement) throws(StoreError) -> Bool {
        switch sqlite3_step(statement.pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLiteFault.last(statements.handle, place: place)
        }
    }
}
