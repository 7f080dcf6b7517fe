import Foundation
import HummingbirdTesting
import NIOCore
import NIOPosix
import Testing

@testable import CallDesk

@Suite("Requests as no library writes them", .timeLimit(.minutes(2)))
struct RawRequestTests {
    /// Sends bytes and reads until the other end closes.
    private static func exchange(_ port: Int, _ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            do {
                for try await buffer in inbound { answer += String(buffer: buffer) }
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
}
