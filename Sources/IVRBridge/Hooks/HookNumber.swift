/// Numbers of a report that are reckoned with: within what a call can be, or none.
///
/// A sender may write any number there is, and the sum of two of those is none.
enum HookNumber {
    /// A week: nobody talks for longer.
    static let longestTalk: Int64 = 7 * 86_400
    /// The year 5138, as for the lines' own clocks.
    static let lastMoment: Int64 = 99_999_999_999 * 1_000_000
    static let moments = 0...lastMoment

    /// How long was talked, in seconds.
    static func seconds(_ text: String) -> Int64? {
        Int64(text).flatMap { (0...longestTalk).contains($0) ? $0 : nil }
    }

    /// A moment in microseconds since 1970; 0 is never.
    static func moment(_ text: String) -> Int64? {
        Int64(text).flatMap { (1...lastMoment).contains($0) ? $0 : nil }
    }

    /// A moment from seconds since 1970, in microseconds.
    static func moment(seconds: Double) -> Int64? {
        guard seconds >= 0, seconds <= Double(lastMoment / 1_000_000) else { return nil }
        return Int64(seconds * 1_000_000)
    }
}
