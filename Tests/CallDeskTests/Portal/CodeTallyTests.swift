import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// Codes cost an SMS each, and each has its tries: whoever asks again and again gets no more of either.
@Suite("How many codes somebody is sent", .timeLimit(.minutes(5)))
struct CodeTallyTests {
    @Test("a ticket's codes are five at once and some fifteen a day, and who asks for more is told so")
    func sends() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            let ticket = try await test.ticket(customer, contact, "n1")
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get("/consultar")
                let asking = [("number", ticket.number), ("digits", "4321"), ("ticket", String(ticket.id))]
                var told: [Int] = []
                for _ in 0..<(24 * 6) {
                    told.append(try await browser.post("/consultar", asking).status)
                    test.clock.advance(by: .seconds(600))
                }
                let sent = try await test.notices(.portalCode).count { $0.recipient.hasPrefix("+") }
                #expect((5...15).contains(sent), "\(sent)")
                #expect(told.prefix(5).allSatisfy { $0 == 200 })
                #expect(told.contains(429))
                let refused = try await browser.post("/consultar", asking)
                if refused.status == 429 { #expect(refused.body.contains("ligue para nós")) }
                test.clock.advance(by: .seconds(86_400))
                #expect(try await browser.post("/consultar", asking).status == 200)
            }
        }
    }

    @Test("codes mistyped are counted over all codes of a ticket; the right one ends the count")
    func tries() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            let ticket = try await test.ticket(customer, contact, "n1")
            let guests = GuestEntry(
                entry: test.app.entry,
                tickets: test.app.directory,
                attendances: test.app.attendances,
                links: test.app.links
            )
            #expect(try await guests.sendCode(for: ticket) == .sent)
            for _ in 0..<4 { #expect(try await guests.open(ticket, code: "000 000") == .wrong) }
            guard case .opened = try await guests.open(ticket, code: try await test.code()) else {
                Issue.record("the right code opens")
                return
            }
            test.clock.advance(by: .seconds(61))
            #expect(try await guests.sendCode(for: ticket) == .sent)
            for _ in 0..<5 { #expect(try await guests.open(ticket, code: "000 000") == .wrong) }
            test.clock.advance(by: .seconds(25))
            #expect(try await guests.open(ticket, code: "000 000") == .tooMany)
            // Another code gives no more tries than time does.
            test.clock.advance(by: .seconds(61))
            #expect(try await guests.sendCode(for: ticket) == .sent)
            var tried = 0
            for _ in 0..<60 {
                if try await guests.open(ticket, code: "000 000") == .wrong { tried += 1 }
                test.clock.advance(by: .seconds(60))
                _ = try await guests.sendCode(for: ticket)
            }
            #expect(tried <= 10, "\(tried) in an hour")
        }
    }

    /// Accounts that say to be one customer, who is there.
    private static func claimants(_ count: Int, _ test: DeskUnderTest) async throws -> [Person] {
        _ = try await test.app.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .person, name: "João Pereira", document: "529.982.247-25"),
                contact: ContactDraft(name: "João Pereira", email: "antigo@exemplo.com.br"),
                phones: ["(31) 98765-4321"]
            ),
            by: .system("test")
        )
        var people: [Person] = []
        for index in 0..<count {
            var registration = Registration()
            (registration.name, registration.document) = ("Falso \(index)", "529.982.247-25")
            (registration.phone, registration.cep) = ("(31) 98765-4321", "30110-000")
            (registration.address, registration.email) = ("Rua das Flores, 10", "falso\(index)@exemplo.com.br")
            (registration.password, registration.repeated) = (PortalBrowser.password, PortalBrowser.password)
            try await test.app.entry.register(registration)
            let path = try await test.link(.accountConfirmation)
            let token = String(path.split(separator: "/").last ?? "")
            people.append(
                try await test.app.entry.confirm(token, password: PortalBrowser.password, address: "1.2.3.4")
            )
            test.clock.advance(by: .seconds(61))
        }
        return people
    }

    @Test("what one account mistyped for a customer shows to no other that there is one")
    func claimsOfOthers() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let people = try await Self.claimants(2, test)
            // As an account that met nobody is answered, whether or not others have used the tries up.
            for person in people {
                for _ in 0..<5 { #expect(try await test.app.entry.claim(person.id, code: "000000") == .wrong) }
                #expect(try await test.app.entry.claim(person.id, code: "000000") == .tooMany)
            }
        }
    }

    @Test("however many accounts say that they are a customer, the customer is written to five times")
    func claims() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let people = try await Self.claimants(8, test)
            #expect(try await test.notices(.portalCode).count == 5)
            // Who asks for another is told the same whether it goes or not, and told to wait after five.
            let last = try #require(people.last)
            for _ in 0..<5 { #expect(try await test.app.entry.askAgain(last.id)) }
            #expect(try await !test.app.entry.askAgain(last.id))
            #expect(try await test.notices(.portalCode).count == 5)
            for _ in 0..<5 { #expect(try await test.app.entry.claim(last.id, code: "000000") == .wrong) }
            #expect(try await test.app.entry.claim(last.id, code: "000000") == .tooMany)
        }
    }

    @Test("a telephone that somebody says is theirs gets five codes, whoever says so")
    func telephones() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            var people: [(Person, PersonContact)] = []
            for (login, phone) in [("maria", "(31) 98765-4321"), ("outra", "(31) 98765-4322")] {
                let person = try await test.person(of: test.customer(name: login, phone: phone), login: login)
                people.append((person, try #require(try await test.app.persons.contacts(of: person.id).first)))
            }
            var steps: [PersonEntry.PhoneStep] = []
            for index in 0..<8 {
                let (person, contact) = people[index % 2]
                steps.append(
                    try await test.app.entry.addPhone(
                        "(31) 99876-5432",
                        contact: contact,
                        of: person.id
                    )
                )
                test.clock.advance(by: .seconds(61))
            }
            #expect(steps.count { $0 == .codeSent } == 5)
            #expect(steps.suffix(3).allSatisfy { $0 == .tooMany })
            #expect(try await test.notices(.portalCode).count == 5)
        }
    }
}
