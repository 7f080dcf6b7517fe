import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// What a signed-in customer sees of their tickets and protocols, page by page.
@Suite("A customer's tickets", .timeLimit(.minutes(5)))
struct RequestPageTests {
    struct Desk: Sendable {
        var test: DeskUnderTest
        var client: any TestClientProtocol
        var customer: Customer
        var contact: Contact

        func browser(_ login: String = "maria", reach: Reach? = nil) async throws -> PortalBrowser {
            let person = try await test.person(of: customer, login: login, reach: reach)
            let browser = PortalBrowser(client)
            browser.enter(try await test.app.personSessions.begin(personID: person.id))
            return browser
        }

        /// Opens a ticket of the customer's by an interview's request.
        func open(_ summary: String = "Erro 613 ao emitir nota") async throws -> Ticket {
            let opened = try await client.send(
                .post,
                "/api/v1/tickets",
                token: test.token,
                json: DeskUnderTest.ticket(
                    customer.id,
                    summary: summary,
                    more: ", \"contact_id\": \(contact.id)"
                )
            )
            let id = try #require(opened.json["id"].integer, "\(opened.body)")
            return try #require(try await test.app.directory.find(id))
        }

        func staff(_ move: TicketMove, _ ticket: Ticket, _ text: String = "") async throws {
            test.clock.advance(by: .seconds(1))
            _ = try await test.app.tickets.make(
                MoveOrder(move, of: ticket.id, text: text),
                by: .program(name: "prova", author: nil)
            )
        }
    }

    static func with(
        _ engine: DatabaseEngine = TestDatabase.usual,
        _ body: @escaping @Sendable (Desk) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(engine) { test in
            try await test.application.test(.router) { client in
                let customer = try await test.customer()
                let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
                try await body(Desk(test: test, client: client, customer: customer, contact: contact))
            }
        }
    }

    /// Sends the form of a deed on a ticket's page.
    static func send(
        _ browser: PortalBrowser,
        _ number: String,
        _ deed: String,
        _ filled: [(String, String)] = []
    ) async throws -> Answered {
        let page = try await browser.get("/chamados/\(number)")
        let form = try #require(LinkBrowser.forms(page.body).first { $0["deed"] == deed }, "no form for \(deed)")
        return try await browser.post("/chamados/\(number)", [("deed", deed), ("once", form["once"] ?? "")] + filled)
    }

