/// Keeps a sender that cannot work from being tried with every notice: waits, tries one, and only then goes on.
///
/// A gateway that is down for an hour costs one attempt a minute, and no notice is worn out by it.
struct SenderPause: Sendable, Equatable {
    /// The wait after the first failure in a row; short, because most outages are restarts.
    private static let base = Duration.seconds(1)
    /// Nobody should wait longer than this for the first notice after a repair.
    private static let cap = Duration.seconds(60)

    private(set) var failures = 0
    private(set) var until: Moment?
    private(set) var error: DeliveryError?

    /// Whether nothing may be sent at `now`.
    func isClosed(at now: Moment) -> Bool {
        until.map { now < $0 } ?? false
    }

    /// Whether the next notice is a trial: one at a time.
    var isProbing: Bool { failures > 0 }

    mutating func failed(_ error: DeliveryError, at now: Moment, jitter: Double) {
        // Lanes that were under way when the first one failed tell the same story: it counts once.
        if isClosed(at: now) { return }
        failures += 1
        self.error = error
        let span = min(Self.base * (1 << min(failures - 1, 10)), Self.cap)
        until = now.adding(span / 2 + span / 2 * min(max(0, jitter), 1))
    }

    /// The clock was set back by so much; the wait is as long as before.
    mutating func follow(back: Duration) {
        until = until?.adding(.zero - back)
    }

    mutating func worked() {
        self = SenderPause()
    }
}
