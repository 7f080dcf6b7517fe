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

    @Test("changes arrive as they are published, with id, kind and data; a ping is a comment")
    func events() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let hub = test.app.hub
                let first = hub.position + 1
                let text = try await Self.read(test, port: client.port ?? 0) {
                    hub.publish("call", to: .accounts([7]), payload: #"{"id":1}"#, causedAt: 1)
                    hub.publish(LiveHeartbeat.kind, to: .everyone, payload: "")
                    hub.publish("ticket", to: .everyone, payload: "a\nevent: forged")
                } until: {
                    $0.contains("forged")
                }
                #expect(text.hasPrefix(": calldesk\nretry: 2000\n\n"))
                #expect(text.contains("id: \(first)\nevent: call\ndata: {\"id\":1}\n\n"))
                #expect(text.contains("\n: ping\n\n"))
                #expect(text.contains("data: a\ndata: event: forged\n\n"))
                #expect(test.metrics.popSeconds.count == 1)
            }
        }
    }

    @Test("a desk's stream ends when its session does, before anything more is told")
    func signedOut() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            let session = try await test.app.sessions.begin(accountID: account.id)
            try await test.application.test(.live) { client in
                let hub = test.app.hub
                let http = HTTPClient(eventLoopGroupProvider: .singleton)
                var request = HTTPClientRequest(
                    url: "http://127.0.0.1:\(client.port ?? 0)/desk/events?after=\(hub.position)"
                )
                request.headers.add(name: "Cookie", value: "calldesk_session=\(session.token)")
                var text = ""
                do {
                    let response = try await http.execute(request, timeout: .seconds(20))
                    var isOver = false
                    hub.publish("call", to: .accounts([account.id]), payload: #"{"n":"first"}"#)
                    for try await chunk in response.body {
                        text += String(buffer: chunk)
                        guard !isOver, text.contains("first") else { continue }
                        isOver = true
                        try await test.app.sessions.end(session.token)
                        hub.publish("call", to: .accounts([account.id]), payload: #"{"n":"second"}"#)
                    }
                    #expect(isOver)
                    #expect(!text.contains("second"))
                } catch {
                    try await http.shutdown()
                    throw error
                }
                try await http.shutdown()
            }
        }
    }

    @Test("who comes back goes on after the last event seen, and is told to load again when that is too long ago")
    func resume() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let hub = test.app.hub
                let before = hub.position
                for number in 1...5 { hub.publish("call", to: .everyone, payload: "{\"n\":\(number)}") }
                let text = try await Self.read(
                    test,
                    port: client.port ?? 0,
                    lastID: "\(before + 3)",
                    until: { $0.contains("\"n\":5") }
                )
                #expect(!text.contains("\"n\":3"))
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
                    once: { hub.close() },
                    until: { _ in false }
                )
                #expect(text == ": calldesk\nretry: 2000\n\n")
                #expect(test.metrics.liveStreams.value == 0)
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
                    hub.close()
                    try await group.waitForAll()
                }
            }
        }
    }
}
