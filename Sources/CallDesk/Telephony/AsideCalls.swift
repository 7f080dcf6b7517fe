import CallModel
import DeskCore
import Logging
import Synchronization

/// Calls that the database refused by themselves: kept, counted, shown, and tried again now and then, while every other
/// call is recorded as usual.
final class AsideCalls: Sendable {
    /// Kept at the most; each is a fault somebody has to look at, and thousands say no more than one.
    private static let most = 1_000
    /// Between two tries: the fault may have been the database's own and be mended.
    private static let rest = Duration.seconds(60)

    private struct State {
        var calls: [CallFeed.CallKey: CallSignal] = [:]
        var total = 0
        var triedAt = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let logger: Logger

    /// Told how many more were refused, and how many wait now.
    private let counted: @Sendable (_ more: Int, _ now: Int) -> Void

    init(logger: Logger, counted: @escaping @Sendable (_ more: Int, _ now: Int) -> Void = { _, _ in }) {
        self.logger = logger
        self.counted = counted
    }

    var counts: (total: Int, now: Int) { state.withLock { ($0.total, $0.calls.count) } }

    /// Notes what came of a batch.
    func note(recorded batch: [CallSignal], refused: [(item: CallSignal, error: StoreError)]) {
        let (news, total, now) = state.withLock { state in
            for signal in batch where !state.calls.isEmpty { state.calls[Self.key(signal)] = nil }
            var news: [(CallSignal, StoreError)] = []
            for (signal, error) in refused {
                let key = Self.key(signal)
                if state.calls.isEmpty { state.triedAt = .now }
                if state.calls.count < Self.most || state.calls[key] != nil { state.calls[key] = signal }
                state.total += 1
                news.append((signal, error))
            }
            return (news, state.total, state.calls.count)
        }
        counted(news.count, now)
        guard let (signal, error) = news.first else { return }
        // The key is the PBX's own and holds no number of a caller's.
        logger.error(
            "a call cannot be recorded and is set aside; the others go on",
            metadata: [
                "line": "\(signal.line)", "call": "\(signal.key)", "set_aside": "\(total)", "error": "\(error)",
            ]
        )
    }

    /// What is to be tried again now.
    func due() -> [CallSignal] {
        state.withLock { state in
            guard !state.calls.isEmpty, ContinuousClock.now - state.triedAt > Self.rest else { return [] }
            state.triedAt = .now
            return Array(state.calls.values)
        }
    }

    private static func key(_ signal: CallSignal) -> CallFeed.CallKey { .init(line: signal.line, key: signal.key) }
}
