import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Moves are taken back by whom made them", .timeLimit(.minutes(5)))
struct WhoseMovesTests {
    @Test(
        "a program takes back its own and no other's; in somebody's name they are theirs",
        arguments: TestDatabase.engines
    )
    func programs(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana")
            let customer = try await test.customer()
            let other = try await test.app.tokens.add(name: "outro", scopes: [.ticketsWrite], by: .system("test"))
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let ticket = try #require(made.json["id"].integer, "\(made.body)")
                func move(_ priority: String, _ headers: HTTPFields = [:]) async throws -> String {
                    let moved = try await client.send(
                        .post,
                        "/api/v1/ticket-moves",
                        token: test.token,
                        json:
                            "{\"moves\": [{\"ticket_id\": \(ticket), \"move\": \"change\", \"priority\": \"\(priority)\"}]}",
                        headers: headers
                    )
                    let batch = try #require(moved.json["items"][0]["undo"]["id"].integer, "\(moved.body)")
                    return "/api/v1/ticket-moves/\(batch)"
                }
                let own = try await move("low")
                #expect(try await client.send(.delete, own, token: other.secret).status == 404)
                let browser = try await test.browser(ana, client)
                #expect(try await browser.send(.delete, own).status == 404)
                let back = try await client.send(.delete, own, token: test.token)
                #expect(back.status == 200, "\(back.body)")
                let hers = try await move("low", [.account: "ana"])
                #expect(try await client.send(.delete, hers, token: test.token).status == 404)
                #expect(try await client.send(.delete, hers, token: other.secret).status == 404)
                #expect(try await browser.send(.delete, hers).status == 200)
            }
        }
    }
}
