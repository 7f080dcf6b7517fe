import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("The vault's keys")
struct VaultKeyTests {
    static let start = Moment(milliseconds: 1_795_236_570_000)
    static let day = Duration.seconds(86_400)
    static let term = Duration.seconds(72 * 3600)

    /// A desk's database, its data folder, and time.
    struct Fixture {
        var database: any Database
        var folder: URL

        init(_ engine: DatabaseEngine) async throws {
            database = try await TestDatabase.make(engine)
            folder = try TestDatabase.folder()
        }

        func vault(_ now: Moment = start, folder: URL? = nil) -> SecretVault {
            SecretVault(database: database, clock: DeskClock { now }, folder: folder ?? self.folder, term: term)
        }

        func seal(_ text: String, at now: Moment = start) async throws -> String {
            let numbers = NumberDesk(format: .standard, timeZone: .gmt)
            let attendance = try await AttendanceDesk(database: database, numbers: numbers, clock: DeskClock { now })
                .begin(channel: .walkIn, accountID: nil)
            return try await vault(now).seal(text, field: "senha", attendanceID: attendance.id)
        }

        func sealed() async throws -> Int64? {
            try await database.read { try $0.row("SELECT count(*) FROM secret WHERE sealed IS NOT NULL")?.integer(0) }
        }

        func keyFile(_ now: Moment = start) -> URL {
            folder.appending(path: "vault").appending(path: "\(VaultKeys.name(at: now)).key")
        }

        func end() { try? FileManager.default.removeItem(at: folder) }
    }

    @Test(
        "nothing starts without the key while passwords need it, and nothing is made in its place",
        arguments: TestDatabase.engines
    )
    func missing(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        _ = try await desk.seal("s3nha")
        try await desk.vault().check()
        let file = desk.keyFile()
        try FileManager.default.removeItem(at: file)
        await #expect(throws: VaultError.keyMissing(VaultKeys.name(at: Self.start))) { try await desk.vault().check() }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        // Given up by command, the desk starts again, with a new key.
        #expect(try await desk.vault().forgetLost(by: .system("console")) == 1)
        try await desk.vault().check()
        #expect(try await desk.sealed() == 0)
        #expect(FileManager.default.fileExists(atPath: file.path))
    }

    @Test("a key that cannot be read is an error and no loss", arguments: TestDatabase.engines)
    func unreadable(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        _ = try await desk.seal("s3nha")
        let file = desk.keyFile()
        let kept = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: file.path)
        await #expect(throws: VaultError.self) { try await desk.vault().check() }
        await #expect(throws: VaultError.self) { try await desk.vault().forgetLost(by: .system("console")) }
        #expect(try await desk.sealed() == 1)
        try FileManager.default.removeItem(at: file)
        try kept.write(to: file)
        try await desk.vault().check()
    }

    @Test("a key that opens none of them is told", arguments: TestDatabase.engines)
    func wrong(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        _ = try await desk.seal("s3nha")
        try Data(repeating: 1, count: 32).write(to: desk.keyFile())
        await #expect(throws: VaultError.keyWrong(VaultKeys.name(at: Self.start))) { try await desk.vault().check() }
        #expect(try await desk.sealed() == 1)
    }

    @Test(
        "nodes that start together have one key, and one with a folder of its own is told",
        arguments: TestDatabase.engines
    )
    func together(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        let marks = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await desk.vault().currentKey(at: Self.start).mark } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(marks.count == 1)
        let apart = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: apart) }
        _ = try await desk.seal("s3nha")
        await #expect(throws: VaultError.keyMissing(VaultKeys.name(at: Self.start))) {
            try await desk.vault(folder: apart).check()
        }
        await #expect(throws: VaultError.keyMissing(VaultKeys.name(at: Self.start))) {
            _ = try await desk.vault(folder: apart).seal("x", field: "f", attendanceID: 1)
        }
    }

    @Test(
        "a key dies with the last password it sealed, and an old copy of the row stays shut",
        arguments: TestDatabase.engines
    )
    func dies(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        _ = try await desk.seal("s3nha")
        let copy = try await desk.database.read { try $0.row("SELECT id, sealed, key_name FROM secret") }
        let next = Self.start.adding(Self.day)
        _ = try await desk.seal("outra", at: next)
        #expect(try await desk.vault(next).destroyKeys() == 0)
        let later = Self.start.adding(Self.term)
        #expect(try await desk.vault(later).eraseExpired() == 1)
        #expect(try await desk.vault(later).destroyKeys() == 1)
        #expect(!FileManager.default.fileExists(atPath: desk.keyFile().path))
        // The other day's key and password live on.
        #expect(FileManager.default.fileExists(atPath: desk.keyFile(next).path))
        try await desk.vault(later).check()
        // A backup brings the sealed bytes back; they do not open, and the start says what is lost.
        try await desk.database.write { session in
            try session.execute(
                "UPDATE secret SET sealed = $1, expires_at = expires_at + 864000000 WHERE id = $2",
                [.blob(copy?.blob(1) ?? []), .integer(copy?.integer(0))]
            )
        }
        await #expect(throws: VaultError.keyMissing(VaultKeys.name(at: Self.start))) {
            try await desk.vault(later).check()
        }
        #expect(try await desk.vault(later).forgetLost(by: .system("restore")) == 1)
        try await desk.vault(later).check()
        #expect(try await desk.sealed() == 1)
    }

    @Test(
        "what the one key of a release before sealed opens until its term, then that key goes too",
        arguments: TestDatabase.engines
    )
    func former(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        let file = desk.folder.appending(path: VaultKeys.former)
        // As the release before would have: the same bytes, under the old name, in a row that names no key.
        _ = try await desk.seal("s3nha")
        try Data(contentsOf: desk.keyFile()).write(to: file)
        try await desk.database.write { session in
            try session.execute("UPDATE secret SET key_name = NULL")
            try session.execute("UPDATE schema_step SET applied_at = $1", [.moment(Self.start)])
        }
        try await desk.vault().check()
        let week = Self.start.adding(.seconds(7 * 86_400))
        #expect(try await desk.vault(week).destroyKeys() == 1)
        #expect(FileManager.default.fileExists(atPath: file.path))
        _ = try await desk.vault(week).eraseExpired()
        #expect(try await desk.vault(week).destroyKeys() == 1)
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }
}

