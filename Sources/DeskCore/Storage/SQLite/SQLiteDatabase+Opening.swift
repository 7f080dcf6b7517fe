import CSQLite
import Foundation
import GRDB

extension SQLiteDatabase {
    /// Opens the database at `path`, makes it when there is none, and brings its tables up to this release.
    ///
    /// - Parameters:
    ///   - path: a file; its folder is made, closed to other users, when it does not exist.
    ///   - lockTimeout: how long a write waits for another process's lock before it is refused; opening waits longer.
    ///   - steps: the schema; tests open older ones.
    ///   - upgrades: whether the tables are brought up; a command that only looks leaves them as they are.
    ///   - onCommit: told after each commit, and each that the database refused as a whole, how many writes it held and
    ///     how long it took, on the writer's queue.
    /// - Returns: the open database.
    /// - Throws: `corrupt` for a file that is no sound database, `unavailable` for one that cannot be used now.
    public static func open(
        path: String,
        lockTimeout: Duration = .seconds(5),
        steps: [SchemaStep]? = nil,
        upgrades: Bool = true,
        onCommit: @escaping @Sendable (_ batchSize: Int, _ duration: Duration) -> Void = { _, _ in }
    ) async throws(StoreError) -> SQLiteDatabase {
        _ = countsNoMemory
        let upgrade = SchemaUpgrade(steps: steps ?? Schema.everyStep(for: .sqlite))
        try await SQLiteLook.check(path, for: upgrade)
        try makeFile(path)
        let pool = try await connect(path, lockTimeout: lockTimeout)
        let reading = SQLiteReaders(most: readers) {
            try DatabaseQueue(path: path, configuration: readingConfiguration)
        }
        let database = try await open(place: path, upgrades ? upgrade : nil, onCommit: onCommit) { (pool, reading) }
        do {
            try await pool.writeWithoutTransaction { db in try Self.wait(lockTimeout, for: db) }
        } catch {
            await database.close()
            throw storeError(error, place: path)
        }
        return database
    }

    /// How long a start waits for another one that makes the file or brings its tables up: some forty steps, each
    /// on the disk before the next, and below the 90 s after which systemd gives a start up.
    private static let patience = Duration.seconds(30)

    /// A pool on the file at `path` whose writer waits for other starts.
    ///
    /// Making a file a WAL file begins as a read: SQLite refuses at once, and does not wait, when another process
    /// writes in between (https://www.sqlite.org/rescode.html#busy_snapshot), so that is tried again.
    private static func connect(_ path: String, lockTimeout: Duration) async throws(StoreError) -> DatabasePool {
        let began = ContinuousClock.now
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration(lockTimeout: lockTimeout))
                try await pool.writeWithoutTransaction { db in
                    // GRDB turns `synchronous` down to NORMAL when it sets up WAL, which could lose the last commits
                    // in a power cut: a number told to a caller must survive one.
                    try db.execute(sql: "PRAGMA synchronous = FULL")
                    try wait(patience, for: db)
                }
                return pool
            } catch let error as DatabaseError
                where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
                && ContinuousClock.now - began < patience && !Task.isCancelled
            {
                try? await Task.sleep(for: .milliseconds(20))
            } catch {
                throw storeError(error, place: path)
            }
        }
    }

    /// Lets `db` wait this long for another process's lock.
    private static func wait(_ time: Duration, for db: GRDB.Database) throws {
        try db.execute(sql: "PRAGMA busy_timeout = \(Int(time.seconds * 1_000))")
    }

    /// A database that lives in memory, for tests and trials; it goes with the process.
    public static func inMemory(
        steps: [SchemaStep]? = nil,
        onCommit: @escaping @Sendable (_ batchSize: Int, _ duration: Duration) -> Void = { _, _ in }
    ) async throws(StoreError) -> SQLiteDatabase {
        let upgrade = SchemaUpgrade(steps: steps ?? Schema.everyStep(for: .sqlite))
        return try await open(place: "the database in memory", upgrade, onCommit: onCommit) {
            let connection = try DatabaseQueue(configuration: configuration(lockTimeout: .seconds(5)))
            return (connection, SQLiteReaders(most: 1) { connection })
        }
    }

    private static func open(
        place: String,
        _ upgrade: SchemaUpgrade?,
        onCommit: @escaping @Sendable (Int, Duration) -> Void,
        _ connect: () throws -> (writer: any DatabaseWriter, reading: SQLiteReaders)
    ) async throws(StoreError) -> SQLiteDatabase {
        let database: SQLiteDatabase
        do {
            let connected = try connect()
            database = try SQLiteDatabase(
                connections: connected.writer,
                reading: connected.reading,
                place: place,
                onCommit: onCommit
            )
        } catch {
            throw storeError(error, place: place)
        }
        do throws(StoreError) {
            try await upgrade?.run(on: database)
        } catch {
            await database.close()
            throw error
        }
        return database
    }

    /// SQLite counts no memory: a lock taken at each piece of it, for a count that nobody reads.
    ///
    /// Once, before the first connection; whoever has one already in this process keeps the count, and loses nothing but
    /// time.
    private static let countsNoMemory: Void = { _ = csqlite_count_no_memory() }()

    private static func configuration(lockTimeout: Duration) -> Configuration {
        _ = countsNoMemory
        var configuration = Configuration()
        configuration.label = "calldesk.database"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(lockTimeout.seconds)
        // The committer checks this itself and heals it; GRDB would end the process.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { db in
            // 8 MiB of pages for each connection; the log is cut back to 64 MiB when it has grown under a long read.
            try db.execute(sql: "PRAGMA cache_size = -8192")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    /// A reader waits only where another process has just opened the file after a fall, or is the last to close it
    /// (https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode).
    private static var readingConfiguration: Configuration {
        var configuration = configuration(lockTimeout: .seconds(10))
        configuration.readonly = true
        return configuration
    }

    /// Makes an empty file that only the service's user can read; SQLite gives its log the same mode.
    private static func makeFile(_ path: String) throws(StoreError) {
        // Whoever starts at the same moment may make it first: nothing that is there is emptied.
        guard try !FileLook.isThere(path) else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let isThere = try FileLook.isThere(folder)
        do {
            if !isThere {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            }
        } catch {
            throw .unavailable(
                what: folder,
                remedy: "the folder cannot be made; check its parent and the service's user"
            )
        }
        _ = try FileLook.make(path)
    }
}

extension Duration {
    /// This duration in seconds.
    var seconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
