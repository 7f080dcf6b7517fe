import DeskCore
import Logging
import TestSupport
import Testing

@testable import CallDesk

@Suite("Events reach the screens of every node", .timeLimit(.minutes(2)))
struct LiveRelayTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A node's hub and its relay at work, over a database connection of its own.
    private func with(
        _ url: String,
        _ names: [String],
        _ body: ([LiveHub]) async throws -> Void
    ) async throws {
        var hubs: [LiveHub] = []
        var relays: [LiveRelay] = []
        for (place, name) in names.enumerated() {
            let database = try await PostgresDatabase.open(url)
            let hub = LiveHub(firstID: UInt64(place + 1) * 1_000_000)
            hubs.append(hub)
            relays.append(try #require(LiveRelay(hub: hub, database: database, process: name, logger: Self.logger)))
        }
        // Read from before the relays begin: from a node's first `resync` on, nothing is missed.
        let streams = hubs.map { $0.subscribe(LiveViewer(account: nil, seesEverything: true), after: nil) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for relay in relays { group.addTask { await relay.run() } }
            for stream in streams {
                for await event in stream.events where event.kind == "resync" { break }
            }
            try await body(hubs)
            group.cancelAll()
        }
    }

    private func next(_ stream: LiveStream, _ count: Int) async -> [String] {
        var found: [String] = []
        for await event in stream.events {
            found.append("\(event.kind) \(event.payload)")
            if found.count == count { break }
        }
        return found
    }

    @Test(
        "what one node publishes reaches its own and the others' screens once, in order, and whom it concerns only",
        .enabled(if: TestDatabase.postgresServer != nil)
    )
    func crossing() async throws {
        try await with(try await TestDatabase.freshPostgres(), ["a/1", "b/1"]) { hubs in
            let ana = hubs[1].subscribe(LiveViewer(account: 1, seesEverything: false), after: nil)
            let bruno = hubs[1].subscribe(LiveViewer(account: 2, seesEverything: false), after: nil)
            let here = hubs[0].subscribe(LiveViewer(account: 1, seesEverything: false), after: nil)
            hubs[0].publish("call", to: .accounts([1]), payload: #"{"n":1}"#)
            hubs[0].publish("ticket", to: .everyone, payload: #"{"n":2}"#)
            hubs[0].publish("ping", to: .everyone, payload: "", isLocal: true)
            hubs[0].publish("notice", to: .everyone, payload: "{\"text\":\"\(String(repeating: "x", count: 8_000))\"}")
            hubs[0].publish("call", to: .accounts([1]), payload: #"{"n":3}"#)
            // What is too large for the way is not lost: the lists are loaded again.
            #expect(
                await next(ana, 4) == [#"call {"n":1}"#, #"ticket {"n":2}"#, "resync {}", #"call {"n":3}"#]
            )
            #expect(await next(bruno, 2) == [#"ticket {"n":2}"#, "resync {}"])
            #expect(await next(here, 5).map { $0.prefix(6) } == ["call {", "ticket", "ping ", "notice", "call {"])
            hubs[1].publish("call", to: .accounts([1]), payload: #"{"n":4}"#)
            let back = hubs[0].subscribe(LiveViewer(account: 1, seesEverything: false), after: nil)
            hubs[1].publish("call", to: .accounts([1]), payload: #"{"n":5}"#)
            var found = ""
            for await event in back.events where event.payload.contains("5") {
                found = event.payload
                break
            }
            #expect(found == #"{"n":5}"#)
        }
    }

    @Test(
        "after an outage of the server every screen is told to load again",
        .enabled(if: TestDatabase.postgresServer != nil)
    )
    func outage() async throws {
        try await PostgresServer.with { server in
            try await with(server.url, ["a/1", "b/1"]) { hubs in
                let there = hubs[1].subscribe(LiveViewer(account: 1, seesEverything: false), after: nil)
                try await server.pause()
                hubs[0].publish("ticket", to: .everyone, payload: #"{"n":1}"#)
                try await server.resume()
                var kinds: [String] = []
                for await event in there.events {
                    kinds.append(event.kind)
                    if event.kind == "resync" { break }
                }
                #expect(kinds.last == "resync")
            }
        }
    }

    @Test("a reader that comes from another node is told to load again")
    func otherNode() {
        let clock = TestClock()
        let (early, late) = (
            LiveHub(firstID: LiveHub.firstID(at: clock.clock.now)),
            LiveHub(firstID: LiveHub.firstID(at: clock.clock.now.adding(.seconds(60))))
        )
        for number in 0..<200 {
            early.publish("call", to: .everyone, payload: "\(number)")
            late.publish("call", to: .everyone, payload: "\(number)")
        }
        let viewer = LiveViewer(account: 1, seesEverything: false)
        #expect(late.subscribe(viewer, after: early.position).hasGap)
        #expect(early.subscribe(viewer, after: late.position).hasGap)
        #expect(!early.subscribe(viewer, after: early.position - 1).hasGap)
        #expect(late.position < 1 << 53)
    }
}
