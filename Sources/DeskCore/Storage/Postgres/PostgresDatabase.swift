/// The engine for several machines: CallDesk nodes on one PostgreSQL server, 15 or newer, through libpq.
///
/// Closures run on threads of their own with a connection each; write transactions are serializable, so that what is
/// right on SQLite is right here. While the server is away, as in a failover, calls wait for `patience` before they fail;
/// one that takes connections and says nothing is given up within some five seconds (`ServerPulse`).
public final class PostgresDatabase: Database {
    public let engine = DatabaseEngine.postgres

    /// How many threads and how long they try.
    public struct Limits: Sendable {
        /// Connections that read.
        public var readers = 5
        /// Connections that write; waiting writes share one's transaction, and more would mostly meet each other.
        public var writers = 1
        /// How long a call waits for a server that cannot be reached before it fails.
        public var patience = Duration.seconds(10)
        /// After this the server gives a statement up.
        public var statementTimeout = Duration.seconds(30)

        public init() {}
    }

    let setup: PostgresConnection.Setup
    private let limits: Limits
    private let readers: PostgresCrew
    private let writes: PostgresWriteQueue
    private let clock = ContinuousClock()
    public let health = WriteHealth()

    init(
        setup: PostgresConnection.Setup,
        limits: Limits,
        onCommit: @escaping @Sendable (Int, Duration) -> Void
    ) {
        self.setup = setup
        self.limits = limits
        readers = PostgresCrew(name: "calldesk-pg-read", size: limits.readers, setup: setup)
        var writing = setup
        // Locks on index ranges let two writers pass each other where a scan of a small table would lock all of it.
        writing.opening.append("SET enable_seqscan = off")
        let writers = PostgresCrew(name: "calldesk-pg-write", size: limits.writers, setup: writing)
        writes = PostgresWriteQueue(crew: writers, leases: SeriesLeases(setup: setup), onCommit: onCommit)
    }

    deinit {
        setup.pulse?.close()
        readers.close()
        writes.close()
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        try await answer { [readers] deadline, answer in
            readers.submit { worker in
                answer(worker.run(PostgresTransaction(mode: .read, body: body), until: deadline))
            }
        }
    }

    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        do throws(StoreError) {
            let value: Value = try await answer { [writes] deadline, answer in
                writes.submit(WriteOf(body: body, answer: answer), until: deadline)
            }
            health.note(nil)
            return value
        } catch {
            health.note(error)
            throw error
        }
    }

    /// Hands work over and waits for its answer.
    private func answer<Value: Sendable>(
        _ submit: (ContinuousClock.Instant, @escaping @Sendable (Result<Value, StoreError>) -> Void) -> Bool
    ) async throws(StoreError) -> Value {
        // Found silent, it is not waited for by one more.
        if setup.pulse?.isSilent == true {
            // Whoever repeats it at once lets others have a turn.
            await Task.yield()
            throw .silent
        }
        let deadline = clock.now + limits.patience
        // A plain continuation, which cancellation does not touch: the caller always learns what became of it.
        let result = await withCheckedContinuation { (continuation: WaitingCaller<Value>) in
            let isTaken = submit(deadline) { continuation.resume(returning: $0) }
            guard !isTaken else { return }
            continuation.resume(
                returning: .failure(
                    .unavailable(what: "PostgreSQL", remedy: "too much work is waiting, or the service is stopping")
                )
            )
        }
        return try result.get()
    }

    /// Writes that no transaction has taken up yet: 0 on an idle desk, for metrics and tests.
    public var waitingWrites: Int { writes.waitingCount }

    /// Refuses: PostgreSQL is backed up with its own tools.
    public func backUp(to path: String) async throws(StoreError) {
        throw .unavailable(what: "PostgreSQL", remedy: "back it up with pg_dump or pg_basebackup (docs/storage.md)")
    }

    /// Whether the server answers and takes a commit.
    public func check() async throws(StoreError) {
        try await SchemaUpgrade.touch(self)
    }

    /// From `time` on nothing waits for the server, away or silent: the service is stopping and must come to its end.
    public func stopWaiting(within time: Duration = .zero) { setup.haste.begin(within: time) }

    /// Lets the threads end once the work taken is done; later calls are refused.
    public func close() {
        setup.pulse?.close()
        readers.close()
        writes.close()
    }
}
