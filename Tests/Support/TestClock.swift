import DeskCore
import Synchronization

/// A clock that stands still until a test moves it.
public final class TestClock: Sendable {
    private let moment: Mutex<Moment>
    /// How far it has run; what is moved back has not.
    private let ran = Mutex(Duration.zero)
    private let began = ContinuousClock.now

    /// - Parameter start: by default 2026-11-21 12:00 UTC, a Saturday.
    public init(_ start: Moment = Moment(milliseconds: 1_795_262_400_000)) { moment = Mutex(start) }

    public var now: Moment { moment.withLock { $0 } }

    /// What the code under test is handed.
    public var clock: DeskClock {
        DeskClock(running: { self.began + self.ran.withLock { $0 } }) { self.now }
    }

    /// Moves the clock forward, or sets it back, with a negative duration.
    public func advance(by duration: Duration) {
        ran.withLock { $0 += max(.zero, duration) }
        moment.withLock { $0 = $0.adding(duration) }
    }
}
