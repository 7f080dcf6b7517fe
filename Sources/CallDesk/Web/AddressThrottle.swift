import DeskCore
import Synchronization

/// Lets each address do something so many times a minute; further tries are told when to come back.
///
/// A leaking bucket for each address. The table is bounded: when it is full the buckets that have leaked empty are
/// forgotten, and if none has, newcomers share one bucket, so that a flood of addresses cannot grow it.
final class AddressThrottle: Sendable {
    /// 24 bytes of state each: some megabytes at the most.
    static let most = 50_000

    private struct State {
        var buckets: [[UInt8]: (level: Double, at: Moment)] = [:]
    }

    private let burst: Double
    private let perSecond: Double
    private let clock: DeskClock
    private let state = Mutex(State())

    /// `burst` is how many at once, `perMinute` how many are forgiven each minute.
    init(burst: Int, perMinute: Int, clock: DeskClock) {
        self.burst = Double(max(1, burst))
        perSecond = Double(max(1, perMinute)) / 60
        self.clock = clock
    }

    /// Counts a try.
    ///
    /// - Throws: `Problem` 429 with the seconds to wait.
    func admit(_ peer: PeerAddress) throws(Problem) {
        if let wait = count(peer.subject, 1) { throw .tooMany(retryAfter: wait) }
    }

    /// What somebody may still do after a try was counted.
    struct Room: Sendable, Equatable {
        /// How many at once.
        var limit: Int
        var left: Int
        /// Seconds until all are there again.
        var reset: Int
        /// Seconds to wait; nil when the try was admitted.
        var wait: Int?
    }

    /// Counts a try of whoever `subject` stands for.
    func take(_ subject: [UInt8]) -> Room {
        let wait = count(subject, 1)
        let now = clock.now
        let level = state.withLock { state in
            // Who has no bucket of their own shares the newcomers'.
            (state.buckets[subject] ?? state.buckets[[]]).map { self.level($0, now) } ?? 0
        }
        return Room(
            limit: Int(burst),
            left: max(0, Int((burst - level).rounded(.down))),
            reset: Int((level / perSecond).rounded(.up)),
            wait: wait
        )
    }

    /// Whether an address has used up its tries, without counting one.
    func check(_ peer: PeerAddress) throws(Problem) {
        if let wait = count(peer.subject, 0) { throw .tooMany(retryAfter: wait) }
    }

    /// Counts a failure that was already answered.
    func note(_ peer: PeerAddress) { _ = count(peer.subject, 1) }

    /// Seconds to wait, or nil when admitted.
    private func count(_ subject: [UInt8], _ weight: Double) -> Int? {
        let now = clock.now
        return state.withLock { state in
            var key = subject
            if state.buckets[key] == nil, state.buckets.count >= Self.most {
                state.buckets = state.buckets.filter { self.level($0.value, now) > 0 }
                if state.buckets.count >= Self.most { key = [] }
            }
            let level = state.buckets[key].map { self.level($0, now) } ?? 0
            guard level + max(weight, 1) <= burst else {
                return max(1, Int(((level + 1 - burst) / perSecond).rounded(.up)))
            }
            if weight > 0 { state.buckets[key] = (level + weight, now) }
            return nil
        }
    }

    private func level(_ bucket: (level: Double, at: Moment), _ now: Moment) -> Double {
        let passed = now.milliseconds - bucket.at.milliseconds
        // Filled while the clock stood ahead, it would not leak again before that time comes.
        if passed < -60_000 { return 0 }
        let seconds = Double(max(0, passed)) / 1000
        return max(0, bucket.level - seconds * perSecond)
    }
}
