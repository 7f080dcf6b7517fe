import Codecs
import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

/// A ticket's page by its link, as a browser without scripts uses it.
struct LinkBrowser: Sendable {
    let client: any TestClientProtocol
    let token: String

    var address: String { "/t/\(token)" }

    func page(_ path: String = "") async throws -> Answered {
        try await client.send(.get, address + path, headers: [.acceptLanguage: "pt-BR"])
    }

    /// Every form of a page: its fields as they stand untouched.
    static func forms(_ html: String) -> [[String: String]] {
        html.matches(of: /(?s)<form [^>]*>(.*?)<\/form>/).map { form in
            var fields: [String: String] = [:]
            for input in form.1.matches(of: /<input type="hidden" name="([^"]+)" value="([^"]*)">/) {
                fields[String(input.1)] = String(input.2)
            }
            return fields
        }
    }

    func form(_ deed: String) async throws -> [String: String] {
        let page = try await page()
        return try #require(Self.forms(page.body).first { $0["deed"] == deed }, "no form for \(deed)")
    }

    @discardableResult
    func send(_ fields: [String: String], headers: HTTPFields = [:]) async throws -> Answered {
        let body = fields.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        headers[.acceptLanguage] = "pt-BR"
        headers[.accept] = "text/html"
        return try await client.execute(uri: address, method: .post, headers: headers, body: ByteBuffer(string: body)) {
            Answered(status: $0.status.code, headers: $0.headers, body: String(buffer: $0.body))
        }
    }

    /// Fills the form of a deed in and sends it.
    @discardableResult
    func make(_ deed: String, _ filled: [String: String] = [:]) async throws -> Answered {
        try await send(form(deed).merging(filled) { $1 })
    }
}

@Suite("What the quick link does", .timeLimit(.minutes(5)))
struct QuickLinkDeedTests {
    struct Linked: Sendable {
        var ticketID: Int64
        var browser: LinkBrowser
        var test: DeskUnderTest

        var ticket: Ticket {
            get async throws { try #require(try await test.app.directory.find(ticketID)) }
        }

        /// A link of the ticket's for somebody else.
        func another() async throws -> LinkBrowser {
            let now = test.clock.now
            let token = try await test.app.database.write { session in
                try test.app.links.create(
                    ticketID: ticketID,
                    recipient: "c@exemplo.com.br",
                    expires: now.adding(.seconds(90 * 86_400)),
                    at: now,
                    in: session
                )
            }
            return LinkBrowser(client: browser.client, token: token)
        }

        func staff(_ move: TicketMove, _ text: String = "") async throws {
            _ = try await test.app.tickets.make(
                MoveOrder(move, of: ticketID, text: text),
                by: .program(name: "prova", author: nil)
            )
        }
    }

    static func with(
        _ engine: DatabaseEngine = TestDatabase.usual,
        _ body: @escaping @Sendable (Linked) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(engine) { test in
            try await test.application.test(.router) { client in
                let customer = try await test.customer()
                let opened = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let id = opened.json["id"].integer ?? 0
                let now = test.clock.now
                let address = try await test.app.customers.noticeRecipients(customerID: customer.id).mailboxes.first
                let mailbox = try #require(address?.address)
                let token = try await test.app.database.write { session in
                    try test.app.links.create(
                        ticketID: id,
                        recipient: mailbox,
                        expires: now.adding(.seconds(86_400)),
                        at: now,
                        in: session
                    )
                }
                try await body(
                    Linked(ticketID: id, browser: LinkBrowser(client: client, token: token), test: test)
                )
            }
        }
    }

    @Test("reply, reiterate, confirm, survey, opinion and reopen, each by its form", arguments: TestDatabase.engines)
    func life(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { it in
            let browser = it.browser
            var answer = try await browser.make("reply", ["text": "Aconteceu de novo."])
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == "\(browser.address)?feito=reply#aviso")
            var page = try await browser.page("?feito=reply")
            #expect(page.body.contains("Mensagem enviada."))
            #expect(page.body.contains("Aconteceu de novo."))
            #expect(page.body.contains("Pelo link enviado a c…@exemplo.com.br."), "who had the mail may have done it")
            answer = try await browser.make("reiterate", ["text": "   "])
            #expect(answer.status == 422, "a reason is a must (A7)")
            answer = try await browser.make("reiterate", ["text": "Estou parado."])
            #expect(answer.status == 303)
            #expect(try await it.ticket.reiterations == 1)
            page = try await browser.page("?feito=reiterate")
            #expect(page.body.contains("Demanda reiterada com sucesso"))
            try await it.staff(.solve, "Corrigimos o cadastro.")
            page = try await browser.page()
            #expect(page.body.contains("id=\"solucao\""))
            #expect(page.body.contains("Corrigimos o cadastro."))
            answer = try await browser.make("survey", ["text": "Rápido."])
            #expect(answer.status == 422, "no mark was chosen")
            #expect(answer.body.contains("Rápido."), "what was typed stays")
            #expect(try await browser.make("survey", ["mark": "5", "text": "Rápido."]).status == 303)
            #expect(try await it.test.app.surveys.survey(of: it.ticketID)?.mark == 5)
            #expect(try await browser.make("opinion", ["kind": "praise", "text": "Muito bem."]).status == 303)
            #expect(try await browser.make("confirm").status == 422, "agreed by a tick")
            #expect(try await browser.make("confirm", ["assent": "yes"]).status == 303)
            #expect(try await it.ticket.state == .closed)
            page = try await browser.page()
            #expect(page.body.contains("Um chamado fechado não recebe respostas."))
            let number = try await it.ticket.number
            #expect(page.body.contains("href=\"/abrir?ref=\(number)\""), "a new one refers to it")
            #expect(!LinkBrowser.forms(page.body).contains { $0["deed"] == "reply" })
            #expect(try await browser.make("reopen", ["text": "Voltou."]).status == 303)
            #expect(try await it.ticket.state.isOpen)
        }
    }

