import Foundation
import HummingbirdTesting
import NIOCore
import NIOPosix
import Testing

@testable import CallDesk

@Suite("Requests as no library writes them", .timeLimit(.minutes(2)))
struct RawRequestTests {
    /// Sends bytes, and more once something was answered, and reads until the other end closes.
    static func exchange(_ port: Int, _ text: String, then more: String? = nil) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var (answer, more) = ("", more)
            do {
                for try await buffer in inbound {
                    answer += String(buffer: buffer)
                    if let text = more { try await outbound.write(ByteBuffer(string: text)) }
                    more = nil
                }
            } catch is IOError {
                // What was still on its way to a closed socket is answered with a reset.
            }
            return answer
        }
    }

    @Test(
        "damaged chunks and bodies that end early are the client's fault",
        arguments: ["zz\r\nab\r\n", "5\r\nabcdefgh\r\n", "ffffffffffffffffff\r\n"]
    )
    func chunks(body: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let answer = try await Self.exchange(
                    client.port ?? 0,
                    "POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(test.token)\r\n"
                        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body
                )
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            }
        }
    }

    @Test(
        "a method that nothing takes is 405 wherever it is tried",
        arguments: ["PROPFIND", "LINK", "BREW", "CONNECT"]
    )
    func methods(method: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                for path in ["/", "/desk", "/api/v1/tickets", "/nothing"] {
                    let target = method == "CONNECT" ? "desk.test:80" : path
                    let answer = try await Self.exchange(
                        client.port ?? 0,
                        "\(method) \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    )
                    #expect(answer.hasPrefix("HTTP/1.1 405 "), "\(answer)")
                    #expect(answer.lowercased().contains("allow: delete, get"))
                }
            }
        }
    }

    private static let health: [any RouteSet] = [
        HealthRoutes(readiness: Readiness(), metrics: MetricsRegistry())
    ]

    @Test("an address says which methods it takes, pages, files and streams alike")
    func others() async throws {
        try await DeskUnderTest.with(extra: Self.health) { test in
            try await test.application.test(.live) { client in
                for (path, allowed) in [
                    ("/", "get, head"), ("/desk", "get, head"), ("/desk/tickets", "get, head"),
                    ("/api/v1/events", "get, head"), ("/api/v1/tickets", "get, head, post"), ("/health", "get, head"),
                ] {
                    for method in ["TRACE", "PATCH", "OPTIONS", "DELETE"] {
                        let answer = try await Self.exchange(
                            client.port ?? 0,
                            "\(method) \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                        )
                        #expect(answer.hasPrefix("HTTP/1.1 405 "), "\(method) \(path): \(answer.prefix(40))")
                        #expect(answer.lowercased().contains("\r\nallow: \(allowed)\r\n"), "\(method) \(path)")
                    }
                }
                let nowhere = try await Self.exchange(
                    client.port ?? 0,
                    "PATCH /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                )
                #expect(nowhere.hasPrefix("HTTP/1.1 404 "))
            }
        }
    }

    @Test("a head that RFC 9112 calls malformed is refused, and the connection ends with it")
    func heads() async throws {
        try await DeskUnderTest.with(extra: Self.health) { test in
            try await test.application.test(.live) { client in
                for (head, status) in [
                    ("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", 200),
                    ("GET /health HTTP/1.1\r\n", 400),
                    ("GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n", 400),
                    ("GET /health HTTP/1.1\r\nHost: a, b\r\n", 400),
                    ("GET /health HTTP/1.1\r\nHost: u@a\r\n", 400),
                    ("GET /health HTTP/1.0\r\n", 200),
                    ("GET http://a/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", 200),
                    ("GET http://a/health?x=1 HTTP/1.1\r\nHost: [::1]:8080 \r\nConnection: close\r\n", 200),
                    ("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", 204),
                    ("GET /health HTTP/1.0\r\nHost: desk.example\r\nConnection: close\r\n", 200),
                    ("GET ftp://a/health HTTP/1.1\r\nHost: a\r\n", 400),
                    ("GET * HTTP/1.1\r\nHost: a\r\n", 400),
                    ("GET /health HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n", 400),
                    ("GET /health HTTP/1.1\nHost: a\n", 400),
                    ("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n", 400),
                    ("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
                    ("POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n", 501),
                    ("POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n", 501),
                    ("POST /health HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n", 400),
                    ("POST /health HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nContent-Length: 1\r\n", 417),
                    ("GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: a\r\n", 431),
                    ("GET /health HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: a\r\n", count: 200))", 431),
                ] {
                    let answer = try await Self.exchange(client.port ?? 0, head + "\r\n")
                    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(head.prefix(90)): \(answer.prefix(40))")
                    // What follows a refused head is no request.
                    #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(head.prefix(90))")
                }
            }
        }
    }

    @Test("who waits for a word before the body gets it, and its answer then")
    func goOn() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.live) { client in
                let answer = try await Self.exchange(
                    client.port ?? 0,
                    "POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(test.token)\r\n"
                        + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
                        + "Connection: close\r\n\r\n",
                    then: "{}"
                )
                #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 422 "), "\(answer.prefix(120))")
                // Whoever is refused by their head alone is not asked for a body.
                for (token, length, status) in [(test.token, 1 << 30, 413), ("nobody", 2, 401)] {
                    let answer = try await Self.exchange(
                        client.port ?? 0,
                        "POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
                            + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n"
                    )
                    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(120))")
                    #expect(answer.lowercased().contains("connection: close\r\n"))
                }
            }
        }
    }
}
