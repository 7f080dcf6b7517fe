import DeskCore
import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport
import Testing

@testable import CallDesk

@Suite("From the line to the record", .timeLimit(.minutes(5)))
struct CallFeedTests {
    private static func feed(_ app: App) -> CallFeed {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let teller = CallTeller(
            hub: app.hub,
            phones: app.phones,
            callers: { _ in [] },
            covered: { _, _ in [] },
            display: { $0 },
            count: { _ in },
            logger: logger
        )
        return CallFeed(log: app.callLog, teller: teller, logger: logger)
    }

    private static func report(_ key: String) -> CallSignal {
        var report = CallSignal(line: "matriz", key: key, direction: .inbound, state: .ringing, outcome: .ongoing)
        report.number = "+5511987654321"
        return report
    }

    @Test("a call that begins right after a comparison with the PBX is not taken for a lost one")
    func comparison() async throws {
        try await DeskUnderTest.with { test in
            let before = Self.feed(test.app)
            before.accept(Self.report("lost"))
            before.stop()
            await before.run()
            let feed = Self.feed(test.app)
            feed.resynchronised(line: "matriz", keys: [])
            feed.accept(Self.report("new"))
            feed.stop()
            await feed.run()
            let live = try await test.app.calls.live()
            #expect(live.map(\.key) == ["new"])
        }
    }

    @Test("a call the telephone menu has just met is not taken for a lost one either")
    func menu() async throws {
        try await DeskUnderTest.with { test in
            let feed = Self.feed(test.app)
            feed.resynchronised(line: "matriz", keys: [])
            feed.meets(line: "matriz", key: "menu")
            _ = try await test.app.callLog.arrive(Self.report("menu"))
            feed.stop()
            await feed.run()
            #expect(try await test.app.calls.live().map(\.key) == ["menu"])
        }
    }

    @Test(
        "a time in which a line was not heard is kept as what it is: a fall, a broken link, an absence of the service",
        arguments: TestDatabase.engines
    )
    func gaps(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let gaps = LineGaps(database: test.app.database)
            func known() async throws -> [Int64] {
                try await gaps.list(since: Moment(milliseconds: 0)).map { $0.to.since($0.from).components.seconds }
            }
            // A service hears the line until it is ended in good order.
            func serve(_ work: (CallFeed) async throws -> Void) async throws {
                let feed = Self.feed(test.app)
                feed.resynchronised(line: "matriz", keys: [])
                try await work(feed)
                feed.stop()
                await feed.run()
            }
            try await serve { _ in }
            #expect(try await known() == [], "nobody knows what was before the first time")
            test.clock.advance(by: .seconds(10))
            try await serve { _ in }
            #expect(try await known() == [], "a restart of seconds")
            test.clock.advance(by: .seconds(300))
            try await serve { _ in }
            #expect(try await known() == [300])
            // The comparisons of a line that is heard all the time are no return.
            for _ in 0..<3 {
                test.clock.advance(by: .seconds(300))
                _ = try await test.app.callLog.closeLost(line: "matriz", except: [])
            }
            #expect(try await known() == [300])
            // The link breaks while the service goes on.
            let feed = Self.feed(test.app)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await feed.run() }
                feed.resynchronised(line: "matriz", keys: [])
                feed.accept(Self.report("one"))
                while try await test.app.calls.find(line: "matriz", key: "one") == nil { await Task.yield() }
                while !feed.hears("matriz") { await Task.yield() }
                test.clock.advance(by: .seconds(40))
                feed.silent(line: "matriz")
                test.clock.advance(by: .seconds(60))
                feed.resynchronised(line: "matriz", keys: ["one"])
                while try await known().count < 2 { await Task.yield() }
                group.cancelAll()
            }
            #expect(try await known() == [60, 300], "from the break, not from the last note")
            #expect(try await gaps.forget(before: test.clock.now) == 1)
        }
    }

    @Test("a PBX that calls us is not heard while no node of the desk is there", arguments: TestDatabase.engines)
    func hookGaps(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            for (away, count) in [(0, 0), (90, 0), (600, 1)] as [(Int64, Int)] {
                test.clock.advance(by: .seconds(away))
                let feed = Self.feed(test.app)
                feed.listens(lines: ["nuvem"])
                feed.stop()
                await feed.run()
                let gaps = try await LineGaps(database: test.app.database).list(since: Moment(milliseconds: 0))
                #expect(gaps.map(\.line) == Array(repeating: "nuvem", count: count), "\(away) s")
            }
        }
    }

    @Test("supervisors read when a line was not heard, beside the lines and above the day's calls; technicians do not")
    func gapPages() async throws {
        try await DeskUnderTest.with { test in
            _ = try await test.app.callLog.closeLost(line: "matriz", except: [])
            test.clock.advance(by: .seconds(300))
            _ = try await test.app.callLog.closeLost(line: "matriz", except: [], heardAgainAt: test.app.clock.now)
            let (boss, ana) = (try await test.account("chefe", role: .supervisor), try await test.account("ana"))
            try await test.application.test(.router) { client in
                let (his, hers) = (try await test.browser(boss, client), try await test.browser(ana, client))
                #expect(try await his.get("/desk/calls").body.contains("Sem notícia da linha matriz entre "))
                #expect(try await !hers.get("/desk/calls").body.contains("Sem notícia"))
                #expect(try await his.get("/admin/lines").body.contains("id=\"gaps\""))
                let list = try await his.send(.get, "/api/v1/line-gaps")
                #expect(list.json["items"][0]["line"].string == "matriz", "\(list.body)")
                #expect(try await hers.send(.get, "/api/v1/line-gaps").status == 403)
                test.clock.advance(by: .seconds(86_400))
                #expect(try await !his.get("/desk/calls").body.contains("Sem notícia"), "a day later it helps nobody")
            }
        }
    }

    @Test("the newest report of a call stands for all before it")
    func newest() async throws {
        try await DeskUnderTest.with { test in
            let feed = Self.feed(test.app)
            feed.accept(Self.report("1"))
            var ended = Self.report("1")
            ended.isEnded = true
            ended.outcome = .abandoned
            feed.accept(ended)
            feed.stop()
            await feed.run()
            let calls = try await test.app.calls.list(before: nil, limit: 10)
            #expect(calls.map(\.outcome) == [.abandoned])
        }
    }
}
