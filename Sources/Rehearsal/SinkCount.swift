import Synchronization

/// Counts a server's connections against a limit.
final class SinkCount: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// False when there is no room.
    func enter() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 = max(0, $0 - 1) } }
}
