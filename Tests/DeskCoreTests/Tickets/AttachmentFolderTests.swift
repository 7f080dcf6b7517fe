import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("The folder of attachments")
struct AttachmentFolderTests {
    /// A desk's files, at a time after every file the test writes.
    struct Fixture {
        var database: any Database
        var folder: URL
        var attendanceID: Int64

        init(_ engine: DatabaseEngine) async throws {
            database = try await TestDatabase.make(engine)
            folder = try TestDatabase.folder()
            let numbers = NumberDesk(format: .standard, timeZone: .gmt)
            attendanceID = try await AttendanceDesk(database: database, numbers: numbers, clock: .system)
                .begin(channel: .walkIn, accountID: nil).id
        }

        func store(after: Duration = .zero) -> AttachmentStore {
            AttachmentStore(
                folder: folder,
                database: database,
                clock: DeskClock { DeskClock.system.now.adding(after) }
            )
        }

        func add(_ text: String) async throws -> DeskCore.Attachment {
            try await store().add(Array(text.utf8), name: "log.txt", to: attendanceID, by: nil)
        }

        func place(_ attachment: DeskCore.Attachment) -> URL {
            folder.appending(path: String(attachment.sha256.prefix(2))).appending(path: attachment.sha256)
        }

        func end() { try? FileManager.default.removeItem(at: folder) }
    }

    @Test("damage is told, and the same upload heals it", arguments: ["erro 614", "", "erro 613 e mais"])
    func damage(bytes: String) async throws {
        let desk = try await Fixture(TestDatabase.usual)
        defer { desk.end() }
        let attachment = try await desk.add("erro 613")
        try Data(bytes.utf8).write(to: desk.place(attachment))
        #expect(throws: AttachmentError.damaged) { try desk.store().bytes(of: attachment) }
        _ = try await desk.add("erro 613")
        #expect(try desk.store().bytes(of: attachment) == Array("erro 613".utf8))
    }

    @Test("a file that cannot be read is not one that is missing")
    func unreadable() async throws {
        let desk = try await Fixture(TestDatabase.usual)
        defer { desk.end() }
        let attachment = try await desk.add("erro 613")
        let place = desk.place(attachment)
        try FileManager.default.removeItem(at: place)
        #expect(throws: AttachmentError.lost) { try desk.store().bytes(of: attachment) }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        let store = desk.store()
        #expect(throws: AttachmentError.cannotRead) { try store.bytes(of: attachment) }
        #expect(store.health.trouble?.contains(attachment.sha256) == true)
    }

