import DeskCore
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("What is covered until it may be seen", .timeLimit(.minutes(5)))
struct MaskingTests {
    private static let document = ["52998224725", "529.982.247-25"]

    private func openWithDocument(_ test: DeskUnderTest, _ client: any TestClientProtocol) async throws -> JSONValue {
        let customer = try await test.customer()
        let made = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: """
                {"topic": "atualizar-dados", "customer_id": \(customer.id), "summary": "CPF errado",
                 "description": "O CPF do cadastro está errado.",
                 "answers": {"quais": ["documento"], "documento_novo": "529.982.247-25"}}
                """
        )
        #expect(made.status == 201, "\(made.body)")
        #expect(!Self.document.contains(where: made.body.contains), "the answer to who opened it")
        return made.json
    }

    @Test("a document in a ticket's answers has stars, and a look that is on record", arguments: TestDatabase.engines)
    func answers(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana", departments: ["atendimento"])
            let eva = try await test.account("eva", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let ticket = try await openWithDocument(test, client)
                let id = try #require(ticket["id"].integer)
                let number = try #require(ticket["number"].string)
                let browser = try await test.browser(ana, client)
                let pages = [
                    "/desk/tickets/\(number)", "/desk/tickets", "/api/v1/tickets", "/api/v1/tickets/\(id)",
                    "/api/v1/tickets/\(id)/entries", "/desk/tickets.csv",
                ]
                for path in pages {
                    let body = try await browser.get(path, headers: [.accept: "*/*"]).body
                    #expect(!Self.document.contains(where: body.contains), "\(path)")
                }
                let look = "/api/v1/tickets/\(id)/answers/documento_novo/document"
                #expect(try await browser.get("/desk/tickets/\(number)").body.contains("data-url=\"\(look)\""))

                let other = try await test.browser(eva, client)
                #expect(try await other.send(.post, look).status == 403)
                for path in ["quais", "inventado"] {
                    let none = try await browser.send(.post, "/api/v1/tickets/\(id)/answers/\(path)/document")
                    #expect(none.status == 404, "\(path) holds no document")
                }
                func trail() async throws -> [AuditRecord] {
                    try await test.app.database.read { session in
                        try AuditTrail.list(subject: "ticket:\(id)", in: session)
                    }
                }
                #expect(try await trail().isEmpty, "what was refused is no look")
                let seen = try await browser.send(.post, look)
                #expect(seen.json["number"].string == "52998224725", "\(seen.body)")
                #expect(seen.json["display"].string == "529.982.247-25")
                #expect(seen.json["kind"].string == "cpf")
                let record = try await trail().first
                #expect(record?.action == "ticket.document.look")
                #expect(record?.actor == "account:\(ana.id)")
                #expect(record?.detail == "documento_novo")

                // Of another topic it keeps its stars, and is no line of a note.
                let sofia = try await test.account("sofia", role: .supervisor)
                let moved = try await test.browser(sofia, client)
                    .send(.patch, "/api/v1/tickets/\(id)", #"{"topic": "erro-sistema"}"#)
                #expect(moved.status == 200, "\(moved.body)")
                let entries = try await browser.get("/api/v1/tickets/\(id)/entries", headers: [.accept: "*/*"]).body
                #expect(!Self.document.contains(where: entries.contains))
                let again = try await test.browser(sofia, client).send(.post, look)
                #expect(again.json["number"].string == "52998224725", "\(again.body)")
            }
        }
    }

    @Test("what is a person's own stays an answer when the topic changes, and only the rest is written into the thread")
    func topicChange() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana")
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: """
                        {"topic": "atualizar-dados", "customer_id": \(customer.id), "summary": "Mudou", "description": "Mudou.",
                         "answers": {"quais": ["email", "nome"], "nome_novo": "Maria de Sá", "email_novo": "ma@nova.example"}}
                        """
                )
                let id = try #require(made.json["id"].integer, "\(made.body)")
                let path = "/api/v1/tickets/\(id)"
                let browser = try await test.browser(ana, client)
                let moved = try await browser.send(.patch, path, #"{"topic": "erro-sistema"}"#)
                #expect(moved.status == 200, "\(moved.body)")
                let ticket = try #require(try await test.app.directory.find(id))
                #expect(ticket.topic == "erro-sistema")
                #expect(ticket.answers.map(\.fieldID) == ["email_novo"])
                #expect(ticket.answers.first?.value == "ma@nova.example")
                let thread = try await test.app.directory.thread(id)
                #expect(thread.contains { $0.body.contains("Maria de Sá") })
                #expect(!thread.contains { $0.body.contains("ma@nova.example") })
            }
        }
    }

    @Test(
        "on the line with somebody who has proven nothing, their record is covered wherever it is read",
        arguments: TestDatabase.engines
    )
    func onTheLine(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana")
            let bia = try await test.account("bia")
            let customer = try await test.customer()
            let desk = test.app.attendances
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let number = try #require(made.json["number"].string)
                let contact = try await desk.begin(channel: .walkIn, accountID: ana.id)
                let browser = try await test.browser(ana, client)
                let colleague = try await test.browser(bia, client)
                let people = try await test.app.customers.contacts(of: customer.id)
                let whole = ["98765-4321", try #require(people.first?.email), "C-\(customer.id)"]
                let base = "/api/v1/customers/\(customer.id)"
                let page = "/admin/customers/\(customer.id)"
                let ticket = "/desk/tickets/\(number)"
                func shown(_ path: String, by browser: TestBrowser) async throws -> [String] {
                    let body = try await browser.get(path, headers: [.accept: "*/*"]).body
                    return whole.filter { body.contains($0) }
                }
                for (level, isOpen) in [(IdentityLevel.known, false), (.verified, true)] {
                    try await desk.identify(
                        contact.id,
                        customerID: customer.id,
                        contactID: nil,
                        level: level
                    )
                    for (path, parts) in [
                        (page, whole), (base, whole), (base + "/contacts", [whole[1]]),
                        (base + "/contracts", [whole[2]]),
                        (ticket, [whole[0]]),
                    ] {
                        #expect(try await shown(path, by: browser) == (isOpen ? parts : []), "\(level) \(path)")
                        #expect(try await shown(path, by: colleague) == parts, "nobody is on her line: \(path)")
                    }
                    // What answers a change says no more than what is read.
                    let person = try #require(people.first)
                    let revision = try #require(try await test.app.customers.contact(person.id)?.revision)
                    for (copy, status) in [(revision, 200), (revision, 409)] {
                        let changed = try await browser.send(
                            .patch,
                            "\(base)/contacts/\(person.id)",
                            "{\"role\": \"papel \(level)\", \"revision\": \(copy)}"
                        )
                        #expect(changed.status == status, "\(changed.body)")
                        #expect(changed.body.contains(whole[1]) == isOpen, "\(level) \(status)")
                    }
                    let read = try await browser.get(base, headers: [.accept: "application/json"])
                    #expect(read.json["masked"].bool == !isOpen)
                    // What a program reads stays whole, but for documents.
                    let program = try await client.send(.get, base, token: test.token)
                    #expect(program.json["masked"].bool == false)
                    #expect(program.body.contains(whole[1]))
                }
                // Over, the record is what work needs.
                try await desk.identify(contact.id, customerID: customer.id, contactID: nil, level: .known)
                _ = try await desk.end(contact.id, outcome: .other, reason: nil, by: ana.id)
                #expect(try await shown(page, by: browser) == whole)
            }
        }
    }
}
