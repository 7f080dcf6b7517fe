import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// A customer's new request, from the section to the number, without scripts.
@Suite("A customer opens a request", .timeLimit(.minutes(5)))
struct OpeningPageTests {
    private static let form: [(String, String)] = [
        ("field.mensagem", "Erro 613"), ("field.versao", "4.2"), ("field.quando", "2026-11-20"),
        ("field.frequencia", "sempre"), ("field.parado", "yes"), ("field.usuarios", "3"), ("field.computador", "um"),
    ]
    private static let details: [(String, String)] = [
        ("summary", "Não emite nota"), ("module", "fiscal"), ("description", "Ao emitir aparece a mensagem."),
        ("what_changed", "nada"),
    ]

    /// Sends a page of the request, with what it asks for.
    private static func send(
        _ browser: PortalBrowser,
        _ page: Answered,
        _ answers: [(String, String)],
        go: String = "seguir"
    ) async throws -> Answered {
        let form = try #require(
            page.body.firstMatch(of: /(?s)<form method="post" action="(\/abrir\/[^"]+)"[^>]*>(.*?)<\/form>/)
        )
        let hidden = form.2.matches(of: /<input type="hidden" name="([^"]+)" value="([^"]*)">/)
            .map { (String($0.1), String($0.2)) }.filter { $0.0 != "csrf" && $0.0 != "ir" }
        let asked = hidden.filter { $0.0 == "pergunta" }.map(\.1)
        let answer = try await browser.post(
            String(form.1),
            hidden + [("ir", go)] + answers.filter { asked.contains($0.0) || $0.0 == "assent" }
        )
        guard answer.status == 303, let next = answer.headers[.location] else { return answer }
        return try await browser.get(next)
    }

    /// Answers the topic's form, also what an answer makes it ask besides.
    private static func fill(_ browser: PortalBrowser, _ first: Answered) async throws -> Answered {
        var page = first
        for _ in 0..<3 where page.body.contains("name=\"passo\" value=\"formulario\"") {
            page = try await send(browser, page, form)
        }
        return page
    }

    @Test(
        "section, topic, form, details, review, number: and the copy goes out (A5, C3–C5, D5, E3)",
        arguments: TestDatabase.engines
    )
    func whole(engine: DatabaseEngine) async throws {
        try await RequestPageTests.with(engine) { it in
            let browser = try await it.browser()
            var page = try await browser.get("/abrir")
            #expect(page.body.contains("?secao=") || page.body.contains("/abrir/"))
            page = try await browser.get("/abrir?busca=erro")
            #expect(page.body.contains("/abrir/erro-sistema"))
            page = try await browser.get("/abrir/erro-sistema")
            #expect(page.status == 200)
            #expect(page.body.contains("Todas as comunicações vão para"))
            #expect(page.body.contains("por ordem de abertura"), "what to expect (E7)")
            // A page sent with gaps marks them and keeps the rest.
            var partial = Self.form
            partial.removeAll { $0.0 == "field.mensagem" }
            page = try await Self.send(browser, page, partial)
            #expect(page.status == 422)
            #expect(page.body.contains("aria-invalid=\"true\""))
            #expect(page.body.contains("value=\"4.2\""))
            page = try await Self.send(browser, page, Self.form)
            #expect(page.status == 200)
            #expect(page.body.contains("value=\"detalhes\""), "the rest that every ticket has")
            page = try await Self.send(browser, page, Self.details)
            #expect(page.body.contains("value=\"enviar\""))
            #expect(page.body.contains("Erro 613") && page.body.contains("Não emite nota"))
            let untouched = try await Self.send(browser, page, [], go: "enviar")
            #expect(untouched.status == 422, "sent by a tick only")
            page = try await Self.send(browser, untouched, [("assent", "yes")], go: "enviar")
            #expect(page.body.contains("Ticket(s) criado(s)"))
            #expect(page.body.contains("Chamado registrado com sucesso."))
            let number = try #require(page.body.firstMatch(of: /href="\/chamados\/(\d+)"/))
            let ticket = try #require(try await it.test.app.directory.find(number: String(number.1)))
            #expect(ticket.channel == .portal)
            #expect(ticket.contactID == it.contact.id)
            #expect(ticket.customerID == it.customer.id)
            #expect(!ticket.isUnverified)
            #expect(page.body.contains("chamados?situacao=open#n\(ticket.number)"), "[Fechar] leads to it in the list")
            let events = try await it.test.app.outbox.fates(ticketID: ticket.id).map(\.event)
            #expect(events.contains(.ticketOpened))
            // Sent once more, it is the same ticket.
            let id = ticket.attendanceID
            let again = try await browser.post("/abrir/rascunho/\(id)", [("ir", "enviar"), ("assent", "yes")])
            #expect(again.headers[.location] == "/abrir/feito/\(id)")
            #expect(try await it.test.app.directory.list(attendanceID: id).count == 1)
        }
    }

    @Test("a draft is gone on with on another device, and given up by a tick")
    func draft() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let page = try await browser.get("/abrir/erro-sistema")
            _ = try await Self.fill(browser, page)
            it.test.clock.advance(by: .seconds(2 * 86_400))
            let other = PortalBrowser(it.client)
            let person = try #require(try await it.test.app.persons.find(contactID: it.contact.id))
            other.enter(try await it.test.app.personSessions.begin(personID: person.id))
            let list = try await other.get("/abrir")
            let draft = try #require(list.body.firstMatch(of: /href="(\/abrir\/rascunho\/\d+)"/))
            let place = String(draft.1)
            #expect(try await other.get(place).body.contains("value=\"detalhes\""))
            #expect(try await other.get("\(place)?passo=formulario").body.contains("value=\"4.2\""))
            _ = try await other.post(place, [("ir", "descartar")])
            #expect(try await other.get("/abrir").body.contains(place), "untouched it stays")
            let shown = try await other.get(place)
            let revision = try #require(shown.body.firstMatch(of: /name="rev" value="(\d+)"/))
            _ = try await other.post(place, [("ir", "descartar"), ("assent", "yes"), ("rev", String(revision.1))])
            #expect(try await !other.get("/abrir").body.contains(place))
        }
    }

    @Test("only what the contract covers is shown, and nothing else can be asked for (B3)")
    func contract() async throws {
        try await RequestPageTests.with { it in
            let catalogue = it.test.app.catalogue.current
            let topic = try #require(catalogue.topic("erro-sistema"))
            let allowed = try #require(catalogue.topics.first { $0.path != topic.path }?.path.first)
            let contracts = try await it.test.app.customers.contracts(of: it.customer.id)
            for contract in contracts {
                _ = try await it.test.app.customers.updateContract(contract.id, by: .system("test")) {
                    $0.sections = [allowed]
                }
            }
            let browser = try await it.browser()
            #expect(try await browser.get("/abrir/erro-sistema").status == (topic.path.contains(allowed) ? 200 : 404))
            let list = try await browser.get("/abrir")
            #expect(list.body.contains("secao=\(allowed)"))
        }
    }

    @Test("a new request refers to the closed one it follows (D6), and names a product (D4)")
    func refers() async throws {
        try await RequestPageTests.with { it in
            let old = try await it.open()
            try await it.staff(.solve, old, "Pronto.")
            _ = try await it.test.app.tickets.make(
                MoveOrder(.confirm, of: old.id),
                by: .customer(customerID: it.customer.id, contactID: it.contact.id, name: "")
            )
            var contract = ContractDraft(number: "C-9", title: "Hospedagem", hasSMS: false)
            contract.products = ["exemplo.com.br"]
            _ = try await it.test.app.customers.addContract(contract, to: it.customer.id, by: .system("test"))
            let browser = try await it.browser()
            var page = try await browser.get("/abrir/erro-sistema?ref=\(old.number)")
            #expect(page.body.contains("name=\"ref\" value=\"\(old.number)\""))
            page = try await Self.fill(browser, page)
            #expect(page.body.contains("O produto não está associado a um domínio"))
            page = try await Self.send(browser, page, Self.details + [("product", "exemplo.com.br")])
            page = try await Self.send(browser, page, [("assent", "yes")], go: "enviar")
            let number = try #require(page.body.firstMatch(of: /href="\/chamados\/(\d+)"/))
            let ticket = try #require(try await it.test.app.directory.find(number: String(number.1)))
            #expect(ticket.answers.contains { $0.display == "exemplo.com.br" })
            #expect(ticket.refersTo == old.id)
        }
    }

    @Test("of two tabs the older one overwrites nothing: it shows what was typed and what is kept now")
    func twoTabs() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let details = try await Self.fill(browser, try await browser.get("/abrir/erro-sistema"))
            func told(_ words: String) -> [(String, String)] {
                Self.details.map { $0.0 == "description" ? ($0.0, words) : $0 }
            }
            let review = try await Self.send(browser, details, told("Da primeira aba."))
            let older = try await Self.send(browser, details, told("Da segunda aba."))
            #expect(older.status == 409)
            #expect(older.body.contains(">Da segunda aba.</textarea>"))
            #expect(older.body.contains("Está guardado agora: Da primeira aba."))
            #expect(!older.body.contains("Está guardado agora: nada"), "only what differs is marked")
            let chosen = try await Self.send(browser, older, told("Da segunda aba."))
            #expect(chosen.body.contains("Da segunda aba.") && chosen.body.contains("value=\"enviar\""))
            // What was looked over before is not what would be sent now.
            let late = try await Self.send(browser, review, [("assent", "yes")], go: "enviar")
            #expect(late.status == 409 && late.body.contains("Da segunda aba."))
            let sent = try await Self.send(browser, late, [("assent", "yes")], go: "enviar")
            #expect(sent.body.contains("Ticket(s) criado(s)"))
        }
    }

    @Test("a first page sent twice begins one request, which the next visit is led to", arguments: TestDatabase.engines)
    func sentTwice(engine: DatabaseEngine) async throws {
        try await RequestPageTests.with(engine) { it in
            let browser = try await it.browser()
            let first = try await browser.get("/abrir/erro-sistema")
            for _ in 0..<2 { #expect(try await Self.send(browser, first, Self.form).status == 200) }
            var other = Self.form
            other[0].1 = "Outro erro"
            let changed = try await Self.send(browser, first, other)
            #expect(changed.status == 409 && changed.body.contains("value=\"Outro erro\""))
            let drafts = try await it.test.app.drafts.list(contacts: [it.contact.id])
            #expect(drafts.count == 1)
            let again = try await browser.get("/abrir/erro-sistema")
            #expect(again.body.contains("href=\"/abrir/rascunho/\(drafts[0].attendanceID)\""))
        }
    }

    @Test("a new request is for the customer of the ticket it refers to, and for no other's")
    func referredCustomer() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let person = try #require(try await it.test.app.persons.find(contactID: it.contact.id))
            let other = try await it.test.customer(name: "Outra Empresa", phone: "(31) 98765-4322")
            let second = try #require(try await it.test.app.customers.contacts(of: other.id).first)
            try await it.test.app.persons.join(person.id, contactID: second.id, reach: .all, by: .system("test"))
            it.test.clock.advance(by: .seconds(10))
            let opened = try await it.client.send(
                .post,
                "/api/v1/tickets",
                token: it.test.token,
                json: DeskUnderTest.ticket(other.id, summary: "Antigo", more: ", \"contact_id\": \(second.id)")
            )
            let number = try #require(opened.json["number"].string)
            let list = try await browser.get("/abrir?ref=\(number)&busca=erro")
            #expect(list.body.contains("/abrir/erro-sistema?para=\(second.id)&amp;ref=\(number)"))
            let elsewhere = try await browser.get("/abrir?ref=\(number)&para=\(it.contact.id)&busca=erro")
            #expect(elsewhere.body.contains("é de outro cliente"))
            #expect(elsewhere.body.contains("/abrir/erro-sistema?para=\(it.contact.id)\""))
            #expect(elsewhere.body.contains("name=\"ref\" value=\"\(number)\""), "it stays asked for")
            let first = try await browser.get("/abrir/erro-sistema?ref=\(number)")
            #expect(first.body.contains("name=\"para\" value=\"\(second.id)\""))
            let forged = try await browser.post(
                "/abrir/erro-sistema",
                [("ref", number), ("para", String(it.contact.id)), ("passo", "formulario")]
            )
            #expect(forged.status == 409)
        }
    }

    @Test("a guide leads nowhere that no contract of its reader's has, and says why")
    func nowhere() async throws {
        try await RequestPageTests.with { it in
            let catalogue = it.test.app.catalogue.current
            let topic = try #require(catalogue.topics.first { !$0.guides.isEmpty })
            let guide = try #require(topic.guides.first)
            let other = try #require(catalogue.topics.first { $0.path.first != topic.path.first }?.path.first)
            for contract in try await it.test.app.customers.contracts(of: it.customer.id) {
                _ = try await it.test.app.customers.updateContract(contract.id, by: .system("test")) {
                    $0.sections = [other]
                }
            }
            let browser = try await it.browser()
            let shown = try await browser.get("/guias/\(topic.id)/\(guide.id)")
            #expect(shown.body.contains("Este assunto não está no seu contrato."))
            #expect(!shown.body.contains("href=\"/abrir/\(topic.id)"))
            #expect(try await browser.get("/abrir/\(topic.id)").body.contains("Este assunto não está no seu contrato."))
            let visitor = try await PortalBrowser(it.client).get("/guias/\(topic.id)/\(guide.id)")
            #expect(visitor.body.contains("href=\"/abrir/\(topic.id)"))
        }
    }
}
