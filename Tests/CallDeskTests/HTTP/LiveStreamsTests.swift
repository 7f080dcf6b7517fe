import AsyncHTTPClient
import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import CallDesk

@Suite("Event streams", .timeLimit(.minutes(5)))
struct LiveStreamsTests {
    /// Reads events of `/api/v1/events` until `enough` says so; leaving the closure leaves the stream.
    private static func read(
        _ test: DeskUnderTest,
        port: Int,
        lastID: String? = nil,
        once: @escaping @Sendable () -> Void = {},
        until enough: (String) -> Bool
    ) async throws -> String {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/events")
        request.headers.add(name: "Authorization", value: "Bearer \(test.token)")
        if let lastID { request.headers.add(name: "Last-Event-ID", value: lastID) }
        var text = ""
        do {
            let response = try await client.execute(request, timeout: .seconds(20))
            #expect(response.headers.first(name: "Content-Type") == "text/event-stream; charset=utf-8")
            #expect(response.headers.first(name: "Cache-Control") == "no-store")
            var isFirst = true
            for try await chunk in response.body {
                text += String(buffer: chunk)
                if isFirst { once() }
                isFirst = false
                if enough(text) { break }
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        return text
    }

    /// Waits for what another connection brings about; the suite's time limit ends it.
    private static func wait(for condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test("changes arrive as they are published, with id, kind and data")
    func events() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let hub = test.app.hub
                let first = hub.position + 1
                let text = try await Self.read(test, port: client.port ?? 0) {
                    hub.publish(.bell(.selfTest), to: .accounts([7]), causedAt: 1)
                    hub.publish(.ticket, json: Array("a\nevent: forged".utf8), to: .everyone, isLocal: true)
                } until: {
                    $0.contains("forged")
                }
                try await Self.wait { test.registry.text().contains("\ncalldesk_pop_seconds_count 1\n") }
                #expect(text.hasPrefix(": calldesk\nretry: 2000\n\n"))
                #expect(text.contains("id: \(first)\nevent: bell\ndata: {\"reason\":\"self_test\"}\n\n"))
                #expect(text.contains("data: a\ndata: event: forged\n\n"))
            }
        }
    }

    /// Reads somebody's stream of the desk to its end; `step` hears of all that was read so far, after each piece.
    private static func follow(
        _ test: DeskUnderTest,
        _ port: Int,
        session: String,
        step: (String) async throws -> Void
    ) async throws -> String {
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/desk/events?after=\(test.app.hub.position)")
        request.headers.add(name: "Cookie", value: "calldesk_session=\(session)")
        var text = ""
        do {
            let response = try await http.execute(request, timeout: .seconds(20))
            for try await chunk in response.body {
                text += String(buffer: chunk)
                try await step(text)
            }
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
        return text
    }

    /// What ends somebody's right to their stream.
    enum End: CaseIterable { case signedOut, disabled, everySession }

    @Test(
        "a desk's stream ends when its session or account does",
        arguments: TestDatabase.engines,
        End.allCases
    )
    func ended(_ engine: DatabaseEngine, _ end: End) async throws {
        try await DeskUnderTest.with(engine) { test in
            let account = try await test.account("ana")
            let session = try await test.app.sessions.begin(accountID: account.id)
            try await test.application.test(.live) { client in
                var isOver = false
                _ = try await Self.follow(test, client.port ?? 0, session: session.token) { _ in
                    guard !isOver else { return }
                    isOver = true
                    switch end {
                    case .signedOut: try await test.app.sessions.end(session.token)
                    case .disabled: try await test.app.accounts.disable(account.id, by: .system("test"))
                    case .everySession: try await test.app.sessions.endAll(accountID: account.id)
                    }
                }
                #expect(isOver)
            }
        }
    }

    @Test("a demoted supervisor's stream shows what is their own only, at once", arguments: TestDatabase.engines)
    func demoted(_ engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let account = try await test.account("ana", role: .supervisor)
            let session = try await test.app.sessions.begin(accountID: account.id)
            try await test.application.test(.live) { client in
                let hub = test.app.hub
                let (own, other) = (LiveAudience.accounts([account.id]), LiveAudience.accounts([account.id + 1]))
                var step = 0
                let text = try await Self.follow(test, client.port ?? 0, session: session.token) { text in
                    if step == 0 {
                        step = 1
                        hub.publish(.numbered(1), to: other)
                    } else if step == 1, text.contains("\"1\"") {
                        step = 2
                        var draft = AccountDraft(login: "ana", name: "Ana")
                        draft.role = .technician
                        _ = try await test.app.accounts.update(account.id, by: .system("test")) { [draft] in $0 = draft
                        }
                        hub.publish(.numbered(2), to: other)
                        hub.publish(.numbered(3), to: own)
                    } else if step == 2, text.contains("resync"), text.contains("\"3\"") {
                        step = 3
                        hub.publish(.numbered(4), to: other)
                        try await test.app.sessions.end(session.token)
                    }
                }
                #expect(step == 3)
                #expect(!text.contains("\"2\"") && !text.contains("\"4\""))
            }
        }
    }

