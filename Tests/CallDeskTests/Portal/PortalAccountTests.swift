import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// What went out, as the outbox keeps it.
extension DeskUnderTest {
    /// The texts of the notices of an event, oldest first.
    func notices(_ event: NoticeEvent) async throws -> [(recipient: String, body: String)] {
        try await app.database.read { session in
            try session.rows(
                "SELECT recipient, body FROM notice WHERE event = $1 AND state = 'queued' ORDER BY id",
                [.text(event.rawValue)]
            ).map { (recipient: $0.text(0) ?? "", body: $0.text(1) ?? "") }
        }
    }

    /// The path of the link in the last notice of an event.
    func link(_ event: NoticeEvent) async throws -> String {
        let body = try #require(try await notices(event).last?.body)
        let match = try #require(body.firstMatch(of: /http:\/\/desk\.test(\/\S+)/))
        return String(match.1)
    }

    /// The code in the last notice that carries one.
    func code() async throws -> String {
        let body = try #require(try await notices(.portalCode).last?.body)
        let match = try #require(body.firstMatch(of: /(\d{3} \d{3})/))
        return String(match.1)
    }

    /// Mail and SMS can go out, as far as the rules say.
    static func sending(_ settings: inout Settings) {
        settings.mail = Settings.Mail(url: "smtp://127.0.0.1:1", from: "central@exemplo.com.br")
        settings.sms = Settings.SMS(gateway: .file, path: "/dev/null")
    }
}

@Suite("Ways to an account", .timeLimit(.minutes(5)))
struct PortalAccountTests {
    private static let form = [
        ("name", "João Pereira"), ("kind", "person"), ("document", "529.982.247-25"), ("phone", "(31) 99876-5432"),
        ("cep", "30110-000"), ("address", "Rua das Flores, 10"), ("email", "joao@exemplo.com.br"), ("login", "joao"),
        ("password", PortalBrowser.password), ("repeated", PortalBrowser.password),
    ]

    private static func form(_ changes: [String: String]) -> [(String, String)] {
        form.map { ($0.0, changes[$0.0] ?? $0.1) }
    }

    /// The form with its sum done, as somebody would who reads the page.
    private func register(_ browser: PortalBrowser, _ changes: [String: String] = [:]) async throws -> Answered {
        let page = try await browser.get("/cadastro")
        let sum = try #require(page.body.firstMatch(of: /(\d+) \+ \[&nbsp;&nbsp;\] = (\d+)/))
        let answer = try #require(Int(sum.2)) - #require(Int(sum.1))
        return try await browser.post("/cadastro", Self.form(changes) + [("soma", "\(answer)")])
    }

