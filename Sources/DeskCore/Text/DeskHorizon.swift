/// How far off a time may be that somebody means: a due time, a day that was agreed.
///
/// What lies beyond is a slip of the keyboard, such as the year 9999 or 2206.
public enum DeskHorizon {
    /// No desk agrees on a day with a customer for longer.
    public static let years = 10

    /// Whether `moment` is no farther off than a desk plans, as seen at `now`.
    public static func holds(_ moment: Moment, at now: Moment) -> Bool {
        moment <= now.adding(.seconds(Int64(years) * 366 * 86_400))
    }

    /// What calendars and contracts can name at all: the days from 1900 to 2199, as forms ask for them.
    public static let days = Moment(milliseconds: -2_208_988_800_000)...Moment(milliseconds: 7_258_118_399_999)
}
