import Synchronization

/// How far one call of `MailSender.send` is, so that what lies behind a mail that takes long can be given back.
final class MailTurn: Sendable {
    private struct State {
        /// How many are ours still; less than there were once the rest was given back.
        var kept: Int
        var begun = 0
        var since = ContinuousClock.now
        /// Nothing is given back any more: the results are on their way.
        var isClosed = false
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(kept: count)) }

    /// Takes up the next mail; false when it is not ours any more.
    func begin() -> Bool {
        state.withLock { state in
            guard state.begun < state.kept else { return false }
            state.begun += 1
            state.since = .now
            return true
        }
    }

    /// The end: how many results are owed.
    func close() -> Int {
        state.withLock { state in
            state.isClosed = true
            return state.kept
        }
    }

    /// Gives the rest back, once, when one mail has been under way for longer than `patience`; until the task is cancelled.
    func watch(patience: Duration, givingBack: @escaping @Sendable (Int) -> Void) async {
        while !Task.isCancelled {
            let due = state.withLock { $0.since + patience }
            guard due <= .now else {
                try? await Task.sleep(until: due, clock: .continuous)
                continue
            }
            // Told under the lock, so that no result of theirs can be on its way before.
            let isOver = state.withLock { state in
                guard !state.isClosed, state.begun > 0 else { return state.isClosed }
                guard state.since + patience <= .now else { return false }
                let rest = state.kept - state.begun
                if rest > 0 { givingBack(rest) }
                state.kept = state.begun
                return true
            }
            if isOver { return }
            try? await Task.sleep(for: patience)
        }
    }
}
