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

    @Test(
        "photos of telephones, voice messages, films and mails are taken",
        arguments: [
            ("IMG_0001.HEIC", Array("\0\0\0\u{18}ftypheic".utf8), "image/heic"),
            ("foto.heif", Array("\0\0\0\u{18}ftypmif1".utf8), "image/heif"),
            ("PTT-20261125-WA0001.opus", Array("OggS\0\u{2}".utf8), "audio/ogg"),
            ("voz.ogg", Array("OggS\0\u{2}".utf8), "audio/ogg"),
            ("voz.m4a", Array("\0\0\0\u{18}ftypM4A ".utf8), "audio/mp4"),
            ("voz.amr", Array("#!AMR\n".utf8), "audio/amr"), ("voz.aac", [0xFF, 0xF1, 0x50], "audio/aac"),
            ("IMG_0002.MOV", Array("\0\0\0\u{14}ftypqt  ".utf8), "video/quicktime"),
            ("antigo.mov", Array("\0\0\0\u{8}wide\0\0".utf8), "video/quicktime"),
            ("filme.mp4", Array("\0\0\0\u{18}ftypisom".utf8), "video/mp4"),
            ("filme.3gp", Array("\0\0\0\u{18}ftyp3gp4".utf8), "video/3gpp"),
            ("erro.eml", Array("From: a@b.co\r\nSubject: x\r\n\r\n".utf8), "message/rfc822"),
            ("erro.msg", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/vnd.ms-outlook"),
        ] as [(String, [UInt8], String)]
    )
    func telephones(name: String, bytes: [UInt8], mediaType: String) throws {
        #expect(try AttachmentKind.accepted(name: name, bytes: bytes).mediaType == mediaType)
    }

    @Test(
        "a program under the name of a photo, a voice message or a mail is refused",
        arguments: AttachmentKind.endings
    )
    func disguised(ending: String) {
        #expect(throws: AttachmentError.disguised(ending)) {
            try AttachmentKind.accepted(name: "a.\(ending)", bytes: [0x4D, 0x5A, 0x90, 0, 3, 0, 0, 0, 4, 0])
        }
    }

    @Test(
        "pages that let people choose files name every kind there is",
        arguments: ["web/desk/files.js", "pages/ticket.mustache"]
    )
    func chosen(page: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Sources/CallDesk/Resources/\(page)"), encoding: .utf8)
        #expect(text.contains(AttachmentKind.endings.map { ".\($0)" }.joined(separator: ",")))
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

    @Test(
        "a ticket gets the files that were given as answers; one that was taken out again stays with the contact",
        arguments: TestDatabase.engines
    )
    func takenOut(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = AttachmentStore(folder: folder, database: it.database, clock: it.clock)
        let ana = TicketAuthor(accountID: it.ana.id, name: it.ana.name)
        func upload(_ name: String, to contact: Attendance, by account: Int64?) async throws -> Int64 {
            try await store.add(Array(name.utf8), name: "\(name).txt", to: contact.id, by: account).id
        }
        // Typed in at the desk, with a recording that came by itself.
        let contact = try await it.contact()
        let wrong = try await upload("outro cliente", to: contact, by: it.ana.id)
        let right = try await upload("erro", to: contact, by: it.ana.id)
        let voice = try await upload("recado", to: contact, by: nil)
        var request = TicketDeskTests.request("desk", attendanceID: contact.id)
        request.attachments = [right]
        let ticket = try await it.desk.open(request, by: ana).ticket
        #expect(try await store.list(ticketID: ticket.id).map(\.id) == [right, voice])
        #expect(try await store.publicList(of: ticket).map(\.id) == [right, voice])
        #expect(try await store.find(wrong)?.ticketID == nil)
        // By the customer on the portal.
        let portal = try await it.attendances.begin(channel: .portal, accountID: nil)
        let kept = try await upload("tela", to: portal, by: nil)
        let dropped = try await upload("extrato", to: portal, by: nil)
        var asked = TicketDeskTests.request("portal", attendanceID: portal.id)
        asked.attachments = [kept]
        let own = try await it.desk.open(asked, by: nil).ticket
        #expect(try await store.publicList(of: own).map(\.id) == [kept])
        #expect(try await store.find(dropped)?.ticketID == nil)
    }

    @Test(
        "of a contact that is linked a ticket gets the answers' files, and the customer none that the desk added without them",
        arguments: TestDatabase.engines
    )
    func linkedFiles(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = AttachmentStore(folder: folder, database: it.database, clock: it.clock)
        let ana = TicketAuthor(accountID: it.ana.id, name: it.ana.name)
        let (first, second) = (try await it.contact(), try await it.contact())
        var files: [Int64] = []
        func upload(_ name: String, to contact: Attendance) async throws {
            files.append(try await store.add(Array(name.utf8), name: "\(name).txt", to: contact.id, by: it.ana.id).id)
        }
        try await upload("outro", to: first)
        try await upload("erro", to: first)
        try await upload("antes", to: second)
        // Opened later than those files were given: by their time alone they could be its own.
        it.pass(.seconds(60))
        let ticket = try await it.open()
        it.pass(.seconds(60))
        try await upload("depois", to: second)
        let link = TicketLink(
            key: "l",
            attendanceID: first.id,
            ticketID: ticket.id,
            customerID: it.customerID,
            contactID: nil,
            callerName: "Maria",
            description: "Já chegou",
            attachments: [files[1]],
            language: .ptBR
        )
        _ = try await it.desk.link(link, attendanceID: first.id, by: ana)
        #expect(try await store.list(ticketID: ticket.id).map(\.id) == [files[1]])
        var order = MoveOrder(.link, of: ticket.id, text: "Ligou de novo")
        order.attendanceID = second.id
        _ = try await it.desk.make(order, by: .program(name: "Maria", author: ana))
        #expect(try await store.list(ticketID: ticket.id).map(\.id) == [files[1], files[3]])
        #expect(try await store.publicList(of: ticket).map(\.id) == [files[1]])
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
        func vault(_ now: Moment) -> SecretVault {
            SecretVault(database: database, clock: DeskClock { now }, folder: folder, term: .seconds(72 * 3600))
        }
        let tickets = TicketDesk(
            database: database,
            numbers: numbers,
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: DeskClock { start },
            announce: { _, _ in true }
        )
        let attendance = try await AttendanceDesk(database: database, numbers: numbers, clock: DeskClock { start })
            .begin(channel: .walkIn, accountID: nil)
        let reference = try await vault(start).seal("s3nh@ção", field: "senha", attendanceID: attendance.id)
        let opened = try await tickets.open(TicketDeskTests.request("k", attendanceID: attendance.id), by: nil)
        func reveal(
            _ at: Moment,
            _ ticketID: Int64,
            _ reason: String = "Entrar no sistema",
            by account: Int64 = 7
        ) async throws -> String {
            try await vault(at).reveal(reference, ticketID: ticketID, reason: reason, by: account, named: "Ana")
        }
        #expect(try await reveal(start, opened.ticket.id) == "s3nh@ção")
        await #expect(throws: VaultError.missing) { try await reveal(start, opened.ticket.id + 1) }
        await #expect(throws: VaultError.noReason) { try await reveal(start, opened.ticket.id, " \n") }
        await #expect(throws: VaultError.reasonTooLong(limit: 500)) {
            try await reveal(start, opened.ticket.id, String(repeating: "a", count: 50_000))
        }
        let looks = try await database.read { try $0.row("SELECT COUNT(*) FROM audit WHERE action = 'secret.reveal'") }
        #expect(looks?.integer(0) == 1)
        let later = start.adding(.seconds(72 * 3600))
        #expect(try await vault(later).eraseExpired() == 1)
        await #expect(throws: VaultError.erased) {
            try await reveal(later, opened.ticket.id)
        }
        let kept = try await database.read { try $0.row("SELECT COUNT(*) FROM secret WHERE sealed IS NOT NULL") }
        #expect(kept?.integer(0) == 0)
    }

    @Test(
        "the thread tells each reason of each person once, and the end of the ticket erases the password",
        arguments: TestDatabase.engines,
        [TicketMove.confirm, .cancel]
    )
    func reasons(engine: DatabaseEngine, end: TicketMove) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let it = try await TicketUnderTest(engine)
        let vault = SecretVault(database: it.database, clock: it.clock, folder: folder, term: .seconds(72 * 3600))
        let ticket = try await it.open()
        let reference = try await vault.seal("s3nh@ção", field: "senha", attendanceID: ticket.attendanceID)
        try await it.database.write { session in
            try session.execute("UPDATE secret SET ticket_id = $1", [.integer(ticket.id)])
        }
        for (person, reason) in [(it.ana, "Entrar"), (it.ana, " Entrar "), (it.ana, "Testar"), (it.bruno, "Entrar")] {
            let text = try await vault.reveal(
                reference,
                ticketID: ticket.id,
                reason: reason,
                by: person.id,
                named: person.name
            )
            #expect(text == "s3nh@ção")
        }
        let told = try await it.directory.thread(ticket.id).filter { $0.kind == .secretRead }
        #expect(told.map(\.body) == ["Entrar", "Testar", "Entrar"])
        #expect(told.allSatisfy { !$0.kind.isPublic })
        let looks = try await it.database.read {
            try $0.row("SELECT COUNT(*) FROM audit WHERE action = 'secret.reveal'")
        }
        #expect(looks?.integer(0) == 4)
        if end == .confirm { _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana)) }
        _ = try await it.make(end, ticket, "Pronto", by: it.customer)
        await #expect(throws: VaultError.erased) {
            try await vault.reveal(reference, ticketID: ticket.id, reason: "Ver", by: it.ana.id, named: "Ana")
        }
    }
}
