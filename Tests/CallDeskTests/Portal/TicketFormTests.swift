import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

/// What becomes of a form of a ticket's page, and of its files: sent twice, with something else in it, or not taken.
@Suite("A form of a ticket's page", .timeLimit(.minutes(5)))
struct TicketFormTests {
    private typealias Linked = QuickLinkDeedTests.Linked

    /// Sends a form of the ticket's page with files, as a browser does.
    private static func send(
        _ browser: LinkBrowser,
        _ fields: [(String, String)],
        _ files: [(String, String)] = []
    ) async throws -> Answered {
        var body = ""
        for (name, value) in fields {
            body += "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        for (name, text) in files {
            body += "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\(name)\"\r\n"
            body += "Content-Type: text/plain\r\n\r\n\(text)\r\n"
        }
        body += "--x--\r\n"
        return try await browser.client.execute(
            uri: browser.address,
            method: .post,
            headers: [.contentType: "multipart/form-data; boundary=x", .acceptLanguage: "pt-BR"],
            body: ByteBuffer(string: body)
        ) { Answered(status: $0.status.code, headers: $0.headers, body: String(buffer: $0.body)) }
    }

    private static func reply(_ browser: LinkBrowser, _ text: String) async throws -> [(String, String)] {
        try await browser.form("reply").map { ($0.key, $0.value) } + [("text", text)]
    }

    private static func files(_ it: Linked) async throws -> [DeskCore.Attachment] {
        try await it.test.app.attachments.list(attendanceID: it.ticket.attendanceID)
    }

    /// The files that wait for somebody's form.
    private static func waiting(_ it: Linked) async throws -> [Int64] {
        try await it.test.app.database.read { session in
            try session.rows("SELECT id FROM attachment WHERE waits_for IS NOT NULL").compactMap { $0.integer(0) }
        }
    }

