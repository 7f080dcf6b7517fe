import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Numbers of a series are given once", .timeLimit(.minutes(2)))
struct NumberSeriesTests {
    private struct Refused: Error {}

    @Test("a series is counted up from one, and each series by itself", arguments: TestDatabase.engines)
    func counted(_ engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        for expected: Int64 in 1...5 {
            let given = try await database.write { session in
                [try session.next(inSeries: "a"), try session.next(inSeries: "b")]
            }
            #expect(given == [expected, expected])
        }
    }

    @Test("what a write that failed had taken is given to the next", arguments: TestDatabase.engines)
    func failed(_ engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        await #expect(throws: StoreError.self) {
            try await database.write { session in
                for _ in 1...3 { _ = try session.next(inSeries: "a") }
                throw Refused()
            }
        }
        let given = try await database.write { session in try (1...4).map { _ in try session.next(inSeries: "a") } }
        #expect(given == [1, 2, 3, 4])
    }

    @Test("the year's turn begins a new series, and a late call of the old year goes on in its own")
    func year() async throws {
        let database = try await TestDatabase.make()
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let turn: Int64 = 1_798_761_600_000  // 1 January 2027, 00:00 UTC.
        let given = try await database.write { session in
            try [turn - 2, turn, turn + 1, turn - 1].map {
                try numbers.nextProtocol(at: Moment(milliseconds: $0), in: session).prefix(12)
            }
        }
        #expect(given == ["202600000001", "202700000001", "202700000002", "202600000002"])
    }
}

@Suite(
    "Numbers are leased to the nodes of one PostgreSQL",
    .enabled(if: TestDatabase.postgresServer != nil, "needs CALLDESK_TEST_POSTGRES"),
    .timeLimit(.minutes(2))
)
struct SeriesLeasesTests {
    private static let numbers = NumberDesk(format: .standard, timeZone: .gmt)

    private static func desk(_ database: any Database) -> TicketDesk {
        TicketDesk(
            database: database,
            numbers: numbers,
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: .system,
            announce: { _, _ in true }
        )
    }

    @Test("a write that is under way on one node keeps no other node from numbering")
    func underway() async throws {
        let url = try await TestDatabase.freshPostgres()
        let (here, there) = (try await PostgresDatabase.open(url), try await PostgresDatabase.open(url))
        let (begun, tell) = AsyncStream.makeStream(of: Int64.self)
        let goOn = DispatchSemaphore(value: 0)
        let writing = Task {
            try await here.write { session in
                let number = try session.next(inSeries: "a")
                tell.yield(number)
                goOn.wait()
                goOn.signal()
                return number
            }
        }
        var numbers = begun.makeAsyncIterator()
        #expect(await numbers.next() == 1)
        let locks = try await there.read { session in
            try session.row(
                "SELECT count(*) FROM pg_locks WHERE relation = CAST('counter' AS regclass) AND pid <> pg_backend_pid()"
            )?.integer(0)
        }
        #expect(locks == 0, "the counter is locked while a block is leased, and no longer")
        // Answered while the other is still open.
        #expect(try await there.write { session in try session.next(inSeries: "a") } == 2)
        goOn.signal()
        #expect(try await writing.value == 1)
    }

    @Test("tickets that nodes open at once never share a number, and each node's are in their order")
    func together() async throws {
        let url = try await TestDatabase.freshPostgres()
        let count = 40
        var nodes: [TicketDesk] = []
        for _ in 0..<2 { nodes.append(Self.desk(try await PostgresDatabase.open(url))) }
        let given = try await withThrowingTaskGroup(of: [TicketOpening].self) { group in
            for (node, desk) in nodes.enumerated() {
                group.addTask {
                    var opened: [TicketOpening] = []
                    for number in 0..<count {
                        opened.append(try await desk.open(TicketDeskTests.request("\(node)-\(number)"), by: nil))
                    }
                    return opened
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for node in given {
            let tickets = node.compactMap { Int($0.ticket.number) }
            #expect(tickets == tickets.sorted() && tickets.count == count)
            let protocols = node.map(\.attendance.protocolNumber)
            #expect(protocols == protocols.sorted())
        }
        #expect(Set(given.flatMap { $0.map(\.ticket.number) }).count == 2 * count)
        #expect(Set(given.flatMap { $0.map(\.attendance.protocolNumber) }).count == 2 * count)
    }

    @Test("a node that dies between lease and use leaves a gap, and nobody is given its numbers")
    func killed() async throws {
        let url = try await TestDatabase.freshPostgres()
        let database = try await PostgresDatabase.open(url)
        let dying = SeriesLeases(setup: PostgresConnection.Setup(url: url))
        let used = try dying.next("a", timeline: nil)
        let lost = try dying.next("a", timeline: nil)
        #expect([used.value, lost.value] == [1, 2])
        let next = try await database.write { session in try session.next(inSeries: "a") }
        let leased = try await database.read { try $0.row("SELECT value FROM counter WHERE name = 'a'")?.integer(0) }
        #expect(next > lost.value && next == leased)
    }

    @Test("a block doubles while numbers are asked for in haste, and an idle node leaves no gap")
    func sizes() async throws {
        let url = try await TestDatabase.freshPostgres()
        let database = try await PostgresDatabase.open(url)
        let time = Mutex(ContinuousClock.now)
        let leases = SeriesLeases(setup: PostgresConnection.Setup(url: url), now: { time.withLock { $0 } })
        func taken(_ count: Int) throws -> [Int64] {
            try (0..<count).map { _ in try leases.next("a", timeline: nil).value }
        }
        func leased() async throws -> Int64? {
            try await database.read { try $0.row("SELECT value FROM counter WHERE name = 'a'")?.integer(0) }
        }
        #expect(try taken(200) == Array(1...200))
        // 1 + 2 + 4 + … + 64 + 64 + 64.
        #expect(try await leased() == 255)
        #expect(try taken(55) == Array(201...255))
        for number: Int64 in 256...500 {
            time.withLock { $0 += .seconds(60) }
            #expect(try taken(1) == [number])
        }
        #expect(try await leased() == 500)
    }

    @Test("what is left of a block is not used on a server that was promoted")
    func promoted() async throws {
        let url = try await TestDatabase.freshPostgres()
        let database = try await PostgresDatabase.open(url)
        let leases = SeriesLeases(setup: PostgresConnection.Setup(url: url))
        for _ in 1...2 { _ = try leases.next("a", timeline: "00000001") }
        let before = try leases.next("a", timeline: "00000001")
        leases.giveBack([before])
        // As if the other server had never heard of the leases.
        try await database.write { try $0.execute("UPDATE counter SET value = 1 WHERE name = 'a'") }
        #expect(try leases.next("a", timeline: "00000002").value == 2)
        leases.giveBack([before])
        #expect(try leases.next("a", timeline: "00000002").value == 3, "what was taken before is not taken back")
    }
}
