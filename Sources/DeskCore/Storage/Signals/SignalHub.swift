import Synchronization

/// The readers of signals within this process.
final class SignalHub: Sendable {
    private struct State {
        var readers: [String: [Int: AsyncStream<DeskSignal>.Continuation]] = [:]
        var next = 0
        /// Whether what is published now arrives here.
        var isLive: Bool
        var isClosed = false
    }

    private let state: Mutex<State>

    init(isLive: Bool) { state = Mutex(State(isLive: isLive)) }

    func subscribe(to channel: String) -> AsyncStream<DeskSignal> {
        let (stream, reader) = AsyncStream.makeStream(
            of: DeskSignal.self,
            bufferingPolicy: .bufferingNewest(SignalLimits.longestWait)
        )
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.readers[channel, default: [:]][state.next] = reader
            if state.isLive { reader.yield(DeskSignal(channel: channel, payload: nil)) }
            return state.next
        }
        guard let number else {
            reader.finish()
            return stream
        }
        reader.onTermination = { [weak self] _ in self?.forget(number, of: channel) }
        return stream
    }

    /// Hands a signal to the readers of its channel; never waits for one.
    func deliver(_ signal: DeskSignal) {
        let readers = state.withLock { $0.readers[signal.channel].map { Array($0.values) } ?? [] }
        for reader in readers { hand(signal, to: reader) }
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
        for (channel, readers) in readers {
            for reader in readers.values { hand(DeskSignal(channel: channel, payload: nil), to: reader) }
        }
    }

    func close() {
        let readers = state.withLock { state in
            defer { state.readers = [:] }
            state.isClosed = true
            return state.readers.values.flatMap(\.values)
        }
        for reader in readers { reader.finish() }
    }

    private func hand(_ signal: DeskSignal, to reader: AsyncStream<DeskSignal>.Continuation) {
        if case .dropped = reader.yield(signal) {
            reader.yield(DeskSignal(channel: signal.channel, payload: nil))
        }
    }

    private func forget(_ number: Int, of channel: String) {
        state.withLock { state in
            state.readers[channel]?[number] = nil
            if state.readers[channel]?.isEmpty == true { state.readers[channel] = nil }
        }
    }
}
