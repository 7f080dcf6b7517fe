import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Calls that cannot be recorded", .timeLimit(.minutes(5)))
struct AsideCallsTests {
    private static func signal(_ key: String) -> CallSignal {
        CallSignal(line: "matriz", key: key, direction: .inbound, state: .ringing, outcome: .ongoing)
    }

    @Test("each is told with what is wrong, tried again when somebody asks, counted, and gone once it is recorded")
    func retry() {
        let clock = TestClock()
        let aside = AsideCalls(clock: clock.clock, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let woken = Mutex(0)
        let counts = Mutex([Int]())
        aside.tell({ _, now in counts.withLock { $0.append(now) } }, wake: { woken.withLock { $0 += 1 } })
        let (one, two) = (Self.signal("1"), Self.signal("2"))
        aside.note(recorded: [one, two], refused: [(one, .constraint("x"))])
        let since = clock.now
        // Not before its time, unless somebody wants it.
        #expect(aside.due().isEmpty)
        #expect(aside.retry() == 1 && woken.withLock { $0 } == 1)
        #expect(aside.due().map(\.key) == ["1"] && aside.due().isEmpty)
        clock.advance(by: .seconds(60))
        aside.note(recorded: [one], refused: [(one, .constraint("y"))])
        let call = aside.list.first
        #expect(call?.tries == 2 && call?.since == since && call.map { "\($0.error)".contains("y") } == true)
        aside.note(recorded: [one], refused: [])
        #expect(aside.list.isEmpty && aside.counts.now == 0 && aside.counts.total == 2)
        #expect(counts.withLock { $0 } == [1, 1, 0])
    }

    @Test("administrators see them, try them again and give them up; nobody else does")
    func page() async throws {
        try await DeskUnderTest.with { test in
            test.app.asideCalls.note(
                recorded: [Self.signal("k.1"), Self.signal("k.2")],
                refused: [(Self.signal("k.1"), .constraint("regra")), (Self.signal("k.2"), .constraint("regra"))]
            )
            let boss = try await test.account("bia", role: .supervisor)
            let admin = try await test.account("adm", role: .administrator)
            let token = try await test.app.tokens.add(name: "a", scopes: [.administration], by: .system("t")).secret
            try await test.application.test(.router) { client in
                #expect(try await client.send(.get, "/api/v1/calls-aside", token: test.token).status == 403)
                let list = try await client.send(.get, "/api/v1/calls-aside", token: token)
                #expect(list.json["items"].array?.count == 2)
                #expect(list.json["items"][0]["error"].string?.contains("regra") == true)
                let tried = try await client.send(.post, "/api/v1/calls-aside/retry", token: token)
                #expect(tried.json["calls"].integer == 2)
                let name = #"{"line": "matriz", "key": "k.1"}"#
                let path = "/api/v1/calls-aside/dismiss"
                #expect(try await client.send(.post, path, token: token, json: name).status == 204)
                #expect(try await client.send(.post, path, token: token, json: name).status == 404)
                let page = try await test.browser(admin, client).get("/admin/lines")
                #expect(page.body.contains("k.2") && page.body.contains("regra") && !page.body.contains("k.1"))
                // What a database says of a row may quote it.
                #expect(try await !test.browser(boss, client).get("/admin/lines").body.contains("k.2"))
            }
        }
    }
}
