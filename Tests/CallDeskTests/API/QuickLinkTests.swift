import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("The quick link", .timeLimit(.minutes(5)))
struct QuickLinkTests {
    private static let hostile = "<script>alert('x')</script> \"&"

    private static func open(_ test: DeskUnderTest, _ client: any TestClientProtocol) async throws -> (Int64, String) {
        let customer = try await test.customer()
        let opened = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: DeskUnderTest.ticket(customer.id, summary: hostile.replacing("\"", with: "\\\""))
        )
        #expect(opened.status == 201, "\(opened.body)")
        let id = opened.json["id"].integer ?? 0
        let now = test.clock.now
        let token = try await test.app.database.write { session in
            try test.app.links.create(
                ticketID: id,
                recipient: "maria@exemplo.com.br",
                expires: now.adding(.seconds(86_400)),
                at: now,
                in: session
            )
        }
        return (id, token)
    }

    @Test("shows the public part of one ticket, escaped, and nothing else")
    func page() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let (id, token) = try await Self.open(test, client)
                for (kind, text) in [("reply", "Resposta \(Self.hostile)"), ("note", "segredo da equipe")] {
                    _ = try await client.send(
                        .post,
                        "/api/v1/tickets/\(id)/entries",
                        token: test.token,
                        json: "{\"kind\": \"\(kind)\", \"body\": \"\(text.replacing("\"", with: "\\\""))\"}"
                    )
                }
                let page = try await client.send(.get, "/t/\(token)", headers: [.acceptLanguage: "pt-BR"])
                #expect(page.status == 200)
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.headers[.referrerPolicy] == "same-origin")
                #expect(page.headers[.robots]?.contains("noindex") == true)
                #expect(page.headers[.cacheControl] == "private, no-store")
                #expect(page.headers[.contentSecurityPolicy] == SecurityHeaders.pagePolicy)
                #expect(!page.body.contains("<script"))
                #expect(page.body.contains("&lt;script&gt;"))
                #expect(page.body.contains("Resposta"))
                #expect(!page.body.contains("segredo da equipe"), "notes are the desk's own")
                for secret in ["98765", "maria@", "Erro 613\"", "4.2"] {
                    #expect(!page.body.contains(secret), "\(secret)")
                }
                #expect(page.body.contains("aria-current=\"step\">Em triagem"))
                #expect(page.body.contains("por ordem de abertura"), "what comes next, in words")
                #expect(page.body.contains("Este link vale até"))
                #expect(!page.body.contains("{{"))
                let english = try await client.send(.get, "/t/\(token)", headers: [.acceptLanguage: "en"])
                #expect(english.body.contains("<html lang=\"en\">"))
                #expect(english.body.contains("This link works until"))
                let head = try await client.send(.head, "/t/\(token)")
                #expect(head.status == 200)
                #expect(head.body.isEmpty)
            }
        }
    }

    @Test("wrong, expired and withdrawn links get a kind page that says what to do")
    func closed() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let (id, token) = try await Self.open(test, client)
                for wrong in [
                    "x", String(repeating: "a", count: 43), String(repeating: "a", count: 4000), "%3Cscript%3E",
                ] {
                    let page = try await client.send(.get, "/t/\(wrong)")
                    #expect(page.status == 404)
                    #expect(page.body.contains("Link não encontrado"))
                    #expect(!page.body.contains("<script"))
                }
                _ = try await test.app.links.revokeAll(ticketID: id, at: test.clock.now, by: .system("test"))
                let revoked = try await client.send(.get, "/t/\(token)")
                #expect(revoked.status == 410)
                #expect(revoked.body.contains("cancelado"))
            }
            try await test.application.test(.router) { client in
                let (_, token) = try await Self.open(test, client)
                test.clock.advance(by: .seconds(86_401))
                let expired = try await client.send(.get, "/t/\(token)")
                #expect(expired.status == 410)
                #expect(expired.body.contains("venceu"))
            }
        }
    }

    @Test("links of a merged ticket are listed and withdrawn where it goes on", arguments: TestDatabase.engines)
    func merged(engine: DatabaseEngine) async throws {
        try await QuickLinkDeedTests.with(engine) { it in
            let client = it.browser.client
            let customer = try await it.ticket.customerID ?? 0
            let opened = try await client.send(
                .post,
                "/api/v1/tickets",
                token: it.test.token,
                json: DeskUnderTest.ticket(customer)
            )
            let kept = try #require(opened.json["id"].integer)
            var order = MoveOrder(.merge, of: it.ticketID)
            order.otherID = kept
            _ = try await it.test.app.tickets.make(order, by: .program(name: "prova", author: nil))
            #expect(try await it.browser.page().body.contains(opened.json["number"].string ?? "?"))
            let list = try await client.send(.get, "/api/v1/tickets/\(kept)/links", token: it.test.token).json["items"]
            let number = try await it.ticket.number
            let old = list.array?.filter { $0["ticket_number"].string == number } ?? []
            #expect(!old.isEmpty)
            for link in old {
                let path = "/api/v1/tickets/\(kept)/links/\(link["id"].integer ?? 0)"
                #expect(try await client.send(.delete, path, token: it.test.token).status == 204)
            }
            #expect(try await it.browser.page().status == 410)
        }
    }

    @Test("an address that tries many links is told to wait, on a page")
    func throttled() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                var last = 0
                for _ in 0..<70 { last = try await client.send(.get, "/t/x").status }
                #expect(last == 429)
                let page = try await client.send(.get, "/t/x")
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.headers[.retryAfter] != nil)
            }
        }
    }
}
