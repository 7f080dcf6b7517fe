import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// The desk's calendars and promises, changed in the browser, with a look at what a deadline would be.
struct ServiceOperations: OperationSet {
    let app: App

    var operations: [Operation] { [show, save, preview] }

    private static let days = Schema.array(.array(.text), maximum: 7)

    private static let calendarMembers: [Schema.Property] = [
        .optional("departments", .array(.text), "None: the desk's own."),
        .optional("timezone", .orNull(.string(maximum: 60)), "`America/Sao_Paulo`; null for the desk's."),
        .init("week", days, "Monday first, each day's ranges: `08:00-12:30`, `22:00-06:00` past midnight."),
        .optional("country", .orNull(.words(HolidayCountry.allCases.map(\.rawValue)))),
        .optional("facultative", .array(.text), "Facultative days that are not worked."),
        .optional("holidays", .array(.text), "`2026-12-25` once, `12-25` every year."),
    ]

    private static let policyMembers: [Schema.Property] = [
        .init("name", .string(maximum: 80, minimum: 1)), .optional("topics", .array(.text)),
        .optional("contracts", .array(.text)),
        .optional("priorities", .array(.words(TopicPriority.allCases.map(\.rawValue)))),
        .optional("first_answer", .orNull(.string(maximum: 20)), "`30min`, `4h` or `2d`."),
        .optional("solution", .orNull(.string(maximum: 20))),
        .optional("hours", .words(["business", "calendar"])),
        .optional(
            "steps",
            .array(
                .object([
                    .init("percent", .integer(minimum: 1, maximum: 1_000), "Of the time to the solution."),
                    .optional("tell", .array(.words(TicketListener.allCases.map(\.rawValue)))),
                    .optional("raise_priority", .boolean), .optional("raise_level", .boolean),
                    .optional("department", .orNull(.string(maximum: 100)), "Where the ticket goes."),
                ])
            )
        ),
    ]

    static let schemas: [(String, Schema)] = [
        (
            "ServiceRules",
            .object([
                .init("calendars", .array(.object(calendarMembers))), .init("policies", .array(.object(policyMembers))),
                StaleCopy.property,
            ])
        ),
        (
            "DeadlineQuestion",
            .object([
                .init("calendar", .object(calendarMembers)), .init("term", .string(maximum: 20, minimum: 1)),
                .optional("hours", .words(["business", "calendar"])),
                .optional("from", .string(maximum: 40), "With its offset, or by the calendar's clock."),
            ])
        ),
        (
            "Deadline",
            .object([
                .init("from", .time), .init("due", .time), .init("shown", .text, "By the calendar's clock."),
                .init(
                    "skipped",
                    .array(
                        .object([
                            .init("day", .text), .init("shown", .text, "The day as people write it."),
                            .init("name", .text, "Empty for a day of the desk's own that no law names."),
                            .init("kind", .words(Holiday.Kind.allCases.map(\.rawValue))), .init("law", .text),
                        ])
                    ),
                    "Days off between the two."
                ),
            ])
        ),
    ]

    private var show: Operation {
        Operation(
            method: .get,
            path: "/service-rules",
            id: "getServiceRules",
            tag: "service",
            summary: "The calendars and promises that hold now.",
            who: [.staff(.supervisor)],
            revisions: .told,
            answer: .one("ServiceRules")
        ) { _ in
            // Another node may have kept newer ones a moment ago.
            try await app.service.reload(from: app.database, at: app.clock.now)
            let (rules, revision) = app.service.rules
            return .one(revision: revision) { $0.write(rules, revision: revision) }
        }
    }

    private var save: Operation {
        Operation(
            method: .put,
            path: "/service-rules",
            id: "saveServiceRules",
            tag: "service",
            summary:
                "Changes calendars and promises: they hold from now on. Open tickets are reckoned anew, each deadline that moves with an entry; ended ones keep theirs.",
            who: [.staff(.supervisor)],
            revisions: .needed,
            body: .json("ServiceRules"),
            answer: .one("ServiceRules")
        ) { ask in
            let fields = try ask.fields()
            let copy = try StaleCopy(ask, fields, isWhole: true)
            let rules = ServiceRules(
                calendars: fields.objects("calendars", most: ServiceRules.most).map(Self.calendar),
                policies: fields.objects("policies", most: ServiceRules.most).map(Self.policy)
            )
            try fields.finish()
            try check(rules)
            try await copy.change {
                try await app.service.save(
                    rules,
                    revision: copy.revision,
                    by: try ask.person().id,
                    at: app.clock.now,
                    in: app.database
                )
            } current: {
                try await app.service.reload(from: app.database, at: app.clock.now)
                let (now, revision) = app.service.rules
                var json = JSONWriter()
                json.write(now, revision: revision)
                return json.bytes
            }
            let (kept, now) = app.service.rules
            return .one(revision: now) { $0.write(kept, revision: now) }
        }
    }

