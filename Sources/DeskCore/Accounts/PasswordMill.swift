import Foundation
import Synchronization

/// Checks passwords on threads of its own: scrypt, or a directory that is asked, takes long, which must hold up no task.
///
/// Bounded in both ways: so many at once, so many waiting; a flood of sign-ins is refused, not queued for minutes.
public final class PasswordMill: Sendable {
    /// How many may wait: at 200 ms each on two threads the last one waits some seconds.
    public static let mostWaiting = 32

    private let queue: OperationQueue
    private let waiting = Mutex(0)

    public init(threads: Int) {
        queue = OperationQueue()
        queue.name = "calldesk.passwords"
        queue.maxConcurrentOperationCount = max(1, threads)
        queue.qualityOfService = .utility
    }

    /// Runs `work` on one of the threads; nil when too many wait already.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        let isAdmitted = waiting.withLock { count in
            guard count < Self.mostWaiting else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { return nil }
        let value = await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: work()) }
        }
        waiting.withLock { $0 -= 1 }
        return value
    }
}
