import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("When a department works")
struct WorkCalendarTests {
    static func zone(_ name: String) -> TimeZone { TimeZone(identifier: name) ?? .gmt }

    /// A moment by the clock on the wall; of two such moments the first.
    static func wall(_ text: String, _ zone: TimeZone) -> Moment {
        let parts = text.split(whereSeparator: { "-T: ".contains($0) }).compactMap { Int($0) }
        let day = CalendarDay(year: parts[0], month: parts[1], day: parts[2])?.daysSince1970 ?? 0
        let local = day * 86_400 + parts[3] * 3_600 + parts[4] * 60
        let guess = local - zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local) - 86_400))
        return Moment(milliseconds: Int64(guess) * 1_000)
    }

    static func week(_ days: [String], saturday: [String] = [], sunday: [String] = []) -> [[WorkCalendar.Range]] {
        let ranges = { (texts: [String]) in texts.compactMap { WorkCalendar.Range($0) } }
        return Array(repeating: ranges(days), count: 5) + [ranges(saturday), ranges(sunday)]
    }

    @Test(
        "ranges are read as people write them, half hours and past midnight",
        arguments: [
            ("08:00-12:30", 480, 750), ("22:00-06:00", 1_320, 1_800), ("00:00-24:00", 0, 1_440),
            ("13:30 - 18:00", 810, 1_080), ("08:00-08:00", 480, 1_920),
        ]
    )
    func ranges(text: String, from: Int, to: Int) throws {
        let range = try #require(WorkCalendar.Range(text))
        #expect(range == WorkCalendar.Range(from: from, to: to))
    }

    @Test(
        "what is no range is none",
        arguments: ["", "8-12", "08:00", "08:00-25:00", "08:60-09:00", "a-b", "24:00-25:00"]
    )
    func noRange(text: String) { #expect(WorkCalendar.Range(text) == nil) }

    @Test("lunch is not worked, half hours count, Saturday mornings too")
    func lunch() throws {
        let zone = Self.zone("America/Sao_Paulo")
        let calendar = try WorkCalendar(
            timeZone: zone,
            week: Self.week(["08:30-12:00", "13:30-18:00"], saturday: ["09:00-12:30"])
        )
        // Friday 20 November 2026, 17:00: one hour is left, three and a half on Saturday, the rest on Monday.
        let end = calendar.end(of: .seconds(8 * 3_600), from: Self.wall("2026-11-20T17:00", zone))
        #expect(end == Self.wall("2026-11-23T12:00", zone))
        #expect(!calendar.isOpen(at: Self.wall("2026-11-23T12:00", zone)))
        #expect(calendar.isOpen(at: Self.wall("2026-11-23T11:59", zone)))
        #expect(calendar.minutesPerDay == 480)
    }

    @Test("a change splits the time at its day: the old calendar until then, the new one after", arguments: 0..<20)
    func change(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let zone = Self.zone("America/Sao_Paulo")
        func calendar() throws -> WorkCalendar {
            let from = Int.random(in: 0..<12, using: &random)
            let day = "\(from < 10 ? "0" : "")\(from):00-\(from + 9 < 10 ? "0" : "")\(from + 9):30"
            return try WorkCalendar(
                timeZone: zone,
                week: Self.week([day], saturday: Bool.random(using: &random) ? [day] : []),
                country: Bool.random(using: &random) ? .brazil : nil
            )
        }
        let (old, new) = (try calendar(), try calendar())
        let noon = Self.wall("2026-11-20T12:00", zone)
        let at = Duration.seconds(Int64.random(in: -40_000...40_000, using: &random))
        let changed = new.following(old, from: noon.adding(at))
        let midnight = Self.wall("2026-11-20T00:00", zone)
        for _ in 0..<20 {
            let start = midnight.adding(.seconds(Int64.random(in: -2_000_000...0, using: &random)))
            let end = midnight.adding(.seconds(Int64.random(in: 0...2_000_000, using: &random)))
            let expected = old.worked(from: start, to: midnight) + new.worked(from: midnight, to: end)
            #expect(changed.worked(from: start, to: end) == expected)
            let reached = changed.end(of: expected, from: start)
            #expect(changed.worked(from: start, to: reached) == expected)
        }
        // Consciência Negra, a Friday, is named where it is not worked.
        #expect(changed.daysOff(from: midnight, to: noon).count == (new.country == nil ? 0 : 1))
    }

    @Test(
        "a calendar that moves to another zone worked by the old clock until then",
        arguments: ["Europe/Lisbon", "Asia/Tokyo", "Pacific/Honolulu"]
    )
    func changedZone(name: String) throws {
        let (before, after) = (Self.zone("America/Sao_Paulo"), Self.zone(name))
        let old = try WorkCalendar(timeZone: before, week: Self.week(["09:00-17:00"]))
        let new = try WorkCalendar(timeZone: after, week: Self.week(["09:00-17:00"]))
        // Changed in the night to Friday 20 November 2026, when nobody works by either clock.
        let changed = new.following(old, from: Self.wall("2026-11-20T01:00", after))
        let (monday, next) = (Self.wall("2026-11-16T00:00", before), Self.wall("2026-11-24T00:00", after))
        #expect(changed.isOpen(at: Self.wall("2026-11-18T09:00", before)))
        #expect(!changed.isOpen(at: Self.wall("2026-11-18T17:00", before)))
        #expect(changed.isOpen(at: Self.wall("2026-11-20T16:59", after)))
        #expect(!changed.isOpen(at: Self.wall("2026-11-20T17:00", after)))
        // Four days by the old clock, Friday and Monday by the new one.
        let thursday = Self.wall("2026-11-19T17:00", before)
        #expect(changed.worked(from: monday, to: thursday) == .seconds(4 * 8 * 3_600))
        #expect(changed.worked(from: thursday, to: next) == .seconds(2 * 8 * 3_600))
        #expect(changed.worked(from: monday, to: next) == .seconds(6 * 8 * 3_600))
        #expect(changed.end(of: .seconds(4 * 8 * 3_600), from: monday) == thursday)
        #expect(
            changed.end(of: .seconds(5 * 8 * 3_600 + 60), from: monday) == Self.wall("2026-11-23T09:01", after)
        )
        // A correction of the desk's own clock is none of these: what is kept under one zone is one calendar.
        #expect(old.following(old, from: monday) == old)
    }

    @Test("a promise of days stays as long as the days were when it was made")
    func days() throws {
        let zone = Self.zone("Europe/Lisbon")
        let long = try WorkCalendar(timeZone: zone, week: Self.week(["09:00-17:00"]))
        let short = try WorkCalendar(timeZone: zone, week: Self.week(["09:00-13:00"]))
        // Opened on Monday for five days; on Friday the days become half as long, so that the last eight hours take two.
        let start = Self.wall("2026-11-16T09:00", zone)
        let term = ServiceTerm(amount: 5, unit: .days, counting: .business)
        let changed = short.following(long, from: Self.wall("2026-11-20T10:00", zone))
        func due(_ calendar: WorkCalendar) -> Moment {
            ServiceClock(term: term, calendar: calendar, start: start).deadline(at: start)
        }
        #expect(due(long) == Self.wall("2026-11-20T17:00", zone))
        #expect(due(changed) == Self.wall("2026-11-23T13:00", zone))
        #expect(due(short) == Self.wall("2026-11-20T13:00", zone))
    }

    @Test("the last minute before midnight is worked, and a night shift belongs to its evening")
    func midnight() throws {
        let zone = Self.zone("Europe/Lisbon")
        let whole = try WorkCalendar(timeZone: zone, week: Self.week(["00:00-24:00"]))
        let from = Self.wall("2026-11-24T23:58", zone)
        #expect(whole.worked(from: from, to: from.adding(.seconds(240))) == .seconds(240))
        // Friday's night runs into a Saturday nobody works on by itself.
        let night = try WorkCalendar(timeZone: zone, week: Self.week(["22:00-06:00"]))
        #expect(night.isOpen(at: Self.wall("2026-11-28T05:59", zone)))
        #expect(!night.isOpen(at: Self.wall("2026-11-28T06:00", zone)))
        #expect(!night.isOpen(at: Self.wall("2026-11-28T22:00", zone)))
    }

    @Test("one weekday is enough; none is refused, also when its days are all off")
    func noHours() throws {
        let zone = Self.zone("America/Sao_Paulo")
        var week = Self.week([])
        #expect(throws: WorkCalendarFault.noHours) { try WorkCalendar(timeZone: zone, week: week) }
        week[2] = [try #require(WorkCalendar.Range("10:00-11:00"))]
        let calendar = try WorkCalendar(timeZone: zone, week: week)
        let end = calendar.end(of: .seconds(3 * 3_600), from: Self.wall("2026-11-25T12:00", zone))
        #expect(end == Self.wall("2026-12-16T11:00", zone))
        let days = (1...12).flatMap { month in
            (1...31).map { "\(month < 10 ? "0" : "")\(month)-\($0 < 10 ? "0" : "")\($0)" }
        }
        #expect(throws: WorkCalendarFault.noHours) { try WorkCalendar(timeZone: zone, week: week, local: Set(days)) }
        #expect(throws: WorkCalendarFault.notAWeek) { try WorkCalendar(timeZone: zone, week: []) }
    }

    @Test(
        "on days when clocks change, days of work end at the same minute on the wall",
        arguments: [
            ("Europe/Lisbon", "2026-11-25T15:47", 123, "2027-03-28T15:47"),
            ("Europe/Lisbon", "2026-11-25T15:54", 340, "2027-10-31T15:54"),
            ("Atlantic/Azores", "2026-11-25T15:54", 340, "2027-10-31T15:54"),
            ("America/Sao_Paulo", "2018-11-01T10:00", 3, "2018-11-04T10:00"),
            ("America/Sao_Paulo", "2019-02-10T10:00", 7, "2019-02-17T10:00"),
        ]
    )
    func wallDays(name: String, from: String, days: Int, to: String) throws {
        let zone = Self.zone(name)
        let hours = ["08:00-18:00"]
        let calendar = try WorkCalendar(timeZone: zone, week: Self.week(hours, saturday: hours, sunday: hours))
        let end = calendar.end(of: .seconds(days * 36_000), from: Self.wall(from, zone))
        #expect(DeskTime(timeZone: zone, language: .ptBR).dateAndTime(end).suffix(5) == to.suffix(5))
        #expect(DeskTime(timeZone: zone, language: .ptBR).iso8601(end).hasPrefix(to))
    }

    /// Counts minute by minute, by nothing but the clock on the wall: slow, and nothing to get wrong.
    struct Oracle {
        let calendar: WorkCalendar

        func isWorked(_ minute: Int64) -> Bool {
            let offset = calendar.timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute * 60)))
            let local = minute * 60 + Int64(offset)
            let day = Int((Double(local) / 86_400).rounded(.down))
            let ofDay = Int(local - Int64(day) * 86_400) / 60
            return covers(day, ofDay) || covers(day - 1, ofDay + 1_440)
        }

        private func covers(_ day: Int, _ minute: Int) -> Bool {
            guard let date = CalendarDay(daysSince1970: day), calendar.dayOff(date) == nil else { return false }
            let weekday = ((day + 3) % 7 + 7) % 7
            return calendar.week[weekday].contains { $0.from <= minute && minute < $0.to }
        }

        func worked(_ from: Int64, _ to: Int64) -> Int64 {
            (from..<to).reduce(0) { $0 + (isWorked($1) ? 1 : 0) }
        }

        func end(_ minutes: Int64, _ from: Int64) -> Int64 {
            var (left, at) = (minutes, from)
            while left > 0 {
                if isWorked(at) { left -= 1 }
                at += 1
            }
            return at
        }
    }

    @Test("equals a minute-by-minute count on random calendars, around changes of clocks too", arguments: 0..<40)
    func oracle(seed: UInt64) throws {
        var random = SplitMix64(seed: 0xCA1E_0000 + seed)
        let names = ["America/Sao_Paulo", "Europe/Lisbon", "Atlantic/Azores", "Australia/Lord_Howe", "Asia/Kathmandu"]
        let zone = Self.zone(names[Int.random(in: 0..<names.count, using: &random)])
        var week: [[WorkCalendar.Range]] = []
        for _ in 0..<7 {
            var ranges: [WorkCalendar.Range] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let from = Int.random(in: 0..<1_440, using: &random)
                if let range = WorkCalendar.Range(from: from, to: from + Int.random(in: 1...1_440, using: &random)) {
                    ranges.append(range)
                }
            }
            week.append(ranges)
        }
        let country = HolidayCountry.allCases.randomElement(using: &random)
        guard
            let calendar = try? WorkCalendar(
                timeZone: zone,
                week: week,
                country: Bool.random(using: &random) ? country : nil,
                facultative: ["carnival-tuesday"],
                local: ["11-25"]
            )
        else { return }
        let oracle = Oracle(calendar: calendar)
        // Changes of clocks: São Paulo 2018-11-04 and 2019-02-17, Lisbon 2027-03-28 and 2027-10-31, and any day.
        let days = [17_839, 17_944, 20_905, 21_122, Int.random(in: 17_000...24_000, using: &random)]
        for day in days {
            let from = Int64(day) * 1_440 - Int64.random(in: 0...2_880, using: &random)
            let to = from + Int64.random(in: 0...5_760, using: &random)
            let worked = calendar.worked(from: minute(from), to: minute(to))
            #expect(worked == .seconds(oracle.worked(from, to) * 60), "seed \(seed), day \(day)")
            let work = Int64.random(in: 1...4_000, using: &random)
            #expect(
                calendar.end(of: .seconds(work * 60), from: minute(from)) == minute(oracle.end(work, from)),
                "seed \(seed), day \(day)"
            )
            #expect(calendar.isOpen(at: minute(from)) == oracle.isWorked(from), "seed \(seed), day \(day)")
        }
    }

    private func minute(_ minute: Int64) -> Moment { Moment(milliseconds: minute * 60_000) }
}

