import Foundation

/// When a department works: several ranges a day by the clock on the wall of its zone, less its days off.
///
/// A range is half-open and belongs to the day it begins on; it may run past midnight (`22:00-06:00`). Days on which clocks
/// change count what the clock on the wall shows: an hour that does not exist is not worked, one that comes twice is.
public struct WorkCalendar: Sendable, Equatable {
    /// Minutes from the day's midnight: `from` 0 … 1439, `to` after it and at most a day long.
    public struct Range: Sendable, Hashable {
        public let from: Int
        public let to: Int

        public init?(from: Int, to: Int) {
            guard (0..<1_440).contains(from), to > from, to - from <= 1_440 else { return nil }
            self.from = from
            self.to = to
        }

        /// From `08:00-12:30`; an end that is not after the beginning lies on the next day.
        public init?(_ text: some StringProtocol) {
            let ends = String(text).split(separator: "-", omittingEmptySubsequences: false).map {
                Self.minutes(String($0))
            }
            guard ends.count == 2, let from = ends[0], let to = ends[1] else { return nil }
            self.init(from: from, to: to <= from ? to + 1_440 : to)
        }

        private static func minutes(_ text: String) -> Int? {
            let parts = text.trimmingBlanks.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2,
                parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(DocumentText.isDigit) }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1_440
            else { return nil }
            return hour * 60 + minute
        }
    }

    public let timeZone: TimeZone
    /// Monday first; ranges in order, those that touch or overlap joined.
    public let week: [[Range]]
    public let country: HolidayCountry?
    /// Identifiers of the facultative days this calendar does not work on.
    public let facultative: Set<String>
    /// Days off of its own: `2026-12-25` once, `12-25` every year.
    public let local: Set<String>
    /// What held on days before this one was made, the oldest first; none of them has a past of its own.
    private var past: [Past] = []

    private struct Past: Sendable, Equatable {
        /// The first day that is no longer its own.
        var until: Int
        var calendar: WorkCalendar
    }

    /// A calendar that nobody ever works by would promise nothing; so long without an hour is a mistake.
    static let longestRest = 400

    /// - Throws: `WorkCalendarFault` when there is no hour of work within 400 days of `day`.
    public init(
        timeZone: TimeZone,
        week: [[Range]],
        country: HolidayCountry? = nil,
        facultative: Set<String> = [],
        local: Set<String> = [],
        from day: CalendarDay = .epoch
    ) throws(WorkCalendarFault) {
        guard week.count == 7 else { throw .notAWeek }
        self.timeZone = timeZone
        self.week = week.map(Self.joined)
        self.country = country
        self.facultative = facultative
        self.local = local
        let first = day.daysSince1970
        guard (first..<(first + Self.longestRest)).contains(where: { !ranges(on: $0).isEmpty }) else { throw .noHours }
    }

    /// Every minute of every day: for terms that count nights and holidays too.
    public static func continuous(_ timeZone: TimeZone) -> WorkCalendar { WorkCalendar(always: timeZone) }

    private init(always timeZone: TimeZone) {
        self.timeZone = timeZone
        week = Array(repeating: Range(from: 0, to: 1_440).map { [$0] } ?? [], count: 7)
        country = nil
        facultative = []
        local = []
    }

    /// This calendar from the day of `moment` on, and the one before on the days until then: what was worked stays worked.
    ///
    /// The day of the change is one of this calendar's zone; each works by the clock on the wall of its own.
    public func following(_ before: WorkCalendar, from moment: Moment) -> WorkCalendar {
        var (changed, plain) = (self, before)
        plain.past = []
        changed.past = []
        // Kept once more as they were, with other promises perhaps: these hours have held all the while.
        guard changed != plain else { return before }
        let day = localDay(moment)
        changed.past = before.past.filter { $0.until <= day }
        // Changed twice on one day, the first change held on no day.
        if changed.past.last?.until != day { changed.past.append(Past(until: day, calendar: plain)) }
        changed.past.removeFirst(max(0, changed.past.count - Self.mostChanges))
        return changed
    }

    /// A desk that changes its hours once a week has a year of them; what is older no open ticket asks for.
    static let mostChanges = 50

    private func holding(on day: Int) -> WorkCalendar { past.first { day < $0.until }?.calendar ?? self }

    private static func joined(_ ranges: [Range]) -> [Range] {
        var result: [Range] = []
        for range in ranges.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            guard let last = result.last, range.from <= last.to,
                let wider = Range(from: last.from, to: max(last.to, range.to))
            else {
                result.append(range)
                continue
            }
            result[result.count - 1] = wider
        }
        return result
    }

    // MARK: - Days

    /// Why nobody works on this day although the week says so; nil otherwise.
    public func dayOff(_ day: CalendarDay) -> Holiday? { holding(on: day.daysSince1970).ownDayOff(day) }

    private func ownDayOff(_ day: CalendarDay) -> Holiday? {
        if local.contains(day.iso) || local.contains(String(day.iso.dropFirst(5))) {
            return Holiday(id: day.iso, name: country?.holiday(on: day)?.name, kind: .local, law: "")
        }
        guard let holiday = country?.holiday(on: day) else { return nil }
        return holiday.kind == .national || facultative.contains(holiday.id) ? holiday : nil
    }

    /// Days off between two moments that would have been worked, so that a deadline can be explained.
    public func daysOff(from start: Moment, to end: Moment) -> [(day: CalendarDay, holiday: Holiday)] {
        let first = localDay(start)
        let last = min(localDay(end), first + Self.longestWalk)
        guard first <= last else { return [] }
        return (first...last).compactMap { number in
            guard let day = CalendarDay(daysSince1970: number),
                !holding(on: number).week[Self.weekday(number)].isEmpty
            else { return nil }
            return dayOff(day).map { (day, $0) }
        }
    }

    /// How long a working day is, for terms in days: the longest of the week, in minutes.
    public var minutesPerDay: Int { week.map { $0.reduce(0) { $0 + $1.to - $1.from } }.max() ?? 0 }

    /// The same on the day of `moment`: a promise of days is as long as the days were when it was made.
    public func minutesPerDay(at moment: Moment) -> Int {
        past.isEmpty ? minutesPerDay : holding(on: localDay(moment)).minutesPerDay
    }

    private func ranges(on day: Int) -> [Range] {
        past.isEmpty ? ownRanges(on: day) : holding(on: day).ownRanges(on: day)
    }

    private func ownRanges(on day: Int) -> [Range] {
        let planned = week[Self.weekday(day)]
        guard !planned.isEmpty, country != nil || !local.isEmpty else { return planned }
        guard let date = CalendarDay(daysSince1970: day), ownDayOff(date) == nil else { return [] }
        return planned
    }

    /// 0 for Monday; 1 January 1970 was a Thursday.
    private static func weekday(_ day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }

    // MARK: - Moments

    /// Whether somebody works at this moment.
    public func isOpen(at moment: Moment) -> Bool {
        let day = localDay(moment)
        return (day - 1 - spread...day + spread).contains { day in
            spans(of: day).contains { $0.lowerBound <= moment.milliseconds && moment.milliseconds < $0.upperBound }
        }
    }

    /// The first moment somebody works, from this one on.
    public func opening(from moment: Moment) -> Moment {
        isOpen(at: moment) ? moment : end(of: .milliseconds(1), from: moment).adding(.milliseconds(-1))
    }

    /// Whether the day of this moment is off.
    public func isHoliday(_ moment: Moment) -> Bool {
        CalendarDay(daysSince1970: localDay(moment)).flatMap(dayOff) != nil
    }

    /// The working time between two moments; none when `end` is not after `start`.
    public func worked(from start: Moment, to end: Moment) -> Duration {
        guard start < end else { return .zero }
        var sum: Int64 = 0
        var covered = start.milliseconds
        for day in days(from: start) {
            let spans = spans(of: day)
            // Before a change of zone the next day can begin earlier than this one.
            if spread == 0, let first = spans.first, first.lowerBound >= end.milliseconds { break }
            for span in spans {
                let from = max(span.lowerBound, covered)
                let to = min(span.upperBound, end.milliseconds)
                if from < to {
                    sum += to - from
                    covered = to
                }
            }
            if localDay(end) + spread < day { break }
        }
        return .milliseconds(sum)
    }

    /// The first moment by which so much has been worked since `start`; with nothing to work, `start` itself.
    ///
    /// Ends at the last day the calendar is walked to, thirty years on: no promise reaches that far.
    public func end(of work: Duration, from start: Moment) -> Moment {
        var left = max(0, work.wholeMilliseconds)
        guard left > 0 else { return start }
        var covered = start.milliseconds
        for day in days(from: start) {
            for span in spans(of: day) {
                let from = max(span.lowerBound, covered)
                guard from < span.upperBound else { continue }
                let room = span.upperBound - from
                if left <= room { return Moment(milliseconds: from + left) }
                left -= room
                covered = span.upperBound
            }
        }
        return start.adding(.seconds(Int64(Self.longestWalk) * 86_400))
    }

    /// Thirty years of days: longer than any promise, and the walk must end whatever a catalogue says.
    private static let longestWalk = 10_950

    /// The days whose ranges can hold something at or after `start`, the day before among them for its night shift.
    private func days(from start: Moment) -> ClosedRange<Int> {
        let first = localDay(start) - 1 - spread
        return first...(first + Self.longestWalk)
    }

    /// How many days further a day of another zone can lie: one, where this calendar has worked by the clock of another.
    private var spread: Int { past.allSatisfy { $0.calendar.timeZone == timeZone } ? 0 : 1 }

    private func localDay(_ moment: Moment) -> Int {
        // Within the years that both the calendar and the time zone know.
        let seconds = min(max(moment.milliseconds, -2_200_000_000_000), 7_000_000_000_000) / 1_000
        let local = seconds + Int64(offset(at: seconds))
        return Int(local / 86_400 - (local % 86_400 < 0 ? 1 : 0))
    }

    private func offset(at seconds: Int64) -> Int { Self.offset(of: timeZone, at: seconds) }

    private static func offset(of zone: TimeZone, at seconds: Int64) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }

    /// The ranges of a day as spans of milliseconds, in order, none overlapping.
    ///
    /// Where the zone's offset changes within them, each part is laid out by its own offset.
    private func spans(of day: Int) -> [Swift.Range<Int64>] {
        let ranges = ranges(on: day)
        guard let last = ranges.map(\.to).max() else { return [] }
        let midnight = Int64(day) * 86_400
        // No zone is more than 14 hours from Greenwich or moves by more than a day.
        let start = midnight - 15 * 3_600
        let end = midnight + Int64(last) * 60 + 15 * 3_600
        var spans: [Swift.Range<Int64>] = []
        let zone = past.isEmpty ? timeZone : holding(on: day).timeZone
        for (part, offset) in Self.parts(start, end, in: zone) {
            for range in ranges {
                let from = max(part.lowerBound, midnight + Int64(range.from) * 60 - Int64(offset))
                let to = min(part.upperBound, midnight + Int64(range.to) * 60 - Int64(offset))
                if from < to { spans.append(from * 1_000..<to * 1_000) }
            }
        }
        return spans.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// The stretch from `start` to `end` cut where the zone's offset changes, each with its offset.
    private static func parts(_ start: Int64, _ end: Int64, in zone: TimeZone) -> [(Swift.Range<Int64>, Int)] {
        let (before, after) = (offset(of: zone, at: start), offset(of: zone, at: end))
        guard before != after else { return [(start..<end, before)] }
        var (low, high) = (start, end)
        while high - low > 1 {
            let middle = (low + high) / 2
            if offset(of: zone, at: middle) == before { low = middle } else { high = middle }
        }
        return [(start..<high, before), (high..<end, after)]
    }
}

/// Why a calendar cannot be used.
public enum WorkCalendarFault: Error, Equatable, CustomStringConvertible {
    case notAWeek
    case noHours

    public var description: String {
        switch self {
        case .notAWeek: "a week has seven days"
        case .noHours: "nobody works within 400 days; give at least one day some hours"
        }
    }
}

extension Duration {
    /// Saturates instead of overflowing.
    var wholeMilliseconds: Int64 {
        let parts = components
        let (scaled, overflow) = parts.seconds.multipliedReportingOverflow(by: 1_000)
        if overflow { return parts.seconds < 0 ? .min : .max }
        let sum = scaled.addingReportingOverflow(parts.attoseconds / 1_000_000_000_000_000)
        return sum.overflow ? (parts.seconds < 0 ? .min : .max) : sum.partialValue
    }
}