    @Test(
        "files that wait for their form take nobody's room, and nobody but their sender has them",
        arguments: TestDatabase.engines
    )
    func waitingFiles(engine: DatabaseEngine) async throws {
        try await QuickLinkDeedTests.with(engine) { it in
            let (ticket, files) = (try await it.ticket, it.test.app.attachments)
            let held = try await files.hold(Array("meu".utf8), name: "meu.txt", on: ticket, for: "link:1")
            #expect(try await files.find(held.id) == nil)
            for number in 1...40 {
                _ = try await files.add(
                    Array("\(number)".utf8),
                    name: "\(number).txt",
                    to: ticket.attendanceID,
                    ticketID: ticket.id,
                    by: nil
                )
            }
            // The same form once more finds its file; a reply with it is one too many.
            let again = try await files.hold(Array("meu".utf8), name: "meu.txt", on: ticket, for: "link:1")
            #expect(again.id == held.id)
            var order = MoveOrder(.reply, of: ticket.id, text: "x")
            order.fileIDs = [held.id]
            let asked = order
            let customer = TicketActor.customer(customerID: ticket.customerID, contactID: nil, name: "")
            await #expect {
                _ = try await it.test.app.tickets.make(asked, by: customer)
            } throws: { error in
                guard case StoreError.refused(let inner) = error else { return false }
                return inner as? AttachmentError == .tooMany(limit: 40)
            }
        }
    }

    /// Gives the contact files of somebody else's, until there is room for `room` more.
    private static func fill(_ it: Linked, leaving room: Int) async throws {
        let ticket = try await it.ticket
        let given = try await files(it).count
        for number in given..<(AttachmentStore.most - room) {
            _ = try await it.test.app.attachments.add(
                Array("\(number)".utf8),
                name: "\(number).txt",
                to: ticket.attendanceID,
                ticketID: ticket.id,
                by: nil
            )
        }
    }

    @Test("a file there is no room for is named, and the others go with the form that is shown again")
    func noRoom() async throws {
        try await QuickLinkDeedTests.with { it in
            try await Self.fill(it, leaving: 1)
            let both = [("um.txt", "um"), ("dois.txt", "dois"), ("tres.exe", "três")]
            let asked = try await Self.send(it.browser, try await Self.reply(it.browser, "Seguem."), both)
            #expect(asked.status == 422)
            #expect(asked.body.contains("dois.txt: No máximo 40 arquivos por atendimento. tres.exe: "))
            #expect(try await Self.waiting(it).count == 1)
            let form = try #require(LinkBrowser.forms(asked.body).first { $0["deed"] == "reply" })
            let again = form.map { ($0.key, $0.value) } + [("text", "Seguem.")]
            #expect(try await Self.send(it.browser, again).status == 303)
            #expect(try await Self.files(it).last?.name == "um.txt")
        }
    }

    @Test("a file that the room was taken from meanwhile is taken out of its form, without a script")
    func takenOut() async throws {
        try await QuickLinkDeedTests.with { it in
            let asked = try await Self.send(
                it.browser,
                try await Self.reply(it.browser, "A senha: Gato#2026"),
                [("tela.txt", "um")]
            )
            #expect(asked.status == 409)
            try await Self.fill(it, leaving: 0)
            let form = try #require(LinkBrowser.forms(asked.body).first { $0["deed"] == "reply" })
            let fields = form.map { ($0.key, $0.value) } + [("text", "Sem arquivo.")]
            let full = try await Self.send(it.browser, fields)
            #expect(full.status == 422)
            #expect(full.body.contains("No máximo 40 arquivos por atendimento."))
            let kept = try #require(form["kept"])
            #expect(full.body.contains(#"<input type="checkbox" name="remover" value="\#(kept)">"#))
            let shown = try #require(LinkBrowser.forms(full.body).first { $0["deed"] == "reply" })
            let without = shown.map { ($0.key, $0.value) } + [("text", "Sem arquivo."), ("remover", kept)]
            for _ in 0..<2 { #expect(try await Self.send(it.browser, without).status == 303) }
            let replies = try await it.test.app.directory.thread(it.ticketID).filter { $0.kind == .reply }
            #expect(replies.map(\.body) == ["Sem arquivo."])
        }
    }

    @Test("what is refused for want of room leaves nothing on the disk")
    func disk() async throws {
        try await QuickLinkDeedTests.with { it in
            let folder = "\(it.test.app.settings.desk.data)/attachments"
            func kept() throws -> Int { try FileManager.default.subpathsOfDirectory(atPath: folder).count }
            let fields = try await Self.reply(it.browser, "Mais um.")
            try await Self.fill(it, leaving: 0)
            let before = try kept()
            for number in 0..<3 {
                let answer = try await Self.send(it.browser, fields, [("log.txt", "cheio \(number)")])
                #expect(answer.status == 422)
            }
            #expect(try kept() == before)
        }
    }

    @Test("what waits is bounded, and more of it leaves nothing on the disk")
    func waitingIsBounded() async throws {
        try await QuickLinkDeedTests.with { it in
            let (ticket, files) = (try await it.ticket, it.test.app.attachments)
            let folder = "\(it.test.app.settings.desk.data)/attachments"
            for number in 0..<AttachmentStore.most {
                _ = try await files.hold(Array("\(number)".utf8), name: "log.txt", on: ticket, for: "link:1")
            }
            let before = try FileManager.default.subpathsOfDirectory(atPath: folder).count
            await #expect {
                _ = try await files.hold(Array("mais um".utf8), name: "log.txt", on: ticket, for: "link:1")
            } throws: { error in
                guard case StoreError.refused(let inner) = error else { return false }
                return inner as? AttachmentError == .tooMany(limit: 40)
            }
            #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).count == before)
        }
    }

    @Test("sent at once with a file of an earlier try, whichever is faster, it is one entry with that file")
    func keptAtOnce() async throws {
        try await QuickLinkDeedTests.with { it in
            let asked = try await Self.send(
                it.browser,
                try await Self.reply(it.browser, "A senha: Gato#2026"),
                [("tela.txt", "um")]
            )
            let form = try #require(LinkBrowser.forms(asked.body).first { $0["deed"] == "reply" })
            let fields = form.map { ($0.key, $0.value) } + [("text", "Segue.")]
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await Self.send(it.browser, fields).status } }
                for try await status in group { #expect(status == 303) }
            }
            #expect(try await Self.files(it).map(\.name) == ["tela.txt"])
            #expect(try await it.test.app.directory.thread(it.ticketID).filter { $0.kind == .reply }.count == 1)
        }
    }

    @Test(
        "a file that the desk put on a ticket and has not sent is nobody else's to send",
        arguments: TestDatabase.engines
    )
    func deskFiles(engine: DatabaseEngine) async throws {
        try await QuickLinkDeedTests.with(engine) { it in
            let ana = try await it.test.account("ana")
            it.test.clock.advance(by: .seconds(60))
            let ticket = try await it.ticket
            let file = try await it.test.app.attachments.add(
                Array("interno".utf8),
                name: "interno.txt",
                to: ticket.attendanceID,
                ticketID: ticket.id,
                by: ana.id
            )
            let program = try await it.test.app.attachments.add(
                Array("programa".utf8),
                name: "programa.txt",
                to: ticket.attendanceID,
                ticketID: ticket.id,
                by: nil
            )
            for id in [file.id, program.id] {
                let fields = try await Self.reply(it.browser, "Segue.") + [("kept", "\(id)")]
                #expect(try await Self.send(it.browser, fields).status == 422)
            }
            #expect(try await it.test.app.attachments.find(file.id)?.entryID == nil)
            #expect(try await it.test.app.attachments.find(program.id)?.entryID == nil)
            let got = try await it.browser.client.send(.get, "\(it.browser.address)/arquivos/\(file.id)")
            #expect(got.status == 404)
            // Nor by any other way than the form.
            var order = MoveOrder(.reply, of: ticket.id, text: "x")
            order.fileIDs = [file.id]
            let customer = TicketActor.customer(customerID: ticket.customerID, contactID: nil, name: "")
            let asked = order
            await #expect(throws: StoreError.self) {
                _ = try await it.test.app.tickets.make(asked, by: customer)
            }
            // The note it was put there for is kept with it.
            order.move = .note
            _ = try await it.test.app.tickets.make(order, by: .account(ana))
            #expect(try await it.test.app.attachments.find(file.id)?.entryID != nil)
        }
    }

    @Test("sent three times it is one entry with one file", arguments: TestDatabase.engines)
    func thrice(engine: DatabaseEngine) async throws {
        try await QuickLinkDeedTests.with(engine) { it in
            let fields = try await Self.reply(it.browser, "Segue o log.")
            for _ in 0..<3 {
                let answer = try await Self.send(it.browser, fields, [("log.txt", "erro 613")])
                #expect(answer.status == 303)
            }
            #expect(try await Self.files(it).count == 1)
            #expect(try await Self.waiting(it).isEmpty)
            let replies = try await it.test.app.directory.thread(it.ticketID).filter { $0.kind == .reply }
            #expect(replies.count == 1)
        }
    }

    @Test("sent three times at once it is one entry with one file", arguments: TestDatabase.engines)
    func atOnce(engine: DatabaseEngine) async throws {
        try await QuickLinkDeedTests.with(engine) { it in
            let fields = try await Self.reply(it.browser, "Segue o log.")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 {
                    group.addTask { try await Self.send(it.browser, fields, [("log.txt", "erro 613")]).status }
                }
                for try await status in group { #expect(status == 303) }
            }
            #expect(try await Self.files(it).count == 1)
            #expect(try await it.test.app.directory.thread(it.ticketID).filter { $0.kind == .reply }.count == 1)
        }
    }

    @Test("with something else in it it is not taken for the one before, and what was typed stays")
    func another() async throws {
        try await QuickLinkDeedTests.with { it in
            let form = try await it.browser.form("reply")
            let fields = form.map { ($0.key, $0.value) }
            #expect(try await Self.send(it.browser, fields + [("text", "A")]).status == 303)
            let longer = try await Self.send(it.browser, fields + [("text", "A, e mais.")])
            #expect(longer.status == 409)
            #expect(longer.body.contains("A, e mais."))
            #expect(longer.body.contains("já tinha sido enviada com outro conteúdo"))
            let withFile = try await Self.send(it.browser, fields + [("text", "A")], [("log.txt", "erro")])
            #expect(withFile.status == 409)
            #expect(withFile.body.contains("log.txt"))
            // The form that is shown again has another name, and sends both.
            let again = try #require(LinkBrowser.forms(withFile.body).first { $0["deed"] == "reply" })
            #expect(again["once"] != form["once"])
            let sent = try await Self.send(it.browser, again.map { ($0.key, $0.value) } + [("text", "Com o log.")])
            #expect(sent.status == 303)
            let replies = try await it.test.app.directory.thread(it.ticketID).filter { $0.kind == .reply }
            #expect(replies.map(\.body) == ["A", "Com o log."])
            let files = try await Self.files(it)
            #expect(files.count == 1 && files.first?.entryID == replies.last?.id)
        }
    }

    @Test("the page's other forms do what they say, whichever was sent before")
    func others() async throws {
        try await QuickLinkDeedTests.with { it in
            let page = try await it.browser.page()
            let forms = LinkBrowser.forms(page.body)
            let reply = try #require(forms.first { $0["deed"] == "reply" })
            let cancel = try #require(forms.first { $0["deed"] == "cancel" })
            #expect(try await it.browser.send(reply.merging(["text": "A"]) { $1 }).status == 303)
            #expect(try await it.browser.send(cancel.merging(["text": "Desisto."]) { $1 }).status == 303)
            #expect(try await it.ticket.state == .cancelled)
        }
    }

    @Test("an opinion said otherwise by the same form is not taken for the one before")
    func opinions() async throws {
        try await QuickLinkDeedTests.with { it in
            try await it.staff(.solve, "Pronto.")
            let form = try await it.browser.form("opinion")
            let praise = form.merging(["kind": "praise", "text": "Bom."]) { $1 }
            for _ in 0..<2 { #expect(try await it.browser.send(praise).status == 303) }
            #expect(try await it.browser.send(praise.merging(["kind": "complaint"]) { $1 }).status == 409)
            #expect(try await it.test.app.directory.thread(it.ticketID).filter { $0.kind == .opinion }.count == 1)
        }
    }

    @Test("not taken, its files are its sender's alone, are sent once with it, and go after a day")
    func refused() async throws {
        try await QuickLinkDeedTests.with { it in
            it.test.clock.advance(by: .seconds(60))
            let asked = try await Self.send(
                it.browser,
                try await Self.reply(it.browser, "A senha: Gato#2026"),
                [("tela.txt", "um")]
            )
            #expect(asked.status == 409)
            #expect(asked.body.contains("tela.txt"))
            let held = try #require(try await Self.waiting(it).first)
            let place = "\(it.browser.address)/arquivos/\(held)"
            #expect(try await it.browser.client.send(.get, place).status == 404)
            #expect(try await !it.browser.page().body.contains("tela.txt"))
            #expect(try await Self.files(it).isEmpty)
            // Another who has the ticket too does not send it.
            let other = try await it.another()
            let stolen = try await Self.reply(other, "Meu.") + [("kept", "\(held)")]
            #expect(try await Self.send(other, stolen).status == 422)
            // Sent again with the same file chosen once more it is still one.
            let form = try #require(LinkBrowser.forms(asked.body).first { $0["deed"] == "reply" })
            let fields = form.map { ($0.key, $0.value) } + [("text", "A senha: Gato#2026"), ("passwords", "seal")]
            #expect(try await Self.send(it.browser, fields, [("tela.txt", "um")]).status == 303)
            #expect(try await Self.files(it).map(\.name) == ["tela.txt"])
            #expect(try await it.browser.client.send(.get, place).status == 303)
            // Abandoned it goes.
            _ = try await Self.send(
                it.browser,
                try await Self.reply(it.browser, "A senha: Gato#2027"),
                [("outra.txt", "dois")]
            )
            it.test.clock.advance(by: .seconds(86_400 + 60))
            _ = try await it.test.app.attachments.sweep()
            #expect(try await Self.waiting(it).isEmpty)
            #expect(try await Self.files(it).map(\.name) == ["tela.txt"])
        }
    }
}