@Suite("Holidays")
struct HolidayTests {
    @Test(
        "Easter falls where the tables say",
        arguments: [
            "1961-04-02", "2000-04-23", "2008-03-23", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05",
            "2027-03-28",
            "2038-04-25", "2100-03-28", "2199-04-14",
        ]
    )
    func easter(text: String) throws {
        let day = try #require(CalendarDay(iso: text))
        #expect(Easter.day(in: day.year) == day.daysSince1970)
    }

    @Test(
        "national and facultative days of both countries",
        arguments: [
            (HolidayCountry.brazil, "2026-02-17", "carnival-tuesday", Holiday.Kind.facultative),
            (.brazil, "2026-06-04", "corpus-christi", .facultative), (.brazil, "2026-04-03", "good-friday", .national),
            (.brazil, "2024-11-20", "black-awareness", .national), (.brazil, "2026-10-12", "aparecida", .national),
            (.portugal, "2026-06-04", "corpus-christi", .national), (.portugal, "2026-04-05", "easter", .national),
            (.portugal, "2026-12-08", "immaculate", .national), (.portugal, "2016-12-01", "independence", .national),
        ]
    )
    func named(country: HolidayCountry, day: String, id: String, kind: Holiday.Kind) throws {
        let date = try #require(CalendarDay(iso: day))
        let holiday = try #require(country.holiday(on: date))
        #expect(holiday.id == id)
        #expect(holiday.kind == kind)
        #expect(!holiday.law.isEmpty)
    }

