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
        #expect(await changes.next() == true)
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
        #expect(await heldChanges.next() == true)
        let other = LineLease(line: "filial", database: second)
        var otherChanges = other.changes.makeAsyncIterator()
        #expect(await otherChanges.next() == true, "another line is free")

        let waiting = LineLease(line: "matriz", database: second)
        var waitingChanges = waiting.changes.makeAsyncIterator()
        // As the death of the first node's process looks to the server: its connection is gone.
        let start = ContinuousClock.now
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
        // Whichever of the two is first now, the line has one holder, and the first has been told of its loss.
        #expect(await heldChanges.next() == false)
        held.close()
        #expect(await waitingChanges.next() == true)
        #expect(ContinuousClock.now - start < .seconds(10))
        waiting.close()
        other.close()
    }

    private func node(_ url: String) async throws -> PostgresDatabase {
        var limits = PostgresDatabase.Limits()
        limits.readers = 1
        limits.writers = 1
        return try await PostgresDatabase.open(url, limits: limits)
    }
}
