import DeskCore
import TestSupport
import Testing

@Suite("A database keeps its promises on every engine", .timeLimit(.minutes(5)))
struct DatabaseTests {
    private struct Refusal: Error, Equatable { var reason: String }

    @Test("values come back as they went in", arguments: TestDatabase.engines)
    func values(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let texts = ["", "O'Brien \"x\" \\ %s $1 ; --", "São João 😀", String(repeating: "é", count: 100_000)]
        let bytes: [[UInt8]] = [[], [0, 1, 255], Array(repeating: 7, count: 70_000)]
        try await database.write { session in
            for (index, text) in texts.enumerated() {
                try session.execute(
                    "INSERT INTO counter (name, value) VALUES ($1, $2)",
                    [.text(text), .integer(index)]
                )
            }
            for (index, blob) in bytes.enumerated() {
                try session.execute(
                    "INSERT INTO secret (field, sealed, expires_at, created_at) VALUES ($1, $2, $3, 0)",
                    [.text("f\(index)"), .blob(blob), .integer(index % 2 == 0 ? Int64.max : .min)]
                )
            }
            try session.execute(
                "INSERT INTO secret (field, sealed, expires_at, created_at) VALUES ('n', $1, 1, 0)",
                [nil]
            )
        }
        let (counters, secrets) = try await database.read { session in
            (
                try session.rows("SELECT name, value FROM counter ORDER BY value"),
                try session.rows("SELECT field, sealed, expires_at FROM secret ORDER BY id")
            )
        }
        #expect(counters.map { $0.text(0) } == texts)
        #expect(counters.map { $0.integer(1) } == [0, 1, 2, 3])
        #expect(secrets.map { $0.blob(1) } == bytes + [nil])
        #expect(secrets.map { $0.integer(2) } == [.max, .min, .max, 1])
        #expect(secrets[3][1] == .null)
    }