    @Test(
        "days before their law, while suspended, and ordinary days are worked",
        arguments: [
            (HolidayCountry.brazil, "2023-11-20"), (.portugal, "2014-12-01"), (.portugal, "2013-05-30"),
            (.brazil, "2026-12-08"), (.portugal, "2026-04-21"),
        ]
    )
    func worked(country: HolidayCountry, day: String) throws {
        let date = try #require(CalendarDay(iso: day))
        #expect(country.holiday(on: date) == nil)
    }

    @Test("every day has a name in English too, and is written as its reader writes days")
    func english() throws {
        for country in HolidayCountry.allCases {
            for holiday in country.holidays { #expect(holiday.name?.en?.isEmpty == false, "\(country) \(holiday.id)") }
        }
        let day = try #require(CalendarDay(iso: "2026-12-25"))
        func shown(_ language: Language) -> String { DeskTime(timeZone: .gmt, language: language).date(day) }
        #expect([shown(.ptBR), shown(.ptPT), shown(.en)] == ["25/12/2026", "25/12/2026", "25 Dec 2026"])
        let name = try #require(HolidayCountry.portugal.holiday(on: day)?.name)
        #expect([name[.ptPT], name[.en]] == ["Natal", "Christmas Day"])
    }

    @Test("facultative days are worked until they are ticked, and days skipped are named")
    func facultative() throws {
        let zone = WorkCalendarTests.zone("America/Sao_Paulo")
        let week = WorkCalendarTests.week(["08:00-18:00"])
        let carnival = WorkCalendarTests.wall("2026-02-17T10:00", zone)
        let plain = try WorkCalendar(timeZone: zone, week: week, country: .brazil)
        #expect(plain.isOpen(at: carnival))
        let ticked = try WorkCalendar(timeZone: zone, week: week, country: .brazil, facultative: ["carnival-tuesday"])
        #expect(!ticked.isOpen(at: carnival))
        #expect(ticked.isHoliday(carnival))
        let skipped = ticked.daysOff(
            from: carnival.adding(.seconds(-5 * 86_400)),
            to: carnival.adding(.seconds(86_400))
        )
        #expect(skipped.map { $0.holiday.name?[.ptBR] } == ["Carnaval"])
        // Christmas 2027 is a Saturday: nobody would have worked, so nothing was skipped.
        let christmas = WorkCalendarTests.wall("2027-12-25T10:00", zone)
        #expect(ticked.daysOff(from: christmas, to: christmas).isEmpty)
    }
}
