import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("Hostile requests", .timeLimit(.minutes(5)))
struct HostileAPITests {
    static let bodies: [(String, Int)] = [
        ("", 400), ("{", 400), ("[]", 422), ("null", 422), ("\"x\"", 422), ("{}", 422),
        (String(repeating: "[", count: 100_000), 400), (String(repeating: "{\"a\":", count: 40) + "1", 400),
        ("{\"topic\": \"a\", \"topic\": \"b\"}", 400), ("{\"topic\": 1e400}", 422),
        ("{\"customer_id\": 9223372036854775808}", 422),
        ("{\"customer_id\": -1}", 422), ("{\"customer_id\": 1.5}", 422),
        ("{\"customer_id\": \"1; DROP TABLE ticket\"}", 422),
        ("{\"topic\": \"erro-sistema\", \"__proto__\": {}}", 422), ("{\"topic\": \"\\ud800\"}", 400),
        ("{\"topic\": \"\u{0}\"}", 400),
        ("{'topic': 1}", 400), ("{\"topic\": NaN}", 400), ("{\"topic\": 01}", 400), ("{\"topic\": \"x\",}", 400),
        ("\u{feff}{}", 400),
        ("[" + String(repeating: "0,", count: 30_000) + "0]", 400),
    ]

    @Test("a hostile body gets a clear problem and changes nothing", arguments: bodies)
    func body(text: String, status: Int) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.post, "/api/v1/tickets", token: test.token, json: text)
                #expect(answer.status == status, "\(text.prefix(60)): \(answer.body.prefix(200))")
                #expect(answer.headers[.contentType] == "application/problem+json")
                Self.leaksNothing(answer.body)
            }
            let made = try await test.app.database.read { session in
                try session.row("SELECT COUNT(*) FROM ticket")?.integer(0)
            }
            #expect(made == 0)
        }
    }

    @Test(
        "a number with an exponent past every bound is refused as no number, in a ticket and in an interview",
        arguments: [
            "1e-9223372036854775808", "1E-9223372036854775808", "0e-9223372036854775808", "-1.5e-9223372036854775808",
            "1e9223372036854775807", "1e-9223372036854775807", "1e-9223372036854775809", "1e99999999999999999999",
        ]
    )
    func exponents(number: String) async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let json = DeskUnderTest.ticket(customer.id).replacing(
                    "\"usuarios\": 3",
                    with: "\"usuarios\": \(number)"
                )
                let ticket = try await client.send(.post, "/api/v1/tickets", token: test.token, json: json)
                #expect(ticket.status == 422)
                Self.leaksNothing(ticket.body)
                let ana = try await test.browser(try await test.account("ana", role: .technician), client)
                let begun = try await ana.send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
                let id = try #require(begun.json["attendance"]["id"].integer)
                // Of no question that is asked: whatever becomes of it, the service goes on.
                let body = #"{"prompt": "field.usuarios", "revision": 0, "answer": {"number": \#(number)}}"#
                let answered = try await ana.send(.post, "/api/v1/interviews/\(id)/answers", body)
                #expect((200..<500).contains(answered.status))
                #expect(try await ana.send(.get, "/api/v1/interviews/\(id)").status == 200)
            }
        }
    }

    @Test("bytes that are no UTF-8, the wrong media type and an oversized body are refused")
    func bytes() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let headers: HTTPFields = [.authorization: "Bearer \(test.token)", .contentType: "application/json"]
                var form = headers
                form[.contentType] = "text/plain; charset=application/json"
                let big = [UInt8](repeating: 0x20, count: HTTPLimits.jsonBody + 1)
                let cases: [([UInt8], HTTPFields, Int)] = [
                    ([0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D], headers, 400),
                    (Array("topic=x".utf8), [.authorization: "Bearer \(test.token)"], 415),
                    (Array("{}".utf8), form, 415), (big, headers, 413),
                ]
                for (bytes, headers, expected) in cases {
                    let answer = try await client.send(.post, "/api/v1/tickets", bytes: bytes, headers: headers)
                    #expect(answer.status == expected)
                }
            }
        }
    }

    @Test(
        "odd paths and queries name nothing and break nothing",
        arguments: [
            "/api/v1/tickets/0", "/api/v1/tickets/-1", "/api/v1/tickets/99999999999999999999", "/api/v1/tickets/1%00",
            "/api/v1/tickets/..%2f..%2fetc%2fpasswd", "/api/v1/tickets/%E0%A4%A", "/api/v1/topics/%00",
            "/api/v1/nothing",
            "/api/v1/attachments/1/content", "/api/v1//tickets/1", "/api/v1/calls/live/x", "/t/..%2f..",
            "/t/%0d%0aX: y",
        ]
    )
    func paths(path: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.get, path, token: test.token)
                #expect(answer.status == 404, "\(path): \(answer.body.prefix(200))")
                Self.leaksNothing(answer.body)
            }
        }
    }

    @Test(
        "wrong query parameters are named",
        arguments: [
            ("/api/v1/tickets?limit=0", "limit"), ("/api/v1/tickets?limit=abc", "limit"),
            ("/api/v1/calls?after=x", "after"),
            ("/api/v1/tickets?situation=%27", "situation"), ("/api/v1/notices?state=nope", "state"),
            ("/api/v1/tickets?customer_id=1%20OR%201", "customer_id"),
        ]
    )
    func queries(path: String, field: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.get, path, token: test.token)
                #expect(answer.status == 422)
                #expect(answer.json.wrongFields == [field])
            }
        }
    }

    @Test("searches take any text as words")
    func searches() async throws {
        try await DeskUnderTest.with { test in
            _ = try await test.customer()
            try await test.application.test(.router) { client in
                for words in [
                    "\"", "a\" OR \"b", "*", "NEAR(a b)", "'; --", "%", "-", "(", "\u{0}",
                    String(repeating: "x ", count: 90),
                ] {
                    let encoded = words.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    for path in ["tickets", "customers", "topics"] {
                        let answer = try await client.send(.get, "/api/v1/\(path)?q=\(encoded)", token: test.token)
                        #expect(answer.status == 200, "\(path) \(words)")
                    }
                }
            }
        }
    }

    @Test("a header cannot forge another, nor a name a file's header")
    func headers() async throws {
        #expect(
            FileResponse.disposition("a\"; filename=\"evil.exe\r\nX: y")
                == "attachment; filename=\"a__ filename=_evil.exe__X: y\"; filename*=UTF-8''a%22%3B%20filename%3D%22evil.exe%0D%0AX%3A%20y"
        )
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                for key in ["a b", "é", String(repeating: "k", count: 201)] {
                    let answer = try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: DeskUnderTest.ticket(nil),
                        headers: [.idempotencyKey: key]
                    )
                    #expect(answer.status == 422)
                    #expect(answer.json.wrongFields == ["Idempotency-Key"])
                }
            }
        }
    }

    @Test("random changes to a good body never give a server error")
    func mutations() async throws {
        var random = SplitMix64(seed: TestSeed.next())
        let good = Array(DeskUnderTest.ticket(nil).utf8)
        var bodies: [[UInt8]] = []
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: bytes[at..<min(at + 9, bytes.count)], at: at)
                default: bytes.insert(UInt8(ascii: "\""), at: at)
                }
            }
            bodies.append(bytes)
        }
        let sent = bodies
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let headers: HTTPFields = [.authorization: "Bearer \(test.token)", .contentType: "application/json"]
                for body in sent {
                    let status = try await client.send(.post, "/api/v1/tickets", bytes: body, headers: headers).status
                    #expect([201, 400, 422].contains(status), "\(status): \(String(decoding: body, as: UTF8.self))")
                }
            }
        }
    }

    /// No type name, statement or path of ours is in what strangers are told.
    static func leaksNothing(_ body: String) {
        for word in [
            "CallDesk.", "DeskCore", "Swift.", "SELECT", "INSERT", "sqlite", "/Sources/", "DecodingError", "fatal",
        ] {
            #expect(!body.contains(word), "\(word) in \(body.prefix(300))")
        }
    }
}
