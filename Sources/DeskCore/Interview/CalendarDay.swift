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
        guard (1...Self.length(ofMonth: month, year: year)).contains(day) else { return nil }
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
        // Civil-from-days by eras of 400 years, counted from 1 March of year 0.
        guard (-40_000...90_000).contains(days) else { return nil }
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.init(year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month, day: day)
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
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// As `2026-11-21`.
    public var iso: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }

    /// As people write it: `21/11/2026`.
    public var display: String { "\(Self.two(day))/\(Self.two(month))/\(year)" }

    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
