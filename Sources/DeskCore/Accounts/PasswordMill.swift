import Foundation
import Synchronization

/// Checks passwords on threads of its own: scrypt, or a directory that is asked, takes long, which must hold up no task.
///
/// Bounded in both ways: so many at once, so many waiting; a flood of sign-ins is refused, not queued for minutes. Strangers
/// and known browsers wait in lines of their own, and the known ones go first: a flood of the former keeps nobody out who
/// has been here before.
public final class PasswordMill: Sendable {
    /// Whose password it is, as far as that is known before it is checked.
    public enum Asker: Sendable, Hashable {
        case stranger
        /// A browser that the login's owner has signed in with, or somebody who is signed in.
        case known
    }

    /// How many of each kind may wait: at 200 ms each on two threads the last one waits some seconds.
    public static let mostWaiting = 32

    private let queue: OperationQueue
    private let waiting = Mutex<[Asker: Int]>([:])

    public init(threads: Int) {
        queue = OperationQueue()
        queue.name = "calldesk.passwords"
        queue.maxConcurrentOperationCount = max(1, threads)
        queue.qualityOfService = .utility
    }

    /// Whether somebody of the kind waits or is at work.
    func waits(_ asker: Asker) -> Bool { waiting.withLock { $0[asker, default: 0] > 0 } }

    /// Runs `work` on one of the threads; nil when too many of the kind wait already.
    public func run<Value: Sendable>(
        for asker: Asker,
        _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        let value: Value? = await withCheckedContinuation { continuation in
            let turn = BlockOperation { continuation.resume(returning: work()) }
            turn.queuePriority = asker == .known ? .veryHigh : .normal
            // Whoever is counted stands in line already.
            let isAdmitted = waiting.withLock { waiting in
                guard waiting[asker, default: 0] < Self.mostWaiting else { return false }
                waiting[asker, default: 0] += 1
                queue.addOperation(turn)
                return true
            }
            if !isAdmitted { continuation.resume(returning: nil) }
        }
        guard let value else { return nil }
        waiting.withLock { $0[asker, default: 1] -= 1 }
        return value
    }
}
