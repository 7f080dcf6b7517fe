import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Tables are brought up to the release, step by step", .timeLimit(.minutes(5)))
struct SchemaUpgradeTests {
    @Test("every older state of the tables becomes today's, with its rows", arguments: TestDatabase.engines)
    func everyPrefix(engine: DatabaseEngine) async throws {
        let steps = Schema.everyStep(for: engine)
        let fresh = try await shape(of: try await TestDatabase.make(engine))
        for count in 0..<steps.count {
            let place = try await Place(engine)
            defer { place.remove() }
            let older = try await place.open(Array(steps.prefix(count)))
            if count > 0 {
                try await older.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('kept', 7)") }
            }
            let newer = try await place.open(nil)
            let kept = try await newer.read { try $0.row("SELECT value FROM counter WHERE name = 'kept'")?.integer(0) }
            #expect(kept == (count > 0 ? 7 : nil))
            #expect(try await shape(of: newer) == fresh)
            let applied = try await newer.read { try $0.rows("SELECT name FROM schema_step").compactMap { $0.text(0) } }
            #expect(applied.sorted() == steps.map(\.name).sorted())
        }
    }

    @Test("a database of a newer release is refused by name and left as it is", arguments: TestDatabase.engines)
    func newer(engine: DatabaseEngine) async throws {
        let place = try await Place(engine)
        defer { place.remove() }
        let future = SchemaStep(name: "0999-future", statements: ["CREATE TABLE future (id {id}, data {blob})"])
        _ = try await place.open(Schema.everyStep(for: engine) + [future])
        let error = await #expect(throws: StoreError.self) { try await place.open(nil) }
        guard case .unavailable(_, let remedy) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(remedy.contains("newer release") && remedy.contains("0999-future"))
    }

    @Test("who only looks changes no table, and is told what the next start brings")
    func looking() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        let steps = Schema.everyStep(for: .sqlite)
        await (try await SQLiteDatabase.open(path: path, steps: Array(steps.dropLast(3)))).close()
        func look() async throws -> (pending: Int, applied: Int) {
            var pending = 0
            let applied = try await OpenDatabase.looking("sqlite:\(path)", onPending: { pending = $0 }) { database in
                try await database.read { try $0.rows("SELECT name FROM schema_step").count }
            }
            return (pending, applied)
        }
        for _ in 0..<2 {
            let found = try await look()
            #expect(found.pending == 3 && found.applied == steps.count - 3)
        }
        let copy = folder.appendingPathComponent("copy.sqlite").path
        try await OpenDatabase.looking("sqlite:\(path)") { try await $0.backUp(to: copy) }
        #expect(try await look().pending == 3)
        await (try await SQLiteDatabase.open(path: path)).close()
        #expect(try await look().pending == 0)
        let nowhere = folder.appendingPathComponent("none.sqlite").path
        await #expect(throws: StoreError.self) { try await OpenDatabase.looking("sqlite:\(nowhere)") { _ in } }
        #expect(!FileManager.default.fileExists(atPath: nowhere))
    }

    @Test("another program's file is refused and gets no tables of ours")
    func foreign() async throws {
        let place = try await Place(.sqlite)
        defer { place.remove() }
        let theirs = SchemaStep(name: "0001-theirs", statements: ["CREATE TABLE invoices (number TEXT)"])
        let other = try await place.open([theirs])
        try await other.write { try $0.execute("DROP TABLE schema_step") }
        func tables() async throws -> [String] {
            try await other.read {
                try $0.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1").compactMap { $0.text(0) }
            }
        }
        let error = await #expect(throws: StoreError.self) { try await place.open(nil) }
        #expect(error?.description.contains("another program's") == true)
        #expect(try await tables() == ["invoices"])
    }

    @Test("a step that fails leaves nothing of itself, and the steps before it stay", arguments: TestDatabase.engines)
    func failing(engine: DatabaseEngine) async throws {
        let place = try await Place(engine)
        defer { place.remove() }
        let steps = Schema.everyStep(for: engine)
        let broken = SchemaStep(name: "0998-broken", statements: ["CREATE TABLE half (id {id})", "CREATE TABLE ("])
        await #expect(throws: StoreError.self) { try await place.open(steps + [broken]) }
        let mended = SchemaStep(name: "0998-broken", statements: ["CREATE TABLE half (id {id})"])
        let database = try await place.open(steps + [mended])
        try await database.write { try $0.execute("INSERT INTO half (id) VALUES (1)") }
    }

    @Test("nodes that start together apply each step once", arguments: TestDatabase.engines)
    func together(engine: DatabaseEngine) async throws {
        let place = try await Place(engine)
        defer { place.remove() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await place.open(nil) } }
            try await group.waitForAll()
        }
        let database = try await place.open(nil)
        #expect(try await shape(of: database) == (try await shape(of: try await TestDatabase.make(engine))))
    }

    /// Somewhere a database can be opened again and again.
    private struct Place: Sendable {
        private let engine: DatabaseEngine
        private let folder: URL
        private let url: String

        init(_ engine: DatabaseEngine) async throws {
            self.engine = engine
            folder = try TestDatabase.folder()
            url = engine == .postgres ? try await TestDatabase.freshPostgres() : ""
        }

        func open(_ steps: [SchemaStep]?) async throws(StoreError) -> any Database {
            switch engine {
            case .sqlite:
                return try await SQLiteDatabase.open(
                    path: folder.appendingPathComponent("desk.sqlite").path,
                    steps: steps
                )
            case .postgres:
                var limits = PostgresDatabase.Limits()
                limits.readers = 1
                limits.writers = 1
                return try await PostgresDatabase.open(url, limits: limits, steps: steps)
            }
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    /// Tables, columns and indexes as the engine names them.
    private func shape(of database: any Database) async throws -> [String] {
        let sql =
            switch database.engine {
            case .sqlite: "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"
            case .postgres:
                """
                SELECT table_name || ' ' || column_name || ' ' || data_type FROM information_schema.columns
                    WHERE table_schema = current_schema()
                UNION ALL
                SELECT regexp_replace(indexdef, ' ON [a-z0-9_]+[.]', ' ON ') FROM pg_indexes WHERE schemaname = current_schema()
                """
            }
        return try await database.read { try $0.rows(sql).compactMap { $0.text(0) } }.sorted()
    }
}
