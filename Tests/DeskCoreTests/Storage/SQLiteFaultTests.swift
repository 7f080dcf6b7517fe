import Foundation
import GRDB
import TestSupport
import Testing

@testable import DeskCore

@Suite("What can happen to a SQLite file is told, and work resumes", .timeLimit(.minutes(5)))
struct SQLiteFaultTests {
    private let insert = "INSERT INTO counter (name, value) VALUES ($1, 0)"

    @Test("a full disk is told as such, loses nothing acknowledged, and is over by itself")
    func full() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await SQLiteDatabase.open(path: folder.appendingPathComponent("desk.sqlite").path)
        let pages = try await database.write { session in try session.row("PRAGMA page_count")?.integer(0) ?? 0 }
        try await database.write { session in try session.execute("PRAGMA max_page_count = \(pages + 30)") }
        var acknowledged: [String] = []
        var failure: StoreError?
        for round in 0..<1_000 where failure == nil {
            let name = "\(round)-" + String(repeating: "x", count: 2_000)
            do throws(StoreError) {
                try await database.write { try $0.execute(self.insert, [.text(name)]) }
                acknowledged.append(name)
            } catch {
                failure = error
            }
        }
        guard case .full = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(failure?.isTransient == true)
        #expect("\(failure.map(String.init(describing:)) ?? "")".contains("free disk space"))
        #expect(try await names(database) == acknowledged.sorted())
        try await database.write { session in try session.execute("PRAGMA max_page_count = 1000000") }
        try await database.write { try $0.execute(self.insert, ["after"]) }
        #expect(try await names(database) == (acknowledged + ["after"]).sorted())
        await database.close()
    }

    @Test("a lock held by another process is told with what to do, and writing resumes when it is gone")
    func locked() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        let database = try await SQLiteDatabase.open(path: path, lockTimeout: .milliseconds(50))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        let insert = insert
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        let refused = await #expect(throws: StoreError.self) {
            try await database.write { try $0.execute(insert, ["a"]) }
        }
        guard case .unavailable(let what, let remedy) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(what == path)
        #expect(remedy.contains("another process"))
        #expect(try await names(database) == [], "reading goes on meanwhile")
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try await database.write { try $0.execute(insert, ["b"]) }
        #expect(try await names(database) == ["b"])
        await database.close()
    }

    @Test("a start waits for another one that holds the file longer than a write would", arguments: [false, true])
    func lockedAtStart(isMade: Bool) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        if isMade { await (try await SQLiteDatabase.open(path: path, steps: [])).close() }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        async let opened = SQLiteDatabase.open(path: path, lockTimeout: .milliseconds(1))
        try await Task.sleep(for: .milliseconds(200))
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        let database = try await opened
        try await database.write { try $0.execute(self.insert, ["a"]) }
        #expect(try await names(database) == ["a"])
        await database.close()
    }

    @Test("a file that is no database is told as damaged, with what to do", arguments: ["text", "torn"])
    func corrupt(kind: String) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        if kind == "text" {
            try Data(repeating: 0x41, count: 20_000).write(to: URL(fileURLWithPath: path))
        } else {
            let database = try await SQLiteDatabase.open(path: path)
            await database.close()
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for index in 100..<8_192 { bytes[index] = 0xA5 }
            try bytes.write(to: URL(fileURLWithPath: path))
        }
        let error = await #expect(throws: StoreError.self) { try await SQLiteDatabase.open(path: path) }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("restore the last backup"))
    }

    @Test("a damaged table is told by those who need it, and the others go on")
    func damagedTable() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        var database = try await SQLiteDatabase.open(path: path)
        let (root, size) = try await database.write { session in
            try session.execute("INSERT INTO counter (name, value) VALUES ('a', 1)")
            return (
                try session.row("SELECT rootpage FROM sqlite_master WHERE name = 'form_version'")?.integer(0) ?? 0,
                try session.row("PRAGMA page_size")?.integer(0) ?? 0
            )
        }
        await database.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in Int((root - 1) * size)..<Int(root * size) { bytes[index] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: path))
        database = try await SQLiteDatabase.open(path: path)
        let reopened = database
        let error = await #expect(throws: StoreError.self) {
            try await reopened.read { try $0.rows("SELECT source FROM form_version") }
        }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await names(database) == ["a"])
        try await database.write { try $0.execute(self.insert, ["b"]) }
        await database.close()
    }

    @Test("a folder that cannot be made and a setting that names nothing say what to do")
    func unusablePlaces() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("file")
        try Data().write(to: file)
        for setting in ["sqlite:\(file.path)/desk.sqlite", "sqlite:", "mysql://ana:secret@db/x", ""] {
            let error = await #expect(throws: StoreError.self) { try await OpenDatabase.open(setting) }
            guard case .unavailable = error else {
                Issue.record("\(setting): \(String(describing: error))")
                continue
            }
            #expect(!"\(error.map(String.init(describing:)) ?? "")".contains("secret"))
        }
        let database = try await OpenDatabase.open("sqlite:\(folder.path)/new/desk.sqlite")
        try await database.check()
        let mode =
            try FileManager.default.attributesOfItem(atPath: folder.path + "/new")[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o700)
    }

    private func names(_ database: SQLiteDatabase) async throws -> [String] {
        try await database.read { try $0.rows("SELECT name FROM counter").compactMap { $0.text(0) } }.sorted()
    }
}
