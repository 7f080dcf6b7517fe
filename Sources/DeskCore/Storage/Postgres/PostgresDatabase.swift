/// The engine for several machines: CallDesk nodes on one PostgreSQL server, 15 or newer, through libpq.
///
/// Closures run on threads of their own with a connection each; write transactions are serializable, so that what is
/// right on SQLite is right here. While the server is away, as in a failover, calls wait for `patience` before they fail.
public final class PostgresDatabase: Database {
    public let engine = DatabaseEngine.postgres

    /// How many threads and how long they try.
    public struct Limits: Sendable {
        /// Connections that read.
        public var readers = 5
        /// Connections that write; more of them meet each other more often than they help.
        public var writers = 3
        /// How long a call waits for a server that cannot be reached before it fails.
        public var patience = Duration.seconds(10)
        /// After this the server gives a statement up.
        public var statementTimeout = Duration.seconds(30)

        public init() {}
    }

    let setup: PostgresConnection.Setup
    private let limits: Limits
    private let readers: PostgresCrew
    private let writers: PostgresCrew
    private let onCommit: @Sendable (Int, Duration) -> Void
    private let clock = ContinuousClock()

    init(
        setup: PostgresConnection.Setup,
        limits: Limits,
        onCommit: @escaping @Sendable (Int, Duration) -> Void
    ) {
        self.setup = setup
        self.limits = limits
        self.onCommit = onCommit
        readers = PostgresCrew(name: "calldesk-pg-read", size: limits.readers, setup: setup)
        var writing = setup
        // Locks on index ranges let two writers pass each other where a scan of a small table would lock all of it.
        writing.opening.append("SET enable_seqscan = off")
        writers = PostgresCrew(name: "calldesk-pg-write", size: limits.writers, setup: writing)
    }

    deinit {
        readers.close()
        writers.close()
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        try await run(PostgresTransaction(mode: .read, body: body), on: readers)
    }

    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        let start = clock.now
        let value = try await run(PostgresTransaction(mode: .write, body: body), on: writers)
        onCommit(1, clock.now - start)
        return value
    }

    private func run<Value>(
        _ transaction: PostgresTransaction<Value>,
        on crew: PostgresCrew
    ) async throws(StoreError) -> Value {
        let deadline = clock.now + limits.patience
        // A plain continuation, which cancellation does not touch: the caller always learns what became of it.
        let result = await withCheckedContinuation { (continuation: WaitingCaller<Value>) in
            let isTaken = crew.submit { worker in
                continuation.resume(returning: worker.run(transaction, until: deadline))
            }
            guard !isTaken else { return }
            continuation.resume(
                returning: .failure(
                    .unavailable(what: "PostgreSQL", remedy: "too much work is waiting, or the service is stopping")
                )
            )
        }
        return try result.get()
    }

    /// Refuses: PostgreSQL is backed up with its own tools.
    public func backUp(to path: String) async throws(StoreError) {
        throw .unavailable(what: "PostgreSQL", remedy: "back it up with pg_dump or pg_basebackup (docs/storage.md)")
    }

    /// Whether the server answers and takes a commit.
    public func check() async throws(StoreError) {
        try await SchemaUpgrade.touch(self)
    }

    /// Lets the threads end once the work taken is done; later calls are refused.
    public func close() {
        readers.close()
        writers.close()
    }
}
