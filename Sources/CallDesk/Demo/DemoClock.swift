import DeskCore
import Foundation
import Synchronization

/// The clock of the weeks before the demonstration: stands where the story has come to, and never goes back.
final class DemoClock: Sendable {
    private let moment: Mutex<Moment>

    init(_ start: Moment) { moment = Mutex(start) }

    var now: Moment { moment.withLock { $0 } }
    var clock: DeskClock { DeskClock { self.now } }
    /// The same for the sinks, whose messages carry the time of their world.
    var date: @Sendable () -> Date { { Date(timeIntervalSince1970: Double(self.now.milliseconds) / 1_000) } }

    func advance(to next: Moment) { moment.withLock { $0 = max($0, next) } }
    func advance(by span: Duration) { moment.withLock { $0 = $0.adding(span) } }
}

/// When something of the story happens, as people tell it: so many working days ago at that hour, or some minutes ago.
enum DemoTime: Sendable {
    case day(Int, String)
    case minutesAgo(Int)

    /// The moment, counted back from `now` in the desk's zone; Saturdays and Sundays are no working days.
    func moment(before now: Moment, in zone: TimeZone) -> Moment {
        switch self {
        case .minutesAgo(let minutes): return now.adding(.seconds(-60 * minutes))
        case .day(let count, let hour):
            var day = CalendarDay.today(now, in: zone).daysSince1970
            var left = count
            while left > 0 {
                day -= 1
                // 1 January 1970 was a Thursday.
                if ((day + 3) % 7 + 7) % 7 < 5 { left -= 1 }
            }
            let parts = hour.split(separator: ":").compactMap { Int($0) }
            let minutes = (parts.first ?? 0) * 60 + (parts.last ?? 0)
            let noon = Date(timeIntervalSince1970: Double(day * 86_400 + 43_200))
            let seconds = day * 86_400 + minutes * 60 - zone.secondsFromGMT(for: noon)
            return Moment(milliseconds: Int64(seconds) * 1_000)
        }
    }
}