    @Test("E5: invited in a call, activated by the link of the mail, signed in at once")
    func activation() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            let account = try await test.account("ana")
            try await test.application.test(.router) { client in
                let technician = try await test.browser(account, client)
                let made = try await technician.send(.post, "/api/v1/contacts/\(contact.id)/account", "{}")
                #expect(made.status == 201)
                #expect(made.json["state"].string == "pending")
                let path = try await test.link(.accountActivation)
                let browser = PortalBrowser(client)
                // Mail scanners fetch the link, and some send its form: nothing happens.
                for _ in 0..<2 { #expect(try await browser.get(path).status == 200) }
                #expect(try await browser.post(path).status == 422)
                #expect(try await test.app.persons.find(contactID: contact.id)?.state == .pending)
                let faulty = try await browser.post(
                    path,
                    [("name", "Maria"), ("login", "maria"), ("password", "curta1"), ("repeated", "curta1")]
                )
                #expect(faulty.body.contains("aria-invalid"))
                let done = try await browser.post(
                    path,
                    [
                        ("name", "Maria da Silva"), ("login", "maria"), ("password", PortalBrowser.password),
                        ("repeated", PortalBrowser.password),
                    ]
                )
                #expect(done.status == 303)
                #expect(try await browser.get("/").body.contains("Olá, Maria"))
                #expect(try await PortalBrowser(client).get(path).status == 410)
            }
        }
    }

    @Test("an expired activation says so and sends another to the same address, one in ten minutes")
    func expired() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
            let path = try await test.link(.accountActivation)
            test.clock.advance(by: .seconds(8 * 86_400))
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                let page = try await browser.get(path)
                #expect(page.status == 410)
                #expect(page.body.contains("venceu"))
                for _ in 0..<3 { #expect(try await browser.post("\(path)/outro").status == 200) }
                #expect(try await test.notices(.accountActivation).count == 2)
                #expect(try await browser.get(try await test.link(.accountActivation)).status == 200)
            }
        }
    }

    @Test("C1: registered with the sum done, confirmed by mail and password, a whole customer")
    func registration() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                let sent = try await register(browser)
                #expect(sent.status == 200)
                #expect(sent.body.contains("joao@exemplo.com.br"))
                #expect(try await test.app.customers.list().isEmpty)
                let path = try await test.link(.accountConfirmation)
                #expect(try await browser.get(path).status == 200)
                #expect(try await browser.post(path).status == 200)
                #expect(try await browser.post(path, [("password", "outra senha 2")]).status == 422)
                #expect(try await test.app.customers.list().isEmpty)
                #expect(try await browser.post(path, [("password", PortalBrowser.password)]).status == 303)
                let data = try await browser.get("/dados")
                #expect(data.body.contains("529.982.247-25"))
                #expect(data.body.contains("Rua das Flores"))
                let made = try #require(try await test.app.customers.list().first)
                #expect(made.origin == "portal")
                #expect(try await test.app.customers.phones(of: made.id).count == 1)
            }
        }
    }

    @Test(
        "an e-mail is read as people copy it out of their mail",
        arguments: ["Ana Luz <Ana@Exemplo.com.br>", "mailto:ana@exemplo.com.br", " ana@exemplo.com.br; "]
    )
    func copiedAddress(typed: String) async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                let sent = try await register(browser, ["email": typed])
                #expect(sent.status == 200 && sent.body.contains("ana@exemplo.com.br"))
                #expect(try await test.notices(.accountConfirmation).map(\.recipient) == ["ana@exemplo.com.br"])
                let department = try await register(browser, ["email": "Contas <financeiro@exemplo.com.br>"])
                #expect(department.status == 422 && department.body.contains("setor"))
            }
        }
    }

    @Test("each wrong field is marked, E6's with its reason, and what was typed stays")
    func faults() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                let answer = try await register(
                    browser,
                    ["email": "financeiro@exemplo.com.br", "phone": "12", "document": "1", "password": "curta"]
                )
                #expect(answer.status == 422)
                for field in ["email", "phone", "document", "password"] {
                    #expect(answer.body.contains("id=\"\(field)-about\""), "\(field)")
                }
                #expect(!answer.body.contains("id=\"name-about\""))
                #expect(answer.body.contains("setor"))
                #expect(answer.body.contains("value=\"João Pereira\""))
                #expect(!answer.body.contains("curta"))
                try await browser.get("/cadastro")
                let unproven = try await browser.post("/cadastro", Self.form + [("soma", "99")])
                #expect(unproven.status == 422)
                #expect(unproven.body.contains("id=\"soma-about\""))
                #expect(try await test.notices(.accountConfirmation).isEmpty)
            }
        }
    }

    @Test("an e-mail that has an account gets the same page, and only its owner reads why")
    func known() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let person = try await test.person(of: test.customer())
            try await test.application.test(.router) { client in
                let email = try #require(person.email)
                let fresh = try await register(PortalBrowser(client))
                let taken = try await register(PortalBrowser(client), ["email": email])
                func plain(_ answer: Answered, _ address: String) -> String {
                    answer.body.replacing(address, with: "").replacing(/value="[0-9a-f]{32}"/, with: "")
                }
                #expect(fresh.status == taken.status)
                #expect(plain(fresh, "joao@exemplo.com.br") == plain(taken, email))
                #expect(try await test.notices(.accountExists).map(\.recipient) == [email])
                #expect(try await test.notices(.accountConfirmation).map(\.recipient) == ["joao@exemplo.com.br"])
            }
        }
    }

    @Test("of forms sent one after the other for one address the one is made whose password is typed, by one mail")
    func twice() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            try await test.application.test(.router) { client in
                let stranger = ["name": "Estranho", "password": "senha de outro 3", "repeated": "senha de outro 3"]
                _ = try await register(PortalBrowser(client), stranger)
                test.clock.advance(by: .seconds(60))
                _ = try await register(PortalBrowser(client))
                _ = try await register(PortalBrowser(client), ["name": "João P. Souza"])
                #expect(try await test.notices(.accountConfirmation).count == 1)
                let path = try await test.link(.accountConfirmation)
                let browser = PortalBrowser(client)
                try await browser.get(path)
                #expect(try await browser.post(path, [("password", "outra senha 22")]).status == 422)
                #expect(try await browser.post(path, [("password", PortalBrowser.password)]).status == 303)
                #expect(try await test.app.customers.list().map(\.name) == ["João P. Souza"])
            }
        }
    }

    @Test("who was invited and has not answered gets the invitation's link when they register")
    func invited() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            _ = try await test.app.persons.invite(contactID: contact.id, by: .system("test"))
            try await test.application.test(.router) { client in
                let sent = try await register(PortalBrowser(client), ["email": try #require(contact.email)])
                #expect(sent.status == 200)
            }
            #expect(try await test.notices(.accountActivation).map(\.recipient) == [contact.email])
            #expect(try await test.notices(.accountExists).isEmpty)
        }
    }

    @Test("a postal code that nobody knows is told beside its field, and that the password is to be typed again")
    func unknownCode() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get("/cadastro")
                let unknown = try await browser.post("/cadastro", Self.form + [("buscar", "1")])
                #expect(unknown.status == 422)
                #expect(unknown.body.contains("Não encontramos este CEP."))
                #expect(unknown.body.contains("A senha precisa ser digitada de novo."))
                let missing = try await browser.post("/cadastro", Self.form(["cep": " "]) + [("buscar", "1")])
                #expect(missing.body.contains("Digite o CEP a buscar."))
            }
        }
    }

    @Test("a registration that meets a customer stands alone until the code is typed that went to that customer")
    func meeting() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let known = try await test.app.customers.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .person, name: "João Pereira", document: "529.982.247-25"),
                    contact: ContactDraft(name: "João Pereira", email: "antigo@exemplo.com.br"),
                    phones: ["(31) 98765-4321"]
                ),
                by: .system("test")
            ).customer
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                _ = try await register(browser)
                let path = try await test.link(.accountConfirmation)
                try await browser.get(path)
                #expect(try await browser.post(path, [("password", PortalBrowser.password)]).status == 303)
                let data = try await browser.get("/dados")
                #expect(data.body.contains("529.982.247-25"), "as for a document nobody has")
                #expect(!data.body.contains("antigo@exemplo.com.br"))
                let claims = try await test.app.database.read { session in
                    try session.rows("SELECT person_id FROM person_claim").compactMap { $0.integer(0) }
                }
                let person = try #require(claims.first)
                #expect(try await test.app.persons.contacts(of: person).map(\.customerID) != [known.id])
                #expect(try await test.notices(.portalCode).map(\.recipient) == ["antigo@exemplo.com.br"])
                #expect(try await browser.post("/dados/codigo", [("code", "000000")]).status == 422)
                let code = try await test.code()
                #expect(try await browser.post("/dados/codigo", [("code", code)]).status == 200)
                #expect(try await test.app.persons.contacts(of: person).map(\.customerID) == [known.id])
                #expect(try await test.app.customers.list().count == 1, "never a duplicate")
            }
        }
    }

    @Test("the code joins the record that stays when the one it met was merged; other contacts see what they saw")
    func meetingMerged() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            func record(_ name: String, _ email: String, _ kind: Customer.Kind, _ document: String?) async throws
                -> RegisteredCustomer
            {
                try await test.app.customers.register(
                    CustomerRegistration(
                        customer: CustomerDraft(kind: kind, name: name, document: document),
                        contact: ContactDraft(name: name, email: email)
                    ),
                    by: .system("test")
                )
            }
            let known = try await record("João Pereira", "antigo@exemplo.com.br", .person, "529.982.247-25")
            let kept = try await record("João P.", "atual@exemplo.com.br", .person, nil)
            let firm = try await record("Padaria Luz", "luz@exemplo.com.br", .company, nil)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                _ = try await register(browser)
                let path = try await test.link(.accountConfirmation)
                try await browser.get(path)
                #expect(try await browser.post(path, [("password", PortalBrowser.password)]).status == 303)
                let claims = try await test.app.database.read { session in
                    try session.rows("SELECT person_id FROM person_claim").compactMap { $0.integer(0) }
                }
                let person = try #require(claims.first)
                let contact = try #require(firm.contact)
                try await test.app.persons.join(person, contactID: contact.id, reach: .own, by: .system("test"))
                try await test.app.customers.merge(known.customer.id, into: kept.customer.id, by: .system("test"))
                try await browser.get("/dados")
                let code = try await test.code()
                #expect(try await browser.post("/dados/codigo", [("code", code)]).status == 200)
                let contacts = try await test.app.persons.contacts(of: person)
                #expect(contacts.first { $0.contactID != contact.id }?.customerID == kept.customer.id)
                #expect(contacts.first { $0.contactID != contact.id }?.reach == .all)
                #expect(contacts.first { $0.contactID == contact.id }?.reach == .own)
            }
        }
    }

    @Test("C2: a forgotten password is chosen anew by mail; who does not exist gets the same page")
    func forgotten() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let person = try await test.person(of: test.customer())
            let session = try await test.app.personSessions.begin(personID: person.id)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                var pages: Set<String> = []
                for name in ["maria", "ninguem@exemplo.com.br", ""] {
                    try await browser.get("/esqueci")
                    let answer = try await browser.post("/esqueci", [("login", name)])
                    if !name.isEmpty { pages.insert(answer.body) }
                }
                #expect(pages.count == 1)
                let path = try await test.link(.passwordReset)
                try await browser.get(path)
                #expect(try await browser.post(path).status == 422)
                #expect(try await test.app.personSessions.find(session.token) != nil)
                let new = [("password", "outra senha 22"), ("repeated", "outra senha 22")]
                #expect(try await browser.post(path, new).status == 303)
                #expect(try await test.app.personSessions.find(session.token) == nil)
                #expect(try await browser.get(path).status == 410)
                let other = PortalBrowser(client)
                try await other.get("/entrar")
                #expect(
                    try await other.post("/entrar", [("login", "maria"), ("password", "outra senha 22")]).status == 303
                )
            }
        }
    }

    @Test("a guest sees a state by number and digits, and opens the ticket by the code; wrong digits tell nothing")
    func guest() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            let ticket = try await test.ticket(customer, contact, "n1")
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get("/consultar")
                for (number, digits) in [(ticket.number, "0000"), ("9999999", "4321"), (ticket.number, "21")] {
                    let answer = try await browser.post("/consultar", [("number", number), ("digits", digits)])
                    #expect(answer.status == 404)
                    #expect(!answer.body.contains("Em triagem"))
                }
                let shown = try await browser.post("/consultar", [("number", ticket.number), ("digits", "4321")])
                #expect(shown.body.contains("Em triagem"))
                #expect(!shown.body.contains(ticket.summary))
                let opening = [("number", ticket.number), ("digits", "4321"), ("ticket", String(ticket.id))]
                #expect(try await browser.post("/consultar", opening).body.contains("name=\"code\""))
                #expect(try await browser.post("/consultar", opening + [("code", "000000")]).status == 422)
                let opened = try await browser.post("/consultar", opening + [("code", try await test.code())])
                #expect(opened.status == 303)
                #expect(try await browser.get(opened.headers[.location] ?? "").body.contains(ticket.summary))
            }
        }
    }
}
