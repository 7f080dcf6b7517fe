import TestSupport
import Testing

@testable import DeskCore

@Suite("Nodes know which others live", .timeLimit(.minutes(2)))
struct NodePresenceTests {
    @Test("on one machine there is nobody to ask")
    func local() async throws {
        let database = try await SQLiteDatabase.inMemory()
        #expect(NodePresence(name: "a/1", database: database) == nil)
    }

    @Test("who lives is present to every node, who left is absent", .enabled(if: TestDatabase.postgresServer != nil))
    func presence() async throws {
        let url = try await TestDatabase.freshPostgres()
        let (one, two) = (try await PostgresDatabase.open(url), try await PostgresDatabase.open(url))
        let first = try #require(NodePresence(name: "a/1", database: one))
        let second = try #require(NodePresence(name: "b/1", database: two))
        // The lock is taken on a thread of its own.
        while try await second.absent(of: ["a/1", "b/1"]) != [] { await Task.yield() }
        #expect(try await first.absent(of: ["a/1", "b/1", "c/1"]) == ["c/1"])
        first.close()
        while try await second.absent(of: ["a/1"]).isEmpty { await Task.yield() }
        #expect(try await second.absent(of: []) == [])
        second.close()
        one.close()
        two.close()
    }

    @Test("gone is who was absent at every look for five seconds, not who was getting its breath")
    func absence() {
        var watch = AbsenceWatch()
        let start = ContinuousClock.now
        #expect(watch.saw(absent: ["a", "b"], at: start) == [])
        #expect(watch.saw(absent: ["a"], at: start + .seconds(3)) == [])
        #expect(watch.saw(absent: ["a", "b"], at: start + .seconds(5)) == ["a"])
        #expect(watch.saw(absent: ["b"], at: start + .seconds(9)) == [])
        #expect(watch.saw(absent: ["a", "b"], at: start + .seconds(10)) == ["b"])
    }
}
