import TestSupport
import Testing

@testable import DeskCore

@Suite("A row is written for what its indexes cost and no more", .timeLimit(.minutes(1)))
struct WrittenRowTests {
    @Test("no index asks its condition by a table that SQLite makes for each row")
    func conditions() async throws {
        let database = try await TestDatabase.make(.sqlite)
        let made = try await database.write { session in
            let tables = try session.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'sqlite%'"
            ).compactMap { $0.text(0) }
            #expect(tables.contains("ticket"))
            return try tables.filter { table in
                try session.rows("EXPLAIN INSERT INTO \"\(table)\" DEFAULT VALUES").contains {
                    $0.text(1) == "OpenEphemeral"
                }
            }
        }
        #expect(made == [])
    }
}
