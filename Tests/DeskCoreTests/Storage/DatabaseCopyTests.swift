import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite(
    "A desk moves from SQLite to PostgreSQL",
    .enabled(if: TestDatabase.engines.contains(.postgres), "needs CALLDESK_TEST_POSTGRES"),
    .timeLimit(.minutes(5))
)
struct DatabaseCopyTests {
    private struct Stop: Error {}

    @Test("every row, reference, counter and word arrives, and the desk goes on there")
    func whole() async throws {
        try await withSource { path in
            let target = try await TestDatabase.freshPostgres()
            let copy = try await DatabaseCopy(from: "sqlite:\(path)", to: target)
            let seen = Mutex<[DatabaseCopy.Progress]>([])
            try await copy.run { progress in seen.withLock { $0.append(progress) } }
            await copy.close()
            let customers = seen.withLock { $0.filter { $0.table == "customer" && $0.stage == .copying } }
            #expect(customers.first?.done == 0 && customers.last?.done == 1_200 && customers.last?.total == 1_200)

            let database = try await PostgresDatabase.open(target)
            let (row, secret, found) = try await database.read { session in
                (
                    try session.row("SELECT name, merged_into FROM customer WHERE id = 3"),
                    try session.row("SELECT sealed FROM secret")?.blob(0),
                    try SearchIndex.find(kind: .customer, words: "sao 37", before: nil, limit: 900, in: session)
                )
            }
            #expect(row?.values == ["São “João” 3", 1_200])
            #expect(secret == [0, 1, 254, 255])
            let owed = try await database.read { try $0.row("SELECT ticket_id FROM search_debt")?.integer(0) }
            #expect(owed == 4_711)
            #expect(found == [379, 378, 377, 376, 375, 374, 373, 372, 371, 370, 37])
            let next = try await database.write { session in
                try session.row(
                    """
                    INSERT INTO customer (kind, name, name_folded, origin, created_at, updated_at)
                    VALUES ('person', 'n', 'n', 'desk', 0, 0) RETURNING id
                    """
                )?.integer(0)
            }
            // 1,201 was given and deleted before the copy: it is not given again.
            #expect(next == 1_202)
            let error = await #expect(throws: StoreError.self) {
                try await database.write { session in
                    try session.execute(
                        "INSERT INTO contact (customer_id, name, name_folded, created_at) VALUES (99999, 'x', 'x', 0)"
                    )
                }
            }
            guard case .constraint = error else {
                Issue.record("references are not back: \(String(describing: error))")
                return
            }
            database.close()
        }
    }

    @Test("a database in use is refused untouched: its desk goes on")
    func inUse() async throws {
        try await withSource { path in
            let target = try await TestDatabase.freshPostgres()
            let desk = try await PostgresDatabase.open(target)
            try await desk.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('ticket', 7)") }
            await #expect(throws: StoreError.self) { try await DatabaseCopy(from: "sqlite:\(path)", to: target) }
            let again = try await PostgresDatabase.open(target)
            #expect(try await again.read { try $0.row("SELECT value FROM counter")?.integer(0) } == 7)
            again.close()
            desk.close()
        }
    }

    @Test("a copy that was cut off goes on where it stood; until then no desk opens the target")
    func restart() async throws {
        try await withSource { path in
            let target = try await TestDatabase.freshPostgres()
            let cut = try await DatabaseCopy(from: "sqlite:\(path)", to: target)
            let closing = cut.target
            // Ends the copy's connections to the target in the middle of a table, as a killed command would.
            await #expect(throws: StoreError.self) {
                try await cut.run { if $0.table == "customer", $0.done >= 500 { closing.close() } }
            }
            await cut.close()
            let error = await #expect(throws: StoreError.self) { try await PostgresDatabase.open(target) }
            #expect("\(error.map(String.init(describing:)) ?? "")".contains("not finished"))

            let copy = try await DatabaseCopy(from: "sqlite:\(path)", to: target)
            let first = Mutex<Int64?>(nil)
            try await copy.run { progress in
                guard progress.table == "customer", progress.stage == .copying else { return }
                first.withLock { $0 = $0 ?? progress.done }
            }
            #expect(first.withLock { $0 } == 500)
            await copy.close()
            let database = try await PostgresDatabase.open(target)
            #expect(try await database.read { try $0.row("SELECT count(*) FROM customer")?.integer(0) } == 1_200)
            database.close()
        }
    }

    @Test("a source that is written to meanwhile fails the copy, by the table's name")
    func changedSource() async throws {
        try await withSource { path in
            let copy = try await DatabaseCopy(from: "sqlite:\(path)", to: try await TestDatabase.freshPostgres())
            let other = try await SQLiteDatabase.open(path: path)
            let changes = Mutex<[Task<Void, any Error>]>([])
            let gate = DispatchSemaphore(value: 0)
            let error = await #expect(throws: StoreError.self) {
                try await copy.run { progress in
                    guard progress.table == "customer", progress.done == 1_000, progress.stage == .copying else {
                        return
                    }
                    let change = Task.detached {
                        defer { gate.signal() }
                        try await other.write { try $0.execute("UPDATE customer SET name = 'changed' WHERE id = 1") }
                    }
                    changes.withLock { $0.append(change) }
                    gate.wait()
                }
            }
            guard case .corrupt(let what) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(what.contains("customer") && what.contains("service"))
            await other.close()
            await copy.close()
        }
    }

    @Test("a target with rows, a missing source and other directions are refused")
    func refusals() async throws {
        try await withSource { path in
            let target = try await TestDatabase.freshPostgres()
            let database = try await PostgresDatabase.open(target)
            try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('a', 1)") }
            database.close()
            let error = await #expect(throws: StoreError.self) {
                try await DatabaseCopy(from: "sqlite:\(path)", to: target)
            }
            #expect("\(error.map(String.init(describing:)) ?? "")".contains("empty database"))
            for (from, to) in [("sqlite:\(path)-missing", target), (target, "sqlite:\(path)"), (target, target)] {
                await #expect(throws: StoreError.self) { try await DatabaseCopy(from: from, to: to) }
            }
            #expect(!FileManager.default.fileExists(atPath: path + "-missing"))
        }
    }

    /// A SQLite file with rows that refer to later ones, bytes, accents and deleted keys.
    private func withSource(_ body: (String) async throws -> Void) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        let database = try await SQLiteDatabase.open(path: path)
        try await database.write { session in
            for number in 1...1_201 {
                try session.execute(
                    """
                    INSERT INTO customer (kind, name, name_folded, document, origin, created_at, updated_at)
                    VALUES ('person', $1, 'x', $2, 'desk', 0, 0)
                    """,
                    [.text("São “João” \(number)"), .text("d\(number)")]
                )
                try SearchIndex.put(kind: .customer, id: Int64(number), text: "São João \(number)", in: session)
            }
            try session.execute("DELETE FROM customer WHERE id = 1201")
            try SearchIndex.remove(kind: .customer, id: 1_201, in: session)
            // Two rows with one document, of which one is merged into a later row.
            try session.execute("UPDATE customer SET merged_into = 1200, document = 'd1200' WHERE id = 3")
            try session.execute("INSERT INTO counter (name, value) VALUES ('protocol-2026', 7)")
            try session.execute("INSERT INTO search_debt (ticket_id) VALUES (4711)")
            try session.execute(
                "INSERT INTO template (name, channel, language, body, updated_at) VALUES ('a', 'mail', 'pt-BR', 'b', 0), ('A', 'sms', 'en', 'c', 1)"
            )
            try session.execute(
                "INSERT INTO secret (field, sealed, expires_at, created_at) VALUES ('f', $1, 1, 1)",
                [.blob([0, 1, 254, 255])]
            )
        }
        await database.close()
        try await body(path)
    }
}
