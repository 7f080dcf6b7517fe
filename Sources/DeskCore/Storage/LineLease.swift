import Foundation
import Synchronization

/// The right to work a PBX line, held by one node at a time.
///
/// On PostgreSQL it is an advisory lock of a connection kept for it: when its node dies the server frees it at once, when
/// the machine or the network dies within about 5 s, and the next node that waits has it. On SQLite there is one node.
///
/// ```swift
/// let lease = LineLease(line: "matriz", database: database)
/// for await isHeld in lease.changes { … start or stop the line … }
/// ```
public final class LineLease: Sendable {
    /// True when this node gets the line, false when it has lost it and must leave the PBX at once.
    public let changes: AsyncStream<Bool>

    private let told: AsyncStream<Bool>.Continuation
    private let isClosed = Mutex(false)

    public init(line: String, database: any Database) {
        // The newest two: between two grants a reader always sees the loss, however slow it is.
        (changes, told) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(2))
        guard let postgres = database as? PostgresDatabase else {
            told.yield(true)
            return
        }
        let holder = LeaseHolder(line: line, setup: postgres.setup, told: told) { [weak self] in
            guard let self else { return false }
            return !self.isClosed.withLock { $0 }
        }
        let thread = Thread { holder.run() }
        thread.name = "calldesk-pg-lease"
        thread.stackSize = 1 << 20
        thread.start()
    }

    deinit { told.finish() }

    /// Gives the line up for others.
    public func close() {
        isClosed.withLock { $0 = true }
        told.finish()
    }
}

/// The thread that waits for a lease, holds it, and sees to it that it is still held.
private struct LeaseHolder: Sendable {
    let line: String
    let setup: PostgresConnection.Setup
    let told: AsyncStream<Bool>.Continuation
    let isWanted: @Sendable () -> Bool

    /// Between attempts, and between looks at whether the lease is still held.
    private static let turn = 0.5

    func run() {
        while isWanted() {
            // Whatever went wrong, the answer is the same: say that the line is not held and try again.
            try? hold()
            if isWanted() {
                told.yield(false)
                Thread.sleep(forTimeInterval: Self.turn)
            }
        }
    }

    private func hold() throws(PostgresFault) {
        var setup = setup
        setup.connectTimeout = 3
        // A holder that hears nothing for this long must take the line for lost before the server gives it to another.
        setup.statementTimeout = .seconds(1)
        setup.answerGrace = .seconds(1)
        setup.opening += [
            "SET tcp_keepalives_idle = 2", "SET tcp_keepalives_interval = 1", "SET tcp_keepalives_count = 2",
            "SET tcp_user_timeout = 4000",
        ]
        let connection = try PostgresConnection(setup)
        while isWanted() {
            let asked = try connection.run(
                "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '/line/' || $1, 0))",
                [.text(line)],
                limit: 1
            )
            if asked.rows.first?.bool(0) == true { break }
            Thread.sleep(forTimeInterval: Self.turn)
        }
        if isWanted() { told.yield(true) }
        while isWanted() {
            try connection.script("SELECT 1")
            Thread.sleep(forTimeInterval: Self.turn)
        }
    }
}
