import DeskCore
import Logging
import NIOCore
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
        var streams: [Listener] = []
        for hub in hubs { streams.append(try await .open(hub, LiveViewer(account: nil, seesEverything: true))) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for relay in relays { group.addTask { await relay.run() } }
            for stream in streams { #expect(try await next(stream, 1) == ["resync {}"]) }
            try await body(hubs)
            group.cancelAll()
        }
    }

    /// The next events; the loop's time passes meanwhile, so that what goes round does.
    private func next(_ stream: Listener, _ count: Int) async throws -> [String] {
        var found: [String] = []
        while found.count < count {
            found += try await stream.rest().filter { $0 != "ping" }
            await stream.pass(.milliseconds(1))
            await Task.yield()
        }
        return found
    }

    @Test(
        "what one node publishes reaches its own and the others' screens once, in order, and whom it concerns only",
        .enabled(if: TestDatabase.postgresServer != nil)
    )
    func crossing() async throws {
        try await with(try await TestDatabase.freshPostgres(), ["a/1", "b/1"]) { hubs in
            let work = LiveViewer(account: 1, seesEverything: false, departments: ["fiscal"])
            let ana = try await Listener.open(hubs[1], work)
            let bruno = try await Listener.open(hubs[1], LiveViewer(account: 2, seesEverything: false))
            let here = try await Listener.open(hubs[0], LiveViewer(account: 1, seesEverything: false))
            let customer = try await Listener.open(hubs[1], LiveViewer(TicketReach([])))
            hubs[0].publish(.numbered(1), to: .accounts([1]))
            hubs[0].publish(.numbered(2), to: .everyone)
            hubs[0].publish(.bell(.selfTest), to: .everyone, isLocal: true)
            let large = LiveChange.database(isWell: false, message: String(repeating: "x", count: 8_000))
            hubs[0].publish(large, to: .everyone)
            hubs[0].publish(.numbered(3), to: .accounts([1]))
            hubs[0].publish(.numbered(4), to: LiveAudience(department: "fiscal"))
            // What is too large for the way is not lost: the lists are loaded again, within a second of the last time.
            let told = try await next(ana, 5)
            #expect(told.filter { $0 != "resync {}" } == (1...4).map(LiveChange.text))
            #expect(told.count { $0 == "resync {}" } == 1)
            #expect(try await next(bruno, 2) == [LiveChange.text(2), "resync {}"])
            #expect(try await next(customer, 1) == ["resync {}"])
            #expect(try await next(here, 5).map { $0.prefix(4) } == ["line", "line", "bell", "data", "line"])
            hubs[1].publish(.numbered(5), to: .accounts([1]))
            #expect(try await next(here, 1) == [LiveChange.text(5)])
        }
    }

    @Test(
        "after an outage of the server every screen is told to load again",
        .enabled(if: TestDatabase.postgresServer != nil)
    )
    func outage() async throws {
        try await PostgresServer.with { server in
            try await with(server.url, ["a/1", "b/1"]) { hubs in
                let there = try await Listener.open(hubs[1])
                try await server.pause()
                hubs[0].publish(.numbered(1), to: .everyone)
                try await server.resume()
                var told: [String] = []
                while !told.contains("resync {}") { told += try await next(there, 1) }
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
            early.publish(.numbered(number), to: .everyone)
            late.publish(.numbered(number), to: .everyone)
        }
        let viewer = LiveViewer(account: 1, seesEverything: false)
        #expect(late.past(after: early.position, for: viewer).hasGap)
        #expect(early.past(after: late.position, for: viewer).hasGap)
        #expect(!early.past(after: early.position - 1, for: viewer).hasGap)
        #expect(late.position < 1 << 53)
    }

    @Test(
        "what a node tells as it stops reaches the others' screens",
        .enabled(if: TestDatabase.postgresServer != nil)
    )
    func lastWords() async throws {
        let url = try await TestDatabase.freshPostgres()
        try await with(url, ["b/1"]) { hubs in
            let there = try await Listener.open(hubs[0])
            let hub = LiveHub(firstID: 9_000_000)
            let relay = try #require(
                LiveRelay(
                    hub: hub,
                    database: try await PostgresDatabase.open(url),
                    process: "a/1",
                    logger: Self.logger
                )
            )
            for number in 0..<100 { hub.publish(.numbered(number), to: .everyone) }
            // Its loop ends before it has sent any of it.
            let stopping = Task { await relay.run() }
            stopping.cancel()
            await stopping.value
            #expect(try await next(there, 100) == (0..<100).map(LiveChange.text))
        }
    }
}
