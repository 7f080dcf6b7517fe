/// When a notice that could not be handed over is tried again, and when it is given up.
public struct RetryPolicy: Sendable, Equatable {
    /// The wait after the first failure.
    public var base: Duration
    /// No wait is longer.
    public var cap: Duration
    public var mostAttempts: Int
    /// No notice older than this is tried again: a protocol number that comes days late confuses more than it helps.
    public var mostAge: Duration
    /// How often a notice is handed over whole without an answer: each time its recipient may get it once more.
    public var mostUnanswered = 4

    /// The waits after a notice was handed over and nobody answered, the last of them for whatever comes after.
    ///
    /// Long, as each attempt may be one more copy in the same mailbox: two in the first hour, four in a morning. All of them
    /// lie within the 24 hours in which a protocol number must be sent.
    static let unansweredWaits = [Duration.seconds(300), .seconds(3_600), .seconds(4 * 3_600)]
    static let longestUnansweredWait = Duration.seconds(5 * 3_600)

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
    /// Of the attempts before it, `spared` failed by the sender and count for nothing, and `unanswered` were handed over whole.
    /// `jitter`, from 0 up to 1, spreads the next attempt over the whole wait, so that notices that failed together do not
    /// come back together. A sender that is down uses up no notice's attempts, only its time.
    public func verdict(
        after error: DeliveryError,
        attempt: Int,
        spared: Int = 0,
        unanswered: Int = 0,
        createdAt: Moment,
        now: Moment,
        jitter: Double
    ) -> Verdict {
        guard now.since(createdAt) < mostAge else { return .bury }
        let counted = max(1, attempt - max(0, spared))
        switch error.reach {
        case .noticeForever: return .bury
        case .noticeNow where counted >= mostAttempts: return .bury
        case .noticeNow: return .retry(at: now.adding(wait(attempt: counted, jitter: jitter)))
        case .unanswered:
            let turn = max(0, unanswered)
            guard turn + 1 < mostUnanswered, let last = Self.unansweredWaits.last else { return .bury }
            let span = Self.unansweredWaits.indices.contains(turn) ? Self.unansweredWaits[turn] : last
            // Up to a quarter more, so that they do not all come back together.
            return .retry(at: now.adding(span * (1 + 0.25 * min(max(0, jitter), 1))))
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
