import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

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

    @Test(
        "whoever reads while the file is closed gets an answer or is told, and the file alone is whole",
        arguments: [1, 4, 9, 16]
    )
    func closedWhileRead(round: Int) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        let database = try await SQLiteDatabase.open(path: path)
        try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('a', 7)") }
        let answered = await withTaskGroup(of: Bool.self) { group in
            for place in 0..<40 {
                group.addTask {
                    // As many at one moment as there are connections, some waiting, some asked too late.
                    for _ in 0..<(place % 5) { await Task.yield() }
                    do throws(StoreError) {
                        let value = try await database.read { session in
                            try session.row("SELECT value FROM counter WHERE name = 'a'")?.integer(0)
                        }
                        #expect(value == 7)
                        return true
                    } catch {
                        guard case .unavailable = error else {
                            Issue.record(error)
                            return false
                        }
                        return false
                    }
                }
            }
            group.addTask {
                for _ in 0..<round { await Task.yield() }
                await database.close()
                return false
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(answered <= 40)
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        // Who asks a closed one is told, not left waiting.
        await #expect(throws: StoreError.self) { _ = try await database.read { try $0.row("SELECT 1") } }
    }

    @Test("reads that find every connection busy are answered in turn, one at a time on each")
    func manyReads() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await SQLiteDatabase.open(path: folder.appendingPathComponent("desk.sqlite").path)
        let beside = Beside()
        try await withThrowingTaskGroup(of: Int64?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await database.read { session in
                        beside.begin()
                        defer { beside.end() }
                        return try session.row("SELECT $1", [.integer(Int64(number))])?.integer(0)
                    }
                }
            }
            var seen: Set<Int64> = []
            for try await number in group { if let number { seen.insert(number) } }
            #expect(seen == Set(0..<200))
        }
        #expect(beside.most <= SQLiteDatabase.readers)
        await database.close()
    }
}

/// How many are at something at one moment.
private final class Beside: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock(\.most) }

    func begin() {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
    }

    func end() { counts.withLock { $0.now -= 1 } }
}
