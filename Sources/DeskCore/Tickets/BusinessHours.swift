import Foundation

/// When the desk works, for terms that count business time: some hours of Monday to Friday in the desk's zone.
public struct BusinessHours: Sendable, Equatable {
    public var opens: Int
    public var closes: Int
    /// Days on which nobody works: `2026-12-25` once, `12-25` every year.
    public var holidays: Set<String>
    /// Saturdays and Sundays are days like the others.
    public var worksWeekends: Bool
    private let calendar: Calendar

    /// Working days in `timeZone` from the hour `opens` (0 to 23) to the hour `closes` (later, 24 at the latest).
    public init(
        timeZone: TimeZone,
        opens: Int = 8,
        closes: Int = 18,
        holidays: Set<String> = [],
        worksWeekends: Bool = false
    ) {
        self.holidays = holidays
        self.worksWeekends = worksWeekends
        self.opens = min(max(0, opens), 23)
        self.closes = min(max(self.opens + 1, closes), 24)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// Whether somebody works at this moment.
    public func isOpen(at moment: Moment) -> Bool {
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        let hour = calendar.component(.hour, from: date)
        return isWorkingDay(date) && hour >= opens && hour < closes
    }

    /// Whether the day of this moment is one of `holidays`.
    public func isHoliday(_ moment: Moment) -> Bool {
        isHoliday(Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    }

    private func isHoliday(_ date: Date) -> Bool {
        guard !holidays.isEmpty else { return false }
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        guard let day = CalendarDay(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0) else {
            return false
        }
        return holidays.contains(day.iso) || holidays.contains(String(day.iso.dropFirst(5)))
    }

    private func isWorkingDay(_ date: Date) -> Bool {
        (worksWeekends || !calendar.isDateInWeekend(date)) && !isHoliday(date)
    }

    /// When a term that starts now is over.
    public func end(of term: ServiceTerm, from start: Moment) -> Moment {
        let minutes = term.minutes(businessDay: (closes - opens) * 60)
        guard term.counting == .business else { return start.adding(.seconds(Int64(minutes) * 60)) }
        return end(ofBusinessMinutes: minutes, from: start)
    }

    private func end(ofBusinessMinutes minutes: Int, from start: Moment) -> Moment {
        var date = Date(timeIntervalSince1970: Double(start.milliseconds) / 1000)
        var left = Double(max(0, minutes)) * 60
        // Two years of days: no service level is longer, and the loop must end whatever the catalogue says.
        for _ in 0..<730 {
            let day = calendar.startOfDay(for: date)
            guard let next = calendar.date(byAdding: .day, value: 1, to: day) else { break }
            if let from = calendar.date(byAdding: .hour, value: opens, to: day),
                let until = calendar.date(byAdding: .hour, value: closes, to: day),
                isWorkingDay(day)
            {
                let begin = max(date, from)
                let room = until.timeIntervalSince(begin)
                if room > 0 {
                    if left <= room { return moment(begin.addingTimeInterval(left)) }
                    left -= room
                }
            }
            date = next
        }
        return moment(date)
    }

    private func moment(_ date: Date) -> Moment {
        Moment(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}
