import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite(
    "PostgreSQL: conflicts, broken connections and lost servers",
    .enabled(if: TestDatabase.engines.contains(.postgres), "needs CALLDESK_TEST_POSTGRES"),
    .timeLimit(.minutes(5))
)
struct PostgresTests {
    private let countUp = """
        INSERT INTO counter (name, value) VALUES ('a', 1)
        ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
        """

    // The database for tests has three writers, which meet as three nodes would.
    @Test("transactions that deadlock both get done")
    func deadlock() async throws {
        let database = try await TestDatabase.make(.postgres)
        try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('x', 0), ('y', 0)") }
        let meeting = Meeting()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for order in [["x", "y"], ["y", "x"]] {
                group.addTask {
                    try await database.write { session in
                        for (position, name) in order.enumerated() {
                            try session.execute("UPDATE counter SET value = value + 1 WHERE name = $1", [.text(name)])
                            if position == 0 { meeting.waitOnce() }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let values = try await database.read { try $0.rows("SELECT value FROM counter").compactMap { $0.integer(0) } }
        #expect(values == [2, 2])
    }

    @Test("what a closure has read is still so when it commits: write skew runs again")
    func writeSkew() async throws {
        let database = try await TestDatabase.make(.postgres)
        try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('x', 1), ('y', 1)") }
        let meeting = Meeting()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["x", "y"] {
                group.addTask {
                    try await database.write { session in
                        // One of the two must stay.
                        let sum = try session.row("SELECT sum(value) FROM counter")?.integer(0) ?? 0
                        meeting.waitOnce()
                        if sum == 2 {
                            try session.execute("UPDATE counter SET value = 0 WHERE name = $1", [.text(name)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let left = try await database.read { try $0.row("SELECT sum(value) FROM counter")?.integer(0) }
        #expect(left == 1)
    }

    @Test("waiting writes share a commit, and one that fails or ends the transaction takes nothing with it")
    func batches() async throws {
        let sizes = SizeList()
        var limits = PostgresDatabase.Limits()
        limits.readers = 1
        let database = try await PostgresDatabase.open(try await TestDatabase.freshPostgres(), limits: limits) {
            size,
            _ in sizes.values.withLock { $0.append(size) }
        }
        let gate = DispatchSemaphore(value: 0)
        let isHeld = Atomic<Bool>(false)
        let holder = Task {
            try await database.write { _ in
                isHeld.store(true, ordering: .releasing)
                gate.wait()
            }
        }
        while !isHeld.load(ordering: .acquiring) { await Task.yield() }
        let insert = "INSERT INTO counter (name, value) VALUES ($1, 0)"
        let writes: [@Sendable (any SQLSession) throws -> Void] = [
            { try $0.execute(insert, ["a"]) },
            { session in
                try session.execute(insert, ["b"])
                throw CancellationError()
            },
            { session in
                try session.execute(insert, ["c"])
                try session.execute(insert, ["a"])
            },
            { try $0.execute(insert, ["d"]) },
        ]
        var tasks: [Task<Result<Void, StoreError>, Never>] = []
        for write in writes {
            tasks.append(
                Task {
                    do throws(StoreError) {
                        return .success(try await database.write(write))
                    } catch {
                        return .failure(error)
                    }
                }
            )
            while database.waitingWrites < tasks.count { await Task.yield() }
        }
        gate.signal()
        try await holder.value
        let results = [await tasks[0].value, await tasks[1].value, await tasks[2].value, await tasks[3].value]
        guard case .success = results[0], case .failure(.refused(is CancellationError)) = results[1],
            case .failure(.notUnique) = results[2], case .success = results[3]
        else {
            Issue.record("\(results)")
            return
        }
        let names = try await database.read { try $0.rows("SELECT name FROM counter ORDER BY name").map { $0.text(0) } }
        #expect(names == ["a", "d"])
        #expect(sizes.values.withLock { $0 } == [1, 4])
        // Alone or among others, a closure that ends its transaction is refused and nobody else is.
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    do throws(StoreError) {
                        try await database.write { session in
                            try session.execute(insert, [.text("n\(number)")])
                            if number == 7 { try session.execute("ROLLBACK") }
                        }
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 39)
        #expect(try await database.read { try $0.row("SELECT count(*) FROM counter")?.integer(0) } == 2 + 39)
        database.close()
    }

    @Test("a connection ended by the server is made anew, between and within transactions")
    func endedConnection() async throws {
        let database = try await single()
        let first = Mutex(true)
        try await database.write { try $0.execute(countUp) }
        let value = try await database.write { session in
            let value = try session.row(countUp)?.integer(0)
            let isFirst = first.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if isFirst { _ = try? session.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
            return value
        }
        #expect(value == 2)
        #expect(try await database.read { try $0.row("SELECT value FROM counter")?.integer(0) } == 2)
    }

    @Test("a commit that broke off before it happened is done again, once")
    func abortedCommit() async throws {
        let database = try await single()
        try await database.write { session in
            try session.execute("CREATE SEQUENCE tries")
            try session.execute(
                """
                CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $body$
                BEGIN
                    IF nextval('tries') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                    RETURN NULL;
                END $body$
                """
            )
            // Deferred: it runs within COMMIT.
            try session.execute(
                """
                CREATE CONSTRAINT TRIGGER break_off AFTER INSERT OR UPDATE ON counter
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_off()
                """
            )
        }
        let value = try await database.write { try $0.row(countUp)?.integer(0) }
        #expect(value == 1)
        let (kept, tries) = try await database.read { session in
            (
                try session.row("SELECT value FROM counter")?.integer(0),
                try session.row("SELECT last_value FROM tries")?.integer(0)
            )
        }
        #expect(kept == 1)
        #expect(tries == 2)
    }

    @Test("plans that no longer fit the tables are made anew")
    func stalePlans() async throws {
        let database = try await single()
        let all = "SELECT * FROM counter"
        try await database.write { session in
            try session.execute(countUp)
            _ = try session.rows(all)
        }
        #expect(try await database.read { try $0.rows(all).first?.values.count } == 2)
        try await database.write { try $0.execute("ALTER TABLE counter ADD COLUMN extra TEXT") }
        #expect(try await database.read { try $0.rows(all).first?.values.count } == 3)
        #expect(try await database.write { try $0.rows(all).first?.values.count } == 3)
    }

    @Test("more kinds of statements than are kept do no harm")
    func manyStatements() async throws {
        let database = try await single()
        let sum = try await database.read { session in
            try (1...1_200).reduce(Int64(0)) { sum, number in
                sum + (try session.row("SELECT \(number) + CAST($1 AS BIGINT)", [1])?.integer(0) ?? 0)
            }
        }
        #expect(sum == 1_200 * 1_201 / 2 + 1_200)
    }

    @Test("a placeholder takes NULL first and a value later, and the other way round")
    func kinds() async throws {
        let database = try await single()
        let insert = "INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, 'b', 'c', $3)"
        try await database.write { session in
            try session.execute(insert, [1, "a", nil])
            try session.execute(insert, [2, "a", "x"])
            try session.execute(insert, [3, "a", nil])
            // A number for a text column, as SQLite's columns take it.
            try session.execute(insert, [4, "a", 7])
        }
        let details = try await database.read { try $0.rows("SELECT detail FROM audit ORDER BY at").map { $0.text(0) } }
        #expect(details == [nil, "x", nil, "7"])
    }

    @Test(
        "wrong settings are told with what to do, without the password and without waiting",
        arguments: [
            ("nobody", nil), (nil, "nowhere"), ("nobody", "nowhere"),
        ] as [(String?, String?)]
    )
    func wrongSettings(user: String?, name: String?) async throws {
        let server = try #require(TestDatabase.postgresServer)
        var parts = try #require(URLComponents(string: server))
        parts.password = "topsecret"
        if let user { parts.user = user }
        if let name { parts.path = "/" + name }
        let url = try #require(parts.string)
        let start = ContinuousClock.now
        let error = await #expect(throws: StoreError.self) { try await OpenDatabase.open(url) }
        let text = "\(error.map(String.init(describing:)) ?? "")"
        #expect(text.contains("in the setting"), "\(text)")
        #expect(!text.contains("topsecret") && !text.contains("nobody"))
        #expect(ContinuousClock.now - start < PostgresDatabase.Limits().patience)
    }

    @Test("values of rows are in no message")
    func privacy() async throws {
        let database = try await single()
        let statements = [
            "INSERT INTO counter (name, value) VALUES ('+5531999990000', CAST('+5531999990000x' AS BIGINT))",
            "INSERT INTO counter (name, value) VALUES ('+5531999990000', NULL)",
            "SELECT CAST('+5531999990000x' AS BIGINT)", "SELECT 1 / 0 AS \"+5531999990000\"",
        ]
        for sql in statements {
            let error = await #expect(throws: StoreError.self) { try await database.write { try $0.rows(sql) } }
            #expect(!"\(error.map(String.init(describing:)) ?? "")".contains("99999"))
        }
    }

    /// A database with one connection for each side, so that a test knows which it meets.
    private func single() async throws -> PostgresDatabase {
        var limits = PostgresDatabase.Limits()
        limits.readers = 1
        limits.writers = 1
        return try await PostgresDatabase.open(try await TestDatabase.freshPostgres(), limits: limits)
    }
}

private final class SizeList: Sendable {
    let values = Mutex<[Int]>([])
}

/// A point two closures reach before either goes on; runs after the first pass it.
///
/// SAFETY: guarded by its condition.
final class Meeting: @unchecked Sendable {
    private let condition = NSCondition()
    private var arrived = 0

    func waitOnce() {
        condition.lock()
        defer { condition.unlock() }
        arrived += 1
        condition.broadcast()
        // Bounded, so that a lost partner fails the test instead of hanging it.
        let deadline = Date(timeIntervalSinceNow: 10)
        while arrived < 2, condition.wait(until: deadline) {}
    }
}
