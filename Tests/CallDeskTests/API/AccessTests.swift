import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Who may use the API", .timeLimit(.minutes(5)))
struct AccessTests {
    @Test("no operation answers without a token, and none with a token that lacks its scope")
    func everyOperation() async throws {
        try await DeskUnderTest.with { test in
            let operations = try API(app: test.app, streams: test.streams, uploads: UploadGate()).operations
            #expect(operations.count > 40)
            try await test.application.test(.router) { client in
                for operation in operations {
                    let path = "/api/v1" + operation.path.replacing(/\{[a-z]+\}/, with: "1")
                    let without = try await client.send(operation.method, path)
                    #expect(without.status == 401, "\(operation.id)")
                    #expect(without.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
                    #expect(without.headers[.contentType] == "application/problem+json")
                    let scopes = operation.who.compactMap(\.scope)
                    let others = Set(TokenScope.allCases).subtracting([.administration]).filter { other in
                        !scopes.contains { scope in
                            other == scope || other.rawValue == scope.rawValue.replacing(":read", with: ":write")
                        }
                    }
                    let poor = try await test.app.tokens.add(name: "x", scopes: others, by: .system("test")).secret
                    let refused = try await client.send(operation.method, path, token: poor)
                    #expect(refused.status == 403, "\(operation.id)")
                    if let scope = scopes.first { #expect(refused.body.contains(scope.rawValue)) }
                }
            }
        }
    }

    @Test("no session of a lower role does what is for a higher one, and none what is for programs")
    func everyRole() async throws {
        try await DeskUnderTest.with { test in
            let operations = try API(app: test.app, streams: test.streams, uploads: UploadGate()).operations
            try await test.application.test(.router) { client in
                for role in Account.Role.allCases {
                    let browser = try await test.browser(try await test.account(role.rawValue, role: role), client)
                    let refused = operations.filter { operation in
                        !operation.who.contains { permission in
                            if case .staff(let least) = permission { role >= least } else { false }
                        }
                    }
                    #expect((role == .administrator) == refused.allSatisfy { $0.who.allSatisfy { $0.side == nil } })
                    for operation in refused {
                        let path = "/api/v1" + operation.path.replacing(/\{[a-z]+\}/, with: "1")
                        let answer = try await browser.send(operation.method, path)
                        #expect(answer.status == 403, "\(role) \(operation.id)")
                        #expect(answer.json["type"].string == "/problems/forbidden")
                    }
                }
            }
        }
    }

    @Test(
        "forged, expired, revoked and odd tokens are refused alike",
        arguments: [
            "Bearer", "Bearer ", "Bearer x", "Basic dXNlcjpwYXNz", "Bearer cdk_" + String(repeating: "0", count: 64),
            "bearer  cdk_", "Bearer ' OR 1=1 --", "Bearer " + String(repeating: "a", count: 5000),
        ]
    )
    func forged(header: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.get, "/api/v1/customers", headers: [.authorization: header])
                #expect(answer.status == 401)
                #expect(answer.json["type"].string == "/problems/no-token")
            }
        }
    }

    @Test("an expired and a revoked token stop working")
    func ended() async throws {
        try await DeskUnderTest.with { test in
            let soon = test.clock.now.adding(.seconds(60))
            let brief = try await test.app.tokens.add(
                name: "x",
                scopes: [.customersRead],
                expiresAt: soon,
                by: .system("test")
            ).secret
            let (token, revoked) = try await test.app.tokens.add(
                name: "y",
                scopes: [.customersRead],
                by: .system("test")
            )
            try await test.application.test(.router) { client in
                #expect(try await client.send(.get, "/api/v1/customers", token: brief).status == 200)
                #expect(try await client.send(.get, "/api/v1/customers", token: revoked).status == 200)
                _ = try await test.app.tokens.revoke(token.id, by: .system("test"))
                #expect(try await client.send(.get, "/api/v1/customers", token: revoked).status == 401)
                test.clock.advance(by: .seconds(61))
                #expect(try await client.send(.get, "/api/v1/customers", token: brief).status == 401)
            }
        }
    }

    @Test("who guesses tokens is slowed down, and may come back later")
    func guessing() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                var statuses: [Int] = []
                for _ in 0..<80 {
                    statuses.append(try await client.send(.get, "/api/v1/calls", token: "guess").status)
                }
                #expect(statuses.prefix(60).allSatisfy { $0 == 401 })
                #expect(statuses.suffix(10).allSatisfy { $0 == 429 })
                test.clock.advance(by: .seconds(120))
                #expect(try await client.send(.get, "/api/v1/calls", token: test.token).status == 200)
            }
        }
    }

    @Test("a path says which methods it takes")
    func methods() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.delete, "/api/v1/tickets", token: test.token)
                #expect(answer.status == 405)
                #expect(answer.headers[.allow] == "GET, HEAD, POST")
                let head = try await client.send(.head, "/api/v1/tickets", token: test.token)
                #expect(head.status == 200)
                #expect(head.body.isEmpty)
            }
        }
    }

    @Test(
        "messages come in the language asked for",
        arguments: [("en", "Not found"), ("pt-PT, en;q=0.5", "Não encontrado")]
    )
    func language(header: String, title: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(
                    .get,
                    "/api/v1/customers/999",
                    token: test.token,
                    headers: [.acceptLanguage: header]
                )
                #expect(answer.status == 404)
                #expect(answer.json["title"].string == title)
            }
        }
    }
}