    private var preview: Operation {
        Operation(
            method: .post,
            path: "/service-rules/preview",
            id: "previewDeadline",
            tag: "service",
            summary: "When a term would be over by a calendar that is not kept yet, and which days off lie between.",
            who: [.staff(.supervisor)],
            body: .json("DeadlineQuestion"),
            answer: .one("Deadline")
        ) { ask in
            let fields = try ask.fields()
            let counting = fields.choice("hours", ServiceTerm.Counting.self) ?? .business
            let text = fields.text("term", maximum: 20, required: true) ?? ""
            let term = ServiceTerm(text, counting: counting)
            if term == nil { fields.fault("term", FieldText.expected("30min, 4h, 2d")) }
            let from = fields.text("from", maximum: 40)
            guard let members = fields.object("calendar", required: true) else {
                try fields.finish()
                throw Problem.invalid("calendar", FieldText.missing)
            }
            let rules = Self.calendar(members)
            try fields.finish()
            let calendar = try described { () throws(ServiceRulesFault) in
                try rules.calendar(at: "calendar", in: app.timeZone, now: app.clock.now)
            }
            var start = app.clock.now
            if let from, !from.isEmpty {
                guard let read = ISOTime.moment(from) ?? ISOTime.moment(local: from, in: calendar.timeZone) else {
                    throw Problem.invalid("from", FieldText.expected("2026-12-01T14:30"))
                }
                guard DeskHorizon.days.contains(read) else { throw Problem.invalid("from", FieldText.noSuchDay) }
                guard DeskHorizon.holds(read, at: start) else { throw Problem.invalid("from", FieldText.tooFarOff) }
                start = read
            }
            guard let term else { throw Problem.invalid("term", FieldText.missing) }
            let due = ServiceClock(term: term, calendar: calendar, start: start).deadline(at: start)
            let time = DeskTime(timeZone: calendar.timeZone, language: ask.language)
            return .one { json in
                json.object { json in
                    json.field("from", start)
                    json.field("due", due)
                    json.field("shown", time.dateAndTime(due))
                    json.key("skipped")
                    // A calendar without end in sight is not read out.
                    json.array(calendar.daysOff(from: start, to: due).prefix(100)) { json, off in
                        json.object { json in
                            json.field("day", off.day.iso)
                            json.field("shown", time.date(off.day))
                            json.field("name", off.holiday.name?[ask.language] ?? "")
                            json.field("kind", off.holiday.kind.rawValue)
                            json.field("law", off.holiday.law)
                        }
                    }
                }
            }
        }
    }

    // MARK: - Reading

    private static func calendar(_ fields: FieldReader) -> ServiceRules.Calendar {
        ServiceRules.Calendar(
            departments: fields.texts("departments", most: 200) ?? [],
            timeZone: fields.text("timezone", maximum: 60).flatMap { $0.isEmpty ? nil : $0 },
            week: fields.lists("week", most: 7),
            country: fields.choice("country", HolidayCountry.self),
            facultative: fields.texts("facultative", most: 50) ?? [],
            holidays: fields.texts("holidays", most: 500, maximum: 20) ?? []
        )
    }

    private static func policy(_ fields: FieldReader) -> ServiceRules.Policy {
        let words = fields.texts("priorities", most: 10) ?? []
        let priorities = words.compactMap(TopicPriority.init(rawValue:))
        if priorities.count != words.count {
            fields.fault("priorities", FieldText.oneOf(TopicPriority.allCases.map(\.rawValue)))
        }
        return ServiceRules.Policy(
            name: fields.text("name", maximum: 80, required: true) ?? "",
            topics: fields.texts("topics", most: 500) ?? [],
            contracts: fields.texts("contracts", most: 500) ?? [],
            priorities: priorities,
            firstAnswer: fields.text("first_answer", maximum: 20),
            solution: fields.text("solution", maximum: 20),
            counting: fields.choice("hours", ServiceTerm.Counting.self) ?? .business,
            steps: fields.objects("steps", most: 20).map(step)
        )
    }