@Suite("A backup brings no erased password back")
struct ErasedPasswordTests {
    @Test("restored from before the erasing, the password stays shut and its loss is said")
    func restore() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (old, copy, new) = (folder.path + "/old.sqlite", folder.path + "/copy", folder.path + "/new.sqlite")
        let data = folder.appending(path: "data")
        let start = VaultKeyTests.start
        func vault(_ database: any Database, _ now: Moment) -> SecretVault {
            SecretVault(database: database, clock: DeskClock { now }, folder: data, term: VaultKeyTests.term)
        }
        let database = try await SQLiteDatabase.open(path: old)
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let attendance = try await AttendanceDesk(database: database, numbers: numbers, clock: DeskClock { start })
            .begin(channel: .walkIn, accountID: nil)
        _ = try await vault(database, start).seal("s3nha", field: "senha", attendanceID: attendance.id)
        try await DeskIdentity(database: database, folder: data).check()
        try await database.backUp(to: copy)
        let later = start.adding(VaultKeyTests.term)
        #expect(try await vault(database, later).eraseExpired() == 1)
        #expect(try await vault(database, later).destroyKeys() == 1)
        await database.close()
        try await SQLiteDatabase.restore(from: copy, to: new)
        let restored = try await SQLiteDatabase.open(path: new)
        try await DeskIdentity(database: restored, folder: data).adopt()
        let sealed = try await restored.read { try $0.row("SELECT sealed, field, key_name FROM secret") }
        let bytes = try #require(sealed?.blob(0))
        // Whatever key is in the folder, the bytes that came back do not open.
        for name in [sealed?.text(2) ?? "", VaultKeys.name(at: later), VaultKeys.former] {
            guard let key = try VaultKeys(folder: data).find(name) else { continue }
            #expect(SecretVault.open(bytes, field: "senha", with: key, nil) == nil)
        }
        #expect(try await vault(restored, start).forgetLost(by: .system("restore")) == 1)
        try await vault(restored, start).check()
        await restored.close()
    }
}

