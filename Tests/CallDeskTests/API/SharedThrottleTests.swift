import DeskCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("A token's limit over several nodes", .timeLimit(.minutes(5)))
struct SharedThrottleTests {
    private static let one = RateHolder(token: 1)
    private static let two = RateHolder(token: 2)

    /// Nodes on one database, by one clock.
    private static func nodes(
        _ count: Int,
        limit: Int,
        _ engine: DatabaseEngine
    ) async throws -> (nodes: [SharedThrottle], database: any Database, clock: TestClock) {
        let clock = TestClock()
        let database = try await TestDatabase.make(engine)
        let nodes = (0..<count).map { _ in
            SharedThrottle(
                limit: limit,
                levels: RateLevels(database: database),
                alone: AddressThrottle(burst: limit, perMinute: limit, clock: clock.clock),
                clock: clock.clock,
                patience: .seconds(120)
            )
        }
        return (nodes, database, clock)
    }

    @Test(
        "two nodes admit together what one may, tell what is left, and go on after the wait",
        arguments: TestDatabase.engines
    )
    func small(engine: DatabaseEngine) async throws {
        let (nodes, database, clock) = try await Self.nodes(2, limit: 3, engine)
        let rooms = [await nodes[0].take(Self.one), await nodes[1].take(Self.one), await nodes[0].take(Self.one)]
        #expect(rooms.map(\.left) == [2, 1, 0] && rooms.map(\.reset) == [20, 40, 60])
        #expect(rooms.allSatisfy { $0.wait == nil && $0.limit == 3 })
        for node in nodes {
            let refused = await node.take(Self.one)
            #expect(refused.wait == 20 && refused.left == 0 && refused.reset == 60)
        }
        // Another token's is its own.
        #expect(await nodes[1].take(Self.two).wait == nil)
        clock.advance(by: .seconds(20))
        #expect(await nodes[1].take(Self.one).wait == nil)
        #expect(await nodes[0].take(Self.one).wait == 20)
        await database.close()
    }

    @Test(
        "many at once on three nodes visit the row once a share, and admit no more than the limit",
        arguments: TestDatabase.engines
    )
    func many(engine: DatabaseEngine) async throws {
        let (nodes, database, clock) = try await Self.nodes(3, limit: 1_000, engine)
        let admitted = await withTaskGroup(of: Int.self) { group in
            for place in 0..<2_400 {
                group.addTask { await nodes[place % 3].take(Self.one).wait == nil ? 1 : 0 }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 1_000)
        // A minute brings all of it back, whatever a node held.
        clock.advance(by: .seconds(60))
        var again = 0
        for _ in 0..<1_200 { again += await nodes[again % 3].take(Self.one).wait == nil ? 1 : 0 }
        #expect((960...1_000).contains(again))
        await database.close()
    }

    @Test("the row is visited once a share, not once a request", arguments: TestDatabase.engines)
    func visits(engine: DatabaseEngine) async throws {
        let (nodes, database, clock) = try await Self.nodes(1, limit: 500, engine)
        var levels: [Int64] = []
        for _ in 0..<30 {
            #expect(await nodes[0].take(Self.one).wait == nil)
            // What leaks in a moment would show that the row was written again.
            clock.advance(by: .milliseconds(1))
            let row = try await database.read { try $0.row("SELECT at FROM rate_level WHERE token_id = 1") }
            levels.append(row?.integer(0) ?? 0)
        }
        #expect(Set(levels).count == 3)
        await database.close()
    }

    @Test(
        "refused while the clock stood a day ahead, a token goes on once it is right",
        arguments: TestDatabase.engines
    )
    func ahead(engine: DatabaseEngine) async throws {
        let (nodes, database, clock) = try await Self.nodes(1, limit: 1, engine)
        clock.advance(by: .seconds(86_400))
        #expect(await nodes[0].take(Self.one).wait == nil)
        #expect(await nodes[0].take(Self.one).wait == 60)
        clock.advance(by: .seconds(-86_400))
        #expect(await nodes[0].take(Self.one).wait == nil)
        #expect(await nodes[0].take(Self.one).wait == 60)
        await database.close()
    }

    @Test("while the database is away each node counts alone")
    func away() async throws {
        let (nodes, database, _) = try await Self.nodes(1, limit: 3, .sqlite)
        await database.close()
        for isTaken in [true, true, true, false] {
            #expect(await (nodes[0].take(Self.one).wait == nil) == isTaken)
        }
    }

    @Test("a session's limit holds over nodes beside a token's, and its row goes when it is not used")
    func sessions() async throws {
        let (nodes, database, clock) = try await Self.nodes(2, limit: 3, TestDatabase.usual)
        let (ana, rui) = (RateHolder(session: "a session's token"), RateHolder(session: "another's"))
        for (left, node) in [(2, 0), (1, 1), (0, 0)] { #expect(await nodes[node].take(ana).left == left) }
        for node in nodes { #expect(await node.take(ana).wait == 20) }
        #expect(await nodes[1].take(rui).wait == nil)
        #expect(await nodes[1].take(Self.one).wait == nil)
        func rows() async throws -> [Int64] {
            try await database.read { session in
                try session.rows("SELECT token_id FROM rate_level ORDER BY token_id", []).compactMap { $0.integer(0) }
            }
        }
        let all = try await rows()
        #expect(all.count == 3 && all.filter { $0 > 0 } == [1])
        clock.advance(by: .seconds(120))
        #expect(await nodes[0].take(ana).wait == nil)
        try await RateLevels(database: database).forgetSessions(before: clock.now.adding(.seconds(-60)))
        // The token's row stays, and the session's that goes on.
        #expect(try await rows().count == 2)
        await database.close()
    }
}
