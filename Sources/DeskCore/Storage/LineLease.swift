/// What a node knows about who works a line.
public enum LeaseState: Sendable, Equatable {
    /// This node does.
    case held
    /// The database cannot be asked.
    ///
    /// Nobody can take the line over there either, so whoever works it goes on: reading a PBX twice does no harm, as
    /// every call is recorded under its key, and not reading it loses calls.
    case unsure
    /// Another node does: leave the PBX at once.
    case elsewhere
}

/// The right to work a PBX line, held by one node at a time.
///
/// On PostgreSQL it is an advisory lock of a connection kept for it: when its node dies the server frees it at once, when
/// the machine or the network dies, or the node's process is stopped, within about 5 s, and the next node that waits has it.
/// On SQLite there is one node.
///
/// ```swift
/// let lease = LineLease(line: "matriz", database: database)
/// for await state in lease.changes { … start or stop the line … }
/// ```
public final class LineLease: Sendable {
    /// What is known now, and each change; a slow reader sees the newest.
    public let changes: AsyncStream<LeaseState>

    private let told: AsyncStream<LeaseState>.Continuation
    private let lock: LockHolder?

    public init(line: String, database: any Database) {
        let (changes, told) = AsyncStream.makeStream(of: LeaseState.self, bufferingPolicy: .bufferingNewest(1))
        (self.changes, self.told) = (changes, told)
        guard let postgres = database as? PostgresDatabase else {
            lock = nil
            told.yield(.held)
            return
        }
        lock = LockHolder(key: "line/\(line)", setup: postgres.setup) { told.yield($0) }
    }

    deinit { close() }

    /// Gives the line up for others.
    public func close() {
        lock?.close()
        told.finish()
    }
}
