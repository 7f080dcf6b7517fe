import DeskCore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("Whom a survey asks", .timeLimit(.minutes(5)))
struct SurveyAskedTests {
    @Test("the survey of a ticket taken by telephone goes to the customer, never to who typed it")
    func byTelephone() async throws {
        let mail = Settings.Mail(url: "smtp://127.0.0.1:1", from: "central@exemplo.com.br")
        try await DeskUnderTest.with(settings: { $0.mail = mail }) { test in
            let made = try await test.account("ana", departments: ["suporte"])
            let id = made.id
            try await test.app.database.write { session in
                try session.execute("UPDATE account SET email = 'ana@exemplo.com.br' WHERE id = $1", [.integer(id)])
            }
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(made, client)
                let body = DeskUnderTest.ticket(customer.id, more: ", \"contact_id\": \(contact.id)")
                let opened = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: body,
                    headers: [.account: "ana"]
                )
                #expect(opened.status == 201)
                let ticket = opened.json["id"].integer ?? 0
                _ = try await browser.send(.post, "/api/v1/tickets/\(ticket)/take", "{}")
                let solved = try await browser.send(.post, "/api/v1/tickets/\(ticket)/solve", #"{"body": "Feito"}"#)
                #expect(solved.status == 200)
                let asked = try await test.app.database.read { session in
                    try session.rows("SELECT recipient, body FROM notice WHERE event = 'survey_requested'")
                        .map { [$0.text(0) ?? "", $0.text(1) ?? ""] }
                }
                #expect(asked.map(\.first) == [contact.email])
                // Its link is one that the customer can follow.
                #expect(asked.first?.last?.contains("http://desk.test/t/") == true)
            }
        }
    }
}
