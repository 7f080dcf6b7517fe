import DeskCore
import Foundation
import TestSupport
import Testing

@Suite("A backup is whole, whatever is written meanwhile", .timeLimit(.minutes(5)))
struct BackupTests {
    @Test("every copy made during writing is consistent and opens as a database")
    func whileWriting() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await SQLiteDatabase.open(path: folder.appendingPathComponent("desk.sqlite").path)
        try await database.write { session in
            try session.execute("INSERT INTO counter (name, value) VALUES ('a', 0), ('b', 0)")
        }
        let writing = Task {
            var turns: Int64 = 0
            while !Task.isCancelled {
                // Both always move together: a copy in which they differ has seen half a transaction.
                try await database.write { session in try session.execute("UPDATE counter SET value = value + 1") }
                turns += 1
            }
            return turns
        }
        for round in 0..<5 {
            let before = try await values(database)
            let copy = folder.appendingPathComponent("copy-\(round).sqlite").path
            try await database.backUp(to: copy)
            let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            let opened = try await SQLiteDatabase.open(path: copy)
            let kept = try await values(opened)
            #expect(kept.count == 2 && kept[0] == kept[1])
            #expect(kept[0] >= before[0], "what was acknowledged before the backup is in it")
            let state = try await opened.read { try $0.row("PRAGMA integrity_check")?.text(0) }
            #expect(state == "ok")
            await opened.close()
        }
        writing.cancel()
        let turns = try await writing.value
        #expect(try await values(database) == [turns, turns])
        await database.close()
    }

    @Test("a backup never replaces a file, and a folder that is missing is told")
    func refuses() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await SQLiteDatabase.open(path: folder.appendingPathComponent("desk.sqlite").path)
        let taken = folder.appendingPathComponent("taken")
        try Data("mine".utf8).write(to: taken)
        for path in [taken.path, folder.path + "/nowhere/copy.sqlite"] {
            let error = await #expect(throws: StoreError.self) { try await database.backUp(to: path) }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(try Data(contentsOf: taken) == Data("mine".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasSuffix(".part") })
        await database.close()
    }

    @Test("PostgreSQL names its own tools", .enabled(if: TestDatabase.engines.contains(.postgres)))
    func postgres() async throws {
        let database = try await TestDatabase.make(.postgres)
        let error = await #expect(throws: StoreError.self) { try await database.backUp(to: "x") }
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("pg_dump"))
    }

    private func values(_ database: SQLiteDatabase) async throws -> [Int64] {
        try await database.read { try $0.rows("SELECT value FROM counter ORDER BY name").compactMap { $0.integer(0) } }
    }
}
