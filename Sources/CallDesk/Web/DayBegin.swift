import DeskCore
import Foundation

extension CalendarDay {
    /// The day after; nil at the calendar's end.
    var next: CalendarDay? { CalendarDay(daysSince1970: daysSince1970 + 1) }

    /// So many days before.
    func before(days count: Int) -> CalendarDay { CalendarDay(daysSince1970: daysSince1970 - count) ?? self }

    /// When it begins by the clock on the wall.
    func begin(in timeZone: TimeZone) -> Moment? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = DateComponents(year: year, month: month, day: day)
        return calendar.date(from: parts).map { Moment(milliseconds: Int64($0.timeIntervalSince1970 * 1_000)) }
    }
}

extension App {
    /// The day it is at the desk.
    var today: CalendarDay {
        let seconds = Double(clock.now.milliseconds) / 1_000
        let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
        return CalendarDay(clock.now, offsetMinutes: offset / 60) ?? .epoch
    }
}
