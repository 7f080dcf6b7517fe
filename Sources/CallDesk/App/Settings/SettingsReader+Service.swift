import DeskCore
import Foundation

/// Calendars, promised times and the terms of a ticket's life, as the settings write them.
extension SettingsReader {
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// The desk's hours, or a department's calendar.
    func hours(_ path: [String]) -> Settings.Hours {
        var result = Settings.Hours()
        result.opens = number(path + ["opens"], in: 0...23) ?? result.opens
        result.closes = number(path + ["closes"], in: 1...24) ?? result.closes
        if result.closes <= result.opens { tree.fault(path + ["closes"], "the desk must close after it opens") }
        result.weekends = flag(path + ["weekends"]) ?? result.weekends
        result.week = week(path + ["week"])
        result.holidays = list(path + ["holidays"])
        for (place, day) in result.holidays.enumerated()
        where CalendarDay(iso: day.count == 5 ? "2024-\(day)" : day) == nil {
            tree.fault(path + ["holidays", String(place)], "write a day as 2026-12-25, or 12-25 for every year")
        }
        result.country = choice(path + ["country"], HolidayCountry.allCases.map(\.rawValue)).flatMap(
            HolidayCountry.init(rawValue:)
        )
        result.facultative = facultative(path + ["facultative"], of: result.country)
        if path != ["hours"] {
            result.timeZone = timeZone(path + ["timezone"])
            result.departments = list(path + ["departments"])
            if result.departments.isEmpty {
                tree.fault(path + ["departments"], "name the departments whose calendar this is")
            }
        }
        do {
            _ = try WorkCalendar(result, timeZone: result.timeZone ?? .gmt, at: DeskClock.system.now)
        } catch {
            tree.fault(path, "\(error)")
        }
        return result
    }

    private func week(_ path: [String]) -> [[String]]? {
        guard tree.has(path) else { return nil }
        for name in tree.keys(path) where !Self.weekdays.contains(name) {
            tree.fault(path + [name], "write \(Self.weekdays.joined(separator: ", "))")
        }
        return Self.weekdays.map { day in
            let ranges = list(path + [day])
            for (place, range) in ranges.enumerated() where WorkCalendar.Range(range) == nil {
                tree.fault(path + [day, String(place)], "write a range as 08:00-12:30, or 22:00-06:00 past midnight")
            }
            return ranges
        }
    }

    private func facultative(_ path: [String], of country: HolidayCountry?) -> [String] {
        let days = list(path)
        let known = (country?.holidays ?? []).filter { $0.kind == .facultative }.map(\.id)
        for (place, day) in days.enumerated() where !known.contains(day) {
            let what = known.isEmpty ? "name the country first" : "write one of \(known.joined(separator: ", "))"
            tree.fault(path + [String(place)], what)
        }
        return days
    }

    /// One named promise.
    func policy(_ path: [String]) -> ServicePolicy {
        let name = text(path + ["name"])
        if name == nil { tree.fault(path + ["name"], "a promise needs a name, such as Ouro") }
        let counting =
            choice(path + ["hours"], ["business", "calendar"]).flatMap(ServiceTerm.Counting.init(rawValue:))
            ?? .business
        let priorities = list(path + ["priorities"])
        for (place, word) in priorities.enumerated() where TopicPriority(rawValue: word) == nil {
            let words = TopicPriority.allCases.map(\.rawValue).joined(separator: ", ")
            tree.fault(path + ["priorities", String(place)], "write one of \(words)")
        }
        let level = ServiceLevel(
            firstAnswer: term(path + ["first_answer"], counting),
            solution: term(path + ["solution"], counting)
        )
        if level.alwaysAnswersAfterSolution {
            tree.fault(path + ["first_answer"], "promise the first answer no later than the solution")
        }
        return ServicePolicy(
            name: name ?? "?",
            topics: Set(list(path + ["topics"])),
            contracts: Set(list(path + ["contracts"])),
            priorities: Set(priorities.compactMap(TopicPriority.init(rawValue:))),
            level: level
        )
    }

