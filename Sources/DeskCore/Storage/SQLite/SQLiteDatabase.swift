import GRDB
import GRDBSQLite
import Synchronization

/// The embedded engine: one SQLite file in WAL mode, every commit on the disk before its caller hears of it.
///
/// ```swift
/// let database = try await SQLiteDatabase.open(path: "var/calldesk.sqlite")
/// try await database.write { session in
///     try session.execute("INSERT INTO counter (name, value) VALUES ($1, 1)", ["protocol"])
/// }
/// ```
public final class SQLiteDatabase: Database {
    public let engine = DatabaseEngine.sqlite

    /// Reads that run at the same time; more would only take turns on the cores of a small machine.
    static let readers = 4
    /// Reads waiting at the most, for the same reason as `SQLiteWriteQueue.longestQueue`.
    static let longestReadQueue = 8_192

    let place: String
    private let connections: any DatabaseWriter
    private let queue: SQLiteWriteQueue
    private let statementsOfReaders = Mutex<[UInt: SQLiteStatements]>([:])
    let statementsOfWriter: SQLiteStatements
    private let readsWaiting = Atomic<Int>(0)
    public let health = WriteHealth()
    private let isClosed = Atomic<Bool>(false)

    init(
        connections: any DatabaseWriter,
        place: String,
        onCommit: @escaping @Sendable (Int, Duration) -> Void
    ) throws {
        self.connections = connections
        self.place = place
        statementsOfWriter = try connections.writeWithoutTransaction { db in
            SQLiteStatements(handle: try db.usableHandle)
        }
        let committer = SQLiteCommitter(statements: statementsOfWriter, place: place, onCommit: onCommit)
        queue = SQLiteWriteQueue(writer: connections, committer: committer, place: place)
    }

    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        // A plain continuation, which cancellation does not touch: the caller always learns what became of the write.
        let result = await withCheckedContinuation { (continuation: WaitingCaller<Value>) in
            let write = WriteOf(body: body) { continuation.resume(returning: $0) }
            do throws(StoreError) {
                try queue.submit(write)
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        health.note(result.failure)
        return try result.get()
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        guard readsWaiting.add(1, ordering: .relaxed).newValue <= Self.longestReadQueue else {
            readsWaiting.subtract(1, ordering: .relaxed)
            throw .unavailable(what: place, remedy: "too many reads are waiting for the disk; try again shortly")
        }
        defer { readsWaiting.subtract(1, ordering: .relaxed) }
        guard !isClosed.load(ordering: .relaxed) else {
            throw .unavailable(what: place, remedy: "the service is stopping")
        }
        let result = await withCheckedContinuation { (continuation: WaitingCaller<Value>) in
            connections.asyncUnsafeRead { db in
                continuation.resume(returning: self.outcome(of: body, on: db))
            }
        }
        return try result.get()
    }

    private func outcome<Value>(
        of body: (any SQLSession) throws -> Value,
        on db: Result<GRDB.Database, any Error>
    ) -> Result<Value, StoreError> {
        do {
            let handle = try db.get().usableHandle
            guard let statements = readStatements(of: UInt(bitPattern: handle)) else {
                return .failure(.unavailable(what: place, remedy: "its connection is closed"))
            }
            return statements.snapshot(place: place) {
                SQLiteSession(statements: statements, place: place, mayWrite: false).outcome(body)
            }
        } catch {
            return .failure(Self.storeError(error, place: place))
        }
    }

    /// Writes that no transaction has taken up yet: 0 on an idle desk, for metrics and tests.
    public var waitingWrites: Int { queue.waitingCount }

    /// The statements of one reader; the pool keeps its connections, and with them their addresses, until it is closed.
    private func readStatements(of address: UInt) -> SQLiteStatements? {
        statementsOfReaders.withLock { known in
            if let statements = known[address] { return statements }
            guard let handle = OpaquePointer(bitPattern: address) else { return nil }
            let made = SQLiteStatements(handle: handle)
            known[address] = made
            return made
        }
    }

    /// Answers the work already taken and closes the file; later calls are refused.
    public func close() async {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        queue.close()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            // Past every write and every read: no statement is in use, and open ones would keep the file from closing.
            connections.asyncBarrierWriteWithoutTransaction { _ in
                self.statementsOfWriter.forgetAll()
                self.statementsOfReaders.withLock { known in
                    for statements in known.values { statements.forgetAll() }
                    known.removeAll()
                }
                continuation.resume()
            }
        }
        try? connections.close()
        if connections is DatabasePool { mergeLog() }
    }

    /// Moves the log into the file, which only the last connection that closes can, and only one that may write.
    ///
    /// A pool closes its writer before its readers. While another process has the file open, the log stays as it is; what
    /// cannot be moved now stays in the log, and is read from there at the next start.
    private func mergeLog() {
        var last: OpaquePointer?
        defer { sqlite3_close(last) }
        guard sqlite3_open_v2(place, &last, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { return }
        // A connection that has read nothing knows of no log.
        sqlite3_exec(last, "SELECT count(*) FROM sqlite_master", nil, nil, nil)
    }

    /// What GRDB reports while opening or reading, as an error of ours.
    static func storeError(_ error: any Error, place: String) -> StoreError {
        guard let error = error as? DatabaseError else { return .unavailable(what: place, remedy: "\(error)") }
        return SQLiteFault.error(
            code: error.extendedResultCode.rawValue,
            message: error.message ?? "no message",
            place: place
        )
    }
}

extension GRDB.Database {
    /// SQLite's own handle.
    fileprivate var usableHandle: OpaquePointer {
        get throws {
            guard let sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
            return sqliteConnection
        }
    }
}