@Suite("A password erased before its day is over")
struct ErasedEarlyTests {
    @Test(
        "stays shut for an older copy of the database, though others of its day still open",
        arguments: TestDatabase.engines
    )
    func restore(engine: DatabaseEngine) async throws {
        let desk = try await VaultKeyTests.Fixture(engine)
        defer { desk.end() }
        let (gone, kept) = (try await desk.seal("s3nha"), try await desk.seal("outra"))
        func rows() async throws -> [(id: Int64?, sealed: [UInt8]?, half: String?)] {
            try await desk.database.read { session in
                try session.rows("SELECT id, sealed, half FROM secret ORDER BY id")
                    .map { ($0.integer(0), $0.blob(1), $0.text(2)) }
            }
        }
        let copy = try await rows()
        #expect(copy.count == 2 && Set(copy.map { $0.half ?? "" }).count == 2)
        // As when its ticket ends: the row is emptied, and the next chore destroys what opened it.
        try await desk.vault().discard(gone)
        #expect(try await desk.vault().destroyKeys() == 0)
        #expect(try await rows().first?.half == nil)
        // The copy comes back.
        for row in copy {
            try await desk.database.write { session in
                try session.execute(
                    "UPDATE secret SET sealed = $1, half = $2 WHERE id = $3",
                    [.blob(row.sealed ?? []), .text(row.half), .integer(row.id)]
                )
            }
        }
        let keys = VaultKeys(folder: desk.folder)
        let day = try #require(try keys.find(VaultKeys.name(at: VaultKeyTests.start)))
        let (first, second) = (try #require(copy.first), try #require(copy.last))
        #expect(try keys.findHalf(first.half ?? "") == nil)
        let other = try #require(try keys.findHalf(second.half ?? ""))
        for half in [nil, other] {
            #expect(SecretVault.open(first.sealed ?? [], field: "senha", with: day, half) == nil)
        }
        #expect(SecretVault.open(second.sealed ?? [], field: "senha", with: day, nil) == nil)
        #expect(SecretVault.open(second.sealed ?? [], field: "senha", with: day, other) == Data("outra".utf8))
        // What is lost is said, the other lives on.
        #expect(try await desk.vault().forgetLost(by: .system("restore")) == 1)
        try await desk.vault().check()
        #expect(try await desk.sealed() == 1 && kept == "vault:\(second.id ?? 0)")
        // Their day over, nothing of it is left in the folder.
        let later = VaultKeyTests.start.adding(VaultKeyTests.term)
        _ = try await desk.vault(later).eraseExpired()
        #expect(try await desk.vault(later).destroyKeys() == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: desk.folder.path + "/vault")
        #expect(!left.contains { $0.hasPrefix(VaultKeys.name(at: VaultKeyTests.start)) })
    }

    @Test(
        "a name of a half leads nowhere but to its day",
        arguments: ["../../etc/passwd", "2026-11-21/..", "/x", "", "a/b"]
    )
    func names(name: String) throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = VaultKeys(folder: folder)
        #expect(try keys.findHalf(name) == nil)
        try keys.destroyHalf(name)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}

@Suite("A database and its data folder belong together")
struct DeskIdentityTests {
    @Test("both get one mark, also for nodes that start together", arguments: TestDatabase.engines)
    func fresh(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await DeskIdentity(database: database, folder: folder).check() } }
            try await group.waitForAll()
        }
        try await DeskIdentity(database: database, folder: folder).check()
    }

    @Test("a file that another node makes between two looks at it is read, a link that leads nowhere is refused")
    func meeting() throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(folder.appending(path: "desk.id"), size: 1)
        #expect(try file.read() == nil)
        #expect(try file.read(missed: { _ = try? file.make([7]) }) == [7])
        #expect(try file.read() == [7])
        // A link that leads nowhere may be to the file of a disk that is not mounted.
        let link = KeyFile(folder.appending(path: "link"), size: 1)
        try FileManager.default.createSymbolicLink(atPath: link.place.path, withDestinationPath: "/nowhere/desk.id")
        #expect(throws: KeyFileError.unreadable("link", code: ENOENT)) { try link.read() }
    }

    @Test("an empty database beside the files of a desk is no new desk", arguments: TestDatabase.engines)
    func empty(engine: DatabaseEngine) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await TestDatabase.make(engine)
        try await DeskIdentity(database: first, folder: folder).check()
        let second = try await TestDatabase.make(engine)
        await #expect(throws: DeskIdentityError.emptyDatabase) {
            try await DeskIdentity(database: second, folder: folder).check()
        }
        try FileManager.default.removeItem(at: folder.appending(path: "desk.id"))
        try Data(repeating: 1, count: 32).write(to: folder.appending(path: "vault.key"))
        await #expect(throws: DeskIdentityError.emptyDatabase) {
            try await DeskIdentity(database: second, folder: folder).check()
        }
    }

    @Test("another desk's database is refused, and taken after a restore", arguments: TestDatabase.engines)
    func foreign(engine: DatabaseEngine) async throws {
        let (one, two) = (try TestDatabase.folder(), try TestDatabase.folder())
        defer { for folder in [one, two] { try? FileManager.default.removeItem(at: folder) } }
        let (first, second) = (try await TestDatabase.make(engine), try await TestDatabase.make(engine))
        try await DeskIdentity(database: first, folder: one).check()
        try await DeskIdentity(database: second, folder: two).check()
        await #expect(throws: DeskIdentityError.otherDesk) {
            try await DeskIdentity(database: first, folder: two).check()
        }
        try await DeskIdentity(database: first, folder: two).adopt()
        try await DeskIdentity(database: first, folder: two).check()
    }

    @Test("a desk of a release before, with people in it, gets its mark", arguments: TestDatabase.engines)
    func before(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(repeating: 1, count: 32).write(to: folder.appending(path: "vault.key"))
        try await database.write { session in
            try session.execute(
                "INSERT INTO account (login, name, role, created_at) VALUES ('ana', 'Ana', 'technician', 0)"
            )
        }
        try await DeskIdentity(database: database, folder: folder).check()
        try await DeskIdentity(database: database, folder: folder).check()
    }
}
