import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("A line is worked by one node at a time", .timeLimit(.minutes(5)))
struct LineLeaseTests {
    @Test("on one machine the line is held at once")
    func local() async throws {
        let lease = LineLease(line: "matriz", database: try await SQLiteDatabase.inMemory())
        var changes = lease.changes.makeAsyncIterator()
        #expect(await changes.next() == .held)
        lease.close()
        #expect(await changes.next() == nil)
    }

    @Test(
        "a second node waits, and has the line soon after the first is dead",
        .enabled(if: TestDatabase.engines.contains(.postgres))
    )
    func takeover() async throws {
        let url = try await TestDatabase.freshPostgres()
        let (first, second) = (try await node(url), try await node(url))
        let held = LineLease(line: "matriz", database: first)
        var heldChanges = held.changes.makeAsyncIterator()
        #expect(await heldChanges.next() == .held)
        let other = LineLease(line: "filial", database: second)
        var otherChanges = other.changes.makeAsyncIterator()
        #expect(await otherChanges.next() == .held, "another line is free")

        let waiting = LineLease(line: "matriz", database: second)
        var waitingChanges = waiting.changes.makeAsyncIterator()
        #expect(await waitingChanges.next() == .elsewhere)
        // As the death of the first node's process looks to the server: its connection is gone.
        try await second.write { session in
            try session.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_locks
                WHERE locktype = 'advisory' AND granted AND (classid, objid) IN (
                    SELECT (hash >> 32) & 4294967295, hash & 4294967295
                    FROM (SELECT hashtextextended(current_schema() || '/line/matriz', 0) AS hash) AS line
                )
                """
            )
        }
        // Whichever of the two is first now, the line has one holder, and the first knows that it is not sure of it.
        #expect(await heldChanges.next() == .unsure)
        held.close()
        #expect(await waitingChanges.next() == .held)
        waiting.close()
        other.close()
    }

    @Test(
        "while the server is away nobody is told to leave, and the one that had the line has it again",
        .enabled(if: TestDatabase.engines.contains(.postgres))
    )
    func outage() async throws {
        try await PostgresServer.with { server in
            let (first, second) = (try await node(server.url), try await node(server.url))
            let held = LineLease(line: "matriz", database: first)
            var changes = held.changes.makeAsyncIterator()
            #expect(await changes.next() == .held)
            let waiting = LineLease(line: "matriz", database: second)
            var waitingChanges = waiting.changes.makeAsyncIterator()
            #expect(await waitingChanges.next() == .elsewhere)
            try await server.pause()
            #expect(await changes.next() == .unsure)
            #expect(await waitingChanges.next() == .unsure)
            try await server.resume()
            #expect(await changes.next() == .held)
            #expect(await waitingChanges.next() == .elsewhere)
            held.close()
            #expect(await waitingChanges.next() == .held)
            waiting.close()
        }
    }

    @Test(
        "a node whose process is stopped loses the line, though its machine still answers for it",
        .enabled(if: TestDatabase.engines.contains(.postgres))
    )
    func frozen() async throws {
        let url = try await TestDatabase.freshPostgres()
        let (first, second) = (try await node(url), try await node(url))
        // What the server sees of it: a connection that holds the lock and says nothing any more.
        let setup = LockHolder.setup(first.setup)
        let stopped = try PostgresConnection(setup)
        let held = try stopped.run(
            "SELECT pg_try_advisory_lock(\(LockHolder.number))",
            [.text("line/matriz")],
            limit: 1
        )
        #expect(held.rows.first?.bool(0) == true)
        let waiting = LineLease(line: "matriz", database: second)
        var changes = waiting.changes.makeAsyncIterator()
        #expect(await changes.next() == .elsewhere)
        let start = ContinuousClock.now
        #expect(await changes.next() == .held)
        #expect(ContinuousClock.now - start < .seconds(9))
        #expect(throws: PostgresFault.self) { try stopped.script("SELECT 1") }
        waiting.close()
    }

    private func node(_ url: String) async throws -> PostgresDatabase {
        var limits = PostgresDatabase.Limits()
        limits.readers = 1
        limits.writers = 1
        return try await PostgresDatabase.open(url, limits: limits)
    }
}
