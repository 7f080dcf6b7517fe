import Synchronization

/// Keeps a clock that was set far ahead from erasing everything at once.
///
/// Erasing is by age. A clock that jumps ahead makes all there is old; a machine that was off for weeks looks the same. So
/// after a jump erasing waits a while, in which somebody can set the clock.
public final class ClockGuard: Sendable {
    /// More than a machine is off over a weekend.
    static let jump = Duration.seconds(4 * 86_400)
    /// A working morning: time to notice, by the log and `/ready`.
    static let wait = Duration.seconds(6 * 3600)

    private struct State {
        var seen: Moment?
        /// Since when a jump has been looked at, by a clock that only runs.
        var suspectSince: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// Whether what is old at `now` may be erased.
    public func trusts(_ now: Moment, at instant: ContinuousClock.Instant = .now) async throws(StoreError) -> Bool {
        let stored = try await database.read { session in
            try session.row("SELECT value FROM counter WHERE name = 'clock.seen'")?.moment(0)
        }
        let isTrusted = state.withLock { state in
            let seen = [stored, state.seen].compactMap(\.self).max()
            guard let seen, now.since(seen) > Self.jump else {
                state.suspectSince = nil
                state.seen = now
                return true
            }
            let since = state.suspectSince ?? instant
            state.suspectSince = since
            guard instant - since >= Self.wait else { return false }
            state.suspectSince = nil
            state.seen = now
            return true
        }
        if isTrusted {
            try await database.write { session in
                try session.execute(
                    """
                    INSERT INTO counter (name, value) VALUES ('clock.seen', $1)
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > counter.value
                    """,
                    [.moment(now)]
                )
            }
        }
        return isTrusted
    }
}
