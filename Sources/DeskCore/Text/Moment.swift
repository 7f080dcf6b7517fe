/// A point in time in whole milliseconds since 1970-01-01 UTC, as stored in every time column.
public struct Moment: Sendable, Hashable, Comparable, Codable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A PBX's time, cut to what a person needs.
    public init(microseconds: Int64) { milliseconds = microseconds / 1_000 }

    /// Microseconds since 1970, the farthest there are where a stored time lies beyond them.
    public var microseconds: Int64 {
        let (exact, isBeyond) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return isBeyond ? (milliseconds < 0 ? .min : .max) : exact
    }

    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    public static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }

    /// This moment moved by `duration`; saturates instead of overflowing.
    public func adding(_ duration: Duration) -> Moment {
        let parts = duration.components
        let (scaled, tooLong) = parts.seconds.multipliedReportingOverflow(by: 1000)
        let millis = scaled.addingReportingOverflow(parts.attoseconds / 1_000_000_000_000_000)
        let sum = milliseconds.addingReportingOverflow(millis.partialValue)
        if tooLong || millis.overflow || sum.overflow {
            return Moment(milliseconds: duration < .zero ? .min : .max)
        }
        return Moment(milliseconds: sum.partialValue)
    }

    /// The time from `earlier` to this moment.
    public func since(_ earlier: Moment) -> Duration {
        .milliseconds(milliseconds.subtractingReportingOverflow(earlier.milliseconds).partialValue)
    }
}
