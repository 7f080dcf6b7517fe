import DeskCore
import Synchronization

/// Who has the desk open: by their event streams on this node, by their sessions' signs of life on the others.
///
/// It answers why a call popped nowhere (“signed out”), and whose claims are stale.
final class Presence: Sendable {
    private struct Seen {
        var streams = 0
        var lastAt: ContinuousClock.Instant
    }

    /// After this without a stream somebody counts as away: a reload or a lost network takes seconds.
    static let grace = Duration.seconds(60)
    /// Accounts of one desk; a guard only.
    private static let most = 10_000

    private let seen = Mutex<[Int64: Seen]>([:])
    /// By a clock that only runs: were the time of day set back, everybody would be present for as long.
    private let startedAt: ContinuousClock.Instant
    private let clock: DeskClock
    private let sessions: SessionDesk
    /// Several nodes share the database: a screen may be open at another.
    private let hasOthers: Bool

    /// Open screens ask for their lists every minute or so; three of those may be missed.
    private static let silence = Duration.seconds(240)

    init(clock: DeskClock, sessions: SessionDesk, hasOthers: Bool) {
        self.clock = clock
        self.sessions = sessions
        self.hasOthers = hasOthers
        startedAt = clock.instant
    }

    /// Whether a stream is open, or was until a moment ago.
    ///
    /// Just after the start everybody counts as present: their browsers are coming back.
    func isPresent(_ account: Int64) async -> Bool {
        let now = clock.instant
        if now - startedAt < Self.grace { return true }
        let isHere = seen.withLock { seen in
            guard let record = seen[account] else { return false }
            return record.streams > 0 || now - record.lastAt < Self.grace
        }
        return isHere ? true : await isElsewhere(account)
    }

    /// Whether a screen is open this very moment; on another node, was a few minutes ago.
    func hasStream(_ account: Int64) async -> Bool {
        seen.withLock { ($0[account]?.streams ?? 0) > 0 } ? true : await isElsewhere(account)
    }

    private func isElsewhere(_ account: Int64) async -> Bool {
        guard hasOthers else { return false }
        // Unknown counts as present: nobody's claim is taken because the database was away.
        return (try? await sessions.isSeen(account, since: clock.now.adding(.zero - Self.silence))) ?? true
    }

    /// A stream of the account's is open.
    func enter(_ account: Int64) {
        let now = clock.instant
        seen.withLock { seen in
            if seen.count >= Self.most { seen = seen.filter { $0.value.streams > 0 } }
            seen[account, default: Seen(lastAt: now)].streams += 1
        }
    }

    /// One is over.
    func leave(_ account: Int64) {
        let now = clock.instant
        seen.withLock { seen in
            seen[account]?.streams -= 1
            seen[account]?.lastAt = now
        }
    }
}