    @Test("an answer makes the ticket bold and the bell ring until it is read (B6)", arguments: TestDatabase.engines)
    func unread(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            var list = try await browser.get("/chamados")
            #expect(list.body.contains(ticket.number))
            #expect(!list.body.contains("class=\"unread\""))
            #expect(!list.body.contains("data-news"))
            try await it.staff(.note, ticket, "segredo da equipe")
            list = try await browser.get("/chamados")
            #expect(!list.body.contains("class=\"unread\""), "a note is nobody's news")
            try await it.staff(.reply, ticket, "Estamos vendo.")
            list = try await browser.get("/chamados")
            #expect(list.body.contains("class=\"unread\""))
            #expect(list.body.contains("data-news=\"1\""))
            let home = try await browser.get("/")
            #expect(home.body.contains("class=\"unread\""))
            let news = try await browser.get("/chamados?situacao=news")
            #expect(news.body.contains(ticket.number))
            let page = try await browser.get("/chamados/\(ticket.number)")
            #expect(page.body.contains("Estamos vendo."))
            #expect(!page.body.contains("segredo da equipe"))
            #expect(!page.body.contains("data-news"), "read is read")
            list = try await browser.get("/chamados")
            #expect(!list.body.contains("class=\"unread\""))
            #expect(!list.body.contains("data-news"))
        }
    }

    @Test(
        "reply, reiterate, restart, reopen, rate and cancel, each said in words (A7, A8, C7–C9)",
        arguments: TestDatabase.engines
    )
    func deeds(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            #expect(try await Self.send(browser, ticket.number, "reply", [("text", "Mais um dado.")]).status == 303)
            let answer = try await Self.send(browser, ticket.number, "reiterate", [("text", "Estou parada.")])
            #expect(answer.headers[.location]?.contains("feito=reiterate") == true)
            let told = try await browser.get("/chamados/\(ticket.number)?feito=reiterate")
            #expect(told.body.contains("Demanda reiterada com sucesso"))
            try await it.staff(.solve, ticket, "Corrigimos.")
            let page = try await browser.get("/chamados/\(ticket.number)")
            #expect(page.body.contains("id=\"solucao\""))
            #expect(try await Self.send(browser, ticket.number, "restart", [("text", "Não serviu.")]).status == 303)
            #expect(try await it.test.app.directory.find(ticket.id)?.state == .triage)
            try await it.staff(.solve, ticket, "Agora sim.")
            #expect(try await Self.send(browser, ticket.number, "confirm", [("assent", "yes")]).status == 303)
            #expect(try await Self.send(browser, ticket.number, "survey", [("mark", "4")]).status == 303)
            let closed = try await browser.get("/chamados/\(ticket.number)")
            #expect(closed.body.contains("/abrir?ref=\(ticket.number)"), "a new one refers to it (D6)")
            #expect(closed.body.contains("Mais um dado."), "the whole conversation stays (B7)")
            #expect(try await Self.send(browser, ticket.number, "reopen", [("text", "Voltou.")]).status == 303)
            #expect(try await Self.send(browser, ticket.number, "cancel", [("text", "Desisti.")]).status == 303)
            #expect(try await it.test.app.directory.find(ticket.id)?.state == .cancelled)
            let thread = try await it.test.app.directory.thread(ticket.id)
            #expect(thread.filter { $0.kind == .reply }.allSatisfy { $0.authorID == it.contact.id })
        }
    }

    @Test("a password in what is said of a ticket is asked about in its form, and covered with dots")
    func passwordInOpinion() async throws {
        try await Self.with { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            try await it.staff(.solve, ticket, "Corrigimos.")
            for (deed, choice) in [("survey", ("mark", "4")), ("opinion", ("kind", "praise"))] {
                let filled = [choice, ("text", "Serviu a senha: Gato#2026")]
                let asked = try await Self.send(browser, ticket.number, deed, filled)
                #expect(asked.status == 409, "\(deed)")
                #expect(asked.body.contains("Parece haver uma senha no texto"))
                #expect(asked.body.contains("Cobrir com pontos: nada dela fica guardado"))
                #expect(!asked.body.contains("Guardar no cofre"), "nobody works by it any more")
                #expect(asked.body.contains("Serviu a senha: Gato#2026"), "what was typed stays")
                let sent = try await Self.send(browser, ticket.number, deed, filled + [("passwords", "seal")])
                #expect(sent.status == 303, "\(deed)")
            }
            #expect(try await it.test.app.surveys.survey(of: ticket.id)?.words == "Serviu a senha: •••••")
            let thread = try await it.test.app.directory.thread(ticket.id)
            #expect(thread.last { $0.kind == .opinion }?.body == "Serviu a senha: •••••")
        }
    }

    @Test("“Você” is the reader alone: a colleague reads a first name, whoever has the link “O cliente”")
    func whoWrote() async throws {
        try await Self.with { it in
            let ticket = try await it.open()
            let author = try await it.browser()
            _ = try await Self.send(author, ticket.number, "reply", [("text", "Ainda falha.")])
            let colleague = try await it.test.app.customers.addContact(
                ContactDraft(name: "Carla Chefe", email: nil),
                to: it.customer.id,
                by: .system("test")
            )
            let chief = try await it.test.app.persons.invite(contactID: colleague.id, reach: .all, by: .system("test"))
            _ = try await it.test.app.persons.activate(
                chief.id,
                login: "carla",
                password: PortalBrowser.password,
                by: .person(chief.id)
            )
            let reader = PortalBrowser(it.client)
            reader.enter(try await it.test.app.personSessions.begin(personID: chief.id))
            let own = try await author.get("/chamados/\(ticket.number)").body
            #expect(own.contains("<strong>Você</strong>"))
            let theirs = try await reader.get("/chamados/\(ticket.number)").body
            let name = it.contact.name.split(separator: " ").first ?? ""
            #expect(theirs.contains("<strong>\(name)</strong>") && !theirs.contains("<strong>Você</strong>"))
            let now = it.test.clock.now
            let token = try await it.test.app.database.write { session in
                try it.test.app.links.create(
                    ticketID: ticket.id,
                    recipient: "x@exemplo.com.br",
                    expires: now.adding(.seconds(60)),
                    at: now,
                    in: session
                )
            }
            let linked = try await LinkBrowser(client: it.client, token: token).page().body
            #expect(linked.contains("<strong>O cliente</strong>") && !linked.contains("<strong>Você</strong>"))
        }
    }

    @Test("a second mark is given over the first one with its words, and nobody else's words stand in one's form")
    func secondMark() async throws {
        try await Self.with { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            try await it.staff(.solve, ticket, "Corrigimos.")
            _ = try await Self.send(browser, ticket.number, "survey", [("mark", "2"), ("text", "Demorou muito.")])
            let page = try await browser.get("/chamados/\(ticket.number)").body
            #expect(page.contains("name=\"mark\" value=\"2\" required checked"))
            #expect(page.contains(">Demorou muito.</textarea>"))
            // By the link, or the keypad, a mark comes without words: those of before stay, and whose they are.
            _ = try await it.test.app.surveys.rate(ticket.id, mark: 3, words: "", channel: .portal)
            var kept = try #require(try await it.test.app.surveys.survey(of: ticket.id))
            #expect(kept.mark == 3 && kept.words == "Demorou muito." && kept.contactID == it.contact.id)
            _ = try await Self.send(browser, ticket.number, "survey", [("mark", "4"), ("text", "")])
            kept = try #require(try await it.test.app.surveys.survey(of: ticket.id))
            #expect(kept.mark == 4 && kept.words == nil, "who wrote them takes them back")
            _ = try await it.test.app.surveys.rate(ticket.id, mark: 1, words: "De outra pessoa", channel: .portal)
            #expect(try await !browser.get("/chamados/\(ticket.number)").body.contains(">De outra pessoa</textarea>"))
        }
    }

    @Test("a stranger's ticket, file and protocol are not there, whatever is tried", arguments: TestDatabase.engines)
    func strangers(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { it in
            let browser = try await it.browser()
            let other = try await it.test.customer(name: "Outra Pessoa", phone: "(31) 98765-4322")
            let opened = try await it.client.send(
                .post,
                "/api/v1/tickets",
                token: it.test.token,
                json: DeskUnderTest.ticket(other.id, summary: "Segredo industrial")
            )
            let id = try #require(opened.json["id"].integer)
            let strange = try #require(try await it.test.app.directory.find(id))
            let attendance = try #require(try await it.test.app.attendances.find(strange.attendanceID))
            let file = try await it.test.app.attachments.add(
                Array("segredo".utf8),
                name: "s.txt",
                to: strange.attendanceID,
                ticketID: id,
                by: nil
            )
            let own = try await it.open()
            for path in [
                "/chamados/\(strange.number)", "/chamados/\(strange.number)/arquivos/\(file.id)",
                "/chamados/\(own.number)/arquivos/\(file.id)", "/protocolos/\(attendance.protocolNumber)",
                "/abrir/rascunho/\(strange.attendanceID)", "/abrir/feito/\(strange.attendanceID)", "/chamados/99999999",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 404, "\(path)")
                #expect(!page.body.contains("Segredo industrial"))
            }
            let sent = try await browser.post("/chamados/\(strange.number)", [("deed", "reply"), ("text", "x")])
            #expect(sent.status == 404)
            for path in [
                "/chamados?situacao=all", "/chamados?busca=segredo", "/chamados?busca=\(strange.number)", "/protocolos",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 200)
                #expect(!page.body.contains("Segredo industrial"), "\(path)")
            }
            let nobody = PortalBrowser(it.client)
            #expect(try await nobody.get("/chamados/\(own.number)").status == 303)
        }
    }

    @Test("the list is searched, narrowed, put in order and paged (B5, C6)", arguments: TestDatabase.engines)
    func list(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { it in
            let browser = try await it.browser()
            var tickets: [Ticket] = []
            for index in 0..<23 {
                it.test.clock.advance(by: .seconds(60))
                tickets.append(try await it.open("Assunto \(index) \(index == 3 ? "impressora" : "")"))
            }
            try await it.staff(.solve, tickets[0], "Pronto.")
            func numbers(_ path: String) async throws -> [String] {
                try await browser.get(path).body.matches(of: /id="n(\d+)"/).map { String($0.1) }
            }
            let open = tickets.dropFirst().map(\.number)
            #expect(try await numbers("/chamados") == Array(open.reversed().prefix(20)))
            let page = try await browser.get("/chamados")
            let next = try #require(page.body.firstMatch(of: /href="([^"]+)" rel="next"/))
            #expect(try await numbers(String(next.1).replacing("&amp;", with: "&")) == Array(open.prefix(2).reversed()))
            #expect(try await numbers("/chamados?ordem=asc").first == open.first)
            #expect(try await numbers("/chamados?situacao=closed") == [tickets[0].number])
            #expect(try await numbers("/chamados?situacao=all&ordenar=created&ordem=asc").first == tickets[0].number)
            #expect(try await numbers("/chamados?busca=impressora") == [tickets[3].number])
            #expect(try await numbers("/chamados?busca=\(tickets[7].number)") == [tickets[7].number])
            for column in CustomerTicketQuery.Column.allCases {
                for order in ["asc", "desc"] {
                    let path = "/chamados?situacao=all&ordenar=\(column.rawValue)&ordem=\(order)"
                    var seen: [String] = try await numbers(path)
                    let first = try await browser.get(path)
                    if let next = first.body.firstMatch(of: /href="([^"]+)" rel="next"/) {
                        seen += try await numbers(String(next.1).replacing("&amp;", with: "&"))
                    }
                    #expect(Set(seen) == Set(tickets.map(\.number)) && seen.count == tickets.count, "\(path)")
                }
            }
            #expect(page.body.contains("Prazo limite"))
            #expect(page.body.contains("Nível 1 · "))
        }
    }

    @Test("protocols are listed with the day, and the requests under each (A6)", arguments: TestDatabase.engines)
    func protocols(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            let attendance = try #require(try await it.test.app.attendances.find(ticket.attendanceID))
            let list = try await browser.get("/protocolos")
            #expect(list.body.contains("/protocolos/\(attendance.protocolNumber)"))
            #expect(list.body.contains("1 chamado"))
            let one = try await browser.get("/protocolos/\(attendance.protocolNumber)")
            #expect(one.body.contains("/chamados/\(ticket.number)"))
            #expect(one.body.contains(">Ver<"))
        }
    }

    @Test("a colleague with a wider reach sees it, one with their own only does not")
    func reach() async throws {
        try await Self.with { it in
            let ticket = try await it.open()
            let colleague = try await it.test.app.customers.addContact(
                ContactDraft(name: "Colega", email: nil),
                to: it.customer.id,
                by: .system("test")
            )
            for (reach, status) in [(Reach.own, 404), (.departments([ticket.department]), 200), (.all, 200)] {
                let rule = TicketReach([
                    PersonContact(contactID: colleague.id, customerID: it.customer.id, reach: reach)
                ])
                let reader = CustomerReader(personID: 1, reach: rule, since: Moment(milliseconds: 0))
                var query = CustomerTicketQuery(of: reader)
                query.situation = .all
                #expect(try await it.test.app.customerTickets.page(query).rows.isEmpty == (status == 404), "\(reach)")
                query.words = "613"
                #expect(try await it.test.app.customerTickets.page(query).rows.isEmpty == (status == 404), "\(reach)")
                #expect(LiveViewer(rule).sees(LiveAudience(sight: TicketSight(ticket))) == (status == 200))
            }
            let desk = LiveViewer(account: 1, seesEverything: true)
            #expect(!desk.sees(LiveAudience(sight: TicketSight(ticket))))
            #expect(!LiveViewer(TicketReach([])).sees(.everyone))
        }
    }

    @Test("guides and states are there for everybody, in three languages (E1)")
    func guides() async throws {
        try await Self.with { it in
            let browser = PortalBrowser(it.client)
            for (language, title) in [("pt-BR", "Guias"), ("pt-PT", "Guias"), ("en", "Guides")] {
                browser.language = language
                let list = try await browser.get("/guias")
                #expect(list.status == 200)
                #expect(list.body.contains("<h1>\(title)</h1>"))
                #expect(!list.body.contains("{{"))
                if let link = list.body.firstMatch(of: /href="(\/guias\/[^"]+)"/) {
                    #expect(try await browser.get(String(link.1)).status == 200)
                }
                #expect(try await browser.get("/estados").status == 200)
            }
            #expect(try await browser.get("/guias?busca=zzzz").body.contains("No guide has these words."))
            #expect(try await browser.get("/guias/nada/1").status == 404)
        }
    }
}
