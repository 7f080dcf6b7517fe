import GRDBSQLite

/// The prepared statements of one connection, kept by their text.
///
/// SAFETY: handed from queue to queue while a connection is looked up, used on that connection's own queue only.
final class SQLiteStatements: @unchecked Sendable {
    /// Texts kept at the most; the desk has some hundreds, so that only made-up lists of placeholders reach the bound.
    static let most = 512

    let handle: OpaquePointer
    private var kept: [String: SQLiteStatement] = [:]

    init(handle: OpaquePointer) { self.handle = handle }

    /// The statement for `sql`, ready to be bound.
    func statement(_ sql: String, place: String) throws(StoreError) -> SQLiteStatement {
        if let known = kept[sql] { return known }
        let made = try SQLiteStatement(sql, on: handle, place: place)
        // A table is made once in a database's life.
        if sql.hasPrefix("CREATE") { return made }
        if kept.count >= Self.most { kept.removeAll(keepingCapacity: true) }
        kept[sql] = made
        return made
    }

    /// Runs a statement that takes nothing and gives nothing.
    func run(_ sql: String, place: String) throws(StoreError) {
        let statement = try statement(sql, place: place)
        defer { statement.reset() }
        guard sqlite3_step(statement.pointer) == SQLITE_DONE else { throw SQLiteFault.last(handle, place: place) }
    }

    /// Runs `read` in a transaction, so that all it sees is of one moment.
    ///
    /// GRDB's own reads and plans its statements anew each time.
    func snapshot<Value>(place: String, _ read: () -> Result<Value, StoreError>) -> Result<Value, StoreError> {
        do throws(StoreError) {
            try run("BEGIN", place: place)
        } catch {
            return .failure(error)
        }
        let result = read()
        do throws(StoreError) {
            try run("COMMIT", place: place)
        } catch {
            // What was read is of one moment; the connection is to stay in none.
            if isInTransaction { try? run("ROLLBACK", place: place) }
        }
        return result
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// How often SQLite planned a kept statement anew while running it, which costs more than the statement.
    var replanned: Int { count(SQLITE_STMTSTATUS_REPREPARE) }

    /// How many steps of SQLite's machine the kept statements took: what they walked, whatever the machine's mood.
    var steps: Int { count(SQLITE_STMTSTATUS_VM_STEP) }

    private func count(_ what: Int32) -> Int {
        kept.values.reduce(0) { $0 + Int(sqlite3_stmt_status($1.pointer, what, 0)) }
    }

    /// Lets go of every statement, so that the connection can be closed.
    func forgetAll() { kept.removeAll() }
}

/// One prepared statement with its placeholders.
final class SQLiteStatement {
    let pointer: OpaquePointer
    /// For each of SQLite's parameters the argument it takes: `$2` may appear before `$1`.
    private let order: [Int]
    private let argumentCount: Int

    init(_ sql: String, on handle: OpaquePointer, place: String) throws(StoreError) {
        var made: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK else { throw SQLiteFault.last(handle, place: place) }
        guard let made else { throw .statement("an empty statement") }
        pointer = made
        var order: [Int] = []
        for index in 0..<sqlite3_bind_parameter_count(made) {
            let name = sqlite3_bind_parameter_name(made, index + 1).map { String(cString: $0) } ?? ""
            guard name.first == "$", let number = Int(name.dropFirst()), number > 0 else {
                sqlite3_finalize(made)
                throw .statement("placeholders are $1, $2 …, found “\(name)”")
            }
            order.append(number - 1)
        }
        self.order = order
        argumentCount = (order.max() ?? -1) + 1
    }

    deinit { sqlite3_finalize(pointer) }

    /// Binds every placeholder.
    func bind(_ arguments: [SQLValue]) throws(StoreError) {
        guard arguments.count == argumentCount else {
            throw .statement("\(argumentCount) placeholders, \(arguments.count) arguments")
        }
        for index in order.indices {
            let code = bind(arguments[order[index]], at: Int32(index + 1))
            guard code == SQLITE_OK else {
                throw SQLiteFault.error(code: code, message: "a value could not be bound", place: "statement")
            }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let number): return sqlite3_bind_int64(pointer, index, number)
        case .real(let number): return sqlite3_bind_double(pointer, index, number)
        case .text(let given):
            var text = given.storable
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(pointer, index, "", 0, copied)
                    }
                    return sqlite3_bind_text64(pointer, index, start, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            return bytes.withUnsafeBytes { raw in
                guard let start = raw.baseAddress, !raw.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
                return sqlite3_bind_blob64(pointer, index, start, UInt64(raw.count), copied)
            }
        }
    }

    /// The row the statement stands on.
    func row() -> SQLRow {
        let count = sqlite3_data_count(pointer)
        var values: [SQLValue] = []
        values.reserveCapacity(Int(count))
        for column in 0..<count { values.append(value(column)) }
        return SQLRow(values: values)
    }

    private func value(_ column: Int32) -> SQLValue {
        switch sqlite3_column_type(pointer, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, column))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(pointer, column) else { return .text("") }
            let length = Int(sqlite3_column_bytes(pointer, column))
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(pointer, column) else { return .blob([]) }
            let length = Int(sqlite3_column_bytes(pointer, column))
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: length)))
        default: return .null
        }
    }

    /// Readies the statement for its next use; its arguments are let go, so that large ones do not stay in memory.
    func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }
}

/// Tells SQLite to copy what is bound: SQLITE_TRANSIENT, a macro with a cast that Swift does not import.
private var copied: sqlite3_destructor_type? { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
