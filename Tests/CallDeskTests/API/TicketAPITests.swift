import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("Tickets through the API", .timeLimit(.minutes(5)))
struct TicketAPITests {
    @Test("a JSON number means the same in every language, with an exponent too", arguments: ["pt-BR", "en"])
    func numbers(language: String) async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let body = DeskUnderTest.ticket(customer.id).replacing("\"usuarios\": 3", with: "\"usuarios\": 1.2e1")
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: body,
                    headers: [.acceptLanguage: language]
                )
                #expect(made.status == 201, "\(made.body)")
                #expect(made.body.contains("\"value\":\"12\""), "\(made.body)")
                #expect(made.json["unverified"].bool != nil)
            }
        }
    }

    @Test("a posted ticket is opened with protocol, calculated field and notices")
    func open() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let opened = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                #expect(opened.status == 201, "\(opened.body)")
                let ticket = opened.json
                #expect(ticket["state"].string == "triage")
                #expect(ticket["priority"].string == "high")
                #expect(ticket["department"].string == "suporte")
                #expect(ticket["channel"].string == "api")
                #expect(ticket["customer_id"].integer == customer.id)
                #expect(ticket["created_at"].string == "2026-11-21T12:00:00.000Z")
                #expect(ticket["protocol"].string?.isEmpty == false)
                let impact = ticket["answers"].array?.first { $0["field"].string == "impacto" }
                #expect(impact?["value"].string == "alto")
                #expect(opened.headers[.location] == "/api/v1/tickets/\(ticket["id"].integer ?? 0)")

                let notices = try await client.send(
                    .get,
                    "/api/v1/tickets/\(ticket["id"].integer ?? 0)/notices",
                    token: test.token
                )
                let channels = notices.json["items"].array?.compactMap { $0["channel"].string } ?? []
                #expect(Set(channels) == ["mail", "sms"])
                #expect(!notices.body.contains("98765"), "a recipient is masked")
            }
        }
    }

    @Test("the same rules as in an interview hold, and every wrong field is named at once")
    func rules() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let body = """
                    {"topic": "erro-sistema", "customer_id": \(customer.id), "summary": "x", "module": "nenhum",
                     "description": "y", "answers": {"versao": "4.2", "quando": "2026-12-24", "frequencia": "nunca",
                     "parado": false, "computador": "um", "codigo": 1.5, "inventado": "z", "impacto": "crítico"}}
                    """
                let answer = try await client.send(.post, "/api/v1/tickets", token: test.token, json: body)
                #expect(answer.status == 422)
                let wrong = Set(answer.json.wrongFields)
                #expect(
                    wrong == [
                        "answers.mensagem", "answers.quando", "answers.frequencia", "answers.codigo",
                        "answers.inventado",
                        "answers.impacto", "module",
                    ],
                    "\(wrong)"
                )
                let listed = try await client.send(.get, "/api/v1/tickets", token: test.token)
                #expect(listed.json["items"].array?.isEmpty == true)
                let contacts = try await client.send(.get, "/api/v1/attendances", token: test.token)
                #expect(contacts.json["items"].array?.isEmpty == true, "nothing was begun")
            }
        }
    }

    @Test("a caller without a record opens a ticket; a new customer is registered with it, once")
    func unknownAndNew() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let unknown = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(
                        nil,
                        more: ", \"caller_name\": \"Ana\", \"caller_phone\": \"31 98765-0000\""
                    )
                )
                #expect(unknown.status == 201, "\(unknown.body)")
                #expect(unknown.json["caller_phone"].string == "+5531987650000")
                let body = DeskUnderTest.ticket(
                    nil,
                    more: """
                        , "customer": {"name": "Padaria Luz", "kind": "company", "document": "11.222.333/0001-81",
                          "contact": {"name": "João", "email": "joao@luz.com.br"}, "phones": ["(31) 98765-1111"]}
                        """
                )
                for expected in [201, 200] {
                    let made = try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: body,
                        headers: [.idempotencyKey: "k-1"]
                    )
                    #expect(made.status == expected, "\(made.body)")
                    #expect(made.json["customer_id"].integer != nil)
                }
                let customers = try await client.send(.get, "/api/v1/customers", token: test.token)
                #expect(customers.json["items"].array?.count == 1)
                let wrong = body.replacing("11.222.333/0001-81", with: "11.222.333/0001-82")
                let refused = try await client.send(.post, "/api/v1/tickets", token: test.token, json: wrong)
                #expect(refused.status == 422)
                #expect(
                    refused.json.wrongFields == ["customer.document", "customer.email"]
                        || refused.json.wrongFields == ["customer.document"]
                )
            }
        }
    }

    @Test("one key opens one ticket however many ask at once, and refuses another body")
    func idempotency() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            try await test.application.test(.ahc()) { client in
                let body = DeskUnderTest.ticket(customer.id)
                let answers = try await withThrowingTaskGroup(of: Answered.self) { group in
                    for _ in 0..<24 {
                        group.addTask {
                            try await client.send(
                                .post,
                                "/api/v1/tickets",
                                token: test.token,
                                json: body,
                                headers: [.idempotencyKey: "chave-1"]
                            )
                        }
                    }
                    return try await group.reduce(into: [Answered]()) { $0.append($1) }
                }
                #expect(answers.filter { $0.status == 201 }.count == 1)
                #expect(answers.filter { $0.status == 200 && $0.headers[.idempotentReplayed] == "true" }.count == 23)
                #expect(Set(answers.map(\.body)).count == 1)

                let other = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id, summary: "Outra coisa"),
                    headers: [.idempotencyKey: "chave-1"]
                )
                #expect(other.status == 422)
                #expect(other.json["type"].string == "/problems/idempotency-key-reused")
                let another = try await test.app.tokens.add(name: "b", scopes: [.ticketsWrite], by: .system("test"))
                    .secret
                let apart = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: another,
                    json: body,
                    headers: [.idempotencyKey: "chave-1"]
                )
                #expect(apart.status == 201, "another program may choose the same key")
            }
        }
    }

    private static let names = ["anel", "bico", "café", "dado", "elmo"]

    @Test("lists go on after the last id and end", arguments: [1, 2, 5])
    func paging(size: Int) async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                for number in 0..<5 {
                    let made = try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: DeskUnderTest.ticket(customer.id, summary: "Pedido \(Self.names[number])")
                    )
                    #expect(made.status == 201)
                }
                var seen: [String] = []
                var after: Int64?
                for _ in 0..<7 {
                    let path = "/api/v1/tickets?limit=\(size)" + (after.map { "&after=\($0)" } ?? "")
                    let page = try await client.send(.get, path, token: test.token).json
                    seen += page["items"].array?.compactMap { $0["summary"].string } ?? []
                    after = page["next"].integer
                    if after == nil { break }
                }
                #expect(seen == Self.names.reversed().map { "Pedido \($0)" })
                let found = try await client.send(.get, "/api/v1/tickets?q=PEDIDO%20CAFE", token: test.token).json
                #expect(found["items"].array?.count == 1)
            }
        }
    }

    @Test("entries are added and told; a closed ticket takes none")
    func entries() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let path = "/api/v1/tickets/\(made.json["id"].integer ?? 0)/entries"
                let reply = try await client.send(
                    .post,
                    path,
                    token: test.token,
                    json: #"{"body": "Veja <b>isto</b>"}"#
                )
                #expect(reply.status == 201)
                #expect(reply.json["kind"].string == "reply")
                let note = try await client.send(
                    .post,
                    path,
                    token: test.token,
                    json: #"{"body": "só nós", "kind": "note"}"#
                )
                #expect(note.json["kind"].string == "note")
                let empty = try await client.send(.post, path, token: test.token, json: #"{"body": "  "}"#)
                #expect(empty.status == 422)
                let thread = try await client.send(.get, path, token: test.token).json
                #expect(thread["items"].array?.compactMap { $0["kind"].string } == ["opened", "reply", "note"])
                try await test.app.database.write { session in
                    try session.execute("UPDATE ticket SET state = 'closed'", [])
                }
                let late = try await client.send(.post, path, token: test.token, json: #"{"body": "tarde"}"#)
                #expect(late.status == 409)
                #expect(late.json["type"].string == "/problems/ticket-closed")
            }
        }
    }

    @Test("a ticket goes under the attendance its protocol names, and only with its customer")
    func attendance() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let other = try await test.customer(name: "José", phone: "(31) 98765-2222")
            let attendance = try await test.app.attendances.begin(channel: .walkIn, accountID: nil)
            try await test.app.attendances.identify(
                attendance.id,
                customerID: customer.id,
                contactID: nil,
                level: .known
            )
            try await test.application.test(.router) { client in
                let more = ", \"protocol\": \"\(SpokenDigits.grouped(attendance.protocolNumber))\""
                let refused = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(other.id, more: more)
                )
                #expect(refused.status == 422)
                #expect(refused.json.wrongFields == ["customer_id"])
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(nil, more: more)
                )
                #expect(made.status == 201, "\(made.body)")
                #expect(made.json["attendance_id"].integer == attendance.id)
                #expect(made.json["customer_id"].integer == customer.id)
                let unknown = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(nil, more: ", \"protocol\": \"123\"")
                )
                #expect(unknown.json.wrongFields == ["protocol"])
            }
        }
    }
}
