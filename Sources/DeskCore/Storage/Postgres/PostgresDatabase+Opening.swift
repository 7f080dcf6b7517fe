extension PostgresDatabase {
    /// Connects and brings the tables up to this release.
    ///
    /// - Parameters:
    ///   - url: `postgres://…` as libpq documents it, several hosts and `sslmode` included.
    ///   - limits: threads and patience.
    ///   - steps: the schema; tests open older ones.
    ///   - upgrades: whether the tables are brought up; a command that only looks leaves them as they are.
    ///   - onCommit: told after each commit, and each that the database refused as a whole, how many writes it
    ///     held (one) and how long it took.
    /// - Returns: the open database.
    /// - Throws: `unavailable` with what to do when the server cannot be reached or refuses the role.
    public static func open(
        _ url: String,
        limits: Limits = Limits(),
        steps: [SchemaStep]? = nil,
        upgrades: Bool = true,
        onCommit: @escaping @Sendable (_ batchSize: Int, _ duration: Duration) -> Void = { _, _ in }
    ) async throws(StoreError) -> PostgresDatabase {
        var setup = PostgresConnection.Setup(url: url)
        setup.statementTimeout = limits.statementTimeout
        let database = PostgresDatabase(setup: setup, limits: limits, onCommit: onCommit)
        guard upgrades else { return database }
        var upgrading = setup
        upgrading.statementTimeout = longestUpgrade
        // Under a step that rebuilds a large table a server may be slow to greet others.
        upgrading.pulse = nil
        let upgrade = PostgresUpgrade(setup: upgrading)
        do throws(StoreError) {
            try await upgrade.run(steps ?? Schema.everyStep(for: .postgres), patience: limits.patience)
        } catch {
            database.close()
            throw error
        }
        return database
    }

    /// Building an index over some million rows takes minutes.
    private static var longestUpgrade: Duration { .seconds(3600) }
}

/// Applies the schema's steps on a connection of its own, one node at a time.
struct PostgresUpgrade: Sendable {
    let setup: PostgresConnection.Setup

    /// “calldesk”, as the number of an advisory lock.
    private static let lock: Int64 = 0x6361_6C6C_6465_736B

    func run(_ steps: [SchemaStep], patience: Duration) async throws(StoreError) {
        let crew = PostgresCrew(name: "calldesk-pg-upgrade", size: 1, setup: setup)
        defer { crew.close() }
        let database = PostgresUpgradeDatabase(crew: crew, patience: patience)
        // Held by the connection, not by a transaction: nodes that start together follow one another.
        try await database.directly("SELECT pg_advisory_lock(\(Self.lock))")
        // The first transaction already locks this table.
        try await database.directly(
            "CREATE TABLE IF NOT EXISTS schema_step (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)"
        )
        try await SchemaUpgrade(steps: steps).run(on: database)
        try await database.directly("SELECT pg_advisory_unlock(\(Self.lock))")
    }
}

/// The one connection that holds the lock of an upgrade, as a database for its steps.
private struct PostgresUpgradeDatabase: Database {
    let engine = DatabaseEngine.postgres
    let health = WriteHealth()
    let crew: PostgresCrew
    let patience: Duration

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        try await write(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        let deadline = ContinuousClock.now + patience
        return try await onWorker { $0.run(PostgresTransaction(mode: .write, body: body), until: deadline) }
    }

    /// Runs statements outside a transaction.
    func directly(_ sql: String) async throws(StoreError) {
        let deadline = ContinuousClock.now + patience
        try await onWorker { worker in
            do throws(StoreError) {
                let connection = try worker.connected(until: deadline)
                do throws(PostgresFault) {
                    try connection.script(sql)
                } catch {
                    throw error.storeError
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
    }

    func backUp(to path: String) async throws(StoreError) {}

    func check() async throws(StoreError) {}

    func close() { crew.close() }

    private func onWorker<Value: Sendable>(
        _ work: @escaping @Sendable (PostgresWorker) -> Result<Value, StoreError>
    ) async throws(StoreError) -> Value {
        let result = await withCheckedContinuation { (continuation: WaitingCaller<Value>) in
            let isTaken = crew.submit { continuation.resume(returning: work($0)) }
            if !isTaken { continuation.resume(returning: .failure(.conflict)) }
        }
        return try result.get()
    }
}
