import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Who holds a contact", .timeLimit(.minutes(5)))
struct ClaimTests {
    private typealias Scene =
        @Sendable (
            DeskUnderTest, _ ana: TestBrowser, _ bruno: TestBrowser, _ sofia: TestBrowser, _ id: Int64
        ) async throws -> Void

    /// A walk-in of Ana's, with Bruno and a supervisor beside her.
    private func started(_ body: Scene) async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana")
            let bruno = try await test.account("bruno")
            let sofia = try await test.account("sofia", role: .supervisor)
            try await test.application.test(.router) { client in
                let browsers = [
                    try await test.browser(ana, client), try await test.browser(bruno, client),
                    try await test.browser(sofia, client),
                ]
                let begun = try await browsers[0].send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
                let id = try #require(begun.json["attendance"]["id"].integer)
                try await body(test, browsers[0], browsers[1], browsers[2], id)
            }
        }
    }

    @Test("a contact in somebody's hands is nobody else's: neither answered, nor claimed, nor handed over")
    func held() async throws {
        try await started { _, ana, bruno, _, id in
            for (path, body) in [
                ("/api/v1/interviews", #"{"attendance_id": \#(id)}"#), ("/api/v1/interviews/\(id)/back", "{}"),
                ("/api/v1/attendances/\(id)/claim", "{}"),
                ("/api/v1/attendances/\(id)/hand-over", #"{"account_id": \#(bruno.account.id)}"#),
                ("/api/v1/attendances/\(id)/take-back", "{}"),
            ] {
                let answer = try await bruno.send(.post, path, body)
                #expect(answer.status == 409, "\(path): \(answer.body)")
            }
            #expect(try await ana.send(.get, "/api/v1/interviews/\(id)").status == 200)
        }
    }

    @Test("a hand-over moves the draft, can be taken back for two minutes, and not after")
    func handOver() async throws {
        try await started { test, ana, bruno, _, id in
            let hand = #"{"account_id": \#(bruno.account.id)}"#
            #expect(try await ana.send(.post, "/api/v1/attendances/\(id)/hand-over", hand).status == 200)
            let drafts = try await bruno.send(.get, "/api/v1/board").json["drafts"]
            #expect(drafts[0]["attendance_id"].integer == id)
            #expect(try await ana.send(.post, "/api/v1/interviews/\(id)/back", "{}").status == 409)
            test.clock.advance(by: .seconds(110))
            #expect(try await ana.send(.post, "/api/v1/attendances/\(id)/take-back", "{}").status == 200)
            #expect(try await ana.send(.get, "/api/v1/board").json["drafts"][0]["attendance_id"].integer == id)
            #expect(try await ana.send(.post, "/api/v1/attendances/\(id)/hand-over", hand).status == 200)
            test.clock.advance(by: .seconds(130))
            let late = try await ana.send(.post, "/api/v1/attendances/\(id)/take-back", "{}")
            #expect(late.status == 409)
            #expect(late.json["type"].string == "/problems/too-late")
        }
    }

    @Test("what was handed over at one node is taken back at another, once, and not from whoever has it by then")
    func otherNode() async throws {
        try await started { test, ana, bruno, sofia, id in
            let (hand, back) = ("/api/v1/attendances/\(id)/hand-over", "/api/v1/attendances/\(id)/take-back")
            let other = try await test.otherNode()
            try await other.application.test(.router) { client in
                let anaThere = try await other.browser(ana.account, client)
                let brunoThere = try await other.browser(bruno.account, client)
                let toBruno = #"{"account_id": \#(bruno.account.id)}"#
                #expect(try await ana.send(.post, hand, toBruno).status == 200)
                #expect(try await brunoThere.send(.post, back, "{}").status == 409)
                let taken = try await anaThere.send(.post, back, "{}")
                #expect(taken.status == 200, "\(taken.body)")
                #expect(try await ana.send(.get, "/api/v1/board").json["drafts"][0]["attendance_id"].integer == id)
                #expect(try await ana.send(.post, back, "{}").json["type"].string == "/problems/too-late")
                // Handed over at the other, and taken over by a supervisor at this one: it is not Ana's to take back.
                #expect(try await anaThere.send(.post, hand, toBruno).status == 200)
                #expect(try await sofia.send(.post, "/api/v1/attendances/\(id)/claim", "{}").status == 200)
                #expect(try await ana.send(.post, back, "{}").status == 409)
            }
        }
    }

    @Test("who has left and answered nothing for five minutes loses the claim to whoever asks")
    func stale() async throws {
        try await started { test, _, bruno, _, id in
            test.clock.advance(by: .seconds(240))
            #expect(try await bruno.send(.post, "/api/v1/attendances/\(id)/claim", "{}").status == 409)
            test.clock.advance(by: .seconds(120))
            let taken = try await bruno.send(.post, "/api/v1/attendances/\(id)/claim", "{}")
            #expect(taken.status == 200, "\(taken.body)")
            #expect(taken.json["taken_by"].string == "Bruno")
            #expect(try await bruno.send(.post, "/api/v1/interviews", #"{"attendance_id": \#(id)}"#).status == 200)
        }
    }

    @Test("a supervisor may take over at once; a disabled colleague gets nothing")
    func supervisor() async throws {
        try await started { test, ana, bruno, sofia, id in
            try await test.app.accounts.disable(bruno.account.id, by: .system("test"))
            let hand = #"{"account_id": \#(bruno.account.id)}"#
            #expect(try await ana.send(.post, "/api/v1/attendances/\(id)/hand-over", hand).status == 422)
            #expect(try await sofia.send(.post, "/api/v1/attendances/\(id)/claim", "{}").status == 200)
            #expect(try await ana.send(.post, "/api/v1/interviews/\(id)/back", "{}").status == 409)
        }
    }

    @Test("two screens that answer the same question: one counts, the other is shown what comes now")
    func twoScreens() async throws {
        try await started { _, ana, _, _, id in
            let before = try await ana.send(.get, "/api/v1/interviews/\(id)")
            let revision = before.json["revision"].integer ?? 0
            let answer = #"{"revision": \#(revision), "prompt": "identify", "answer": {"option": "skip"}}"#
            let first = try await ana.send(.post, "/api/v1/interviews/\(id)/answers", answer)
            #expect(first.status == 200)
            let second = try await ana.send(.post, "/api/v1/interviews/\(id)/answers", answer)
            #expect(second.status == 409)
            #expect(second.json["type"].string == "/problems/stale")
            #expect(second.json["current"]["revision"].integer == first.json["revision"].integer)
            #expect(second.json["current"]["prompt"]["id"].string == first.json["prompt"]["id"].string)
        }
    }
}
