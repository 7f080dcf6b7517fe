import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Customers, calls, topics and notices through the API", .timeLimit(.minutes(5)))
struct PeopleAPITests {
    @Test("a customer is registered, found, changed; phones are shown as people write them")
    func customers() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/customers",
                    token: test.token,
                    json: """
                        {"name": "José Conceição", "document": "529.982.247-25", "phones": ["031 98765-4321"],
                         "contact": {"name": "José", "email": "Jose@Exemplo.com.br", "language": "pt-PT"}}
                        """
                )
                #expect(made.status == 201, "\(made.body)")
                let id = made.json["id"].integer ?? 0
                #expect(made.json["document"]["display"].string == "***.982.247-**")
                let card = try await client.send(.get, "/api/v1/customers/\(id)", token: test.token).json
                #expect(card["phones"][0]["number"].string == "+5531987654321")
                #expect(card["phones"][0]["display"].string == "(31) 98765-4321")
                #expect(card["contacts"][0]["email"].string == "jose@exemplo.com.br")
                let found = try await client.send(.get, "/api/v1/customers?q=conceicao", token: test.token).json
                #expect(found["items"][0]["id"].integer == id)

                let changed = try await client.send(
                    .patch,
                    "/api/v1/customers/\(id)",
                    token: test.token,
                    json: #"{"notes": "VIP", "document": null}"#
                )
                #expect(changed.json["notes"].string == "VIP", "\(changed.body)")
                #expect(changed.json["document"] == .null)
                #expect(changed.json["name"].string == "José Conceição")
            }
        }
    }

    @Test("a registration repeated is answered again, and another one under its key is refused, not lost")
    func repeated() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                var answers: [Answered] = []
                for name in ["Repetida Um", "Repetida Um", "Outra Pessoa"] {
                    answers.append(
                        try await client.send(
                            .post,
                            "/api/v1/customers",
                            token: test.token,
                            json: "{\"name\": \"\(name)\", \"kind\": \"person\"}",
                            headers: [.idempotencyKey: "rep-1"]
                        )
                    )
                }
                #expect(answers.map(\.status) == [201, 200, 422])
                #expect(answers[1].headers[.idempotentReplayed] == "true")
                #expect(answers[0].json["id"].integer == answers[1].json["id"].integer)
                #expect(answers[2].json["type"].string?.hasSuffix("idempotency-key-reused") == true)
            }
        }
    }

    @Test("whatever is known of a customer finds them, however a client writes its query")
    func searches() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer(name: "Busca d'Ávila Ltda", phone: "(11) 98222-3344")
            try await test.application.test(.router) { client in
                for q in [
                    "busca%20avila", "davila", "d'avila", "11982223344", "%2811%29%2098222-3344", "%2811%29+98222-3344",
                    "busca+davila", "%2B5511982223344", "98222-3344",
                ] {
                    for path in ["/api/v1/customers?q=\(q)", "/api/v1/customers?limit=5&q=\(q)"] {
                        let found = try await client.send(.get, path, token: test.token).json
                        #expect(found["items"][0]["id"].integer == customer.id, "\(path)")
                    }
                }
                let calls = try await client.send(.get, "/api/v1/calls?q=%2811%29+98222-3344", token: test.token)
                #expect(calls.status == 200)
                // A number of ours with a wrong digit is said to be one, not to be unknown.
                let number = ProtocolFormat.standard.number(year: 2026, sequence: 7)
                let last = number.last?.wholeNumberValue ?? 0
                let wrong = "\(number.dropLast())\((last + 1) % 10)"
                let answer = try await client.send(.get, "/api/v1/attendances?protocol=\(wrong)", token: test.token)
                #expect(answer.status == 422, "\(answer.body)")
            }
        }
    }

    @Test("what the desk refuses is told field by field")
    func refusals() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let path = "/api/v1/customers/\(customer.id)"
            try await test.application.test(.router) { client in
                let cases: [(String, String, Int, [String])] = [
                    ("/api/v1/customers", #"{"name": "X", "document": "529.982.247-24"}"#, 422, ["document"]),
                    ("/api/v1/customers", #"{"kind": "robot"}"#, 422, ["kind", "name"]),
                    (path + "/phones", #"{"number": "abc"}"#, 422, ["phone"]),
                    (path + "/phones", #"{"number": "31987654321"}"#, 409, ["phone"]),
                    (path + "/contacts", #"{"name": "Financeiro", "email": "financeiro@luz.com.br"}"#, 422, ["email"]),
                    (path + "/contracts", #"{"number": "A", "title": "B", "starts_at": "ontem"}"#, 422, ["starts_at"]),
                    (
                        path + "/contracts", "{\"number\": \"C-\(customer.id)\", \"title\": \"B\"}", 409,
                        ["contract_number"]
                    ),
                    ("/api/v1/customers/99/phones", #"{"number": "(31) 98765-0001"}"#, 404, []),
                ]
                for (path, body, status, fields) in cases {
                    let answer = try await client.send(.post, path, token: test.token, json: body)
                    #expect(answer.status == status, "\(path) \(body): \(answer.body)")
                    #expect(answer.json.wrongFields == fields, "\(body)")
                }
            }
        }
    }

    @Test("a phone is added and removed, only from its own customer")
    func phones() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let other = try await test.customer(name: "Outro", phone: "(31) 98765-3333")
            try await test.application.test(.router) { client in
                let path = "/api/v1/customers/\(customer.id)/phones"
                let made = try await client.send(
                    .post,
                    path,
                    token: test.token,
                    json: #"{"number": "0800 591 2117", "label": "geral"}"#
                )
                #expect(made.status == 201)
                #expect(made.json["number"] == .null)
                #expect(made.json["sms"].bool == false)
                let id = made.json["id"].integer ?? 0
                let foreign = try await client.send(
                    .delete,
                    "/api/v1/customers/\(other.id)/phones/\(id)",
                    token: test.token
                )
                #expect(foreign.status == 404)
                #expect(try await client.send(.delete, "\(path)/\(id)", token: test.token).status == 204)
                #expect(try await client.send(.get, path, token: test.token).json["items"].array?.count == 1)
            }
        }
    }

    @Test("topics are listed, searched without accents, and shown with their form")
    func topics() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let all = try await client.send(.get, "/api/v1/topics", token: test.token).json
                #expect(all["items"].array?.count == test.app.catalogue.current.topics.count)
                let found = try await client.send(.get, "/api/v1/topics?q=iluminacao", token: test.token).json
                #expect(found["items"][0]["id"].string == "iluminacao")
                let form = try await client.send(
                    .get,
                    "/api/v1/topics/erro-sistema",
                    token: test.token,
                    headers: [.acceptLanguage: "en"]
                ).json
                let field = form["fields"].array?.first { $0["id"].string == "frequencia" }
                #expect(field?["label"].string == "Frequency")
                #expect(field?["options"][0]["id"].string == "sempre")
                #expect(form["modules"].array?.count == 8)
            }
        }
    }

    @Test("calls and attendances are listed as the PBX and the desk know them")
    func calls() async throws {
        try await DeskUnderTest.with { test in
            var report = CallSignal(line: "matriz", key: "1.1", direction: .inbound, state: .ringing)
            report.number = "+5531992710322"
            report.startedAt = test.app.clock.now.milliseconds * 1_000
            _ = try await test.app.callLog.record([report])
            try await test.application.test(.router) { client in
                let calls = try await client.send(.get, "/api/v1/calls", token: test.token).json
                #expect(calls["items"][0]["number_display"].string == "(31) 99271-0322")
                #expect(calls["items"][0]["started_at"].string == "2026-11-21T12:00:00.000Z")
                let live = try await client.send(.get, "/api/v1/calls/live", token: test.token).json
                #expect(live["items"].array?.count == 1)
                let attendance = calls["items"][0]["attendance_id"].integer ?? 0
                let shown = try await client.send(.get, "/api/v1/attendances/\(attendance)", token: test.token).json
                let number = shown["protocol"].string ?? ""
                #expect(shown["groups"].array?.compactMap(\.string).joined() == number)
                let found = try await client.send(.get, "/api/v1/attendances?protocol=\(number)", token: test.token)
                    .json
                #expect(found["items"][0]["id"].integer == attendance)
                // A phone in any spelling and a grouped protocol, as the lists of calls and customers read them.
                let groups = shown["groups"].array?.compactMap(\.string).joined(separator: "+") ?? ""
                for words in ["%2831%29+99271-0322", "31+99271+0322", "%2B5531992710322", groups, number] {
                    let path = "/api/v1/attendances?q=\(words)"
                    let items = try await client.send(.get, path, token: test.token).json["items"].array
                    #expect(items?.map { $0["id"].integer } == [attendance], "\(words)")
                }
                let none = try await client.send(.get, "/api/v1/attendances?q=Fulano+de+Tal", token: test.token).json
                #expect(none["items"].array?.isEmpty == true)
            }
        }
    }

    @Test("notices are listed by way and state; one that waits is due at once when sent again")
    func notices() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                _ = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let all = try await client.send(.get, "/api/v1/notices", token: test.token).json
                #expect(all["items"].array?.isEmpty == false)
                let mails = try await client.send(.get, "/api/v1/notices?channel=mail", token: test.token).json
                #expect(mails["items"].array?.allSatisfy { $0["channel"].string == "mail" } == true)
                let id = all["items"][0]["id"].integer ?? 0
                #expect(try await client.send(.get, "/api/v1/notices/\(id)", token: test.token).status == 200)
                let again = try await client.send(.post, "/api/v1/notices/\(id)/resend", token: test.token)
                #expect([202, 409].contains(again.status), "\(again.body)")
                #expect(try await client.send(.post, "/api/v1/notices/999/resend", token: test.token).status == 404)
            }
        }
    }
}
