import Foundation

/// What time it is, handed in so that tests decide it.
public struct DeskClock: Sendable {
    private let read: @Sendable () -> Moment
    private let run: @Sendable () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - running: a clock that nobody sets, by which it is told how long something lasts.
    ///   - read: what time it is.
    public init(
        running: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        _ read: @escaping @Sendable () -> Moment
    ) {
        self.run = running
        self.read = read
    }

    public var now: Moment { read() }

    /// Only runs, whatever is made of the time of day: for how long ago something was, within one life of the service.
    public var instant: ContinuousClock.Instant { run() }

    /// The machine's clock.
    public static let system = DeskClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
