import Synchronization

/// What the work's own writes say of the database: a look from outside may find room where they found none.
///
/// A full disk takes the small write of a look, in room it has already, while every ticket is refused.
public final class WriteHealth: Sendable {
    /// A refusal nothing has repeated or disproved for so long is no news any more: work is let in again, and tells.
    static let memory = Duration.seconds(30)

    /// Set while a look is writing, whose success proves nothing.
    @TaskLocal static var isLook = false

    private struct State {
        var error: StoreError
        var at: ContinuousClock.Instant
    }

    private let state = Mutex<State?>(nil)

    public init() {}

    /// Why the work's writes are refused now; nil while they go through.
    public var refusal: StoreError? { refusal(at: .now) }

    func refusal(at now: ContinuousClock.Instant) -> StoreError? {
        state.withLock { state in
            if let since = state?.at, now - since > Self.memory { state = nil }
            return state?.error
        }
    }

    /// Notes what became of a write; nil for one that is durable.
    func note(_ error: StoreError?, at now: ContinuousClock.Instant = .now) {
        switch error {
        // The database itself, not what was asked of it.
        case .full, .unavailable, .corrupt: state.withLock { $0 = error.map { State(error: $0, at: now) } }
        case nil where !Self.isLook: state.withLock { $0 = nil }
        default: break
        }
    }
}

extension Result {
    /// Why it failed, nil when it did not.
    var failure: Failure? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}
