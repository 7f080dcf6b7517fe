import Foundation
import Synchronization

/// Waits for an advisory lock on a connection and a thread of its own, holds it, and sees to it that it is still held.
final class LockHolder: Sendable {
    private let isClosed = Mutex(false)

    /// - Parameters:
    ///   - key: what is locked, within the schema.
    ///   - setup: how the server is reached.
    ///   - tell: hears each change, on the thread.
    init(key: String, setup: PostgresConnection.Setup, tell: @escaping @Sendable (LeaseState) -> Void) {
        let waiting = LockThread(key: key, setup: setup, tell: tell) { [weak self] in
            guard let self else { return false }
            return !self.isClosed.withLock { $0 }
        }
        let thread = Thread {
            var waiting = waiting
            waiting.run()
        }
        thread.name = "calldesk-pg-lock"
        thread.stackSize = 1 << 20
        thread.start()
    }

    deinit { close() }

    /// Gives the lock up, within a second.
    func close() { isClosed.withLock { $0 = true } }

    /// How the connection of a lock is set up: neither side takes the other for alive for long.
    static func setup(_ setup: PostgresConnection.Setup) -> PostgresConnection.Setup {
        var setup = setup
        setup.connectTimeout = 3
        // A holder that hears nothing for this long must know before the server gives the lock to another.
        setup.statementTimeout = .seconds(1)
        setup.answerGrace = .seconds(1)
        setup.opening += [
            "SET tcp_keepalives_idle = 2", "SET tcp_keepalives_interval = 1", "SET tcp_keepalives_count = 2",
            "SET tcp_user_timeout = 4000",
            // A process that is stopped (SIGSTOP, a paused container) says nothing while its machine answers for it; a holder
            // at work asks ten times within it. Servers before 14 know no such limit.
            "SELECT set_config(name, '5s', false) FROM pg_settings WHERE name = 'idle_session_timeout'",
        ]
        return setup
    }

    /// The lock's number, as an expression over the parameter `$1`, its key.
    static let number = "hashtextextended(current_schema() || '/' || $1, 0)"
}

private struct LockThread: Sendable {
    let key: String
    let setup: PostgresConnection.Setup
    let tell: @Sendable (LeaseState) -> Void
    let isWanted: @Sendable () -> Bool

    private var state: LeaseState?
    /// Whether the lock was ours when the connection broke.
    private var isReturning = false

    /// Between attempts, and between looks at whether the lock is still held.
    private static let turn = 0.5
    /// After an outage of the server the one that had the lock comes first: taking a line over costs its calls a look at
    /// the PBX.
    private static let precedence = 2.0

    init(
        key: String,
        setup: PostgresConnection.Setup,
        tell: @escaping @Sendable (LeaseState) -> Void,
        isWanted: @escaping @Sendable () -> Bool
    ) {
        (self.key, self.tell, self.isWanted) = (key, tell, isWanted)
        self.setup = LockHolder.setup(setup)
    }

    mutating func run() {
        while isWanted() {
            // Whatever went wrong, the answer is the same: nothing is sure until the server can be asked again.
            try? hold()
            guard isWanted() else { return }
            isReturning = state == .held || isReturning
            change(to: .unsure)
            Thread.sleep(forTimeInterval: Self.turn)
        }
    }

    private mutating func hold() throws(PostgresFault) {
        let connection = try PostgresConnection(setup)
        if state == .unsure, !isReturning { Thread.sleep(forTimeInterval: Self.precedence) }
        while isWanted() {
            let asked = try connection.run("SELECT pg_try_advisory_lock(\(LockHolder.number))", [.text(key)], limit: 1)
            if asked.rows.first?.bool(0) == true { break }
            isReturning = false
            change(to: .elsewhere)
            Thread.sleep(forTimeInterval: Self.turn)
        }
        guard isWanted() else { return }
        change(to: .held)
        while isWanted() {
            try connection.script("SELECT 1")
            Thread.sleep(forTimeInterval: Self.turn)
        }
    }

    private mutating func change(to new: LeaseState) {
        guard state != new else { return }
        state = new
        tell(new)
    }
}
