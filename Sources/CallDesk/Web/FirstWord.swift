import Synchronization

/// The first of several words is the answer: of work that cannot be ended, of the clock, of whoever asked and has left.
final class FirstWord<Value: Sendable>: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<Value, Never>)
        case told(Value)
    }

    private let state = Mutex(State.new)

    private init() {}

    /// Whether somebody still waits for it.
    var isAwaited: Bool { state.withLock { if case .told = $0 { false } else { true } } }

    /// Gives the answer; whoever comes later says nothing.
    func tell(_ value: Value) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, Never>? in
            if case .told = state { return nil }
            defer { state = .told(value) }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(returning: value)
    }

    private func wait(_ continuation: CheckedContinuation<Value, Never>) {
        let told = state.withLock { state -> Value? in
            if case .told(let value) = state { return value }
            state = .waiting(continuation)
            return nil
        }
        if let told { continuation.resume(returning: told) }
    }

    /// Waits for a time, or until the task is cancelled.
    static var sleep: @Sendable (Duration) async -> Void { { try? await Task.sleep(for: $0) } }

    /// What `begin` has told within `time`; `otherwise` when it has not, or when the task is cancelled.
    ///
    /// What `begin` started goes on by itself: that is for work which heeds nobody. `sleep` waits for the time.
    static func wait(
        for time: Duration,
        otherwise: Value,
        sleep: @escaping @Sendable (Duration) async -> Void = FirstWord.sleep,
        _ begin: (FirstWord<Value>) -> Void
    ) async -> Value {
        let word = FirstWord<Value>()
        // Not a child of ours: nobody waits for it when the word is there.
        let timer = Task {
            await sleep(time)
            word.tell(otherwise)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            begin(word)
            return await withCheckedContinuation { word.wait($0) }
        } onCancel: {
            word.tell(otherwise)
        }
    }
}