    private func term(_ path: [String], _ counting: ServiceTerm.Counting) -> ServiceTerm? {
        guard let value = text(path) else { return nil }
        if let term = ServiceTerm(value, counting: counting) { return term }
        tree.fault(path, "write 30min, 4h or 2d")
        return nil
    }

    /// The terms for the ends and new beginnings of tickets.
    func terms() -> TicketTerms {
        var terms = TicketTerms()
        terms.noAnswerDays = number(["no_answer_days"], in: 1...365) ?? terms.noAnswerDays
        terms.closeHours = number(["close_hours"], in: 0...8760) ?? terms.closeHours
        terms.reopenHours = number(["reopen_hours"], in: 0...8760) ?? terms.reopenHours
        terms.restartDays = number(["restart_days"], in: 0...3650)
        terms.surveyDays = number(["survey_days"], in: 0...365) ?? terms.surveyDays
        return terms
    }
}

extension WorkCalendar {
    /// - Throws: `WorkCalendarFault` for hours nobody works by.
    init(_ hours: Settings.Hours, timeZone: TimeZone, at now: Moment) throws(WorkCalendarFault) {
        let plain = Range(from: hours.opens * 60, to: hours.closes * 60).map { [$0] } ?? []
        let usual = Array(repeating: plain, count: 5) + Array(repeating: hours.weekends ? plain : [], count: 2)
        try self.init(
            timeZone: timeZone,
            week: hours.week?.map { $0.compactMap { Range($0) } } ?? usual,
            country: hours.country,
            facultative: Set(hours.facultative),
            local: Set(hours.holidays),
            from: CalendarDay.today(now, in: timeZone)
        )
    }
}

extension ServiceBook {
    /// - Throws: `WorkCalendarFault` for hours nobody works by.
    init(_ settings: Settings, at now: Moment) throws(WorkCalendarFault) {
        var departments: [String: WorkCalendar] = [:]
        for hours in settings.calendars {
            let calendar = try WorkCalendar(hours, timeZone: hours.timeZone ?? settings.timeZone, at: now)
            for department in hours.departments { departments[department] = calendar }
        }
        self.init(
            calendar: try WorkCalendar(settings.hours, timeZone: settings.timeZone, at: now),
            departments: departments,
            policies: settings.policies
        )
    }
}

extension ServiceRules {
    /// The settings' calendars and promises in the form the browser changes.
    init(_ settings: Settings) {
        self.init(
            calendars: ([settings.hours] + settings.calendars).map { Calendar($0) },
            policies: settings.policies.map { policy in
                Policy(
                    name: policy.name,
                    topics: policy.topics.sorted(),
                    contracts: policy.contracts.sorted(),
                    priorities: TopicPriority.allCases.filter(policy.priorities.contains),
                    firstAnswer: policy.level.firstAnswer.map { "\($0.amount)\($0.unit.rawValue)" },
                    solution: policy.level.solution.map { "\($0.amount)\($0.unit.rawValue)" },
                    counting: (policy.level.solution ?? policy.level.firstAnswer)?.counting ?? .business,
                    steps: policy.steps
                )
            }
        )
    }
}

extension ServiceRules.Calendar {
    fileprivate init(_ hours: Settings.Hours) {
        func two(_ hour: Int) -> String { (hour < 10 ? "0" : "") + "\(hour):00" }
        let plain = ["\(two(hours.opens))-\(two(hours.closes))"]
        self.init(
            departments: hours.departments,
            timeZone: hours.timeZone?.identifier,
            week: hours.week ?? Array(repeating: plain, count: 5)
                + Array(repeating: hours.weekends ? plain : [], count: 2),
            country: hours.country,
            facultative: hours.facultative,
            holidays: hours.holidays
        )
    }
}
