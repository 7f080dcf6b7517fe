import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Calendars and promises kept in the browser")
struct ServiceRulesTests {
    private static let day = ["08:00-12:00", "13:30-18:00"]
    private static let week = Array(repeating: day, count: 5) + [["09:00-12:00"], []]
    private static let plain = ServiceRules(calendars: [.init(week: week)], policies: [])

    private static func rules(_ steps: [EscalationStep], solution: String = "10h") -> ServiceRules {
        ServiceRules(
            calendars: [.init(week: Array(repeating: ["00:00-24:00"], count: 7))],
            policies: [.init(name: "Ouro", firstAnswer: "1h", solution: solution, steps: steps)]
        )
    }

    @Test(
        "what cannot be used is refused with its place",
        arguments: [
            ("calendars", ServiceRules(calendars: [], policies: [])),
            (
                "calendars[0].week[0]",
                ServiceRules(calendars: [.init(week: [["8-12"]] + Array(repeating: [], count: 6))], policies: [])
            ),
            ("calendars[0].week", ServiceRules(calendars: [.init(week: Array(repeating: [], count: 7))], policies: [])),
            ("calendars[0].week", ServiceRules(calendars: [.init(week: [day])], policies: [])),
            (
                "calendars[0].timezone",
                ServiceRules(calendars: [.init(timeZone: "Marte/Base", week: week)], policies: [])
            ),
            ("calendars[0].holidays", ServiceRules(calendars: [.init(week: week, holidays: ["31/12"])], policies: [])),
            ("calendars[0].holidays", ServiceRules(calendars: [.init(week: week, holidays: ["02-30"])], policies: [])),
            (
                "calendars[0].facultative",
                ServiceRules(
                    calendars: [.init(week: week, country: .portugal, facultative: ["corpus-christi"])],
                    policies: []
                )
            ),
            (
                "calendars[1].departments",
                ServiceRules(calendars: [.init(week: week), .init(week: week)], policies: [])
            ),
            ("policies[0].name", ServiceRules(calendars: plain.calendars, policies: [.init(name: " ")])),
            (
                "policies[1].name",
                ServiceRules(calendars: plain.calendars, policies: [.init(name: "a"), .init(name: "a")])
            ),
            (
                "policies[0].solution",
                ServiceRules(calendars: plain.calendars, policies: [.init(name: "a", solution: "dois dias")])
            ),
            ("policies[0].solution", rules([.init(percent: 50, raisesLevel: true)], solution: "")),
            ("policies[0].steps[0].percent", rules([.init(percent: 0, raisesLevel: true)])),
            ("policies[0].steps[0].percent", rules([.init(percent: 1_001, raisesLevel: true)])),
            ("policies[0].steps[0]", rules([.init(percent: 50)])),
        ]
    )
    func faults(place: String, rules: ServiceRules) {
        #expect {
            try rules.book(in: .gmt, at: Moment(milliseconds: 1_795_618_800_000))
        } throws: { ($0 as? ServiceRulesFault)?.place == place }
    }

    @Test(
        "a first answer later than the solution is refused by the calendars it is promised by",
        arguments: TestDatabase.engines
    )
    func answerAfterSolution(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        // Eight and a half hours a day at the desk, four in the department.
        let half = Array(repeating: ["08:00-12:00"], count: 5) + [[], []]
        let calendars = [ServiceRules.Calendar(week: Self.week), .init(departments: ["financeiro"], week: half)]
        let rules = { (first: String, solution: String) in
            ServiceRules(
                calendars: calendars,
                policies: [.init(name: "Prata"), .init(name: "Ouro", firstAnswer: first, solution: solution)]
            )
        }
        let shelf = ServiceShelf(Self.plain, try Self.plain.book(in: .gmt, at: it.now), timeZone: .gmt)
        for (first, solution, isRefused) in [
            ("4h", "4h", false), ("30min", "1h", false), ("1d", "2d", false), ("8h", "2d", false),
            ("61min", "1h", true), ("3d", "2d", true),
            // Longer than a day of the department's, and than none of the desk's.
            ("6h", "1d", true), ("1d", "8h", true), ("", "1h", false), ("9h", "", false),
        ] {
            let before = shelf.rules.revision
            do throws(StoreError) {
                try await shelf.save(
                    rules(first, solution),
                    revision: before,
                    by: it.chefe.id,
                    at: it.now,
                    in: it.database
                )
                #expect(!isRefused, "\(first) \(solution)")
            } catch {
                guard isRefused, case .refused(let refusal) = error else { throw error }
                let fault = ServiceRulesFault("policies[1].first_answer", .answerAfterSolution)
                #expect(refusal as? ServiceRulesRefusal == .fault(fault))
                #expect(shelf.rules.revision == before)
            }
        }
        // What was kept before this was asked goes on holding, on every node that begins.
        let old = StoredList.encode(rules("5h", "4h"))
        let (chefe, newest) = (it.chefe.id, shelf.rules.revision)
        try await it.database.write { session in
            try session.execute(
                """
                INSERT INTO service_rules (rules, saved_by, saved_at, adopted_to, follows) VALUES ($1, $2, 1, 0, $3)
                """,
                [.text(old), .integer(chefe), .integer(newest)]
            )
        }
        try await shelf.reload(from: it.database, at: it.now)
        #expect(shelf.rules.revision > newest)
        #expect(shelf.rules.rules.policies.map(\.firstAnswer) == [nil, "5h"])
    }

    @Test(
        "kept, they hold on every node; of two who change at once the second is refused",
        arguments: TestDatabase.engines
    )
    func shelf(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let settings = try Self.plain.book(in: .gmt, at: it.now)
        let (one, other) = (
            ServiceShelf(Self.plain, settings, timeZone: .gmt), ServiceShelf(Self.plain, settings, timeZone: .gmt)
        )
        let changed = Self.rules([.init(percent: 50, tell: [.owner])])
        try await one.save(changed, revision: 0, by: it.chefe.id, at: it.now, in: it.database)
        #expect(one.rules.rules == changed)
        #expect(other.rules.rules == Self.plain)
        do throws(StoreError) {
            try await other.save(Self.plain, revision: 0, by: it.chefe.id, at: it.now, in: it.database)
            Issue.record("a stale change was kept")
        } catch {
            guard case .refused(let refusal) = error else { throw error }
            #expect(refusal as? ServiceRulesRefusal == .stale)
        }
        try await other.reload(from: it.database, at: it.now)
        #expect(other.rules.rules == changed)
        #expect(other.book == one.book)
        #expect(other.rules.revision == one.rules.revision)
    }

    /// A desk whose promises can be changed while it works.
    private struct Bench {
        let it: TicketUnderTest
        let shelf: ServiceShelf

        init(_ engine: DatabaseEngine, _ rules: ServiceRules) async throws {
            it = try await TicketUnderTest(engine)
            shelf = ServiceShelf(rules, try rules.book(in: .gmt, at: it.now), timeZone: .gmt)
        }

        var desk: TicketDesk {
            TicketDesk(
                database: it.database,
                numbers: it.numbers,
                book: shelf.book,
                clock: it.clock,
                announce: { _, _ in true }
            )
        }

        func open() async throws -> Ticket {
            var request = TicketDeskTests.request(UUID().uuidString)
            request.customerID = it.customerID
            return try await desk.open(request, by: nil).ticket
        }

        func save(_ rules: ServiceRules) async throws {
            try await shelf.save(rules, revision: nil, by: it.chefe.id, at: it.now, in: it.database)
        }

        func steps(_ ticket: Ticket) async throws -> [String] {
            try await it.directory.thread(ticket.id).filter { $0.kind == .escalated }.compactMap(\.facts.step)
        }

        func now(_ ticket: Ticket) async throws -> Ticket { try #require(try await it.directory.find(ticket.id)) }
    }

    private static let three = rules([
        .init(percent: 50, tell: [.department], raisesPriority: true),
        .init(percent: 100, tell: [.supervisors], raisesLevel: true),
        .init(percent: 150, department: "redes"),
    ])

    @Test("the clock takes each step once, however often it runs", arguments: TestDatabase.engines)
    func once(engine: DatabaseEngine) async throws {
        let bench = try await Bench(engine, Self.three)
        let ticket = try await bench.open()
        #expect(ticket.policy == "Ouro")
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(ticket).isEmpty)
        bench.it.pass(.seconds(5 * 3_600 + 1))
        for _ in 0..<10 { _ = try await bench.desk.runClocks() }
        #expect(try await bench.steps(ticket) == ["50"])
        let raised = try await bench.now(ticket)
        #expect(raised.priority == TopicPriority.normal.raised.rawValue)
        // A raised priority keeps the promise.
        #expect(raised.dueAt == ticket.dueAt)
        #expect(try await bench.it.bells(bench.it.bruno).contains(.escalated))
        bench.it.pass(.seconds(10 * 3_600))
        for _ in 0..<10 { _ = try await bench.desk.runClocks() }
        #expect(try await bench.steps(ticket) == ["50", "100", "150"])
        let moved = try await bench.now(ticket)
        #expect(moved.department == "redes")
        #expect(moved.level == 2)
        #expect(moved.assignedTo == nil)
        #expect(try await bench.it.bells(bench.it.chefe).contains(.escalated))
        #expect(try await bench.it.bells(bench.it.outra).contains(.escalated))
        // Of the desk's own: the customer sees that another department has it, and no more.
        #expect(
            try await bench.it.directory.thread(ticket.id).filter { $0.kind == .escalated }.allSatisfy {
                PublicEntry($0) == nil
            }
        )
    }

    @Test(
        "while the customer is waited for nothing is due; a moved deadline brings back what is to come",
        arguments: TestDatabase.engines
    )
    func pauses(engine: DatabaseEngine) async throws {
        let bench = try await Bench(
            engine,
            Self.rules([.init(percent: 50, raisesLevel: true), .init(percent: 100, raisesLevel: true)])
        )
        let ticket = try await bench.open()
        bench.it.pass(.seconds(6 * 3_600))
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(ticket) == ["50"])
        _ = try await bench.desk.make(MoveOrder(.ask, of: ticket.id, text: "?"), by: .account(bench.it.ana))
        bench.it.pass(.seconds(20 * 3_600))
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(ticket) == ["50"])
        _ = try await bench.desk.make(MoveOrder(.reply, of: ticket.id, text: "!"), by: bench.it.customer)
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(ticket) == ["50"])
        bench.it.pass(.seconds(4 * 3_600 + 1))
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(ticket) == ["50", "100"])
        // Agreed anew, and far away: both halves come again, each once.
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.due = .at(bench.it.now.adding(.seconds(100 * 3_600)))
        _ = try await bench.desk.make(order, by: .account(bench.it.ana))
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(ticket) == ["50", "100"])
        bench.it.pass(.seconds(101 * 3_600))
        for _ in 0..<3 { _ = try await bench.desk.runClocks() }
        #expect(try await bench.steps(ticket) == ["50", "100", "50", "100"])
        // Solved, it is over.
        _ = try await bench.desk.make(MoveOrder(.solve, of: ticket.id, text: "x"), by: .account(bench.it.ana))
        #expect(try await bench.desk.escalateDue(at: bench.it.now.adding(.seconds(1_000_000)), limit: 10) == 0)
    }

    @Test(
        "changed rules hold for open tickets with an entry each, and never for ended ones",
        arguments: TestDatabase.engines
    )
    func adopted(engine: DatabaseEngine) async throws {
        let bench = try await Bench(engine, Self.rules([]))
        let (open, ended) = (try await bench.open(), try await bench.open())
        _ = try await bench.desk.make(MoveOrder(.solve, of: ended.id, text: "x"), by: .account(bench.it.ana))
        let before = try await bench.now(ended)
        #expect(try await bench.desk.adoptRules() == 0)
        try await bench.shelf.save(
            Self.rules([.init(percent: 10, raisesLevel: true)], solution: "20h"),
            revision: 0,
            by: bench.it.chefe.id,
            at: bench.it.now,
            in: bench.it.database
        )
        // Some at a time.
        #expect(try await bench.desk.adoptRules(limit: 1) == 1)
        for _ in 0..<3 { #expect(try await bench.desk.adoptRules(limit: 1) == 0) }
        let after = try await bench.now(open)
        #expect(after.dueAt == open.createdAt.adding(.seconds(20 * 3_600)))
        let entry = try await bench.it.directory.thread(open.id).last
        #expect(entry?.kind == .changed)
        #expect(entry?.facts.due?.to == after.dueAt.map { String($0.milliseconds) })
        #expect(try await bench.now(ended) == before)
        bench.it.pass(.seconds(2 * 3_600 + 1))
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(open) == ["10"])
    }

    @Test(
        "a priority that the clock or reiterations raised keeps its promise when rules are saved; a person's is promised anew",
        arguments: TestDatabase.engines
    )
    func raisedKeeps(engine: DatabaseEngine) async throws {
        let day = Self.rules([]).calendars
        func rules(normal: String, holidays: [String] = []) -> ServiceRules {
            var rules = ServiceRules(
                calendars: day,
                policies: [
                    .init(name: "Alta", priorities: [.high, .urgent], solution: "2h"),
                    .init(name: "Normal", solution: normal, steps: [.init(percent: 50, raisesPriority: true)]),
                ]
            )
            rules.calendars[0].holidays = holidays
            return rules
        }
        let bench = try await Bench(engine, rules(normal: "10h"))
        let (clocked, asked) = (try await bench.open(), try await bench.open())
        for _ in 0..<2 {
            _ = try await bench.desk.make(MoveOrder(.reiterate, of: asked.id, text: "?"), by: bench.it.customer)
            bench.it.pass(.seconds(60))
        }
        bench.it.pass(.seconds(5 * 3_600))
        _ = try await bench.desk.runClocks()
        for ticket in [clocked, asked] {
            let raised = try await bench.now(ticket)
            #expect(raised.priority != ticket.priority)
            #expect(raised.dueAt == ticket.dueAt)
        }
        // A holiday long after is saved: nothing of theirs moves, nor becomes late.
        try await bench.save(rules(normal: "10h", holidays: ["12-24"]))
        #expect(try await bench.desk.adoptRules() == 2)
        for ticket in [clocked, asked] {
            #expect(try await bench.now(ticket).dueAt == ticket.dueAt)
            #expect(try await bench.now(ticket).policy == "Normal")
        }
        // What they were promised changes: so do they.
        try await bench.save(rules(normal: "20h"))
        #expect(try await bench.desk.adoptRules() == 2)
        #expect(try await bench.now(clocked).dueAt == clocked.createdAt.adding(.seconds(20 * 3_600)))
        // A person's word is a promise of its own.
        var order = MoveOrder(.change, of: clocked.id)
        order.facts.priority = try await bench.now(clocked).priority == "urgent" ? .high : .urgent
        _ = try await bench.desk.make(order, by: .account(bench.it.chefe))
        #expect(try await bench.now(clocked).policy == "Alta")
        #expect(try await bench.now(clocked).dueAt == clocked.createdAt.adding(.seconds(2 * 3_600)))
    }

    @Test(
        "rules that promise the same move nothing of a ticket that waits, however long it has waited",
        arguments: TestDatabase.engines
    )
    func adoptedWhileWaiting(engine: DatabaseEngine) async throws {
        let bench = try await Bench(engine, Self.rules([]))
        let ticket = try await bench.open()
        bench.it.pass(.seconds(3_600))
        _ = try await bench.desk.make(MoveOrder(.ask, of: ticket.id, text: "?"), by: .account(bench.it.ana))
        let before = try await bench.now(ticket)
        for hours in [2, 30] as [Int64] {
            bench.it.pass(.seconds(hours * 3_600))
            try await bench.save(Self.rules([.init(percent: 10, raisesLevel: true)]))
            #expect(try await bench.desk.adoptRules() == 1)
            bench.it.pass(.seconds(61))
            #expect(try await bench.desk.adoptRules() == 1)
            #expect(try await bench.now(ticket) == before)
        }
        // Twice the time is twice the time of one that waits, too, less what it waits.
        try await bench.save(Self.rules([], solution: "20h"))
        #expect(try await bench.desk.adoptRules() == 1)
        #expect(try await bench.now(ticket).dueAt == ticket.createdAt.adding(.seconds(20 * 3_600)))
        let waited = bench.it.now.since(try #require(before.waitingSince))
        _ = try await bench.desk.make(MoveOrder(.reply, of: ticket.id, text: "!"), by: bench.it.customer)
        #expect(try await bench.now(ticket).dueAt == ticket.createdAt.adding(.seconds(20 * 3_600) + waited))
    }

    @Test(
        "a node that has not heard of changed rules reckons no ticket by those before, nor for the others",
        arguments: TestDatabase.engines
    )
    func unheard(engine: DatabaseEngine) async throws {
        let bench = try await Bench(engine, Self.rules([]))
        let settings = Self.rules([])
        let late = ServiceShelf(settings, try settings.book(in: .gmt, at: bench.it.now), timeZone: .gmt)
        let other = TicketDesk(
            database: bench.it.database,
            numbers: bench.it.numbers,
            book: late.book,
            clock: bench.it.clock,
            announce: { _, _ in true }
        )
        let ticket = try await bench.open()
        bench.it.pass(.seconds(60))
        try await bench.save(Self.rules([], solution: "20h"))
        #expect(try await other.adoptRules() == 0)
        #expect(try await bench.now(ticket).dueAt == ticket.dueAt)
        #expect(try await bench.desk.adoptRules() == 1)
        #expect(try await bench.now(ticket).dueAt == ticket.createdAt.adding(.seconds(20 * 3_600)))
        // Opened meanwhile by the other, when all had been reckoned.
        var request = TicketDeskTests.request(UUID().uuidString)
        request.customerID = bench.it.customerID
        let between = try await other.open(request, by: nil).ticket
        #expect(between.dueAt == between.createdAt.adding(.seconds(10 * 3_600)))
        try await late.reload(from: bench.it.database, at: bench.it.now)
        bench.it.pass(.seconds(60))
        // Some at a time, and each once more.
        for count in [1, 1, 0, 0] { #expect(try await other.adoptRules(limit: 1) == count) }
        #expect(try await bench.now(between).dueAt == between.createdAt.adding(.seconds(20 * 3_600)))
        let adopted = try await bench.it.database.read { session in
            try session.row("SELECT adopted_to FROM service_rules ORDER BY id DESC LIMIT 1")?.integer(0)
        }
        #expect(adopted == nil)
    }

    @Test(
        "a changed calendar holds from its day on: what was worked before stays worked, on every node",
        arguments: TestDatabase.engines
    )
    func fromItsDay(engine: DatabaseEngine) async throws {
        func rules(_ saturday: [String]) -> ServiceRules {
            ServiceRules(
                calendars: [.init(week: Array(repeating: Self.day, count: 5) + [saturday, []])],
                policies: [.init(name: "Ouro", solution: "40h")]
            )
        }
        let worked = rules(["09:00-12:00"])
        let bench = try await Bench(engine, worked)
        // Opened on Wednesday 25 November at 15:00: 3, 8½, 8½, 3 on Saturday, 8½ and 8½ hours are forty.
        let ticket = try await bench.open()
        #expect(ticket.dueAt == WorkCalendarTests.wall("2026-12-01T18:00", .gmt))
        // On Thursday Saturdays are given up, and taken up again on the same day: as if nothing had been.
        bench.it.pass(.seconds(86_400))
        try await bench.save(rules([]))
        #expect(try await bench.desk.adoptRules() == 1)
        #expect(try await bench.now(ticket).dueAt == WorkCalendarTests.wall("2026-12-02T11:00", .gmt))
        try await bench.save(worked)
        #expect(try await bench.desk.adoptRules() == 1)
        #expect(try await bench.now(ticket).dueAt == ticket.dueAt)
        // Given up on the Monday after, the Saturday that was worked counts.
        bench.it.pass(.seconds(4 * 86_400))
        try await bench.save(rules([]))
        #expect(try await bench.desk.adoptRules() == 1)
        #expect(try await bench.now(ticket).dueAt == ticket.dueAt)
        let other = ServiceShelf(worked, try worked.book(in: .gmt, at: bench.it.now), timeZone: .gmt)
        try await other.reload(from: bench.it.database, at: bench.it.now)
        #expect(other.book == bench.shelf.book)
        let saturday = WorkCalendarTests.wall("2026-11-28T10:00", .gmt)
        #expect(other.book.calendar.isOpen(at: saturday))
        #expect(!other.book.calendar.isOpen(at: saturday.adding(.seconds(7 * 86_400))))
    }

    @Test(
        "a step of a day agreed for a Sunday is taken as the desk opens, not in the night",
        arguments: TestDatabase.engines
    )
    func inHours(engine: DatabaseEngine) async throws {
        let rules = ServiceRules(
            calendars: [.init(week: Self.week)],
            policies: [.init(name: "Ouro", solution: "40h", steps: [.init(percent: 100, raisesLevel: true)])]
        )
        let bench = try await Bench(engine, rules)
        let ticket = try await bench.open()
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.due = .at(WorkCalendarTests.wall("2026-11-29T23:00", .gmt))
        _ = try await bench.desk.make(order, by: .account(bench.it.ana))
        func run(at text: String) async throws -> [String] {
            let moment = WorkCalendarTests.wall(text, .gmt)
            bench.it.pass(.milliseconds(moment.milliseconds - bench.it.now.milliseconds))
            _ = try await bench.desk.runClocks()
            return try await bench.steps(ticket)
        }
        #expect(try await run(at: "2026-11-29T23:30").isEmpty)
        #expect(try await run(at: "2026-11-30T07:59").isEmpty)
        #expect(try await run(at: "2026-11-30T08:00") == ["100"])
    }

    @Test(
        "a step of an agreed day is taken at its hour where the promise counts nights and days off",
        arguments: TestDatabase.engines
    )
    func atNight(engine: DatabaseEngine) async throws {
        let rules = ServiceRules(
            calendars: [.init(week: Self.week)],
            policies: [
                .init(
                    name: "Ouro",
                    solution: "4d",
                    counting: .calendar,
                    steps: [.init(percent: 100, raisesLevel: true)]
                )
            ]
        )
        let bench = try await Bench(engine, rules)
        let ticket = try await bench.open()
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.due = .at(WorkCalendarTests.wall("2026-11-29T23:00", .gmt))
        _ = try await bench.desk.make(order, by: .account(bench.it.ana))
        let moment = WorkCalendarTests.wall("2026-11-29T23:00", .gmt)
        bench.it.pass(.milliseconds(moment.milliseconds - bench.it.now.milliseconds))
        _ = try await bench.desk.runClocks()
        #expect(try await bench.steps(ticket) == ["100"])
    }

    @Test(
        "hours that other promises were kept with hold on from the day they were taken up",
        arguments: TestDatabase.engines
    )
    func promises(engine: DatabaseEngine) async throws {
        func rules(_ saturday: [String], _ solution: String) -> ServiceRules {
            ServiceRules(
                calendars: [.init(week: Array(repeating: Self.day, count: 5) + [saturday, []])],
                policies: [.init(name: "Ouro", solution: solution)]
            )
        }
        let worked = rules(["09:00-12:00"], "40h")
        let bench = try await Bench(engine, worked)
        try await bench.save(worked)
        bench.it.pass(.seconds(5 * 86_400))
        // Oftener than changes of hours are kept, a day apart.
        for hours in 1...60 {
            try await bench.save(rules([], "\(hours)h"))
            bench.it.pass(.seconds(86_400))
        }
        let other = ServiceShelf(worked, try worked.book(in: .gmt, at: bench.it.now), timeZone: .gmt)
        try await other.reload(from: bench.it.database, at: bench.it.now)
        #expect(other.book == bench.shelf.book)
        #expect(other.book.calendar.isOpen(at: WorkCalendarTests.wall("2026-11-28T10:00", .gmt)))
        #expect(!other.book.calendar.isOpen(at: WorkCalendarTests.wall("2026-12-05T10:00", .gmt)))
    }
}
