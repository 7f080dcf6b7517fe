import DeskCore
import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("Moving, backing up and restoring a database", .timeLimit(.minutes(2)))
struct DatabaseCommandTests {
    @Test(
        "a password never becomes an argument of another program",
        arguments: [
            (
                "postgres://u:p%40s%3A1@h1,h2:5433/db?sslmode=require", "postgres://u@h1,h2:5433/db?sslmode=require",
                "p@s:1"
            ),
            ("postgres://u@h/db", "postgres://u@h/db", nil),
            ("postgres://u@h/db?password=a%26b&connect_timeout=3", "postgres://u@h/db?connect_timeout=3", "a&b"),
            ("postgresql://u:s@h", "postgresql://u@h", "s"),
            ("postgres:///db?host=/run/pg&password=x", "postgres:///db?host=/run/pg", "x"),
            ("postgres://u:a@b@h/db", "postgres://u@h/db", "a@b"),
        ] as [(String, String, String?)]
    )
    func password(setting: String, url: String, password: String?) {
        let split = PostgresTools.split(setting)
        #expect(split.url == url)
        #expect(split.password == password)
    }

    @Test("PostgreSQL's programs work with the host that takes writes, unless somebody says otherwise")
    func primary() throws {
        let tools = try #require(PostgresTools("postgres://u:s@db1,db2/desk"))
        #expect(
            tools.environment(["PATH": "/bin"]) == [
                "PATH": "/bin", "PGTARGETSESSIONATTRS": "read-write", "PGPASSWORD": "s",
            ]
        )
        #expect(tools.environment(["PGTARGETSESSIONATTRS": "any"])["PGTARGETSESSIONATTRS"] == "any")
    }

    @Test("a file gets a line a table, a terminal one line that changes")
    func progress() {
        let news = [
            DatabaseCopy.Progress(table: "ticket", stage: .copying, done: 0, total: 4),
            .init(table: "ticket", stage: .copying, done: 2, total: 4),
            .init(table: "ticket", stage: .copying, done: 4, total: 4),
            .init(table: "ticket", stage: .comparing, done: 4, total: 4),
        ]
        var file = CopyProgress(isTerminal: false)
        #expect(news.compactMap { file.text(for: $0) } == ["copying ticket: 4 of 4\n", "comparing ticket: 4 of 4\n"])
        #expect(file.summary.hasPrefix("1 tables, 4 rows: counts and checksums are equal."))
        var terminal = CopyProgress(isTerminal: true)
        let lines = news.compactMap { terminal.text(for: $0) }
        #expect(lines.count == 4)
        #expect(lines[1].contains("[###############...............] copying ticket 2/4"))
    }

    @Test("a SQLite backup is restored where nothing is, and never over something")
    func restore() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (old, copy, new) = ["old.sqlite", "copy.sqlite", "new/desk.sqlite"].map {
            folder.appendingPathComponent($0).path
        }.threes
        let database = try await SQLiteDatabase.open(path: old)
        try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('x', 7)") }
        try await database.backUp(to: copy)
        await database.close()
        try await SQLiteDatabase.restore(from: copy, to: new)
        let restored = try await SQLiteDatabase.open(path: new)
        #expect(try await restored.read { try $0.row("SELECT value FROM counter WHERE name = 'x'")?.integer(0) } == 7)
        await restored.close()
        let error = await #expect(throws: StoreError.self) { try await SQLiteDatabase.restore(from: copy, to: new) }
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("nothing is replaced"))
        let damaged = folder.appendingPathComponent("damaged").path
        var bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
        for place in stride(from: 8_192, to: min(bytes.count, 60_000), by: 7) { bytes[place] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: damaged))
        await #expect(throws: StoreError.self) {
            try await SQLiteDatabase.restore(from: damaged, to: folder.appendingPathComponent("third.sqlite").path)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("third.sqlite").path))
    }

    @Test("PostgreSQL's archive is restored into an empty database", .enabled(if: TestDatabase.postgresServer != nil))
    func archive() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let archive = folder.appendingPathComponent("desk.dump").path
        try await PostgresServer.with { server in
            let database = try await PostgresDatabase.open(server.url)
            try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('x', 7)") }
            database.close()
            let tools = try #require(PostgresTools(server.url))
            try tools.dump(to: archive)
            // There are tables already: nothing is replaced.
            #expect(throws: (any Error).self) { try tools.restore(from: archive) }
        }
        try await PostgresServer.with { server in
            try #require(PostgresTools(server.url)).restore(from: archive)
            let database = try await PostgresDatabase.open(server.url)
            #expect(
                try await database.read { try $0.row("SELECT value FROM counter WHERE name = 'x'")?.integer(0) } == 7
            )
            database.close()
        }
    }
}

extension [String] {
    fileprivate var threes: (String, String, String) { (self[0], self[1], self[2]) }
}
