/// Lets the other nodes know that this process lives, and tells which of theirs do not.
///
/// On PostgreSQL each process holds a lock of its own name; the server frees it when the process dies, and within about
/// 5 s when its machine does. No clock takes part.
///
/// ```swift
/// let presence = NodePresence(name: "desk-a/9k2", database: database)
/// let gone = try await presence.absent(of: ["desk-b/44x"])
/// ```
public final class NodePresence: Sendable {
    private let database: PostgresDatabase
    private let lock: LockHolder

    /// Nil on SQLite, where there is one node.
    ///
    /// `name`: of this process, unlike every other's, also unlike that of the same node's process before.
    public init?(name: String, database: any Database) {
        guard let postgres = database as? PostgresDatabase else { return nil }
        self.database = postgres
        lock = LockHolder(key: Self.key(name), setup: postgres.setup) { _ in }
    }

    /// Those of `names` whose processes hold no lock at this moment.
    ///
    /// After an outage of the server even a living process needs a moment to hold its lock again: see `AbsenceWatch`.
    public func absent(of names: [String]) async throws(StoreError) -> Set<String> {
        guard !names.isEmpty else { return [] }
        return try await database.read { session in
            var absent: Set<String> = []
            for name in names {
                // Shared, so that two nodes that ask at the same time do not take each other for the one asked about.
                let row = try session.row(
                    "SELECT pg_try_advisory_xact_lock_shared(\(LockHolder.number))",
                    [.text(Self.key(name))]
                )
                if row?.bool(0) == true { absent.insert(name) }
            }
            return absent
        }
    }

    /// Says that this process lives no more.
    public func close() { lock.close() }

    private static func key(_ name: String) -> String { "node/\(name)" }
}

/// Tells the dead from those that are only getting their breath: gone is who was absent at every look for a while.
struct AbsenceWatch: Sendable {
    /// A node has its lock again about a second after the server is back; connecting may take three.
    static let patience = Duration.seconds(5)

    private var since: [String: ContinuousClock.Instant] = [:]

    /// Takes what a look found; answers who is gone for sure.
    mutating func saw(absent: Set<String>, at now: ContinuousClock.Instant) -> Set<String> {
        since = since.filter { absent.contains($0.key) }
        for name in absent where since[name] == nil { since[name] = now }
        return Set(since.filter { now - $0.value >= Self.patience }.keys)
    }
}
