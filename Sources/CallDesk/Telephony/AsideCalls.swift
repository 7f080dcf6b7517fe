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

    /// One call that waits, and why.
    struct Call: Sendable {
        var signal: CallSignal
        var error: StoreError
        /// When it was refused first.
        var since: Moment
        var tries = 1
    }

    private struct State {
        var calls: [CallFeed.CallKey: Call] = [:]
        var total = 0
        var triedAt = ContinuousClock.now
        var isAsked = false
        /// Told how many more were refused, and how many wait now.
        var counted: @Sendable (_ more: Int, _ now: Int) -> Void = { _, _ in }
        /// Makes whoever records look again.
        var wake: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())
    private let clock: DeskClock
    private let logger: Logger

    init(clock: DeskClock, logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    /// Names who is told of the counts, and what is done when somebody wants a try at once.
    func tell(
        _ counted: @escaping @Sendable (_ more: Int, _ now: Int) -> Void,
        wake: @escaping @Sendable () -> Void
    ) {
        state.withLock { ($0.counted, $0.wake) = (counted, wake) }
    }

    /// Those that wait, the oldest first.
    var list: [Call] {
        state.withLock { $0.calls.values.sorted { ($0.since, $0.signal.key) < ($1.since, $1.signal.key) } }
    }

    /// Tries them all now, whenever the last try was.
    ///
    /// - Returns: how many.
    func retry() -> Int {
        let (count, wake) = state.withLock { state in
            state.isAsked = true
            return (state.calls.count, state.wake)
        }
        wake()
        return count
    }

    /// Gives one up: it stays unrecorded, and is in the log.
    ///
    /// - Returns: false when it does not wait (any more).
    func dismiss(line: String, key: String, by actor: AuditActor) -> Bool {
        let (found, now, counted) = state.withLock { state in
            let found = state.calls.removeValue(forKey: .init(line: line, key: key))
            return (found, state.calls.count, state.counted)
        }
        guard found != nil else { return false }
        counted(0, now)
        logger.notice(
            "a call that cannot be recorded was given up",
            metadata: ["line": "\(line)", "call": "\(key)", "by": "\(actor.text)"]
        )
        return true
    }

    /// Lets calls go that became part of another: stored later, they would be calls of their own.
    func letGo(_ parts: Set<CallFeed.CallKey>) {
        let (gone, now, counted) = state.withLock { state in
            let gone = parts.count { state.calls.removeValue(forKey: $0) != nil }
            return (gone, state.calls.count, state.counted)
        }
        if gone > 0 { counted(0, now) }
    }

    var counts: (total: Int, now: Int) { state.withLock { ($0.total, $0.calls.count) } }

    /// Notes what came of a batch.
    func note(recorded batch: [CallSignal], refused: [(item: CallSignal, error: StoreError)]) {
        let at = clock.now
        let (news, total, now, counted) = state.withLock { state in
            var before: [CallFeed.CallKey: Call] = [:]
            for signal in batch where !state.calls.isEmpty {
                let key = Self.key(signal)
                before[key] = state.calls.removeValue(forKey: key)
            }
            var news: [(CallSignal, StoreError)] = []
            for (signal, error) in refused {
                let key = Self.key(signal)
                if state.calls.isEmpty { state.triedAt = .now }
                if state.calls.count < Self.most || state.calls[key] != nil {
                    let known = before[key]
                    state.calls[key] = Call(
                        signal: signal,
                        error: error,
                        since: known?.since ?? at,
                        tries: (known?.tries ?? 0) + 1
                    )
                }
                state.total += 1
                news.append((signal, error))
            }
            return (news, state.total, state.calls.count, state.counted)
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

    /// Whether some are to be tried again now.
    var isDue: Bool { state.withLock { Self.isDue(&$0) } }

    private static func isDue(_ state: inout State) -> Bool {
        !state.calls.isEmpty && (state.isAsked || ContinuousClock.now - state.triedAt > rest)
    }

    /// What is to be tried again now.
    func due() -> [CallSignal] {
        state.withLock { state in
            guard Self.isDue(&state) else { return [] }
            (state.triedAt, state.isAsked) = (.now, false)
            return state.calls.values.map(\.signal)
        }
    }

    private static func key(_ signal: CallSignal) -> CallFeed.CallKey { .init(signal) }
}