    private static func step(_ fields: FieldReader) -> EscalationStep {
        let words = fields.texts("tell", most: 10) ?? []
        let tell = words.compactMap(TicketListener.init(rawValue:))
        if tell.count != words.count {
            fields.fault("tell", FieldText.oneOf(TicketListener.allCases.map(\.rawValue)))
        }
        return EscalationStep(
            percent: Int(fields.integer("percent", in: 1...1_000) ?? 0),
            tell: Set(tell),
            raisesPriority: fields.bool("raise_priority") ?? false,
            raisesLevel: fields.bool("raise_level") ?? false,
            department: fields.text("department", maximum: 100).flatMap { $0.isEmpty ? nil : $0 }
        )
    }

    /// Names of the catalogue that these rules use and it does not have.
    private func check(_ rules: ServiceRules) throws {
        let catalogue = app.catalogue.current
        func unknown(_ place: String, _ names: [String], _ isKnown: (String) -> Bool) throws {
            guard let name = names.first(where: { !isKnown($0) }) else { return }
            throw Problem.invalid(
                place,
                LocalizedText("O catálogo não tem “\(name)”.", en: "The catalogue has no “\(name)”.")
            )
        }
        for (index, calendar) in rules.calendars.enumerated() {
            try unknown("calendars[\(index)].departments", calendar.departments) { catalogue.department($0) != nil }
        }
        for (index, policy) in rules.policies.enumerated() {
            try unknown("policies[\(index)].topics", policy.topics) { catalogue.topic($0) != nil }
            try unknown("policies[\(index)].steps", policy.steps.compactMap(\.department)) {
                catalogue.department($0) != nil
            }
        }
    }

    private func described<Value>(_ work: () throws(ServiceRulesFault) -> Value) throws -> Value {
        do throws(ServiceRulesFault) { return try work() } catch { throw ServiceRulesRefusal.fault(error) }
    }
}

extension ServiceRulesRefusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .fault(let fault): .invalid(fault.place, LocalizedText { fault.sentence($0) })
        case .stale:
            Problem(
                .conflict,
                "stale",
                LocalizedText(
                    "Alguém mudou as regras enquanto isto: recarregue.",
                    ptPT: "Alguém alterou as regras entretanto: recarregue.",
                    en: "Somebody changed the rules meanwhile: load them again."
                )
            )
        }
    }
}

extension JSONWriter {
    mutating func write(_ rules: ServiceRules, revision: Int64) {
        object { json in
            json.key("calendars")
            json.array(rules.calendars) { $0.write($1) }
            json.key("policies")
            json.array(rules.policies) { $0.write($1) }
            json.field("revision", revision)
        }
    }

    private mutating func write(_ calendar: ServiceRules.Calendar) {
        object { json in
            json.field("departments", calendar.departments)
            json.field("timezone", calendar.timeZone)
            json.key("week")
            json.array(calendar.week) { json, day in json.array(day) { $0.string($1) } }
            json.field("country", calendar.country?.rawValue)
            json.field("facultative", calendar.facultative)
            json.field("holidays", calendar.holidays)
        }
    }

    private mutating func write(_ policy: ServiceRules.Policy) {
        object { json in
            json.field("name", policy.name)
            json.field("topics", policy.topics)
            json.field("contracts", policy.contracts)
            json.field("priorities", policy.priorities.map(\.rawValue))
            json.field("first_answer", policy.firstAnswer)
            json.field("solution", policy.solution)
            json.field("hours", policy.counting.rawValue)
            json.key("steps")
            json.array(policy.steps) { json, step in
                json.object { json in
                    json.field("percent", Int64(step.percent))
                    json.field("tell", step.tell.map(\.rawValue).sorted())
                    json.field("raise_priority", step.raisesPriority)
                    json.field("raise_level", step.raisesLevel)
                    json.field("department", step.department)
                }
            }
        }
    }
}
