import DeskCore
import Hummingbird
import HummingbirdTesting
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
