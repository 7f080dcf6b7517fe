import DeskCore
import HTTPTypes
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Whoever asks, the same rule answers", .timeLimit(.minutes(5)))
struct OneRuleTests {
    @Test("a key used for one customer registers no other, and loses nothing", arguments: [true, false])
    func customerKey(isSame: Bool) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                func register(_ json: String) async throws -> Answered {
                    let key: HTTPFields = [.idempotencyKey: "k-1"]
                    return try await client.send(
                        .post,
                        "/api/v1/customers",
                        token: test.token,
                        json: json,
                        headers: key
                    )
                }
                let first = try await register(#"{"name": "Maria Silva", "phones": ["31 98765-4321"]}"#)
                #expect(first.status == 201)
                let again = try await register(
                    isSame
                        ? #"{"phones": ["31 98765-4321"], "name": "Maria Silva"}"#
                        : #"{"name": "José Souza", "phones": ["31 98765-4321"]}"#
                )
                #expect(again.status == (isSame ? 200 : 422))
                if isSame {
                    #expect(again.json["id"] == first.json["id"])
                } else {
                    #expect(again.json["type"].string == "/problems/idempotency-key-reused")
                }
                #expect(try await test.app.customers.list().map(\.name) == ["Maria Silva"])
            }
        }
    }

    @Test("another request is its holder's to begin, and beginning it twice is beginning it once")
    func another() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana")
            let bruno = try await test.account("bruno")
            try await test.application.test(.router) { client in
                let hers = try await test.browser(ana, client)
                let his = try await test.browser(bruno, client)
                let begun = try await hers.send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
                let id = try #require(begun.json["attendance"]["id"].integer)
                let end = #"{"reason": "other", "text": "engano"}"#
                #expect(try await hers.send(.post, "/api/v1/interviews/\(id)/end", end).status == 200)
                #expect(try await his.send(.post, "/api/v1/interviews/\(id)/another").status == 409)
                let first = try await hers.send(.post, "/api/v1/interviews/\(id)/another")
                let second = try await hers.send(.post, "/api/v1/interviews/\(id)/another")
                #expect(first.status == 200)
                #expect(second.status == 200)
                #expect(first.json["prompt"]["id"] == second.json["prompt"]["id"])
                for (path, body) in [
                    ("another", "{}"), ("back", "{}"), ("end", end),
                    ("answers", #"{"revision": 0, "prompt": "identify", "answer": {"skip": true}}"#),
                ] {
                    let answer = try await his.send(.post, "/api/v1/interviews/\(id)/\(path)", body)
                    #expect(answer.json["type"].string == "/problems/held-by-another", "\(path): \(answer.body)")
                }
            }
        }
    }

    @Test("an interview by a program is told to the screens as a technician's is")
    func drafts() async throws {
        try await DeskUnderTest.with { test in
            _ = try await test.account("ana")
            let before = test.app.hub.position
            try await test.application.test(.router) { client in
                for headers: HTTPFields in [[:], [.account: "ana"]] {
                    let begun = try await client.send(
                        .post,
                        "/api/v1/interviews",
                        token: test.token,
                        json: #"{"walk_in": true}"#,
                        headers: headers
                    )
                    #expect(begun.status == 201)
                }
            }
            let told = test.app.hub.past(after: before, for: LiveViewer(account: nil, seesEverything: true))
            #expect(told.events.filter { $0.kind == .draft }.count == 2)
        }
    }

    /// Nobody listens there: notices stay queued.
    private static let mail = Settings.Mail(url: "smtp://127.0.0.1:9", from: "central@exemplo.com.br")

    @Test("sending a notice again wakes the sender, whoever asks")
    func resend() async throws {
        try await DeskUnderTest.with(settings: { $0.mail = Self.mail }) { test in
            let customer = try await test.customer()
            let sofia = try await test.account("sofia", role: .supervisor)
            let woken = Mutex(0)
            let api = try API(app: test.app, streams: test.streams, uploads: UploadGate()) {
                []
            } wake: {
                woken.withLock { $0 += 1 }
            }
            let router = buildRouter(
                options: HTTPOptions(),
                metrics: test.registry,
                assets: AssetLibrary(folder: nil),
                routes: [api]
            )
            let application = HTTPServer.application(router, options: HTTPOptions(port: 0), logger: test.quiet)
            try await application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                #expect(made.status == 201)
                let notices = try await client.send(.get, "/api/v1/notices", token: test.token)
                let waiting = notices.json["items"].array?.first { $0["state"].string == "queued" }
                let id = try #require(waiting?["id"].integer)
                let path = "/api/v1/notices/\(id)/resend"
                #expect(try await client.send(.post, path, token: test.token).status == 202)
                #expect(woken.withLock { $0 } == 1)
                let browser = try await test.browser(sofia, client)
                #expect(try await browser.send(.post, path).status == 202)
                #expect(woken.withLock { $0 } == 2)
            }
        }
    }
}
