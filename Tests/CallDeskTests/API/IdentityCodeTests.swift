import DeskCore
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("A code raises the caller's identity", .timeLimit(.minutes(5)))
struct IdentityCodeTests {
    /// An interview about a topic that asks for proof, at the question for it.
    private struct Asked {
        var path: String
        var state: Answered

        /// Answers the question that stands.
        mutating func answer(_ answer: String, _ test: DeskUnderTest, _ client: any TestClientProtocol) async throws {
            let id = state.json["prompt"]["id"].string ?? ""
            state = try await client.send(
                .post,
                path + "/answers",
                token: test.token,
                json:
                    "{\"revision\": \(state.json["revision"].integer ?? 0), \"prompt\": \"\(id)\", \"answer\": \(answer)}"
            )
        }
    }

    private func asked(_ test: DeskUnderTest, _ client: any TestClientProtocol) async throws -> Asked {
        let begun = try await client.send(.post, "/api/v1/interviews", token: test.token, json: #"{"walk_in": true}"#)
        var asked = Asked(path: "/api/v1/interviews/\(begun.json["attendance"]["id"].integer ?? 0)", state: begun)
        // Before anybody is known there is nobody to send it to.
        #expect(try await client.send(.post, asked.path + "/code", token: test.token).status == 409)
        for _ in 0..<10 where asked.state.json["prompt"]["id"].string != "verify" {
            switch asked.state.json["prompt"]["id"].string {
            case "identify":
                let isFound = asked.state.json["prompt"]["options"].array?.contains { $0["id"].string == "yes" } == true
                try await asked.answer(isFound ? #"{"confirm": true}"# : #"{"text": "Maria Silva"}"#, test, client)
            case "topic": try await asked.answer(#"{"option": "correcao-fatura"}"#, test, client)
            default: try await asked.answer(InterviewAPITests.answer(asked.state.json["prompt"]), test, client)
            }
        }
        try #require(asked.state.json["prompt"]["id"].string == "verify", "\(asked.state.body)")
        return asked
    }

    private func sentCode(_ test: DeskUnderTest) async throws -> String {
        let body = try await test.app.database.read { session in
            try session.row("SELECT body FROM notice WHERE event = 'verification_code' AND state = 'queued'")?.text(0)
        }
        let match = try #require(body?.firstMatch(of: /\d{3} \d{3}/))
        return String(match.0)
    }

    private static let mail = Settings.Mail(url: "smtp://127.0.0.1:1", from: "central@exemplo.com.br")

    @Test("sent to the registered address alone, read back it raises the level; another waits its minute")
    func raises() async throws {
        try await DeskUnderTest.with(settings: { $0.mail = Self.mail }) { test in
            _ = try await test.customer()
            let eva = try await test.account("eva", departments: ["outro"])
            try await test.application.test(.router) { client in
                var asked = try await asked(test, client)
                let sent = try await client.send(.post, asked.path + "/code", token: test.token)
                #expect(sent.status == 200, "\(sent.body)")
                // Where it went is told with stars, and the code itself to nobody but the customer.
                let code = try await sentCode(test)
                #expect(!sent.body.contains(code))
                let again = try await client.send(.post, asked.path + "/code", token: test.token)
                #expect(again.json["type"].string == "/problems/code-too-soon")
                _ = eva
                try await asked.answer("{\"text\": \"\(code)\"}", test, client)
                #expect(asked.state.json["prompt"]["id"].string != "verify", "\(asked.state.body)")
                #expect(asked.state.json["prompt"]["error"].string == nil)
            }
        }
    }

    @Test(
        "until the caller proves who they are the card is masked, their ticket of a guarded topic says its number only, and it is not solved",
        arguments: TestDatabase.engines
    )
    func card(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine, settings: { $0.mail = Self.mail }) { test in
            let customer = try await test.customer()
            let other = try await test.customer(name: "Rui Costa", phone: "(31) 98888-1111")
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let attendance = try await test.app.attendances.begin(channel: .walkIn, accountID: ana.id)
                let summary = "Trocar a senha do portal"
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(
                        customer.id,
                        summary: summary,
                        more: ", \"attendance_id\": \(attendance.id)"
                    )
                )
                let id = try #require(made.json["id"].integer, "\(made.body)")
                // As an interview leaves it whose caller skipped the question for proof.
                try await test.app.database.write { session in
                    try session.execute(
                        "UPDATE ticket SET topic = 'senha', identity_level = 1, unverified = 1 WHERE id = $1",
                        [.integer(id)]
                    )
                }
                try await test.app.attendances.identify(
                    attendance.id,
                    customerID: customer.id,
                    contactID: nil,
                    level: .known
                )
                let ticket = try #require(try await test.app.directory.find(id))
                func card(_ id: Int64) async throws -> Answered {
                    try await browser.send(.get, "/api/v1/customers/\(id)/card?attendance=\(attendance.id)")
                }
                let secrets = ["98765-4321", "+5531987654321", "C-\(customer.id)\"", summary]
                let masked = try await card(customer.id)
                #expect(masked.json["masked"].bool == true)
                #expect(masked.json["identity"].string == "known")
                for secret in secrets { #expect(!masked.body.contains(secret), "\(secret)") }
                #expect(masked.json["open_tickets"][0]["number"].string == ticket.number)
                #expect(masked.json["open_tickets"][0]["needs_identity"].string == "verified")
                let solve = "/api/v1/tickets/\(ticket.id)/solve"
                let early = try await browser.send(.post, solve, #"{"body": "Feito"}"#)
                #expect(early.status == 409)
                #expect(early.json["type"].string == "/problems/identity-too-low")
                #expect(try await browser.get("/desk/tickets/\(ticket.number)").body.contains("provou"))

                // The contact is over by now; the caller is still on the line.
                let proof = "/api/v1/interviews/\(attendance.id)/proof"
                #expect(try await browser.send(.post, proof, #"{"said": "C-0"}"#).json.wrongFields == ["said"])
                #expect(try await card(customer.id).json["masked"].bool == true)
                let sent = try await browser.send(.post, "/api/v1/interviews/\(attendance.id)/code")
                #expect(sent.status == 200, "\(sent.body)")
                let code = try await sentCode(test)
                let proved = try await browser.send(.post, proof, "{\"said\": \"\(code)\"}")
                #expect(proved.json["identity"].string == "verified", "\(proved.body)")

                let open = try await card(customer.id)
                for secret in secrets { #expect(open.body.contains(secret), "\(secret)") }
                // It opens nobody else's record, and without a contact none is open.
                #expect(try await card(other.id).json["masked"].bool == true)
                let alone = try await browser.send(.get, "/api/v1/customers/\(customer.id)/card")
                #expect(alone.json["masked"].bool == true)
                #expect(try await test.app.directory.find(ticket.id)?.identity == .verified)
                #expect(try await browser.send(.post, solve, #"{"body": "Feito"}"#).status == 200)
            }
        }
    }

    @Test("five wrong ones burn it, and it holds for no other contact")
    func bounded() async throws {
        try await DeskUnderTest.with(settings: { $0.mail = Self.mail }) { test in
            _ = try await test.customer()
            try await test.application.test(.router) { client in
                var other = try await asked(test, client)
                var asked = try await asked(test, client)
                _ = try await client.send(.post, asked.path + "/code", token: test.token)
                let code = try await sentCode(test)
                try await other.answer("{\"text\": \"\(code)\"}", test, client)
                #expect(other.state.json["prompt"]["id"].string == "verify")
                let wrong = code == "111 111" ? "222 222" : "111 111"
                for _ in 0..<5 { try await asked.answer("{\"text\": \"\(wrong)\"}", test, client) }
                try await asked.answer("{\"text\": \"\(code)\"}", test, client)
                #expect(asked.state.json["prompt"]["id"].string == "verify")
            }
        }
    }
}
