/// When a notice that could not be handed over is tried again, and when it is given up.
public struct RetryPolicy: Sendable, Equatable {
    /// The wait after the first failure.
    public var base: Duration
    /// No wait is longer.
    public var cap: Duration
    public var mostAttempts: Int
    /// No notice older than this is tried again: a protocol number that comes days late confuses more than it helps.
    public var mostAge: Duration

    /// Five seconds doubling up to half an hour, 60 attempts, two days: a mail server's week-end repair is survived, and
    /// the 24 hours in which a protocol number must be sent (RGC) hold dozens of attempts.
    public init(
        base: Duration = .seconds(5),
        cap: Duration = .seconds(1800),
        mostAttempts: Int = 60,
        mostAge: Duration = .seconds(48 * 3600)
    ) {
        self.base = base
        self.cap = cap
        self.mostAttempts = mostAttempts
        self.mostAge = mostAge
    }

    /// What to do after a failed attempt.
    public enum Verdict: Sendable, Equatable {
        case retry(at: Moment)
        /// Give up; a person can send it again.
        case bury
    }

    /// Decides after the `attempt`-th attempt (1, 2, …) has failed.
    ///
    /// `jitter`, from 0 up to 1, spreads the next attempt over the whole wait, so that notices that failed together do not
    /// come back together. A sender that is down uses up no notice's attempts, only its time.
    public func verdict(
        after error: DeliveryError,
        attempt: Int,
        createdAt: Moment,
        now: Moment,
        jitter: Double
    ) -> Verdict {
        guard now.since(createdAt) < mostAge else { return .bury }
        switch error.reach {
        case .noticeForever: return .bury
        case .noticeNow where attempt >= mostAttempts: return .bury
        case .noticeNow: return .retry(at: now.adding(wait(attempt: attempt, jitter: jitter)))
        case .sender:
            // The sender's own pause decides when it is tried again; this notice only makes room at the head of the
            // queue, in case it is what brings the sender down.
            return .retry(at: now.adding(min(wait(attempt: attempt, jitter: jitter), .seconds(60))))
        }
    }

    /// The wait after the `attempt`-th failure: full jitter over an exponentially growing, capped span, half the base at
    /// the least.
    public func wait(attempt: Int, jitter: Double) -> Duration {
        // Beyond 2^30 the cap has long been reached.
        let span = min(base * (1 << (min(max(1, attempt), 31) - 1)), cap)
        let share = min(max(0, jitter), 1)
        return max(base / 2, span * share)
    }
}
