import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// Every text that a person or a program fills in, with what an index, a search or a column of either engine would refuse:
/// it is kept or refused as a field's fault, and never an error of the service.
@Suite("Hostile texts in every field of a form", .timeLimit(.minutes(5)))
struct HostileFieldTests {
    private static let bodies: [(method: HTTPRequest.Method, path: String, json: String)] = [
        (
            .post, "customers",
            #"{"name": "Maria Silva", "notes": "x", "address": "Rua A", "document": "", "phones": ["31 98765-4321"]}"#
        ),
        (.post, "customers/{c}/contacts", #"{"name": "Bia", "email": "", "role": "Compras"}"#),
        (.post, "customers/{c}/contracts", #"{"number": "K-9", "title": "Suporte", "products": ["Portal"]}"#),
        (.patch, "customers/{c}", #"{"name": "Maria", "notes": "liga à tarde", "address": "Rua B, 2"}"#),
        (.post, "tickets/{t}/note", #"{"body": "anotado"}"#), (.post, "tickets/{t}/reply", #"{"body": "respondido"}"#),
        (.post, "canned-replies", #"{"title": "Olá", "body": "Bom dia"}"#),
        (.post, "saved-lists", #"{"name": "minha", "query": "q=x"}"#),
        (
            .post, "users",
            #"{"login": "bia", "name": "Bia", "email": "", "departments": [], "queues": ["suporte"], "extensions": ["1001"]}"#
        ),
        (.post, "webhooks", #"{"name": "Um", "url": "https://ex.br/a", "events": ["call"]}"#),
        (.post, "interviews", #"{"walk_in": true, "language": "pt-BR"}"#),
        (.put, "queues/pause", #"{"paused": true, "reason": "almoço", "queue": "suporte"}"#),
        (
            .put, "service-rules",
            #"{"calendars": [{"week": [["08:00-18:00"],[],[],[],[],[],[]], "departments": [""], "timezone": "", "holidays": ["12-24"]}], "policies": [{"name": "Ouro", "solution": "4h"}]}"#
        ),
        (.put, "caller-rules", #"{"blocks": [{"number": "+5531", "note": "trote"}], "incoming": [], "outgoing": []}"#),
        (.put, "templates/ticket_opened/mail/pt-BR", #"{"subject": "Chamado", "body": "Olá", "html": "<p>Olá</p>"}"#),
    ]

    private static let texts = [
        String(repeating: "A", count: 3_000), String(repeating: "ção🧯", count: 700), "a\\u0000b",
        "\\u202e\\u200b\\ufeff",
        String(repeating: "a b ", count: 25_000), String(repeating: "9", count: 100_000), "'; DROP TABLE ticket; --",
        "%_\\\\", "\\ud83e\\uddef", "=1+1", "-9223372036854775809", "\\r\\nBcc: x@ex.br", "{{ticket",
        "<script>alert(1)</script>",
    ]

    @Test("is kept or refused, on both engines, and the next one is taken", arguments: TestDatabase.engines)
    func fields(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let admin = try await test.account("admin", role: .administrator)
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let browser = try await test.browser(admin, client)
                func open(_ json: String) async throws -> Answered {
                    try await client.send(.post, "/api/v1/tickets", token: test.token, json: json)
                }
                let ticket = try #require(try await open(DeskUnderTest.ticket(customer.id)).json["id"].integer)
                var asked = 0
                for (method, path, json) in Self.bodies {
                    let address =
                        "/api/v1/"
                        + path.replacing("{c}", with: "\(customer.id)").replacing("{t}", with: "\(ticket)")
                    // What is followed by a colon is a member's name.
                    let values = json.matches(of: /"[^"]*"(:?)/).filter(\.1.isEmpty).map(\.range)
                    for (place, value) in values.enumerated() {
                        for offset in 0..<4 {
                            // Four texts for each field, so that all texts meet all kinds of fields.
                            let text = Self.texts[(place * 5 + offset * 4 + path.utf8.count) % Self.texts.count]
                            let body = json.replacingCharacters(in: value, with: "\"\(text)\"")
                            let answer = try await browser.send(method, address, body, headers: [.ifMatch: "*"])
                            // A line of no PBX cannot be paused: that is 503, and said so.
                            let isFault = answer.status >= 500 && !(answer.status == 503 && path == "queues/pause")
                            #expect(!isFault, "\(path) \(place) \(text.prefix(20)): \(answer.body.prefix(200))")
                            asked += 1
                        }
                    }
                }
                // A ticket's own texts go through search, notices and the thread.
                for (place, text) in Self.texts.enumerated() {
                    let name = ["summary", "description", "what_changed"][place % 3]
                    let json = DeskUnderTest.ticket(customer.id)
                    let start = try #require(json.range(of: "\"\(name)\": \""))
                    let end = try #require(json[start.upperBound...].firstIndex(of: "\""))
                    let changed = json.replacingCharacters(in: start.upperBound..<end, with: text)
                    let answer = try await open(changed)
                    #expect(answer.status < 500, "\(name) \(text.prefix(20)): \(answer.body.prefix(200))")
                }
                #expect(asked > 100)
                #expect(try await open(DeskUnderTest.ticket(customer.id)).status == 201)
                let made = try await browser.send(.post, "/api/v1/customers", #"{"name": "Depois"}"#)
                #expect(made.status == 201)
                let found = try await browser.send(.get, "/api/v1/customers?q=Depois")
                #expect(found.json["items"].array?.count == 1)
            }
        }
    }
}
