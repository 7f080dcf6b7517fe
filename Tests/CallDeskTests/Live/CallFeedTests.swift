import DeskCore
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("From the line to the record", .timeLimit(.minutes(5)))
struct CallFeedTests {
    private static func feed(
        _ app: App,
        count: @escaping @Sendable (CallChange) -> Void = { _ in }
    ) -> CallFeed {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let teller = CallTeller(
            hub: app.hub,
            phones: app.phones,
            callers: { _ in [:] },
            covered: { _ in [:] },
            display: { $0 },
            count: count,
            logger: logger
        )
        return CallFeed(log: app.callLog, teller: teller, ringing: app.ringing, logger: logger)
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
            test.clock.advance(by: .seconds(10))
            let feed = Self.feed(test.app)
            feed.resynchronised(line: "matriz", keys: [])
            feed.accept(Self.report("new"))
            feed.stop()
            await feed.run()
            let live = try await test.app.calls.live()
            #expect(live.map(\.key) == ["new"])
        }
    }

    @Test("a phone that stops ringing is told, and rings anew for the desk when the queue comes back to it")
    func ringsNoMore() async throws {
        try await DeskUnderTest.with { test in
            let told = Mutex<[[String]]>([])
            let feed = Self.feed(test.app) { change in told.withLock { $0.append(change.ringing) } }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await feed.run() }
                var report = Self.report("one")
                report.offered = ["PJSIP/1001"]
                for ringing in [["PJSIP/1001"], [], [], ["PJSIP/1001"]] {
                    report.ringing = ringing
                    feed.accept(report)
                    while test.app.ringing.of(line: "matriz", key: "one") != ringing { await Task.yield() }
                }
                group.cancelAll()
            }
            #expect(told.withLock { $0 } == [["PJSIP/1001"], [], ["PJSIP/1001"]])
            var ended = Self.report("one")
            ended.isEnded = true
            let last = Self.feed(test.app)
            last.accept(ended)
            last.stop()
            await last.run()
            #expect(test.app.ringing.of(line: "matriz", key: "one") == nil)
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
        "a caller who enters the menu of another node before a comparison is written is not taken for a lost one",
        arguments: [0, 30] as [Int64]
    )
    func otherMenu(secondsLater: Int64) async throws {
        try await DeskUnderTest.with { test in
            // Long after the listing, or at its very moment by a clock that is a little behind.
            let feed = Self.feed(test.app)
            feed.resynchronised(line: "matriz", keys: [])
            test.clock.advance(by: .seconds(secondsLater))
            _ = try await test.app.callLog.arrive(Self.report("menu"))
            feed.stop()
            await feed.run()
            #expect(try await test.app.calls.live().map(\.key) == ["menu"])
            // Its end was missed: the next comparison finds that.
            test.clock.advance(by: .seconds(300))
            let next = Self.feed(test.app)
            next.resynchronised(line: "matriz", keys: [])
            next.stop()
            await next.run()
            #expect(try await test.app.calls.live().isEmpty)
        }
    }

    @Test("what the menu stored is told before what the line says of it, and never after its end")
    func menuInTurn() async throws {
        try await DeskUnderTest.with { test in
            let told = Mutex<[String]>([])
            let feed = Self.feed(test.app) { change in
                told.withLock { $0.append("\(change.call.key) \(change.call.state) \(change.isNew)") }
            }
            func ended(_ key: String) -> CallSignal {
                var report = Self.report(key)
                report.isEnded = true
                return report
            }
            await withTaskGroup(of: Void.self) { group in
                // The menu's word is there when the line's is recorded.
                feed.meets(line: "matriz", key: "1")
                let first = try? await test.app.callLog.arrive(Self.report("1"))
                feed.met(line: "matriz", key: "1", first?.change)
                feed.accept(ended("1"))
                group.addTask { await feed.run() }
                while told.withLock({ $0.count }) < 2 { await Task.yield() }
                // It comes when the end has been told.
                feed.meets(line: "matriz", key: "2")
                let second = try? await test.app.callLog.arrive(Self.report("2"))
                feed.accept(ended("2"))
                while told.withLock({ $0.count }) < 3 { await Task.yield() }
                feed.met(line: "matriz", key: "2", second?.change)
                // It comes when the line has told of a phone that rings.
                feed.meets(line: "matriz", key: "3")
                let third = try? await test.app.callLog.arrive(Self.report("3"))
                var ringing = Self.report("3")
                ringing.ringing = ["PJSIP/1001"]
                feed.accept(ringing)
                while told.withLock({ $0.count }) < 4 { await Task.yield() }
                feed.met(line: "matriz", key: "3", third?.change)
                feed.stop()
                await group.waitForAll()
            }
            #expect(
                told.withLock { $0 } == [
                    "1 ringing true", "1 ended false", "2 ended false", "3 ringing false", "3 ringing true",
                ]
            )
        }
    }

    @Test("a line that another node works now falls silent for nobody, and which phones ring there is not known here")
    func leaves() async throws {
        try await DeskUnderTest.with { test in
            let feed = Self.feed(test.app)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await feed.run() }
                feed.works(line: "matriz")
                feed.resynchronised(line: "matriz", keys: [])
                var report = Self.report("one")
                report.ringing = ["PJSIP/1001"]
                feed.accept(report)
                while test.app.ringing.of(line: "matriz", key: "one") == nil || !feed.hears("matriz") {
                    await Task.yield()
                }
                feed.leaves(line: "matriz")
                #expect(feed.isElsewhere("matriz") && !feed.hears("matriz"))
                #expect(test.app.ringing.of(line: "matriz", key: "one") == nil)
                // What this node's connection says as it ends.
                report.ringing = []
                feed.accept(report)
                feed.resynchronised(line: "matriz", keys: [])
                feed.silent(line: "matriz")
                feed.stop()
                await group.waitForAll()
            }
            #expect(test.app.ringing.of(line: "matriz", key: "one") == nil)
            #expect(feed.state.withLock { $0.silent.isEmpty && $0.resynchronised.isEmpty })
            let live = try await test.app.calls.live().map(\.key)
            #expect(live == ["one"])
        }
    }

    @Test(
        "a node that comes back tells of a time long ago: the line was heard later, and its queues counted on",
        arguments: TestDatabase.engines
    )
    func toldLate(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            func count(_ answered: Int64) -> [QueueCount] {
                [QueueCount(queue: "suporte", answered: answered, abandoned: 0)]
            }
            let log = test.app.callLog
            let longAgo = test.clock.now
            test.clock.advance(by: .seconds(600))
            try await log.noteHeard(lines: ["matriz"], queues: ["matriz": count(20)])
            try await log.noteHeard(lines: ["matriz"], queues: ["matriz": count(5)], at: longAgo)
            test.clock.advance(by: .seconds(60))
            _ = try await log.closeLost(
                line: "matriz",
                except: [],
                heardAgainAt: test.clock.now,
                queues: count(23)
            )
            let gap = try await LineGaps(database: test.app.database).list(since: longAgo).first
            #expect(gap.map { $0.to.since($0.from) } == .seconds(60))
            #expect(gap?.queues == count(3))
            // A time that no clock shows yet is of one that was wrong.
            try await log.noteHeard(lines: ["matriz"], at: test.clock.now.adding(.seconds(86_400)))
            test.clock.advance(by: .seconds(60))
            try await log.noteHeard(lines: ["matriz"])
            test.clock.advance(by: .seconds(90))
            _ = try await log.closeLost(line: "matriz", except: [], heardAgainAt: test.clock.now)
            let next = try await LineGaps(database: test.app.database).list(since: longAgo).first
            #expect(next.map { $0.to.since($0.from) } == .seconds(90))
        }
    }

    @Test("who calls is asked once more with the call's next change, where nobody could say")
    func askedAgain() async throws {
        try await DeskUnderTest.with { test in
            let isAway = Mutex(true)
            let caller = CallTeller.Caller(customerID: 7, contactID: nil, name: "Padaria Um", reasons: [])
            let teller = CallTeller(
                hub: test.app.hub,
                phones: test.app.phones,
                callers: { numbers in
                    guard !isAway.withLock({ $0 }) else { return nil }
                    return Dictionary(uniqueKeysWithValues: numbers.map { ($0, [caller]) })
                },
                covered: { _ in [:] },
                display: { $0 },
                count: { _ in },
                logger: test.quiet
            )
            let boss = LiveViewer(account: 1, seesEverything: true)
            var names: [Bool] = []
            for (state, isKnown) in [(CallState.ringing, false), (.talking, true), (.ended, true)] {
                isAway.withLock { $0 = !isKnown }
                let position = test.app.hub.position
                var report = CallSignal(line: "matriz", key: "1", direction: .inbound, state: state)
                report.number = "+5511987654321"
                let signals = [report]
                await teller.tell(try await test.app.callLog.record(signals), signals: signals)
                let told = test.app.hub.past(after: position, for: boss).events.filter { $0.kind == .call }
                names += told.map { String(buffer: $0.frame).contains("Padaria Um") }
            }
            #expect(names == [false, true, false], "told once")
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
                // Found out twenty seconds later.
                feed.silent(line: "matriz", since: test.clock.now.adding(.seconds(-20)).microseconds)
                test.clock.advance(by: .seconds(40))
                feed.resynchronised(line: "matriz", keys: ["one"])
                while try await known().count < 2 { await Task.yield() }
                group.cancelAll()
            }
            #expect(try await known() == [60, 300], "from the break, not from the last note")
            #expect(try await gaps.forget(before: test.clock.now) == 1)
        }
    }

    @Test("the PBX's own counters tell how many calls of a queue ended unheard", arguments: TestDatabase.engines)
    func queueCounts(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            func count(_ answered: Int64, _ abandoned: Int64, _ queue: String = "suporte") -> QueueCount {
                QueueCount(queue: queue, answered: answered, abandoned: abandoned)
            }
            // A service that is there until a moment, away for five minutes, and back.
            func serve(_ there: [QueueCount]?, startedAt: Int64? = nil, heard: [QueueCount]? = nil) async throws {
                let feed = Self.feed(test.app)
                feed.resynchronised(line: "matriz", keys: [], pbxStartedAt: startedAt, queues: there)
                if let heard { feed.counted(line: "matriz", heard) }
                feed.stop()
                await feed.run()
                test.clock.advance(by: .seconds(300))
            }
            let gaps = LineGaps(database: test.app.database)
            func newest() async throws -> [QueueCount] {
                try await gaps.list(since: Moment(milliseconds: 0), limit: 1).first?.queues ?? []
            }
            try await serve([count(10, 5)])
            #expect(try await newest() == [])
            try await serve([count(10, 5)])
            #expect(try await newest() == [], "nothing ended")
            try await serve([count(13, 6), count(4, 4, "nova")], heard: [count(20, 9), count(4, 4, "nova")])
            #expect(try await newest() == [count(3, 1)], "nobody knows since when a new queue has counted")
            try await serve([count(21, 9), count(4, 6, "nova")])
            #expect(try await newest() == [count(0, 2, "nova"), count(1, 0)], "what was heard is not told as missed")
            try await serve([count(2, 12), count(5, 6, "nova")])
            #expect(try await newest() == [count(1, 0, "nova")], "a counter that went down has begun anew")
            let justNow = test.clock.now.adding(.seconds(-10)).microseconds
            try await serve([count(9, 20), count(5, 6, "nova")], startedAt: justNow)
            #expect(try await newest() == [], "a PBX that started meanwhile has counted anew")
            try await serve(nil)
            try await serve([count(50, 50)])
            #expect(try await newest() == [], "of a comparison without counters nothing is kept")
            // While the service stays, the link breaks.
            let feed = Self.feed(test.app)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await feed.run() }
                feed.resynchronised(line: "matriz", keys: [], queues: [count(60, 60)])
                while !feed.hears("matriz") { await Task.yield() }
                feed.counted(line: "matriz", [count(61, 60)])
                feed.silent(line: "matriz", since: test.clock.now.microseconds)
                test.clock.advance(by: .seconds(60))
                feed.resynchronised(line: "matriz", keys: [], queues: [count(61, 64)])
                while !feed.hears("matriz") { await Task.yield() }
                group.cancelAll()
            }
            #expect(try await newest() == [count(0, 4)])
            #expect(try await gaps.forget(before: test.clock.now.adding(.seconds(1))) == 9)
            #expect(try await gaps.list(since: Moment(milliseconds: 0)) == [])
        }
    }

    @Test(
        "what a line told while the database was away is not told as missed, and the time ends with its return",
        arguments: TestDatabase.engines
    )
    func secondComparison(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            func count(_ answered: Int64) -> [QueueCount] {
                [QueueCount(queue: "suporte", answered: answered, abandoned: 0)]
            }
            func written(_ feed: CallFeed) async {
                feed.stop()
                await feed.run()
            }
            let first = Self.feed(test.app)
            first.resynchronised(line: "matriz", keys: [], queues: count(10))
            await written(first)
            test.clock.advance(by: .seconds(120))
            // Back after two minutes in which three talks ended; compared again and again before any of it is written.
            let feed = Self.feed(test.app)
            feed.resynchronised(line: "matriz", keys: ["gone"], queues: count(13))
            for answered in [17, 20] as [Int64] {
                test.clock.advance(by: .seconds(300))
                feed.counted(line: "matriz", count(answered))
                feed.resynchronised(line: "matriz", keys: [], queues: count(answered))
            }
            await written(feed)
            let gaps = LineGaps(database: test.app.database)
            let told = try await gaps.list(since: Moment(milliseconds: 0))
            #expect(told.map { $0.to.since($0.from) } == [.seconds(120)])
            #expect(told.first?.queues == count(3))
            // What was counted by the end was noted: the next time begins with it.
            test.clock.advance(by: .seconds(60))
            let next = Self.feed(test.app)
            next.resynchronised(line: "matriz", keys: [], queues: count(21))
            await written(next)
            #expect(try await gaps.list(since: Moment(milliseconds: 0)).first?.queues == count(1))
        }
    }

    @Test("times in which a line was not heard are read page by page", arguments: TestDatabase.engines)
    func pages(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            for _ in 0..<6 {
                let there = [QueueCount(queue: "suporte", answered: test.clock.now.milliseconds, abandoned: 0)]
                _ = try await test.app.callLog.closeLost(
                    line: "matriz",
                    except: [],
                    heardAgainAt: test.app.clock.now,
                    queues: there
                )
                test.clock.advance(by: .seconds(300))
            }
            let boss = try await test.account("chefe", role: .supervisor)
            try await test.application.test(.router) { client in
                let his = try await test.browser(boss, client)
                var (path, pages, from) = ("/api/v1/line-gaps?limit=2", [Int](), [String]())
                for _ in 0..<5 {
                    let page = try await his.send(.get, path)
                    #expect(page.status == 200, "\(page.body)")
                    let items = page.json["items"].array ?? []
                    pages.append(items.count)
                    from += items.compactMap { $0["from"].string }
                    #expect(items.allSatisfy { $0["queues"][0]["answered"].integer == 300_000 }, "\(page.body)")
                    guard let next = page.json["next"].integer else { break }
                    path = "/api/v1/line-gaps?limit=2&after=\(next)"
                }
                #expect(pages == [2, 2, 1])
                #expect(from.count == 5 && from == Set(from).sorted(by: >), "\(from)")
            }
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
            for (answered, abandoned) in [(7, 3), (8, 5)] as [(Int64, Int64)] {
                test.clock.advance(by: .seconds(300))
                _ = try await test.app.callLog.closeLost(
                    line: "matriz",
                    except: [],
                    heardAgainAt: test.app.clock.now,
                    queues: [QueueCount(queue: "suporte", answered: answered, abandoned: abandoned)]
                )
            }
            let (boss, ana) = (try await test.account("chefe", role: .supervisor), try await test.account("ana"))
            try await test.application.test(.router) { client in
                let (his, hers) = (try await test.browser(boss, client), try await test.browser(ana, client))
                let list = try await his.get("/desk/calls").body
                #expect(list.contains("Sem notícia da linha matriz entre "))
                #expect(list.contains("nesse tempo: fila suporte: 1 atendida e 2 desistências."))
                #expect(try await !hers.get("/desk/calls").body.contains("Sem notícia"))
                let lines = try await his.get("/admin/lines").body
                #expect(lines.contains("id=\"gaps\"") && lines.contains("fila suporte: 1 atendida e 2 desistências"))
                let gaps = try await his.send(.get, "/api/v1/line-gaps")
                #expect(gaps.json["items"][0]["line"].string == "matriz", "\(gaps.body)")
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
