import Synchronization

/// The readers of signals within this process.
final class SignalHub: Sendable {
    private struct State {
        var readers: [String: [Int: SignalReader]] = [:]
        var next = 0
        /// Whether what is published now arrives here.
        var isLive: Bool
        var isClosed = false
    }

    private let state: Mutex<State>

    init(isLive: Bool) { state = Mutex(State(isLive: isLive)) }

    func subscribe(to channel: String) -> AsyncStream<DeskSignal> {
        let (stream, reader) = SignalReader.make(channel)
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.readers[channel, default: [:]][state.next] = reader
            if state.isLive { reader.missed() }
            return state.next
        }
        guard let number else {
            reader.finish()
            return stream
        }
        reader.onEnd { [weak self] in self?.forget(number, of: channel) }
        return stream
    }

    /// Hands a signal to the readers of its channel; never waits for one.
    func deliver(_ signal: DeskSignal) {
        let readers = state.withLock { $0.readers[signal.channel].map { Array($0.values) } ?? [] }
        for reader in readers { reader.take(signal) }
    }

    /// Signals no longer arrive, until `resume`.
    func interrupt() {
        state.withLock { $0.isLive = false }
    }

    /// Signals arrive again; every reader is told that some may have been missed.
    func resume() {
        let readers = state.withLock { state in
            state.isLive = true
            return state.readers
        }
        for reader in readers.values.flatMap(\.values) { reader.missed() }
    }

    func close() {
        let readers = state.withLock { state in
            defer { state.readers = [:] }
            state.isClosed = true
            return state.readers.values.flatMap(\.values)
        }
        for reader in readers { reader.finish() }
    }

    private func forget(_ number: Int, of channel: String) {
        state.withLock { state in
            state.readers[channel]?[number] = nil
            if state.readers[channel]?.isEmpty == true { state.readers[channel] = nil }
        }
    }
}
