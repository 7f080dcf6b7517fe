/// A day of the Gregorian calendar, 1900 to 2199: what forms ask when they ask for a date.
public struct CalendarDay: Sendable, Hashable, Comparable {
    public let year: Int
    public let month: Int
    public let day: Int

    /// 1 January 1970, from which days are counted.
    public static let epoch = CalendarDay(known: (1970, 1, 1))

    private init(known parts: (year: Int, month: Int, day: Int)) {
        (year, month, day) = parts
    }

    /// The day, if there is one: 30 February is none.
    public init?(year: Int, month: Int, day: Int) {
        guard (1900...2199).contains(year), (1...12).contains(month) else { return nil }
        guard (1...CivilDate.length(ofMonth: month, year: year)).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// From `2026-11-21`.
    public init?(iso text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// So many days after 1970-01-01, if the calendar reaches that far.
    public init?(daysSince1970 days: Int) {
        guard (-40_000...90_000).contains(days) else { return nil }
        let date = CivilDate(daysSince1970: days)
        self.init(year: date.year, month: date.month, day: date.day)
    }

    /// The day in `moment`, by a clock `offsetMinutes` east of UTC.
    public init?(_ moment: Moment, offsetMinutes: Int) {
        let milliseconds = moment.milliseconds.addingReportingOverflow(Int64(offsetMinutes) * 60_000)
        guard !milliseconds.overflow else { return nil }
        let days = Int((Double(milliseconds.partialValue) / 86_400_000).rounded(.down))
        self.init(daysSince1970: days)
    }

    /// Days since 1970-01-01, as XForms counts them.
    public var daysSince1970: Int {
        CivilDate(year: year, month: month, day: day).daysSince1970
    }

    /// As `2026-11-21`.
    public var iso: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }

    /// As people write it: `21/11/2026`.
    public var display: String { "\(Self.two(day))/\(Self.two(month))/\(year)" }

    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
