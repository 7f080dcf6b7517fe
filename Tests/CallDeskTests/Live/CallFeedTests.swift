import DeskCore
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