    @Test("what the work met is told until it is healed or disproved")
    func health() async throws {
        let desk = try await Fixture(TestDatabase.usual)
        defer { desk.end() }
        let store = desk.store()
        let (first, second) = (try await desk.add("erro 613"), try await desk.add("erro 614"))
        #expect(store.health.trouble == nil)
        try Data("erro 615".utf8).write(to: desk.place(first))
        try FileManager.default.removeItem(at: desk.place(second))
        for file in [first, second] { #expect(throws: AttachmentError.self) { try store.bytes(of: file) } }
        let told = try #require(store.health.trouble)
        #expect(told.contains(min(first.sha256, second.sha256)) && told.hasSuffix("and 1 more"))
        // A look finds the folder well, which heals nothing; the same uploads do.
        try store.check()
        #expect(store.health.trouble == told)
        for text in ["erro 613", "erro 614"] {
            _ = try await store.add(Array(text.utf8), name: "log.txt", to: desk.attendanceID, by: nil)
        }
        #expect(store.health.trouble == nil)
    }

    @Test("a file that found no room is told, though smaller ones and a look find some")
    func room() {
        let (health, start) = (FolderHealth(), ContinuousClock.now)
        health.refused(.cannotWrite, size: 900_000, at: start)
        health.kept("aa", size: 8)
        #expect(health.trouble(at: start) == "\(AttachmentError.cannotWrite)")
        #expect(health.trouble(at: start + FolderHealth.memory) != nil)
        health.kept("bb", size: 900_000)
        #expect(health.trouble(at: start) == nil)
        health.read("cc", isWhole: false, at: start)
        #expect(health.trouble(at: start)?.contains("cc/cc") == true)
        #expect(health.trouble(at: start + FolderHealth.told + .seconds(1)) == nil)
        health.refused(.cannotWrite, size: 10, at: start)
        #expect(health.trouble(at: start + FolderHealth.memory + .seconds(1)) == nil)
    }

    @Test("a refused upload keeps no bytes")
    func refused() async throws {
        let desk = try await Fixture(TestDatabase.usual)
        defer { desk.end() }
        for number in 0..<AttachmentStore.most { _ = try await desk.add("linha \(number)") }
        let before = try FileManager.default.subpathsOfDirectory(atPath: desk.folder.path).count
        await #expect(throws: AttachmentError.tooMany(limit: AttachmentStore.most)) { try await desk.add("mais uma") }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: desk.folder.path).count == before)
    }

    @Test("bytes that nothing refers to go after a day, all others stay", arguments: TestDatabase.engines)
    func sweep(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        let kept = try await desk.add("fica")
        let gone = try await desk.add("vai")
        try await desk.database.write { session in
            try session.execute("DELETE FROM attachment WHERE id = $1", [.integer(gone.id)])
        }
        let draft = desk.place(gone).deletingLastPathComponent().appending(path: ".\(gone.sha256).17")
        try Data("meio".utf8).write(to: draft)
        #expect(try await desk.store().sweep() == 0)
        #expect(try await desk.store(after: .seconds(90_000)).sweep() == 1)
        #expect(!FileManager.default.fileExists(atPath: desk.place(gone).path))
        #expect(!FileManager.default.fileExists(atPath: draft.path))
        #expect(try desk.store().bytes(of: kept) == Array("fica".utf8))
        // What a sweep that was cut off had set aside comes back.
        let aside = desk.place(kept).deletingLastPathComponent().appending(path: ".\(kept.sha256)")
        try FileManager.default.moveItem(at: desk.place(kept), to: aside)
        _ = try await desk.store(after: .seconds(90_000)).sweep()
        #expect(try desk.store().bytes(of: kept) == Array("fica".utf8))
        try desk.store().check()
    }

    @Test("files of a contact that is forgotten go with it", arguments: TestDatabase.engines)
    func retention(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        let attachment = try await desk.add("do contato")
        try await desk.database.write { session in
            try session.execute("UPDATE attendance SET ended_at = started_at, state = 'ended'")
        }
        let later = DeskClock.system.now.adding(.seconds(90_000))
        #expect(try await Retention(database: desk.database).erase(before: later) == 1)
        #expect(try await desk.store().find(attachment.id) == nil)
        #expect(try await desk.store(after: .seconds(90_000)).sweep() == 1)
    }
}

@Suite("What the writes say of the database")
struct WriteHealthTests {
    private static let full = StoreError.full(what: "disk")

    @Test("a full disk is told from the refusal on, whatever a look finds, until work goes through again")
    func truth() {
        let health = WriteHealth()
        #expect(health.refusal == nil)
        health.note(Self.full)
        #expect(health.refusal != nil)
        WriteHealth.$isLook.withValue(true) { health.note(nil) }
        #expect(health.refusal != nil)
        health.note(nil)
        #expect(health.refusal == nil)
    }

    @Test("what was asked wrongly says nothing of the database")
    func requests() {
        let health = WriteHealth()
        for error in [StoreError.conflict, .constraint("x"), .notUnique(constraint: "y"), .statement("z")] {
            health.note(error)
            #expect(health.refusal == nil)
        }
    }

    @Test("a refusal that nothing repeats is no news after a while, so that work is let in again")
    func memory() {
        let health = WriteHealth()
        let start = ContinuousClock.now
        health.note(Self.full, at: start)
        #expect(health.refusal(at: start + .seconds(29)) != nil)
        #expect(health.refusal(at: start + .seconds(31)) == nil)
    }

    @Test("both engines note their own writes", arguments: TestDatabase.engines)
    func engines(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        database.health.note(Self.full)
        try await database.check()
        #expect(database.health.refusal != nil)
        try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('x', 1)") }
        #expect(database.health.refusal == nil)
        // A closure's own refusal is no fault of the database.
        struct Own: Error {}
        await #expect(throws: StoreError.self) { try await database.write { _ in throw Own() } }
        #expect(database.health.refusal == nil)
    }
}
