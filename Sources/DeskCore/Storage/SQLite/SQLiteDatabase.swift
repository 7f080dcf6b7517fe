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
    private let reading: SQLiteReaders
    let statementsOfWriter: SQLiteStatements
    private let readsWaiting = Atomic<Int>(0)
    public let health = WriteHealth()
    private let isClosed = Atomic<Bool>(false)

    init(
        connections: any DatabaseWriter,
        reading: SQLiteReaders,
        place: String,
        onCommit: @escaping @Sendable (Int, Duration) -> Void
    ) throws {
        self.connections = connections
        self.reading = reading
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
            reading.read { statements in
                continuation.resume(returning: self.outcome(of: body, with: statements))
            }
        }
        return try result.get()
    }

    private func outcome<Value>(
        of body: (any SQLSession) throws -> Value,
        with statements: Result<SQLiteStatements, any Error>
    ) -> Result<Value, StoreError> {
        do {
            let statements = try statements.get()
            return statements.snapshot(place: place) {
                SQLiteSession(statements: statements, place: place, mayWrite: false).outcome(body)
            }
        } catch {
            return .failure(Self.storeError(error, place: place))
        }
    }

    /// Writes that no transaction has taken up yet: 0 on an idle desk, for metrics and tests.
    public var waitingWrites: Int { queue.waitingCount }

    /// Answers the work already taken and closes the file; later calls are refused.
    public func close() async {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        queue.close()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            // Past every write: no statement is in use, and open ones would keep the file from closing.
            connections.asyncBarrierWriteWithoutTransaction { _ in
                self.statementsOfWriter.forgetAll()
                continuation.resume()
            }
        }
        // The writer is the last to close: only one that may write moves the log into the file. While another process has the
        // file open, the log stays as it is and is read from there at the next start.
        await reading.close()
        try? connections.close()
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
    var usableHandle: OpaquePointer {
        get throws {
            guard let sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
            return sqliteConnection
        }
    }
}
