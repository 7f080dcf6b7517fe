import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// What is one person's reaches their own mailbox and telephones, and no colleague's.
@Suite("What is for one person alone", .timeLimit(.minutes(5)))
struct PortalConfidenceTests {
    private struct House: Sendable {
        var test: DeskUnderTest
        var client: any TestClientProtocol
        var company: Customer
        var rita: Contact
    }

    private static let (ritas, colleagues, companys) = ("+5531987650001", "+5531987650002", "+5531987650003")

    /// A company with SMS in its contract: Rita's telephone, a colleague's, and one that is everybody's.
    private static func with(
        ritasMail: String? = nil,
        _ body: @escaping @Sendable (House) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let system = AuditActor.system("test")
            let made = try await test.app.customers.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .company, name: "Padaria Real"),
                    contact: ContactDraft(name: "Rita Alves", email: ritasMail),
                    phones: []
                ),
                by: system
            )
            let company = made.customer
            _ = try await test.app.customers.addContract(
                ContractDraft(number: "C-1", title: "ERP", hasSMS: true),
                to: company.id,
                by: system
            )
            let rita = try #require(made.contact)
            let colleague = try await test.app.customers.addContact(
                ContactDraft(name: "Colega", email: "colega@exemplo.com.br"),
                to: company.id,
                by: system
            )
            for (number, owner) in [(ritas, rita.id), (colleagues, colleague.id), (companys, nil)] {
                _ = try await test.app.customers.addPhone(number, to: company.id, contactID: owner, by: system)
            }
            try await test.application.test(.router) { client in
                try await body(House(test: test, client: client, company: company, rita: rita))
            }
        }
    }

    @Test("the link to an account goes to its owner's telephones, not to the company's or a colleague's")
    func accountLinks() async throws {
        try await Self.with { house in
            _ = try await house.test.app.entry.invite(contactID: house.rita.id, by: .system("test"))
            #expect(try await house.test.notices(.accountActivation).map(\.recipient) == [Self.ritas])
            let person = try #require(try await house.test.app.persons.find(contactID: house.rita.id))
            _ = try await house.test.app.persons.activate(
                person.id,
                login: "rita",
                password: PortalBrowser.password,
                by: .person(person.id)
            )
            let browser = PortalBrowser(house.client)
            try await browser.get("/esqueci")
            #expect(try await browser.post("/esqueci", [("login", "rita")]).status == 200)
            #expect(try await house.test.notices(.passwordReset).map(\.recipient) == [Self.ritas])
        }
    }

    @Test("a ticket asked in confidence is looked up by who asked, and its code goes to nobody else")
    func confidentialTicket() async throws {
        try await Self.with(ritasMail: "rita@exemplo.com.br") { house in
            let ticket = try await house.test.ticket(house.company, house.rita, "n1")
            let browser = PortalBrowser(house.client)
            try await browser.get("/consultar")
            func look(_ phone: String, _ more: [(String, String)] = []) async throws -> Answered {
                try await browser.post(
                    "/consultar",
                    [("number", ticket.number), ("digits", String(phone.suffix(4)))] + more
                )
            }
            for phone in [Self.ritas, Self.colleagues, Self.companys] { #expect(try await look(phone).status == 200) }
            try await house.test.app.database.write { session in
                try session.execute(
                    "UPDATE ticket SET confidential = 1, caller_phone = $1 WHERE id = $2",
                    [.text(Self.companys), .integer(ticket.id)]
                )
            }
            for phone in [Self.colleagues, Self.companys] { #expect(try await look(phone).status == 404) }
            let asked = try await look(Self.ritas, [("ticket", "\(ticket.id)")])
            #expect(asked.body.contains("name=\"code\""))
            let told = try await house.test.notices(.portalCode).map(\.recipient)
            #expect(Set(told) == ["rita@exemplo.com.br", Self.ritas])
            let opened = try await look(
                Self.ritas,
                [("ticket", "\(ticket.id)"), ("code", try await house.test.code())]
            )
            #expect(opened.status == 303)
        }
    }
}