    @Test("a revoked token's stream ends", arguments: TestDatabase.engines)
    func revoked(_ engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let tokens = try await test.app.tokens.list()
            try await test.application.test(.live) { client in
                let (begun, begin) = AsyncStream.makeStream(of: Void.self)
                async let text = Self.read(test, port: client.port ?? 0, once: { begin.yield() }, until: { _ in false })
                for await _ in begun { break }
                _ = try await test.app.tokens.revoke(tokens[0].id, by: .system("test"))
                #expect(try await text == ": calldesk\nretry: 2000\n\n")
            }
        }
    }

    @Test("who comes back goes on after the last event seen, and is told to load again when that is too long ago")
    func resume() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let hub = test.app.hub
                let before = hub.position
                for number in 1...5 { hub.publish(.numbered(number), to: .everyone) }
                let text = try await Self.read(
                    test,
                    port: client.port ?? 0,
                    lastID: "\(before + 3)",
                    until: { $0.contains("\"5\"") }
                )
                #expect(!text.contains("\"3\""))
                #expect(text.contains("id: \(before + 4)\n") && text.contains("id: \(before + 5)\n"))
                let lost = try await Self.read(
                    test,
                    port: client.port ?? 0,
                    lastID: "99",
                    until: { $0.contains("resync") }
                )
                #expect(lost.contains("event: resync\ndata: {}\n\n"))
                let odd = try await Self.read(test, port: client.port ?? 0, lastID: "x\u{e9}", until: { _ in true })
                #expect(odd.hasPrefix(": calldesk"))
            }
        }
    }

    @Test("a reader who leaves is forgotten, and the hub's end ends every stream")
    func ends() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let hub = test.app.hub
                _ = try await Self.read(test, port: client.port ?? 0, until: { _ in true })
                try await Self.wait { test.streams.count == 0 && hub.streamCount == 0 }
                let text = try await Self.read(
                    test,
                    port: client.port ?? 0,
                    once: { Task { await hub.close() } },
                    until: { _ in false }
                )
                #expect(text == ": calldesk\nretry: 2000\n\n")
                try await Self.wait { test.registry.text().contains("\ncalldesk_live_streams 0\n") }
            }
        }
    }

    @Test("a service that is asked to stop does not wait for open streams")
    func shutdown() async throws {
        try await DeskUnderTest.with { test in
            try await withThrowingTaskGroup(of: String.self) { group in
                let (ports, port) = AsyncStream.makeStream(of: Int.self)
                group.addTask {
                    for await port in ports { return try await Self.read(test, port: port, until: { _ in false }) }
                    return ""
                }
                try await test.application.test(.live) { client in
                    port.yield(client.port ?? 0)
                    try await Self.wait { test.streams.count == 1 }
                }
                #expect(try await group.next()?.hasPrefix(": calldesk") == true)
                #expect(test.streams.count == 0)
            }
        }
    }

    @Test("one token holds a dozen streams and no more")
    func cap() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let (hub, port) = (test.app.hub, client.port ?? 0)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<HTTPLimits.streamsEach {
                        group.addTask { _ = try await Self.read(test, port: port, until: { _ in false }) }
                    }
                    try await Self.wait { test.streams.count == HTTPLimits.streamsEach }
                    let refused = try await client.send(.get, "/api/v1/events", token: test.token)
                    #expect(refused.status == 429)
                    await hub.close()
                    try await group.waitForAll()
                }
            }
        }
    }
}
