import DeskCore
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("An invitation to somebody who speaks for nobody any more", .timeLimit(.minutes(5)))
struct RemovedContactTests {
    private static let address = "ana@exemplo.com.br"

    private static var registration: Registration {
        var registration = Registration()
        registration.name = "Ana Luz"
        registration.document = "529.982.247-25"
        registration.phone = "(31) 99876-5432"
        registration.cep = "30110-000"
        registration.address = "Rua das Flores, 10"
        registration.email = address
        registration.password = PortalBrowser.password
        registration.repeated = PortalBrowser.password
        return registration
    }

    private func invited(_ test: DeskUnderTest) async throws -> (contact: Contact, path: String) {
        let made = try await test.app.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .person, name: "Ana Luz"),
                contact: ContactDraft(name: "Ana Luz", email: Self.address)
            ),
            by: .system("test")
        )
        let contact = try #require(made.contact)
        _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
        return (contact, try await test.link(.accountActivation))
    }

    @Test("leads nowhere once the contact is removed, and its address may register")
    func removed() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, path) = try await invited(test)
            try await test.app.customers.removeContact(contact.id, by: .system("test"))
            #expect(try await test.app.persons.find(contactID: contact.id) == nil)
            try await test.app.entry.register(Self.registration)
            let confirming = try await test.link(.accountConfirmation)
            #expect(confirming.contains("/confirmar/"))
            try await test.application.test(.router) { client in
                let shown = try await PortalBrowser(client).get(path)
                #expect(shown.status == 410)
                let browser = PortalBrowser(client)
                try await browser.get(confirming)
                #expect(try await browser.post(confirming, [("password", PortalBrowser.password)]).status == 303)
            }
        }
    }

    @Test("the quick links that went to an address or a number which is theirs no more open nothing")
    func quickLinks() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            let ticket = try await test.ticket(customer, contact, "n1")
            let number = "+5531987654321"
            func link(_ recipient: String) async throws -> String {
                let now = test.clock.now
                return try await test.app.database.write { session in
                    try test.app.links.create(
                        ticketID: ticket.id,
                        recipient: recipient,
                        expires: now.adding(.seconds(86_400)),
                        at: now,
                        in: session
                    )
                }
            }
            func opens(_ token: String) async throws -> Bool {
                if case .success = try await test.app.links.resolve(token, at: test.clock.now) { true } else { false }
            }
            let (mistyped, phone) = (try await link(try #require(contact.email)), try await link(number))
            _ = try await test.app.customers.updateContact(contact.id, by: .system("test")) { $0.name = "Maria S." }
            #expect(try await opens(mistyped))
            _ = try await test.app.customers.updateContact(contact.id, by: .system("test")) { $0.email = Self.address }
            #expect(try await !opens(mistyped))
            #expect(try await opens(phone))
            let left = try await link(Self.address)
            let listed = try #require(try await test.app.customers.phones(of: customer.id).first)
            try await test.app.customers.removePhone(listed.id, of: customer.id, by: .system("test"))
            #expect(try await !opens(phone))
            #expect(try await opens(left))
            try await test.app.customers.removeContact(contact.id, by: .system("test"))
            #expect(try await !opens(left))
        }
    }

    @Test("goes on for the other customer of the same person")
    func shared() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, path) = try await invited(test)
            let person = try #require(try await test.app.persons.find(contactID: contact.id))
            let other = try await test.customer(name: "Outra Ltda", phone: "(31) 98765-3333")
            let second = try #require(try await test.app.customers.contacts(of: other.id).first)
            try await test.app.persons.join(person.id, contactID: second.id, by: .system("test"))
            try await test.app.customers.removeContact(contact.id, by: .system("test"))
            #expect(try await test.app.persons.contacts(of: person.id).map(\.contactID) == [second.id])
            #expect(try await test.app.persons.find(person.id)?.email == Self.address)
            try await test.application.test(.router) { client in
                let shown = try await PortalBrowser(client).get(path)
                #expect(shown.status == 200)
            }
        }
    }
}
