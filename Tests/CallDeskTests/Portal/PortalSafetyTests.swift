import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("What no customer gets at", .timeLimit(.minutes(5)))
struct PortalSafetyTests {
    /// Two customers with accounts and tickets, and a browser of the first.
    private func with(
        _ body: @Sendable @escaping (DeskUnderTest, Stranger, PortalBrowser) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let mine = try await test.customer()
            let person = try await test.person(of: mine)
            let other = try await test.customer(name: "Outra Pessoa", phone: "(31) 98765-4322")
            _ = try await test.person(of: other, login: "outra")
            let contact = try #require(try await test.app.customers.contacts(of: other.id).first)
            let stranger = Stranger(
                customer: other,
                contact: contact,
                phone: try #require(try await test.app.customers.phones(of: other.id).first),
                ticket: try await test.ticket(other, contact, "n1")
            )
            let session = try await test.app.personSessions.begin(personID: person.id)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                browser.enter(session)
                try await body(test, stranger, browser)
            }
        }
    }

    private struct Stranger: Sendable {
        var customer: Customer
        var contact: Contact
        var phone: Phone
        var ticket: Ticket
    }

    @Test("every operation that names no customers refuses one, and the others know nothing of a stranger's ids")
    func operations() async throws {
        try await with { test, stranger, browser in
            let operations = try API(app: test.app, streams: test.streams, uploads: UploadGate()).operations
            for operation in operations {
                let isOurs = operation.who.contains { if case .customer = $0 { true } else { false } }
                let path =
                    "/api/v1"
                    + operation.path.replacing("{number}", with: stranger.ticket.number)
                    .replacing(/\{[a-zA-Z]+\}/, with: String(stranger.ticket.id))
                let answer = try await browser.call(operation.method, path)
                if isOurs {
                    #expect(answer.status != 500, "\(operation.id)")
                    #expect(!answer.body.contains(stranger.ticket.number), "\(operation.id)")
                    #expect(!answer.body.contains(stranger.customer.name), "\(operation.id)")
                } else {
                    #expect(answer.status == 403, "\(operation.id)")
                }
            }
        }
    }

    /// Pages of the portal that are there for everybody; every other one is a customer's.
    static let open: Set<String> = [
        "/", "/entrar", "/cadastro", "/consultar", "/esqueci", "/guias", "/guias/{topic}/{guide}", "/estados",
        "/ativar/{token}", "/confirmar/{token}", "/email/{token}", "/senha/{token}", "/consultar/{id}",
    ]

    /// Pages and forms of the portal, as the router has them.
    static func ways(of test: DeskUnderTest) -> [(method: HTTPRequest.Method, path: String)] {
        test.ways.filter { way in
            way.method != .head
                && !["/api/", "/desk", "/admin", "/assets", "/hooks", "/t/", "/arquivos/"].contains {
                    way.path.hasPrefix($0)
                }
        }
    }

    @Test("every page and form, as everybody and with a stranger's ids, shows and changes nothing of the stranger's")
    func pages() async throws {
        try await with { test, stranger, browser in
            let ways = Self.ways(of: test)
            #expect(ways.count > 40, "\(ways.map(\.path))")
            let secret = "Segredo industrial"
            let id = stranger.ticket.id
            try await test.app.database.write { session in
                try session.execute("UPDATE ticket SET summary = $1 WHERE id = $2", [.text(secret), .integer(id)])
            }
            var staff: [TestBrowser] = []
            for role in [Account.Role.technician, .supervisor, .administrator] {
                staff.append(try await test.browser(try await test.account(role.rawValue, role: role), browser.client))
            }
            let before = try await test.standing()
            for way in ways {
                let path = way.path.replacing("{number}", with: stranger.ticket.number)
                    .replacing("{token}", with: String(repeating: "0", count: 64))
                    .replacing(/\{[a-zA-Z]+\}/, with: String(stranger.ticket.id))
                let place = "\(way.method) \(way.path)"
                if way.method == .get {
                    // A technician is nobody on the portal, whatever their role.
                    var answers = [try await PortalBrowser(browser.client).get(path)]
                    for one in staff { answers.append(try await one.get(path)) }
                    for answer in answers {
                        if Self.open.contains(way.path) {
                            #expect([200, 303, 404, 410].contains(answer.status), "\(place): \(answer.status)")
                        } else {
                            let isLed = answer.headers[.location]?.hasPrefix("/entrar?next=") == true
                            #expect(
                                answer.status == 303 && isLed || answer.status == 404 || answer.status == 401,
                                "\(place): \(answer.status)"
                            )
                        }
                        #expect(!answer.body.contains(stranger.customer.name), "\(place)")
                        #expect(!answer.body.contains(stranger.ticket.number) || answer.status == 404, "\(place)")
                    }
                    // The events never end: they are read by who has them in tests of their own.
                    if way.path == "/events" { continue }
                    let answer = try await browser.get(path)
                    #expect(answer.status < 500, "\(place)")
                    #expect(!answer.body.contains(stranger.customer.name), "\(place)")
                    #expect(!answer.body.contains(secret), "\(place)")
                } else {
                    // A page of this browser's own first: every form has its token.
                    let visitor = PortalBrowser(browser.client)
                    try await visitor.get("/entrar")
                    for field in ["contact", "phone", "ticket", "id", "ref", "para"] {
                        let named = [(field, String(stranger.ticket.id)), ("deed", "reply"), ("text", "x")]
                        for one in [visitor, browser] where !["/sair", "/idioma"].contains(way.path) {
                            let answer = try await one.post(path, named)
                            #expect(answer.status < 500, "\(place) \(field): \(answer.status)")
                            #expect(!answer.body.contains(stranger.customer.name), "\(place)")
                            #expect(!answer.body.contains(secret), "\(place)")
                        }
                    }
                }
            }
            #expect(try await test.standing() == before)
        }
    }

    @Test("no page of the desk opens for a customer")
    func desk() async throws {
        try await with { _, _, browser in
            for path in [
                "/desk", "/desk/tickets", "/desk/calls", "/desk/profile", "/desk/events", "/admin", "/admin/customers",
                "/admin/users", "/admin/templates", "/admin/notices", "/admin/catalogue", "/admin/lines",
            ] {
                let answer = try await browser.get(path)
                #expect([303, 401, 404].contains(answer.status), "\(path): \(answer.status)")
            }
        }
    }

    @Test("a stranger's contact, telephone or address in a form is not there")
    func strangers() async throws {
        try await with { test, stranger, browser in
            let contact = ("contact", "\(stranger.contact.id)")
            #expect(try await browser.post("/telefones", [contact, ("number", "(31) 99876-5432")]).status == 404)
            let removal = [contact, ("phone", "\(stranger.phone.id)")]
            #expect(try await browser.post("/telefones/remover", removal).status == 404)
            let own = try #require(try await test.app.persons.find(contactID: 1))
            let mine = try #require(try await test.app.persons.contacts(of: own.id).first)
            let crossed = [("contact", "\(mine.contactID)"), ("phone", "\(stranger.phone.id)")]
            #expect(try await browser.post("/telefones/remover", crossed).status == 404)
            #expect(try await test.app.customers.phones(of: stranger.customer.id).map(\.id) == [stranger.phone.id])
            _ = try await browser.post(
                "/dados",
                [
                    ("name", own.name), ("email", own.email ?? ""), ("address-\(mine.contactID)", "Rua A, 1"),
                    ("address-\(stranger.contact.id)", "Rua do Invasor"),
                ]
            )
            #expect(try await test.app.customers.find(stranger.customer.id)?.address == nil)
            for path in ["/", "/dados", "/telefones", "/dados/arquivo"] {
                let page = try await browser.get(path)
                #expect(!page.body.contains(stranger.customer.name), "\(path)")
                #expect(!page.body.contains(stranger.ticket.number), "\(path)")
            }
        }
    }

    @Test("a form without its token changes nothing, wherever it is")
    func tokens() async throws {
        try await with { _, _, browser in
            for path in ["/dados", "/dados/codigo", "/telefones", "/telefones/remover", "/senha", "/preferencias"] {
                let without = try await browser.post(path, csrf: "")
                #expect(without.status == 403, "\(path)")
                let forged = try await browser.post(path, csrf: "customer." + String(repeating: "0", count: 64))
                #expect(forged.status == 403, "\(path)")
            }
        }
    }

    @Test("a robot that follows every link and sends every form as it stands makes, changes and ends nothing")
    func robot() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
            let other = try await test.customer(name: "Outra Pessoa", phone: "(31) 98765-4322")
            let person = try await test.person(of: other, login: "outra")
            try await test.app.entry.forgot("outra")
            var paths = [try await test.link(.accountActivation), try await test.link(.passwordReset)]
            var registration = Registration()
            (registration.name, registration.document) = ("João Pereira", "529.982.247-25")
            (registration.phone, registration.cep) = ("(31) 99876-5432", "30110-000")
            (registration.address, registration.email) = ("Rua das Flores, 10", "joao@exemplo.com.br")
            (registration.password, registration.repeated) = (PortalBrowser.password, PortalBrowser.password)
            try await test.app.entry.register(registration)
            paths.append(try await test.link(.accountConfirmation))
            try await test.app.entry.changeEmail(of: person.id, to: "nova@exemplo.com.br")
            paths.append(try await test.link(.addressConfirmation))
            #expect(Set(paths).count == 4, "each mailed link is another")
            let mailed = paths
            let before = try await test.standing()
            try await test.application.test(.router) { client in
                let robot = PortalBrowser(client)
                var waiting = mailed + ["/", "/entrar", "/cadastro", "/consultar", "/esqueci"]
                var seen: Set<String> = []
                while let path = waiting.popLast() {
                    guard seen.insert(path).inserted, seen.count < 100 else { continue }
                    let page = try await robot.get(path)
                    waiting += page.body.matches(of: /href="(\/[^"]*)"/).map { String($0.1) }
                    for form in page.body.matches(of: /(?s)<form [^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/)
                    where String(form.1) != "/idioma" {
                        let fields = form.2.matches(of: /<input type="hidden" name="([^"]+)" value="([^"]*)">/)
                            .map { (String($0.1), String($0.2)) }.filter { $0.0 != "csrf" }
                        _ = try await robot.post(String(form.1), fields)
                    }
                }
                #expect(seen.count > 6)
            }
            #expect(try await test.standing() == before)
            #expect(try await test.app.persons.find(contactID: contact.id)?.state == .pending)
            #expect(try await test.app.persons.find(person.id)?.state == .active)
            #expect(try await test.app.persons.find(person.id)?.email == person.email)
        }
    }
}

extension DeskUnderTest {
    /// How much there is of everything a customer could change.
    fileprivate func standing() async throws -> [String: Int64] {
        try await app.database.read { session in
            var counts: [String: Int64] = [:]
            for table in ["person", "person_session", "customer", "contact", "phone", "ticket", "entry", "notice"] {
                counts[table] = try session.row("SELECT COUNT(*) FROM \(table)")?.integer(0) ?? -1
            }
            counts["used"] =
                try session.row("SELECT COUNT(*) FROM person_link WHERE used_at IS NOT NULL")?.integer(0) ?? -1
            return counts
        }
    }
}
