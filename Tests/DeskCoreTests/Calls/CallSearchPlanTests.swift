import TestSupport
import Testing

@testable import DeskCore

@Suite("A search of calls walks along an index")
struct CallSearchPlanTests {
    /// What the engine says it will do, of an empty table on which nothing is cheap.
    private func plan(_ sql: String, _ values: [SQLValue], on database: any Database, _ engine: DatabaseEngine)
        async throws -> String
    {
        try await database.write { session in
            for way in ["seqscan", "sort"] where engine == .postgres {
                try session.execute("SET LOCAL enable_\(way) = off")
            }
            let explain = engine == .sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN "
            return try session.rows(explain + sql, values).map { row in
                row.values.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: " ")
            }.joined(separator: "\n")
        }
    }

    @Test("the end of a number is found by its last four digits", arguments: TestDatabase.engines)
    func tail(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let plan = try await plan(
            """
            SELECT id FROM call WHERE merged_into IS NULL AND id < $1
                AND number IS NOT NULL AND \(ContactSearch.tailColumn) = $2 AND number LIKE $3 ORDER BY id DESC
            """,
            [.integer(.max), .text("4321"), .text("%54321")],
            on: database,
            engine
        )
        #expect(plan.contains("call_number_end"), "\(plan)")
        #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }

    @Test(
        "a number's end, a whole number, a protocol and a name each find their call, and a stranger's none",
        arguments: TestDatabase.engines
    )
    func found(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        try await database.write { session in
            for (index, number) in ["+5531987654321", "+5531987650001", "+5511911112222"].enumerated() {
                try session.execute(
                    """
                    INSERT INTO call (line, call_key, direction, state, outcome, number, number_raw, caller_name, withheld,
                        started_at)
                    VALUES ('matriz', $1, 'inbound', 'ended', 'answered', $2, $2, $3, 0, $4)
                    """,
                    [
                        .text("k\(index)"), .text(number), .text("JOÃO \(index)"),
                        .moment(Moment(milliseconds: Int64(index))),
                    ]
                )
            }
        }
        let calls = CallDirectory(database: database)
        func numbers(_ words: String) async throws -> [String] {
            try await calls.search(words, region: .brazil, limit: 10).compactMap(\.number)
        }
        #expect(try await numbers("4321") == ["+5531987654321"])
        #expect(try await numbers("7654321") == ["+5531987654321"])
        #expect(try await numbers("(31) 98765-0001") == ["+5531987650001"])
        #expect(try await numbers("joao 2") == ["+5511911112222"])
        #expect(try await numbers("joão") == ["+5511911112222", "+5531987650001", "+5531987654321"])
        #expect(try await numbers("9999").isEmpty)
    }
}
