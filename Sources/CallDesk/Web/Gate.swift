import Synchronization

/// One at a time: whoever comes meanwhile is sent away, not kept waiting.
final class Gate: Sendable {
    private let isTaken = Mutex(false)

    /// Whether it was free; it is taken now.
    func enter() -> Bool {
        isTaken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }

    func leave() { isTaken.withLock { $0 = false } }
}
