import Foundation

/// What time it is, handed in so that tests decide it.
public struct DeskClock: Sendable {
    private let read: @Sendable () -> Moment

    public init(_ read: @escaping @Sendable () -> Moment) { self.read = read }

    public var now: Moment { read() }

    /// The machine's clock.
    public static let system = DeskClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
