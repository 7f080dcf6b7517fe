import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("What is one's own", .timeLimit(.minutes(5)))
struct OwnPagesTests {
    private func with(
        _ body: @Sendable @escaping (DeskUnderTest, Customer, Person, PortalBrowser) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let person = try await test.person(of: customer)
            let session = try await test.app.personSessions.begin(personID: person.id)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                browser.enter(session)
                try await body(test, customer, person, browser)
            }
        }
    }

    @Test("a visitor signs in first and comes back", arguments: ["/dados", "/telefones", "/senha", "/preferencias"])
    func visitor(path: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await PortalBrowser(client).get(path)
                #expect(answer.status == 303)
                #expect(answer.headers[.location] == "/entrar?next=\(path)")
            }
        }
    }

    @Test("asking for one's data to be erased leads to the topic “Meus dados”, whatever the contract")
    func erasure() async throws {
        try await with { test, customer, _, browser in
            let contract = try #require(try await test.app.customers.contracts(of: customer.id).first)
            _ = try await test.app.customers.updateContract(contract.id, by: .system("test")) {
                $0.sections = ["faturas"]
            }
            let page = try await browser.get("/dados")
            let link = try #require(page.body.firstMatch(of: /href="(\/abrir\/[^"]+)"/))
            let form = try await browser.get(String(link.1))
            #expect(form.status == 200 && form.body.contains("Meus dados") && form.body.contains("Apagar"))
            #expect(try await browser.get("/abrir/erro-sistema").status == 404)
        }
    }

    @Test("A1: data is changed, what is mandatory is enforced, a new e-mail waits for its mail")
    func data() async throws {
        try await with { test, customer, person, browser in
            let contact = try #require(try await test.app.persons.contacts(of: person.id).first)
            let address = "address-\(contact.contactID)"
            let email = person.email ?? ""
            let good = [("name", "Maria Souza"), ("email", email), (address, "Rua Nova, 7")]
            #expect(try await browser.post("/dados", good).body.contains("Dados salvos com sucesso!"))
            #expect(try await test.app.customers.find(customer.id)?.address == "Rua Nova, 7")
            #expect(try await test.app.persons.find(person.id)?.name == "Maria Souza")
            let empty = try await browser.post("/dados", [("name", ""), ("email", email), (address, "Rua Nova, 7")])
            #expect(empty.status == 422)
            #expect(empty.body.contains("aria-invalid"))
            let none = try await browser.post("/dados", [("name", "Maria Souza"), ("email", email), (address, " ")])
            #expect(none.status == 422)
            let new = [("name", "Maria Souza"), ("email", "nova@exemplo.com.br"), (address, "Rua Nova, 7")]
            #expect(try await browser.post("/dados", new).status == 200)
            #expect(try await test.app.persons.find(person.id)?.email == email)
            let path = try await test.link(.addressConfirmation)
            #expect(try await browser.get(path).status == 200)
            #expect(try await browser.post(path).status == 200)
            #expect(try await browser.post(path, [("password", "errada 1234")]).status == 422)
            let confirmed = try await browser.post(path, [("password", PortalBrowser.password)])
            #expect(confirmed.status == 303)
            #expect(try await test.app.persons.find(person.id)?.email == "nova@exemplo.com.br")
            let data = try await browser.get(confirmed.headers[.location] ?? "")
            #expect(data.body.contains("o seu e-mail agora é nova@exemplo.com.br"))
            let unknown = String(repeating: "a", count: 64)
            #expect(try await browser.get("/email/\(unknown)").status == 404)
        }
    }

    @Test("a new e-mail's link whose time is over says so and sends another, which works")
    func expired() async throws {
        try await with { test, _, person, browser in
            try await test.app.entry.changeEmail(of: person.id, to: "nova@exemplo.com.br")
            let path = try await test.link(.addressConfirmation)
            test.clock.advance(by: .seconds(3 * 86_400))
            let stranger = PortalBrowser(browser.client)
            let page = try await stranger.get(path)
            #expect(page.status == 410)
            #expect(page.body.contains("Este link venceu") && page.body.contains("action=\"\(path)/outro\""))
            for _ in 0..<2 { #expect(try await stranger.post("\(path)/outro").status == 200) }
            let mails = try await test.notices(.addressConfirmation)
            #expect(mails.map(\.recipient) == ["nova@exemplo.com.br", "nova@exemplo.com.br"])
            #expect(mails.allSatisfy { $0.body.contains("senha da conta") && !$0.body.contains("nada é criado") })
            #expect(try await stranger.get(try await test.link(.addressConfirmation)).status == 200)
        }
    }

    @Test("a page saves what was changed on it, and says when the record moved on meanwhile")
    func stale() async throws {
        try await with { test, customer, person, browser in
            let contact = try #require(try await test.app.persons.contacts(of: person.id).first)
            let address = "address-\(contact.contactID)"
            func keep(_ text: String) async throws {
                _ = try await test.app.customers.update(customer.id, by: .system("test")) { $0.address = text }
            }
            func kept() async throws -> String? { try await test.app.customers.find(customer.id)?.address }
            /// The form as a browser sends it: what is not typed as the page has it.
            func filled(_ page: Answered, _ typed: [String: String]) -> [(String, String)] {
                page.body.matches(of: /<input[^>]* name="([a-z0-9-]+)"[^>]* value="([^"]*)"/).map {
                    (String($0.1), typed[String($0.1)] ?? String($0.2))
                }.filter { name, _ in
                    ["name", "email", address].contains { name == $0 || name == "shown-\($0)" }
                }
            }
            try await keep("Rua Velha, 1")
            let page = try await browser.get("/dados")
            #expect(filled(page, [:]).count == 6)
            try await keep("Rua da Central, 2")
            #expect(try await browser.post("/dados", filled(page, ["name": "Maria Souza"])).status == 200)
            #expect(try await kept() == "Rua da Central, 2", "what was only seen is not written")
            #expect(try await test.app.persons.find(person.id)?.name == "Maria Souza")
            let told = try await browser.post("/dados", filled(page, [address: "Rua Minha, 3"]))
            #expect(told.status == 422)
            #expect(told.body.contains("agora está: Rua da Central, 2"))
            #expect(told.body.contains("value=\"Rua Minha, 3\""))
            #expect(try await kept() == "Rua da Central, 2")
            #expect(try await browser.post("/dados", filled(told, [:])).status == 200)
            #expect(try await kept() == "Rua Minha, 3")
            try await keep("Rua A\nCentro")
            let lines = try await browser.get("/dados")
            #expect(try await browser.post("/dados", filled(lines, [:])).status == 200)
            #expect(try await kept() == "Rua A\nCentro", "an address of several lines is not made one")
            test.clock.advance(by: .seconds(400 * 86_400))
            let ended = try await browser.post("/dados", filled(lines, [address: "Rua Digitada, 4"]))
            #expect(ended.status == 401 && ended.body.contains("Rua Digitada, 4"))
            #expect(!ended.body.contains("Maria Souza"), "what was only seen")
            let number = try await browser.post("/telefones", [("number", "(31) 99876-0000")])
            #expect(number.status == 401 && number.body.contains("(31) 99876-0000"))
        }
    }

    @Test("who sees what they asked of a company sees and removes their own telephones, and changes no address")
    func company() async throws {
        try await DeskUnderTest.with { test in
            let system = AuditActor.system("test")
            let made = try await test.app.customers.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .company, name: "Padaria Real", address: "Rua do Pão, 1"),
                    contact: ContactDraft(name: "Rita Alves", email: "rita@exemplo.com.br"),
                    phones: ["(31) 98765-0003"]
                ),
                by: system
            )
            let (company, rita) = (made.customer, try #require(made.contact))
            let colleague = try await test.app.customers.addContact(
                ContactDraft(name: "Zeca"),
                to: company.id,
                by: system
            )
            for (number, owner) in [("(31) 98765-0001", rita.id), ("(31) 98765-0002", colleague.id)] {
                _ = try await test.app.customers.addPhone(number, to: company.id, contactID: owner, by: system)
            }
            let person = try await test.person(of: company, login: "rita")
            let session = try await test.app.personSessions.begin(personID: person.id)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                browser.enter(session)
                func seen() async throws -> [String] {
                    let page = try await browser.get("/telefones").body
                    return ["98765-0001", "98765-0002", "98765-0003"].filter { page.contains($0) }
                }
                func remove(_ display: String) async throws -> Int {
                    let phones = try await test.app.customers.phones(of: company.id)
                    let phone = try #require(phones.first { $0.lookup.hasSuffix(display) })
                    let fields = [("contact", "\(rita.id)"), ("phone", "\(phone.id)")]
                    return try await browser.post("/telefones/remover", fields).status
                }
                #expect(try await seen() == ["98765-0001"])
                #expect(try await !browser.get("/dados/arquivo").body.contains("98765-0002"))
                for others in ["0002", "0003"] { #expect(try await remove(others) >= 400) }
                let data = try await browser.get("/dados")
                #expect(data.body.contains("Rua do Pão, 1") && !data.body.contains("name=\"address-\(rita.id)\""))
                let fields = [
                    ("name", "Rita Alves"), ("email", "rita@exemplo.com.br"), ("address-\(rita.id)", "Rua X"),
                ]
                #expect(try await browser.post("/dados", fields).status == 200)
                #expect(try await test.app.customers.find(company.id)?.address == "Rua do Pão, 1")
                _ = try await test.app.persons.set(reach: .all, contactID: rita.id, by: system)
                #expect(try await seen() == ["98765-0001", "98765-0003"], "what is nobody's, and no colleague's")
                for own in ["0003", "0001"] { #expect(try await remove(own) == 200) }
                #expect(try await browser.get("/telefones").body.contains("Ainda não há telefone nesta lista."))
                #expect(try await test.app.customers.phones(of: company.id).count == 1)
                #expect(try await browser.post("/dados", fields).status == 200)
                #expect(try await test.app.customers.find(company.id)?.address == "Rua X")
            }
        }
    }

    @Test("a stranger's number given as one's own is answered as any, and names nobody but whose it is")
    func strangersNumber() async throws {
        try await with { test, customer, person, browser in
            let contract = try #require(try await test.app.customers.contracts(of: customer.id).first)
            try await test.app.database.write { session in
                try session.execute("UPDATE contract SET sms = 0 WHERE id = $1", [.integer(contract.id)])
            }
            let victim = try await test.customer(name: "Vítima", phone: "(31) 98765-4322")
            let contact = try #require(try await test.app.persons.contacts(of: person.id).first)
            func add(_ number: String) async throws -> Answered {
                try await browser.post("/telefones", [("contact", "\(contact.contactID)"), ("number", number)])
            }
            func plain(_ answer: Answered, _ number: String) -> String {
                answer.body.replacing(number, with: "").replacing(/value="\d+"/, with: "")
            }
            let free = try await add("(31) 99876-5432")
            let phones = try await test.app.customers.phones(of: customer.id)
            try await test.app.customers.removePhone(try #require(phones.last).id, of: customer.id, by: .system("test"))
            let taken = try await add("(31) 98765-4322")
            #expect(plain(free, "(31) 99876-5432") == plain(taken, "(31) 98765-4322"))
            let number = "+5531987654322"
            #expect(try await test.app.customers.candidates(number).map(\.customerID) == [victim.id])
            #expect(await test.app.hookContacts(number).map(\.id) == [victim.id])
            _ = try await add("(31) 99876-5432")
            #expect(try await test.app.customers.candidates("+5531998765432").map(\.customerID) == [customer.id])
            #expect(await test.app.hookContacts("+5531998765432").isEmpty, "a display says no “not confirmed”")
        }
    }

    @Test("what is ticked off is not mailed to the contact's address either, where it is another than the account's")
    func otherAddress() async throws {
        try await with { test, customer, _, browser in
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            _ = try await test.app.customers.updateContact(contact.id, by: .system("test")) {
                $0.email = "nova@exemplo.com.br"
            }
            _ = try await browser.post("/preferencias", [("language", "pt-BR")])
            let ticket = try await test.ticket(customer, contact, "n1")
            let account = try await test.account("ana", role: .supervisor)
            _ = try await test.app.tickets.make(
                MoveOrder(.reply, of: ticket.id, text: "Tente de novo."),
                by: .account(account)
            )
            #expect(try await test.notices(.ticketAnswered).isEmpty)
        }
    }

    @Test("A2: a telephone is confirmed by the code sent to it, and removed")
    func phones() async throws {
        try await with { test, customer, person, browser in
            let contact = try #require(try await test.app.persons.contacts(of: person.id).first)
            let fields = [("contact", "\(contact.contactID)"), ("number", "(31) 99876-5432")]
            let waiting = try await browser.post("/telefones", fields)
            #expect(waiting.body.contains("one-time-code"))
            #expect(try await test.app.customers.phones(of: customer.id).count == 1)
            #expect(try await browser.post("/telefones", fields + [("code", "000000")]).status == 422)
            let done = try await browser.post("/telefones", fields + [("code", try await test.code())])
            #expect(done.body.contains("Telefone adicionado com sucesso!"))
            let phones = try await test.app.customers.phones(of: customer.id)
            #expect(phones.count == 2)
            let last = try #require(phones.last)
            #expect(last.label == nil)
            #expect(try await browser.post("/telefones", fields).status == 422, "in the list already")
            let removed = try await browser.post(
                "/telefones/remover",
                [("contact", "\(contact.contactID)"), ("phone", "\(last.id)")]
            )
            #expect(removed.body.contains("Telefone removido com sucesso!"))
        }
    }

    @Test("A3: where the contract has no SMS the page says so, and the number is marked as not confirmed")
    func noSMS() async throws {
        try await with { test, customer, person, browser in
            let contract = try #require(try await test.app.customers.contracts(of: customer.id).first)
            try await test.app.database.write { session in
                try session.execute("UPDATE contract SET sms = 0 WHERE id = $1", [.integer(contract.id)])
            }
            let contact = try #require(try await test.app.persons.contacts(of: person.id).first)
            #expect(try await browser.get("/telefones").body.contains("não tem o serviço de SMS"))
            let answer = try await browser.post(
                "/telefones",
                [("contact", "\(contact.contactID)"), ("number", "(31) 99876-5432")]
            )
            #expect(answer.body.contains("Telefone adicionado com sucesso!"))
            #expect(answer.body.contains("não confirmado"))
            #expect(try await test.notices(.portalCode).isEmpty)
        }
    }

    @Test("A4: three fields change the password, and every other session ends")
    func password() async throws {
        try await with { test, _, person, browser in
            let other = try await test.app.personSessions.begin(personID: person.id)
            func change(_ current: String, _ new: String, _ repeated: String) async throws -> Answered {
                try await browser.post("/senha", [("current", current), ("password", new), ("repeated", repeated)])
            }
            #expect(try await change("", "outra senha 22", "outra senha 22").status == 422)
            #expect(try await change("errada 1234", "outra senha 22", "outra senha 22").status == 422)
            #expect(try await change(PortalBrowser.password, "outra senha 22", "diferente 22").status == 422)
            #expect(try await test.app.personSessions.find(other.token) != nil)
            let done = try await change(PortalBrowser.password, "outra senha 22", "outra senha 22")
            #expect(done.body.contains("Senha alterada com sucesso!"))
            #expect(try await test.app.personSessions.find(other.token) == nil)
            #expect(try await browser.get("/senha").status == 200)
        }
    }

    @Test("B2: what is not wanted is not sent, and what proves a contact always is")
    func preferences() async throws {
        try await with { test, customer, person, browser in
            let all = NoticeWishes.Kind.allCases.flatMap { kind in
                NoticeChannel.allCases.map { "\(kind.rawValue).\($0.rawValue)" }
            }
            let kept = all.filter { $0 != "answers.mail" && $0 != "answers.sms" }.map { ("notice", $0) }
            let answer = try await browser.post("/preferencias", kept + [("language", "en")])
            #expect(answer.body.contains("<html lang=\"en\""))
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            #expect(contact.language == .en)
            let ticket = try await test.ticket(customer, contact, "n1")
            #expect(try await test.notices(.ticketOpened).count == 2)
            let account = try await test.account("ana", role: .supervisor)
            _ = try await test.app.tickets.make(
                MoveOrder(.reply, of: ticket.id, text: "Tente de novo."),
                by: .account(account)
            )
            #expect(try await test.notices(.ticketAnswered).isEmpty)
            let held = try await test.app.database.read { session in
                try session.rows("SELECT reason FROM notice WHERE event = 'ticket_answered'").compactMap { $0.text(0) }
            }
            #expect(held == ["declined", "declined"])
            _ = person
        }
    }

    @Test("my data as a file holds what is mine and nothing that is the desk's own")
    func file() async throws {
        try await with { test, customer, person, browser in
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            let ticket = try await test.ticket(customer, contact, "n1")
            let account = try await test.account("ana", role: .supervisor)
            _ = try await test.app.tickets.make(
                MoveOrder(.note, of: ticket.id, text: "Nota só da central."),
                by: .account(account)
            )
            let other = try await test.customer(name: "Outra Pessoa", phone: "(31) 98765-4322")
            let stranger = try #require(try await test.app.customers.contacts(of: other.id).first)
            let strange = try await test.ticket(other, stranger, "n1")
            var wished = CallSignal(line: "matriz", key: "1.1", direction: .inbound, state: .ended)
            wished.number = "+5531987654321"
            wished.startedAt = test.app.clock.now.milliseconds * 1_000
            _ = try await test.app.callLog.record([wished])
            try await test.app.database.write { session in
                try session.execute(
                    "UPDATE attendance SET customer_id = $1, contact_id = $2, reason = 'call_back'",
                    [.integer(customer.id), .integer(contact.id)]
                )
            }
            let picture: [UInt8] = [0xFF, 0xD8, 0xFF, 1, 2, 3]
            try await test.app.photos.set(picture, of: person.id)
            _ = try await browser.post("/preferencias", [("language", "pt-BR")])
            let answer = try await browser.get("/dados/arquivo")
            #expect(answer.json["left_out"] == .null)
            #expect(answer.json["person"]["photo"]["base64"].string == "/9j/AQID")
            #expect(answer.json["person"]["notices"].array?.count == NoticeWishes.Kind.allCases.count)
            #expect(answer.json["person"]["notices"][0]["sms"].bool == false)
            let asked = answer.json["contacts"].array?.first { $0["asked_to_be_called"].bool == true }
            #expect(asked?["channel"].string == "phone")
            #expect(answer.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            #expect(answer.json["person"]["name"].string == "Maria Silva")
            #expect(answer.body.contains(ticket.number))
            #expect(!answer.body.contains(strange.number))
            #expect(!answer.body.contains("Nota só da central"))
        }
    }
}
