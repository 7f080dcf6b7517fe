import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("How many requests a token and a session may make", .timeLimit(.minutes(5)))
struct CallerPaceTests {
    private static func rate(_ answer: Answered) -> [String?] {
        [answer.headers[.rateLimit], answer.headers[.rateRemaining], answer.headers[.rateReset]]
    }

    @Test("a token's requests are counted, told, refused beyond the limit, and taken again after the wait it is told")
    func token() async throws {
        try await DeskUnderTest.with(settings: { $0.http.tokenRate = 3 }) { test in
            let other = try await test.app.tokens.add(name: "o", scopes: [.ticketsRead], by: .system("t")).secret
            try await test.application.test(.router) { client in
                let path = "/api/v1/tickets"
                let first = try await client.send(.get, path, token: test.token)
                #expect(first.status == 200 && Self.rate(first) == ["3", "2", "20"])
                // What is refused for another reason is told and counted all the same.
                let missing = try await client.send(.get, path + "/999999", token: test.token)
                #expect(missing.status == 404 && Self.rate(missing) == ["3", "1", "40"])
                #expect(Self.rate(try await client.send(.get, path, token: test.token)) == ["3", "0", "60"])
                let refused = try await client.send(.get, path, token: test.token)
                #expect(refused.status == 429 && refused.headers[.retryAfter] == "20")
                #expect(refused.json["type"].string == "/problems/too-many-requests")
                #expect(Self.rate(refused) == ["3", "0", "60"])
                #expect(Self.rate(try await client.send(.get, path, token: other)) == ["3", "2", "20"])
                test.clock.advance(by: .seconds(20))
                #expect(try await client.send(.get, path, token: test.token).status == 200)
                #expect(try await client.send(.get, path, token: test.token).status == 429)
            }
        }
    }

    @Test("each session has its own count, and 0 sets no limit")
    func session() async throws {
        let settings = { (settings: inout Settings) in (settings.http.sessionRate, settings.http.tokenRate) = (2, 0) }
        try await DeskUnderTest.with(settings: settings) { test in
            let account = try await test.account("ana")
            try await test.application.test(.router) { client in
                let ana = try await test.browser(account, client)
                let again = try await test.browser(account, client)
                for left in ["1", "0"] {
                    let answer = try await ana.send(.get, "/api/v1/tickets")
                    #expect(answer.status == 200 && answer.headers[.rateRemaining] == left)
                }
                #expect(try await ana.send(.get, "/api/v1/tickets").status == 429)
                #expect(try await again.send(.get, "/api/v1/tickets").status == 200)
                let free = try await client.send(.get, "/api/v1/tickets", token: test.token)
                #expect(free.status == 200 && Self.rate(free) == [nil, nil, nil])
            }
        }
    }
}
