import DeskCore
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("An address mistyped at the invitation", .timeLimit(.minutes(5)))
struct MistypedAddressTests {
    private static let wrong = "ana@exmplo.com.br"
    private static let right = "ana@exemplo.com.br"

    /// A contact that was invited at the wrong address, and the path of the link that went there.
    private func invited(_ test: DeskUnderTest) async throws -> (contact: Contact, path: String) {
        let made = try await test.app.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .person, name: "Ana Luz"),
                contact: ContactDraft(name: "Ana Luz", email: Self.wrong)
            ),
            by: .system("test")
        )
        let contact = try #require(made.contact)
        _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
        return (contact, try await test.link(.accountActivation))
    }

    private func correct(_ contact: Contact, _ test: DeskUnderTest) async throws {
        _ = try await test.app.customers.updateContact(contact.id, by: .system("test")) { $0.email = Self.right }
    }

    private static let choice = [
        ("name", "Ana Luz"), ("login", ""), ("password", PortalBrowser.password), ("repeated", PortalBrowser.password),
    ]

    @Test("once the contact is corrected the stranger's link leads nowhere, and the next goes to the right one")
    func corrected() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, strangers) = try await invited(test)
            try await correct(contact, test)
            _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
            #expect(try await test.notices(.accountActivation).map(\.recipient) == [Self.wrong, Self.right])
            let path = try await test.link(.accountActivation)
            try await test.application.test(.router) { client in
                let stranger = PortalBrowser(client)
                let closed = try await stranger.get(strangers)
                #expect(closed.status == 410)
                #expect(try await stranger.post(strangers, Self.choice).status == 410)
                let browser = PortalBrowser(client)
                #expect(try await browser.get(path).status == 200)
                #expect(try await browser.post(path, Self.choice).status == 303)
            }
            let person = try #require(try await test.app.persons.find(contactID: contact.id))
            #expect(person.email == Self.right)
            #expect(person.login == Self.right)
        }
    }

    @Test("an address that was right after all is written to again, though a link of before went there a moment ago")
    func rightAfterAll() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, first) = try await invited(test)
            test.clock.advance(by: .seconds(5))
            try await correct(contact, test)
            _ = try await test.app.customers.updateContact(contact.id, by: .system("test")) { $0.email = Self.wrong }
            _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
            #expect(try await test.notices(.accountActivation).map(\.recipient) == [Self.wrong, Self.wrong])
            let path = try await test.link(.accountActivation)
            try await test.application.test(.router) { client in
                let statuses = try await [
                    PortalBrowser(client).get(first).status, PortalBrowser(client).get(path).status,
                ]
                #expect(statuses == [410, 200])
            }
        }
    }

    @Test("what an earlier release left at the wrong address is set right by the next invitation")
    func leftBehind() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, strangers) = try await invited(test)
            try await test.app.database.write { session in
                try session.execute(
                    "UPDATE contact SET email = $1 WHERE id = $2",
                    [.text(Self.right), .integer(contact.id)]
                )
            }
            _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
            #expect(try await test.notices(.accountActivation).map(\.recipient) == [Self.wrong, Self.right])
            try await test.application.test(.router) { client in
                let closed = try await PortalBrowser(client).get(strangers)
                #expect(closed.status == 410)
            }
        }
    }

    @Test("who has the right address already gets the contact by the next invitation, and nobody else's with it")
    func taken() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, _) = try await invited(test)
            try await test.app.database.write { session in
                try session.execute(
                    """
                    INSERT INTO person (name, email, login, state, created_at, updated_at, activated_at)
                    VALUES ('Ana', $1, 'ana', 'active', 0, 0, 0)
                    """,
                    [.text(Self.right)]
                )
            }
            try await correct(contact, test)
            #expect(try await test.app.persons.find(contactID: contact.id) == nil)
            let invited = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
            #expect(invited.person.login == "ana")
            #expect(try await test.app.persons.contacts(of: invited.person.id).map(\.contactID) == [contact.id])
        }
    }

    @Test("whoever registers with the contact's right address gets it, with the reach it was invited with")
    func registered() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, strangers) = try await invited(test)
            _ = try await test.app.persons.set(reach: .own, contactID: contact.id, by: .system("test"))
            try await test.app.database.write { session in
                try session.execute(
                    "UPDATE contact SET email = $1 WHERE id = $2",
                    [.text(Self.right), .integer(contact.id)]
                )
            }
            try await test.app.entry.register(Self.registration)
            let path = try await test.link(.accountConfirmation)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get(path)
                #expect(try await browser.post(path, [("password", PortalBrowser.password)]).status == 303)
                #expect(try await PortalBrowser(client).get(strangers).status == 410)
            }
            let person = try #require(try await test.app.persons.find(contactID: contact.id))
            #expect(person.state == .active)
            #expect(person.email == Self.right)
            #expect(try await test.app.persons.contacts(of: person.id).map(\.reach) == [.own])
        }
    }

    private static var registration: Registration {
        var registration = Registration()
        registration.name = "Ana Luz"
        registration.document = "529.982.247-25"
        registration.phone = "(31) 99876-5432"
        registration.cep = "30110-000"
        registration.address = "Rua das Flores, 10"
        registration.email = right
        registration.password = PortalBrowser.password
        registration.repeated = PortalBrowser.password
        return registration
    }

    @Test("a registration that cannot be made says why, and not that the password was wrong")
    func reason() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            try await test.app.entry.register(Self.registration)
            let path = try await test.link(.accountConfirmation)
            try await test.app.database.write { session in
                try session.execute(
                    """
                    INSERT INTO person (name, email, login, state, created_at, updated_at, activated_at)
                    VALUES ('Ana', $1, 'ana', 'active', 0, 0, 0)
                    """,
                    [.text(Self.right)]
                )
            }
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get(path)
                let wrong = try await browser.post(path, [("password", "outra senha 22")])
                #expect(wrong.body.contains("Esta não é a senha do cadastro"))
                let taken = try await browser.post(path, [("password", PortalBrowser.password)])
                #expect(taken.status == 422)
                #expect(taken.body.contains("Este e-mail já é de outra conta."))
                #expect(!taken.body.contains("Esta não é a senha do cadastro"))
            }
        }
    }

    @Test("of an account in use the owner takes the desk's correction over by mail and password, and is found by it")
    func active() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, path) = try await invited(test)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get(path)
                #expect(try await browser.post(path, Self.choice).status == 303)
                try await correct(contact, test)
                #expect(try await test.app.persons.find(contactID: contact.id)?.email == Self.wrong)
                _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
                #expect(try await test.notices(.addressConfirmation).map(\.recipient) == [Self.right])
                let proof = try await test.link(.addressConfirmation)
                try await browser.get(proof)
                #expect(try await browser.post(proof, [("password", PortalBrowser.password)]).status == 303)
                #expect(try await test.app.persons.find(contactID: contact.id)?.email == Self.right)
                _ = try await test.app.entry.invite(contactID: contact.id, by: .system("test"))
                #expect(try await test.notices(.addressConfirmation).count == 1, "nothing left to confirm")
            }
        }
    }

    @Test("a customer who changes their own address is found by the new one")
    func found() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let (contact, path) = try await invited(test)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get(path)
                #expect(try await browser.post(path, Self.choice).status == 303)
                let person = try #require(try await test.app.persons.find(contactID: contact.id))
                try await test.app.entry.changeEmail(of: person.id, to: Self.right)
                let proof = try await test.link(.addressConfirmation)
                try await browser.get(proof)
                #expect(try await browser.post(proof, [("password", PortalBrowser.password)]).status == 303)
            }
            #expect(try await test.app.customers.search("exemplo").map(\.id) == [contact.customerID])
            #expect(try await test.app.customers.search("exmplo").isEmpty)
        }
    }

    @Test("of several contacts the one with the former address gets the new one, and what the others have stays")
    func several() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            // Registered before, so that it comes first.
            let other = try await test.customer(name: "Outra Ltda", phone: "(31) 98765-3333")
            let first = try #require(try await test.app.customers.contacts(of: other.id).first)
            let customer = try await test.customer()
            let person = try await test.person(of: customer)
            let own = try #require(try await test.app.customers.contacts(of: customer.id).first)
            try await test.app.persons.join(person.id, contactID: first.id, by: .system("test"))
            try await test.app.entry.changeEmail(of: person.id, to: Self.right)
            let proof = try await test.link(.addressConfirmation)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get(proof)
                #expect(try await browser.post(proof, [("password", PortalBrowser.password)]).status == 303)
            }
            #expect(try await test.app.customers.contact(own.id)?.email == Self.right)
            #expect(try await test.app.customers.contact(first.id)?.email == first.email)
            #expect(try await test.app.customers.search("exemplo").count == 2)
        }
    }

    @Test("a contact without an account at the new address is theirs with it; who was invited there is sent that link")
    func free() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let person = try await test.person(of: test.customer())
            func contact(_ email: String) async throws -> Contact {
                let made = try await test.app.customers.register(
                    CustomerRegistration(
                        customer: CustomerDraft(kind: .person, name: "Ana Luz"),
                        contact: ContactDraft(name: "Ana Luz", email: email)
                    ),
                    by: .system("test")
                )
                return try #require(made.contact)
            }
            let free = try await contact(Self.right)
            try await test.app.entry.changeEmail(of: person.id, to: Self.right)
            let proof = try await test.link(.addressConfirmation)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                try await browser.get(proof)
                #expect(try await browser.post(proof, [("password", PortalBrowser.password)]).status == 303)
            }
            #expect(try await test.app.persons.contacts(of: person.id).map(\.contactID).contains(free.id))
            let invited = try await contact(Self.wrong)
            _ = try await test.app.persons.invite(contactID: invited.id, by: .system("test"))
            try await test.app.entry.changeEmail(of: person.id, to: Self.wrong)
            #expect(try await test.notices(.accountActivation).map(\.recipient) == [Self.wrong])
            #expect(try await test.notices(.accountExists).isEmpty)
        }
    }

    @Test("one person speaks for several customers when a supervisor joins a contact to their account")
    func joined() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let ana = try await test.person(of: test.customer())
            let (contact, strangers) = try await invited(test)
            let technician = try await test.account("rui")
            let supervisor = try await test.account("celia", role: .supervisor)
            try await test.application.test(.router) { client in
                let path = "/api/v1/contacts/\(contact.id)/account/join"
                let body = "{\"person_id\": \(ana.id), \"reach\": \"own\"}"
                #expect(try await test.browser(technician, client).send(.post, path, body).status == 403)
                let hers = try await test.browser(supervisor, client)
                #expect(try await hers.send(.post, path, "{}").status == 422)
                let joined = try await hers.send(.post, path, body)
                #expect(joined.status == 200, "\(joined.body)")
                #expect(joined.json["id"].integer == ana.id)
                let contacts = try await test.app.persons.contacts(of: ana.id)
                #expect(contacts.count == 2)
                #expect(contacts.first { $0.contactID == contact.id }?.reach == .own)
                #expect(try await PortalBrowser(client).get(strangers).status == 410)
                // Who has an account of their own keeps it.
                let second = try await test.customer(name: "Rui Reis", phone: "(31) 98888-7777")
                let other = try await test.person(of: second, login: "ruir")
                let own = try #require(try await test.app.persons.contacts(of: other.id).first)
                let taken = try await hers.send(
                    .post,
                    "/api/v1/contacts/\(own.contactID)/account/join",
                    "{\"person_id\": \(ana.id)}"
                )
                #expect(taken.status == 409)
                #expect(try await hers.send(.post, path, "{\"person_id\": 999}").status == 409)
            }
            // The account that waited for the contact keeps its address from nobody.
            try await test.app.entry.changeEmail(of: ana.id, to: Self.wrong)
            #expect(try await test.notices(.addressConfirmation).map(\.recipient) == [Self.wrong])
            #expect(try await test.notices(.accountExists).isEmpty)
        }
    }
}
