import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Promised times")
struct ServiceClockTests {
    private let zone = WorkCalendarTests.zone("America/Sao_Paulo")
    private var calendar: WorkCalendar {
        get throws { try WorkCalendar(timeZone: zone, week: WorkCalendarTests.week(["08:00-18:00"])) }
    }

    private func wall(_ text: String) -> Moment { WorkCalendarTests.wall(text, zone) }
    private let tenHours = ServiceTerm(amount: 10, unit: .hours, counting: .business)

    @Test("a pause outside working hours moves nothing, one inside moves by what would have been worked")
    func pauses() throws {
        let start = wall("2026-11-23T08:00")
        func due(_ pauses: [ServicePause]) throws -> Moment {
            ServiceClock(term: tenHours, calendar: try calendar, start: start, pauses: pauses).deadline(at: start)
        }
        #expect(try due([]) == wall("2026-11-23T18:00"))
        #expect(
            try due([ServicePause(from: wall("2026-11-21T00:00"), to: wall("2026-11-23T07:00"))])
                == wall("2026-11-23T18:00")
        )
        // From 17:00 on Monday to 09:00 on Tuesday: one hour of Monday is left, worked on Tuesday from nine.
        #expect(
            try due([ServicePause(from: wall("2026-11-23T17:00"), to: wall("2026-11-24T09:00"))])
                == wall("2026-11-24T10:00")
        )
        // Two that overlap count once.
        #expect(
            try due([
                ServicePause(from: wall("2026-11-23T11:00"), to: wall("2026-11-23T12:00")),
                ServicePause(from: wall("2026-11-23T10:00"), to: wall("2026-11-23T11:30")),
            ]) == wall("2026-11-24T10:00")
        )
    }

    @Test("a pause that ended before it began, by a clock that was set back, is none")
    func setBack() throws {
        let start = wall("2026-11-23T08:00")
        func measured(_ pauses: [ServicePause]) throws -> ServiceClock {
            ServiceClock(term: tenHours, calendar: try calendar, start: start, pauses: pauses)
        }
        let back = ServicePause(from: wall("2026-11-23T10:10"), to: wall("2026-11-23T10:05"))
        // And one that lasts, while the clock is before its beginning.
        let ahead = ServicePause(from: wall("2026-11-23T10:10"), to: nil)
        let now = wall("2026-11-23T10:05")
        let none = try measured([])
        for pause in [back, ahead] {
            let clock = try measured([pause])
            #expect(clock.deadline(at: now) == none.deadline(at: now))
            #expect(clock.riskBegins(at: now) == none.riskBegins(at: now))
            #expect(clock.used(by: now) == none.used(by: now))
        }
        let later = wall("2026-11-23T12:00")
        #expect(try measured([back]).used(by: later) == none.used(by: later))
    }

    @Test("a term in calendar time runs at night; its pauses are measured on its own calendar")
    func calendarTime() throws {
        let term = ServiceTerm(amount: 24, unit: .hours, counting: .calendar)
        let clock = ServiceClock(
            term: term,
            calendar: try calendar,
            start: wall("2026-11-23T10:00"),
            pauses: [ServicePause(from: wall("2026-11-23T20:00"), to: wall("2026-11-23T22:00"))]
        )
        #expect(clock.deadline(at: clock.start) == wall("2026-11-24T12:00"))
    }

    @Test("a day of business time is as long as the calendar's day")
    func days() throws {
        let term = ServiceTerm(amount: 2, unit: .days, counting: .business)
        let clock = ServiceClock(term: term, calendar: try calendar, start: wall("2026-11-20T15:00"))
        #expect(clock.deadline(at: clock.start) == wall("2026-11-24T15:00"))
    }

    @Test(
        "normal, at risk in the last fifth, late after the end",
        arguments: [
            ("2026-11-23T15:59", ServiceStatus.normal), ("2026-11-23T16:00", .atRisk), ("2026-11-23T18:00", .atRisk),
            ("2026-11-24T08:00", .atRisk), ("2026-11-24T08:01", .late),
        ]
    )
    func status(at text: String, status: ServiceStatus) throws {
        let clock = ServiceClock(term: tenHours, calendar: try calendar, start: wall("2026-11-23T08:00"))
        #expect(clock.status(at: wall(text)) == status)
        #expect(clock.riskBegins(at: clock.start) == wall("2026-11-23T16:00"))
    }

    @Test("time solved or closed is neither work nor waiting: what is left after a reopening is what was left before")
    func reopening() throws {
        let before = ServiceClock(term: tenHours, calendar: try calendar, start: wall("2026-11-23T08:00"))
        let solved = wall("2026-11-23T12:00")
        let left = before.promised - before.used(by: solved)
        let reopened = wall("2026-11-26T09:15")
        let after = ServiceClock(
            term: tenHours,
            calendar: try calendar,
            start: before.start,
            pauses: [ServicePause(from: solved, to: reopened)]
        )
        #expect(after.promised - after.used(by: reopened) == left)
        #expect(after.deadline(at: reopened) == wall("2026-11-26T15:15"))
    }

    @Test("while a pause lasts the deadline goes with the clock")
    func standing() throws {
        let clock = ServiceClock(
            term: tenHours,
            calendar: try calendar,
            start: wall("2026-11-23T08:00"),
            pauses: [ServicePause(from: wall("2026-11-23T10:00"), to: nil)]
        )
        #expect(clock.deadline(at: wall("2026-11-23T12:00")) == wall("2026-11-24T10:00"))
        #expect(clock.used(by: wall("2026-11-27T12:00")) == .seconds(2 * 3_600))
        #expect(clock.status(at: wall("2026-11-27T12:00")) == .normal)
    }

    @Test("deadline and use agree on random pauses", arguments: 0..<30)
    func agree(seed: UInt64) throws {
        var random = SplitMix64(seed: 0x51A0 + seed)
        let start = wall("2026-11-23T09:00")
        var at = start
        var pauses: [ServicePause] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let from = at.adding(.seconds(Int64.random(in: 0...90_000, using: &random)))
            at = from.adding(.seconds(Int64.random(in: 1...90_000, using: &random)))
            pauses.append(ServicePause(from: from, to: at))
        }
        let term = ServiceTerm(amount: Int.random(in: 1...60, using: &random), unit: .hours, counting: .business)
        let clock = ServiceClock(
            term: term,
            calendar: try calendar,
            start: start,
            pauses: pauses.shuffled(using: &random)
        )
        let due = clock.deadline(at: at)
        #expect(clock.used(by: due) == clock.promised, "seed \(seed)")
        #expect(clock.used(by: due.adding(.milliseconds(-1))) < clock.promised, "seed \(seed)")
    }

    @Test("the first policy that fits gives name and terms; without one the topic's own count")
    func policies() throws {
        let gold = ServiceLevel(firstAnswer: nil, solution: ServiceTerm(amount: 2, unit: .hours, counting: .calendar))
        let urgent = ServiceLevel(firstAnswer: nil, solution: ServiceTerm(amount: 1, unit: .hours, counting: .calendar))
        let own = ServiceLevel(firstAnswer: nil, solution: nil)
        let book = ServiceBook(
            calendar: try calendar,
            policies: [
                ServicePolicy(name: "Ouro urgente", contracts: ["C-1"], priorities: [.urgent], level: urgent),
                ServicePolicy(name: "Ouro", contracts: ["C-1"], level: gold),
            ]
        )
        func name(_ contracts: Set<String>, _ priority: TopicPriority) -> String? {
            book.promise(topic: "x", own: own, contracts: contracts, priority: priority).name
        }
        #expect(name(["C-1"], .urgent) == "Ouro urgente")
        #expect(name(["C-1", "C-2"], .low) == "Ouro")
        #expect(name(["C-2"], .urgent) == nil)
        #expect(
            book.due(own, department: "x", from: wall("2026-11-23T09:00"), at: wall("2026-11-23T09:00")) == ServiceDue()
        )
    }
}
