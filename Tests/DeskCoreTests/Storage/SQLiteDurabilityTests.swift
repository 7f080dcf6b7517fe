import DeskCore
import Foundation
import TestSupport
import Testing

@Suite("A SQLite file keeps what was acknowledged", .timeLimit(.minutes(5)))
struct SQLiteDurabilityTests {
    @Test("a file is opened with WAL, full synchronous and foreign keys, closed to other users")
    func pragmas() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("data/desk.sqlite").path
        let database = try await SQLiteDatabase.open(path: path)
        // Asked on the writer's connection, where it counts.
        let settings = try await database.write { session in
            [
                try session.row("PRAGMA journal_mode")?.text(0),
                try session.row("PRAGMA synchronous")?.integer(0).map(String.init),
                try session.row("PRAGMA foreign_keys")?.integer(0).map(String.init),
            ]
        }
        #expect(settings == ["wal", "2", "1"])
        for name in [path, path + "-wal"] {
            let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600, "\(name)")
        }
        await database.close()
    }

    @Test("every acknowledged write is in the files at the moment of its acknowledgement")
    func acknowledgedIsThere() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        let database = try await SQLiteDatabase.open(path: path)
        for round in 1...20 {
            let value = Int64(round)
            try await database.write { session in
                try session.execute(
                    """
                    INSERT INTO counter (name, value) VALUES ('a', $1)
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value
                    """,
                    [.integer(value)]
                )
            }
            // What a process killed now would leave behind: the files as they are, without a goodbye.
            let copy = folder.appendingPathComponent("copy-\(round).sqlite").path
            for ending in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
            }
            let reopened = try await SQLiteDatabase.open(path: copy)
            let kept = try await reopened.read { try $0.row("SELECT value FROM counter WHERE name = 'a'")?.integer(0) }
            #expect(kept == value)
            await reopened.close()
        }
        await database.close()
    }
}