    @Test("a link that is restarted after its hours says until when it could be reopened (C9)")
    func terms() async throws {
        try await Self.with { it in
            try await it.staff(.solve, "Pronto.")
            _ = try await it.browser.make("confirm", ["assent": "yes"])
            var page = try await it.browser.page()
            #expect(LinkBrowser.forms(page.body).contains { $0["deed"] == "reopen" })
            #expect(!LinkBrowser.forms(page.body).contains { $0["deed"] == "restart" })
            let later = try await it.another()
            it.test.clock.advance(by: .seconds(24 * 3_600))
            page = try await later.page()
            #expect(page.body.contains("Podia ser reaberto até"))
            #expect(LinkBrowser.forms(page.body).contains { $0["deed"] == "restart" })
            #expect(LinkBrowser.forms(page.body).contains { $0["deed"] == "survey" })
            it.test.clock.advance(by: .seconds(48 * 3_600))
            page = try await later.page()
            #expect(page.body.contains("A pesquisa de satisfação podia ser respondida até"))
            #expect(!LinkBrowser.forms(page.body).contains { $0["deed"] == "survey" })
            #expect(try await later.make("restart", ["text": "Não serviu."]).status == 303)
            #expect(try await it.ticket.state == .triage)
        }
    }

    @Test("a robot that follows every link and sends every form untouched changes nothing")
    func robot() async throws {
        try await Self.with { it in
            try await it.staff(.ask, "Em qual tela?")
            for stage in 0..<3 {
                it.test.clock.advance(by: .seconds(60))
                if stage == 1 { try await it.staff(.solve, "Pronto.") }
                if stage == 2 {
                    _ = try await it.test.app.tickets.make(
                        MoveOrder(.confirm, of: it.ticketID),
                        by: .customer(customerID: it.ticket.customerID, contactID: nil, name: "")
                    )
                }
                let before = try await it.ticket
                let notices = try await it.test.app.outbox.fates(ticketID: it.ticketID).count
                let page = try await it.browser.page()
                // The choice of a language is the browser's own.
                let forms = LinkBrowser.forms(page.body).filter { $0["deed"] != nil }
                #expect(forms.count >= 3)
                for form in forms {
                    for _ in 0..<2 {
                        let answer = try await it.browser.send(form)
                        #expect(answer.status == 422 || answer.status == 403, "\(form["deed"] ?? "")")
                    }
                }
                for match in page.body.matches(of: /href="(\/t\/[^"]+)"/) {
                    _ = try await it.browser.client.send(.get, String(match.1))
                }
                #expect(try await it.ticket == before)
                #expect(try await it.test.app.surveys.survey(of: it.ticketID)?.mark == nil)
                #expect(try await it.test.app.outbox.fates(ticketID: it.ticketID).count == notices)
            }
        }
    }

    @Test("over plain http a form is taken with all that a browser says of where it comes from")
    func plainly() async throws {
        try await Self.with { it in
            let browser = PortalBrowser(it.browser.client)
            let form = try #require(
                LinkBrowser.forms(try await browser.get(it.browser.address).body).first { $0["deed"] == "reply" }
            )
            let fields = [("deed", "reply"), ("once", form["once"] ?? ""), ("text", "Segue.")]
            var fromNowhere = HTTPFields()
            fromNowhere[.origin] = "null"
            #expect(try await browser.post(it.browser.address, fields, headers: fromNowhere).status == 403)
            #expect(try await browser.post(it.browser.address, fields).status == 303)
        }
    }

    @Test("words written while the link ends are shown again, with the way to a new link", arguments: [true, false])
    func ended(isRevoked: Bool) async throws {
        try await Self.with { it in
            let form = try await it.browser.form("reply").merging(["text": "Uma hora de escrita."]) { $1 }
            let untouched = try await it.browser.send(it.browser.form("renew"))
            #expect(untouched.status == 403)
            #expect(untouched.body.contains("Marque a caixa para receber um novo link."))
            if isRevoked {
                _ = try await it.test.app.links.revokeAll(
                    ticketID: it.ticketID,
                    at: it.test.clock.now,
                    by: .system("test")
                )
            } else {
                it.test.clock.advance(by: .seconds(86_401))
            }
            let answer = try await it.browser.send(form)
            #expect(answer.status == 410)
            #expect(answer.body.contains("Uma hora de escrita."))
            #expect(answer.body.contains("name=\"assent\"") != isRevoked)
            #expect(try await it.test.app.directory.thread(it.ticketID).allSatisfy { !$0.body.contains("hora") })
        }
    }

    @Test("a form sent twice does it once; another's form, or another site's, does nothing")
    func once() async throws {
        try await Self.with { it in
            let form = try await it.browser.form("reply").merging(["text": "Uma vez."]) { $1 }
            for _ in 0..<3 { #expect(try await it.browser.send(form).status == 303) }
            let said = try await it.test.app.directory.publicThread(it.ticketID).filter { $0.body == "Uma vez." }
            #expect(said.count == 1)
            var forged = form
            forged["once"] = String(repeating: "a", count: 32) + "." + String(repeating: "b", count: 32)
            let refused = try await it.browser.send(forged)
            #expect(refused.status == 403)
            #expect(refused.body.contains("Uma vez."), "what was typed stays")
            var fields = try await it.browser.form("reply")
            fields["text"] = "De outro lugar."
            let site = HTTPField.Name("Sec-Fetch-Site")
            #expect(try await it.browser.send(fields, headers: [try #require(site): "cross-site"]).status == 403)
            #expect(
                try await it.test.app.directory.publicThread(it.ticketID).allSatisfy { $0.body != "De outro lugar." }
            )
        }
    }

    @Test("files come with a reply, and are not lost by a wrong one")
    func files() async throws {
        try await Self.with { it in
            func send(_ fields: [String: String], _ files: [(String, String)]) async throws -> Answered {
                var body = ""
                for (name, value) in fields {
                    body += "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
                }
                for (name, text) in files {
                    body += "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\(name)\"\r\n"
                    body += "Content-Type: text/plain\r\n\r\n\(text)\r\n"
                }
                body += "--x--\r\n"
                return try await it.browser.client.execute(
                    uri: it.browser.address,
                    method: .post,
                    headers: [.contentType: "multipart/form-data; boundary=x", .acceptLanguage: "pt-BR"],
                    body: ByteBuffer(string: body)
                ) { Answered(status: $0.status.code, headers: $0.headers, body: String(buffer: $0.body)) }
            }
            let refused = try await send(try await it.browser.form("reply"), [("tela.txt", "um"), ("vírus.exe", "MZ")])
            #expect(refused.status == 422 || refused.status == 415, "\(refused.status)")
            var kept = try await it.browser.form("reply")
            kept["text"] = "Segue."
            #expect(try await send(kept, [("tela.txt", "dois")]).status == 303)
            // A file alone says enough.
            #expect(try await send(try await it.browser.form("reply"), [("outra.txt", "três")]).status == 303)
            let page = try await it.browser.page()
            let link = try #require(page.body.firstMatch(of: /href="(\/t\/[^"]+\/arquivos\/\d+)">outra.txt/))
            let led = try await it.browser.client.send(.get, String(link.1))
            let address = try #require(led.headers[.location])
            #expect(led.status == 303 && address.hasPrefix("/arquivos/"))
            let file = try await it.browser.client.send(.get, address)
            #expect(file.body == "três")
            #expect(file.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            // A file of an internal note is the desk's own.
            let note = try await it.test.app.attachments.add(
                Array("interno".utf8),
                name: "interno.txt",
                to: it.ticket.attendanceID,
                ticketID: it.ticketID,
                by: nil
            )
            var order = MoveOrder(.note, of: it.ticketID, text: "Veja o arquivo.")
            order.fileIDs = [note.id]
            _ = try await it.test.app.tickets.make(order, by: .program(name: "prova", author: nil))
            #expect(try await !it.browser.page().body.contains("interno.txt"))
            let hidden = try await it.browser.client.send(.get, "\(it.browser.address)/arquivos/\(note.id)")
            #expect(hidden.status == 404)
        }
    }

    @Test("its owner renews it: a new link goes to the address the old one went to, once in ten minutes")
    func renewal() async throws {
        try await Self.with { it in
            it.test.clock.advance(by: .seconds(86_401))
            let closed = try await it.browser.page()
            #expect(closed.status == 410)
            let form = try #require(LinkBrowser.forms(closed.body).first)
            #expect(try await it.browser.send(form).status == 403, "untouched it changes nothing")
            func sent() async throws -> Int {
                try await it.test.app.outbox.fates(ticketID: it.ticketID).filter { $0.event == .linkRenewed }.count
            }
            let before = try await sent()
            for _ in 0..<3 {
                let answer = try await it.browser.send(form.merging(["assent": "yes"]) { $1 })
                #expect(answer.status == 200)
                #expect(answer.body.contains("c…@exemplo.com.br"))
            }
            #expect(try await sent() - before <= 2, "one mail at the most, or the reason why none goes")
            #expect(try await sent() > before)
            _ = try await it.test.app.links.revokeAll(ticketID: it.ticketID, at: it.test.clock.now, by: .system("test"))
            #expect(try await it.browser.send(form.merging(["assent": "yes"]) { $1 }).status == 410)
        }
    }
}
