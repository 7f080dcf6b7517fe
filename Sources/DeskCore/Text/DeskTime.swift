import Foundation

/// Dates and times as people of the desk's zone and language write them.
public struct DeskTime: Sendable {
    public let timeZone: TimeZone
    public let language: Language

    public init(timeZone: TimeZone, language: Language) {
        self.timeZone = timeZone
        self.language = language
    }

    /// `21/11/2026 às 04:23`, as a sentence says it; in English `21 Nov 2026 04:23`, which nobody reads as another day.
    public func dateAndTime(_ moment: Moment) -> String {
        language == .en ? compact(moment) : "\(date(moment)) às \(time(moment))"
    }

    /// `21/11/2026 04:23`, for a table's column and for spreadsheets.
    public func compact(_ moment: Moment) -> String { "\(date(moment)) \(time(moment))" }

    /// `21/11/2026`; in English `21 Nov 2026`.
    public func date(_ moment: Moment) -> String {
        let civil = civil(moment)
        return date(civil.year, civil.month, civil.day)
    }

    /// The same of a day of the calendar, whatever the zone.
    public func date(_ day: CalendarDay) -> String { date(day.year, day.month, day.day) }

    private func date(_ year: Int, _ month: Int, _ day: Int) -> String {
        guard language == .en else { return "\(two(day))/\(two(month))/\(four(year))" }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(day) \(names[max(0, min(11, month - 1))]) \(four(year))"
    }

    /// `04:23`.
    public func time(_ moment: Moment) -> String {
        let civil = civil(moment)
        return "\(two(civil.hour)):\(two(civil.minute))"
    }

    /// `04:23:11,120`; in English `04:23:11.120`.
    public func exactTime(_ moment: Moment) -> String {
        let civil = civil(moment)
        let millis = String(1000 + civil.millisecond).dropFirst()
        return "\(time(moment)):\(two(civil.second))\(language == .en ? "." : ",")\(millis)"
    }

    /// `2026-11-21T04:23:11.120-03:00`, for programs.
    public func iso8601(_ moment: Moment) -> String {
        let civil = civil(moment)
        let offset = civil.offset / 60
        let sign = offset < 0 ? "-" : "+"
        let zone = offset == 0 ? "Z" : "\(sign)\(two(abs(offset) / 60)):\(two(abs(offset) % 60))"
        let time = "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second))"
        let millis = String(1000 + civil.millisecond).dropFirst()
        return "\(four(civil.year))-\(two(civil.month))-\(two(civil.day))T\(time).\(millis)\(zone)"
    }

    /// How one greets at that hour: good morning from 5, afternoon from 12, evening from 18.
    public func greeting(_ moment: Moment) -> String {
        switch civil(moment).hour {
        case 5..<12: LocalizedText("Bom dia", en: "Good morning")[language]
        case 12..<18: LocalizedText("Boa tarde", en: "Good afternoon")[language]
        default: LocalizedText("Boa noite", en: "Good evening")[language]
        }
    }

    /// A length of time in its two largest units: `45 s`, `3 min 12 s`, `2 h 5 min`, `4 d 3 h`.
    public static func length(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3_600: return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s")
        case ..<86_400: return "\(seconds / 3_600) h" + (seconds / 60 % 60 == 0 ? "" : " \(seconds / 60 % 60) min")
        default: return "\(seconds / 86_400) d" + (seconds / 3_600 % 24 == 0 ? "" : " \(seconds / 3_600 % 24) h")
        }
    }

    /// How many midnights lie between two moments in the desk's zone; 0 is the same day.
    public func days(from earlier: Moment, to later: Moment) -> Int {
        Int(localDay(later) - localDay(earlier))
    }

    private func localDay(_ moment: Moment) -> Int64 {
        let seconds = Self.clamped(moment) / 1000
        return Self.floorDivide(seconds + Int64(offset(at: seconds)), 86_400)
    }
}

extension DeskTime {
    private struct Civil {
        var year: Int
        var month: Int
        var day: Int
        var hour: Int
        var minute: Int
        var second: Int
        var millisecond: Int
        /// Seconds east of Greenwich.
        var offset: Int
    }

    /// The calendar's fields in the desk's zone.
    private func civil(_ moment: Moment) -> Civil {
        let clamped = Self.clamped(moment)
        let utc = Self.floorDivide(clamped, 1000)
        let offset = offset(at: utc)
        let local = utc + Int64(offset)
        let day = Self.floorDivide(local, 86_400)
        let inDay = Int(local - day * 86_400)
        let date = CivilDate(daysSince1970: Int(day))
        return Civil(
            year: date.year,
            month: date.month,
            day: date.day,
            hour: inDay / 3_600,
            minute: inDay / 60 % 60,
            second: inDay % 60,
            millisecond: Int(clamped - utc * 1000),
            offset: offset
        )
    }

    /// A day within the years 1 to 9998, so that no row, however damaged, leads out of the calendar.
    private static func clamped(_ moment: Moment) -> Int64 {
        min(max(moment.milliseconds, -62_135_510_400_000), 253_370_764_800_000)
    }

    private func offset(at seconds: Int64) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    private func four(_ value: Int) -> String { String(String(10_000 + max(0, value)).dropFirst()) }
}