    @Test("the results of expressions have the same kinds", arguments: TestDatabase.engines)
    func expressions(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let row = try await database.write { session in
            try session.execute("INSERT INTO counter (name, value) VALUES ('a', 9007199254740993), ('b', 1)")
            return try session.row(
                """
                SELECT count(*), sum(value), max(name), EXISTS (SELECT 1 FROM counter), CAST(0.5 AS REAL), NULL,
                    coalesce(sum(value), 0) > $1
                FROM counter
                """,
                [.integer(5)]
            )
        }
        #expect(
            row?.values == [
                .integer(2), .integer(9_007_199_254_740_994), .text("b"), .integer(1), .real(0.5), .null, .integer(1),
            ]
        )
    }

    @Test("placeholders go by their numbers, also out of order and twice", arguments: TestDatabase.engines)
    func placeholders(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let rows = try await database.write { session in
            try session.execute("INSERT INTO counter (value, name) VALUES ($2, $1), ($2 + 1, $3)", ["x", 4, "y"])
            return try session.rows(
                "SELECT name, value FROM counter WHERE name <> $2 AND value <> $1 ORDER BY name",
                [0, ""]
            )
        }
        #expect(rows.map(\.values) == [["x", 4], ["y", 5]])
        await #expect(throws: StoreError.self) {
            try await database.read { session in try session.rows("SELECT name FROM counter WHERE value = $1", []) }
        }
        await #expect(throws: StoreError.self) {
            try await database.read { session in try session.rows("SELECT name FROM counter WHERE value = $1", [1, 2]) }
        }
    }

    @Test("the character U+0000 in hostile text is replaced, not refused", arguments: TestDatabase.engines)
    func nul(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let kept = try await database.write { session in
            try session.row("INSERT INTO counter (name, value) VALUES ($1, 1) RETURNING name", ["a\u{0}b"])?.text(0)
        }
        #expect(kept == "a\u{FFFD}b")
    }

    @Test("a thrown error undoes what the closure did and arrives as it was", arguments: TestDatabase.engines)
    func rollback(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let error = await #expect(throws: StoreError.self) {
            try await database.write { session in
                try session.execute("INSERT INTO counter (name, value) VALUES ('a', 1)")
                throw Refusal(reason: "no")
            }
        }
        guard case .refused(let original as Refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(original == Refusal(reason: "no"))
        #expect(try await count(database) == 0)
    }

    @Test(
        "a double names its constraint, and the transaction is lost even when the closure goes on",
        arguments: TestDatabase.engines
    )
    func unique(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let insert = "INSERT INTO account (login, name, role, created_at) VALUES ($1, 'n', 'agent', 0)"
        try await database.write { session in try session.execute(insert, ["ana"]) }
        let error = await #expect(throws: StoreError.self) {
            try await database.write { session in
                try session.execute(insert, ["bia"])
                _ = try? session.execute(insert, ["ana"])
                _ = try? session.execute(insert, ["caio"])
            }
        }
        guard case .notUnique(let constraint) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(constraint == (engine == .sqlite ? "account.login" : "account_login"))
        let names = try await database.read { try $0.rows("SELECT login FROM account").map { $0.text(0) } }
        #expect(names == ["ana"])
    }

    @Test("references and not-null rules hold, told apart from doubles", arguments: TestDatabase.engines)
    func constraints(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        for sql in [
            "INSERT INTO contact (customer_id, name, name_folded, created_at) VALUES (99, 'x', 'x', 0)",
            "INSERT INTO counter (name, value) VALUES ('x', NULL)",
        ] {
            let error = await #expect(throws: StoreError.self) { try await database.write { try $0.execute(sql) } }
            guard case .constraint = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("a wrong statement is told as ours, and the next one works", arguments: TestDatabase.engines)
    func wrongStatement(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        for sql in ["SELEC 1", "SELECT nothing FROM counter", ""] {
            let error = await #expect(throws: StoreError.self) { try await database.write { try $0.rows(sql) } }
            guard case .statement = error else {
                Issue.record("\(sql): \(String(describing: error))")
                continue
            }
        }
        #expect(try await count(database) == 0)
    }

    @Test("a read cannot write", arguments: TestDatabase.engines)
    func readOnly(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        await #expect(throws: StoreError.self) {
            try await database.read { try $0.execute("INSERT INTO counter (name, value) VALUES ('a', 1)") }
        }
        #expect(try await count(database) == 0)
    }

    @Test("execute counts the rows it changed, rows stop at their limit", arguments: TestDatabase.engines)
    func counts(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let counts = try await database.write { session in
            [
                try session.execute("INSERT INTO counter (name, value) VALUES ('a', 1), ('b', 2), ('c', 3)"),
                try session.execute("UPDATE counter SET value = 9 WHERE value > 1"),
                try session.execute("UPDATE counter SET value = 9 WHERE value > 100"),
                try session.execute("DELETE FROM counter WHERE name = 'a'"),
                try session.rows("SELECT name FROM counter", [], limit: 1).count,
                try session.rows("SELECT name FROM counter", [], limit: 0).count,
                try session.rows("SELECT name FROM counter").count,
            ]
        }
        #expect(counts == [3, 2, 0, 1, 1, 0, 2])
    }

    @Test("keys are given upwards and never twice", arguments: TestDatabase.engines)
    func keys(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let insert = "INSERT INTO audit (at, actor, action, subject) VALUES (0, 'a', 'b', 'c') RETURNING id"
        let first = try await database.write { try $0.row(insert)?.integer(0) }
        try await database.write { _ = try $0.execute("DELETE FROM audit") }
        let second = try await database.write { try $0.row(insert)?.integer(0) }
        #expect(try #require(second) > (try #require(first)))
    }

    @Test("cancelling the caller does not change what it is told", arguments: TestDatabase.engines)
    func cancellation(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        for round in 0..<20 {
            let name = "c\(round)"
            let task = Task {
                try await database.write { session in
                    try session.row("INSERT INTO counter (name, value) VALUES ($1, 7) RETURNING value", [.text(name)])
                }
            }
            task.cancel()
            #expect(try await task.value?.integer(0) == 7)
        }
        #expect(try await count(database) == 20)
    }

    @Test("the database says that it works", arguments: TestDatabase.engines)
    func check(engine: DatabaseEngine) async throws {
        try await TestDatabase.make(engine).check()
    }

    @Test(
        "what writers acknowledged is what is there, with random failures among them",
        arguments: TestDatabase.engines
    )
    func concurrentWriters(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let seed = TestSeed.next()
        var random = SplitMix64(seed: seed)
        let turns = engine == .sqlite ? 60 : 15
        let plans = (0..<16).map { _ in (0..<turns).map { _ in random.next() } }
        let acknowledged = try await withThrowingTaskGroup(of: [String: Int64].self) { group in
            for plan in plans {
                group.addTask {
                    var acknowledged: [String: Int64] = [:]
                    for draw in plan {
                        let name = "n\(draw % 3)"
                        do throws(StoreError) {
                            try await database.write { session in try Self.step(name, draw: draw, in: session) }
                            acknowledged[name, default: 0] += 1
                        } catch {
                            guard draw % 5 < 2 else { throw error }
                        }
                    }
                    return acknowledged
                }
            }
            return try await group.reduce(into: [:]) { sum, part in sum.merge(part, uniquingKeysWith: +) }
        }
        let kept = try await database.read { try $0.rows("SELECT name, value FROM counter") }
        let found = Dictionary(kept.map { ($0.text(0) ?? "", $0.integer(1) ?? 0) }, uniquingKeysWith: +)
        #expect(found == acknowledged, "seed \(seed)")
    }

    /// Counts up by reading first, as a closure would that trusts nobody else to be there; two draws in five fail late.
    private static func step(_ name: String, draw: UInt64, in session: any SQLSession) throws {
        if let value = try session.row("SELECT value FROM counter WHERE name = $1", [.text(name)])?.integer(0) {
            try session.execute("UPDATE counter SET value = $2 WHERE name = $1", [.text(name), .integer(value + 1)])
        } else {
            try session.execute("INSERT INTO counter (name, value) VALUES ($1, 1)", [.text(name)])
        }
        if draw % 5 == 0 { throw Refusal(reason: "late") }
        if draw % 5 == 1 { try session.execute("INSERT INTO counter (name, value) VALUES ($1, 1)", [.text(name)]) }
    }

    private func count(_ database: any Database) async throws -> Int64? {
        try await database.read { try $0.row("SELECT count(*) FROM counter")?.integer(0) }
    }
}
