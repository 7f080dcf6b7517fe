import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Attachments")
struct AttachmentTests {
    private let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    @Test("a file is taken by its name and its first bytes")
    func accepted() throws {
        #expect(try AttachmentKind.accepted(name: "Tela do erro.PNG", bytes: png).mediaType == "image/png")
        #expect(try AttachmentKind.accepted(name: "log.txt", bytes: Array("erro 613".utf8)).mediaType == "text/plain")
    }

    @Test(
        "disguised, empty, oversized and unknown files are refused",
        arguments: [
            ("foto.png", Array("MZ\u{90}".utf8), AttachmentError.disguised("png")),
            ("nota.pdf", [0x4D, 0x5A], .disguised("pdf")),
            ("log.txt", [0x41, 0x00, 0x42], .disguised("txt")),
            ("vazio.txt", [], .empty),
            ("virus.exe", [0x4D, 0x5A], .kindNotAllowed("exe")),
            ("semponto", [0x41], .kindNotAllowed("")),
            ("a.html", Array("<script>".utf8), .kindNotAllowed("html")),
            ("a.svg", Array("<svg>".utf8), .kindNotAllowed("svg")),
        ]
    )
    func refused(name: String, bytes: [UInt8], error: AttachmentError) {
        #expect(throws: error) { try AttachmentKind.accepted(name: name, bytes: bytes) }
    }

    @Test("more than 25 MiB is refused")
    func oversized() {
        let bytes = [UInt8](repeating: 0x41, count: AttachmentStore.largest + 1)
        #expect(throws: AttachmentError.tooLarge(limit: AttachmentStore.largest)) {
            try AttachmentKind.accepted(name: "a.txt", bytes: bytes)
        }
    }

    @Test("a name keeps no folder and no control character")
    func names() {
        #expect(AttachmentKind.displayName("../../etc/passwd") == "passwd")
        #expect(AttachmentKind.displayName("C:\\temp\\a.txt") == "a.txt")
        #expect(AttachmentKind.displayName("a\r\nb\u{202E}gpj.png") == "abgpj.png")
    }

    @Test("what was stored comes back, and the same bytes are kept once")
    func roundTrip() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await TestDatabase.make()
        let clock = DeskClock { Moment(milliseconds: 1_795_236_570_000) }
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let attendance = try await AttendanceDesk(database: database, numbers: numbers, clock: clock)
            .begin(channel: .walkIn, accountID: nil)
        let store = AttachmentStore(folder: folder, database: database, clock: clock)
        let one = try await store.add(png, name: "a.png", to: attendance.id, by: nil)
        let two = try await store.add(png, name: "b.png", to: attendance.id, by: nil)
        #expect(one.sha256 == two.sha256)
        #expect(try store.bytes(of: one) == png)
        #expect(try await store.list(attendanceID: attendance.id).map(\.name) == ["a.png", "b.png"])
    }
}

@Suite("The vault for passwords")
struct SecretVaultTests {
    @Test("a password is readable for its term, then erased for good, and every look is on record")
    func life() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await TestDatabase.make()
        let start = Moment(milliseconds: 1_795_236_570_000)
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        func vault(_ now: Moment) throws -> SecretVault {
            try SecretVault(
                database: database,
                clock: DeskClock { now },
                keyFile: folder.appending(path: "key"),
                term: .seconds(72 * 3600)
            )
        }
        let tickets = TicketDesk(
            database: database,
            numbers: numbers,
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: DeskClock { start },
            announce: { _, _ in }
        )
        let attendance = try await AttendanceDesk(database: database, numbers: numbers, clock: DeskClock { start })
            .begin(channel: .walkIn, accountID: nil)
        let reference = try await vault(start).seal("s3nh@ção", field: "senha", attendanceID: attendance.id)
        let opened = try await tickets.open(TicketDeskTests.request("k", attendanceID: attendance.id), by: nil)
        #expect(try await vault(start).reveal(reference, ticketID: opened.ticket.id, by: "ana") == "s3nh@ção")
        await #expect(throws: VaultError.missing) {
            try await vault(start).reveal(reference, ticketID: opened.ticket.id + 1, by: "ana")
        }
        let looks = try await database.read { try $0.row("SELECT COUNT(*) FROM audit WHERE action = 'secret.reveal'") }
        #expect(looks?.integer(0) == 1)
        let later = start.adding(.seconds(72 * 3600))
        #expect(try await vault(later).eraseExpired() == 1)
        await #expect(throws: VaultError.erased) {
            try await vault(later).reveal(reference, ticketID: opened.ticket.id, by: "ana")
        }
        let kept = try await database.read { try $0.row("SELECT COUNT(*) FROM secret WHERE sealed IS NOT NULL") }
        #expect(kept?.integer(0) == 0)
    }
}
