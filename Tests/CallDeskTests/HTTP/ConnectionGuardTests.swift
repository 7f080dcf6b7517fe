import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import CallDesk

@Suite("Every wait for a client has an end")
struct ConnectionGuardTests {
    /// A connection as the server sets it up, without what is behind the guard; its time is the test's.
    private struct Connection {
        /// Hears what would reach the server.
        final class Behind: ChannelInboundHandler {
            typealias InboundIn = HTTPServerRequestPart

            var ends = 0
            var errors: [any Error] = []

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                if case .end = unwrapInboundIn(data) { ends += 1 }
            }

            func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
        }

        let channel = EmbeddedChannel()
        let behind = Behind()

        init(
            shares: ConnectionShares = ConnectionShares(proxies: TrustedProxies(ranges: [])),
            from peer: String = "127.0.0.1"
        ) throws {
            let guarded = ConnectionGuard()
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers([
                ByteGuard(guarded, shares), HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder()), guarded,
                behind,
            ])
            try channel.connect(to: SocketAddress(ipAddress: peer, port: 4711)).wait()
        }

        func send(_ text: String) { _ = try? channel.writeInbound(ByteBuffer(string: text)) }

        /// Sends one byte a second for so many seconds, or until the connection is over; how long that took.
        func trickle(_ seconds: Int) -> Int {
            for second in 0..<seconds {
                guard channel.isActive else { return second }
                send("x")
                channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            }
            return seconds
        }

        var answer: String {
            var text = ""
            while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
            return text
        }
    }

    @Test("a head that trickles in is over after its time in all")
    func head() throws {
        let connection = try Connection()
        connection.send("GET / HTTP/1.1\r\nx: ")
        #expect(connection.trickle(60) == 10)
        #expect(connection.answer.hasPrefix("HTTP/1.1 408 "))
    }

    @Test("a connection on which nothing was sent is not this guard's matter")
    func quiet() throws {
        let connection = try Connection()
        connection.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(connection.channel.isActive)
    }

    @Test(
        "a body that trickles in is over after its time in all, and is not taken for whole",
        arguments: ["Content-Length: 100000", "Transfer-Encoding: chunked"]
    )
    func body(header: String) throws {
        let connection = try Connection()
        connection.send("PUT /x HTTP/1.1\r\nHost: a\r\n\(header)\r\n\r\n")
        if header.contains("chunked") { connection.send("fffff\r\n") }
        #expect((25...26).contains(connection.trickle(600)))
        #expect(connection.answer.hasPrefix("HTTP/1.1 408 "))
        #expect(!connection.behind.errors.isEmpty && connection.behind.ends == 0)
    }

    @Test("a body that comes at the least rate is taken however long it takes")
    func steady() throws {
        let connection = try Connection()
        let size = 1_048_576
        connection.send("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
        for _ in 0..<(size / HTTPLimits.bodyRate) {
            connection.send(String(repeating: "x", count: HTTPLimits.bodyRate))
            connection.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(connection.channel.isActive && connection.behind.ends == 1 && connection.behind.errors.isEmpty)
    }

    @Test("a slow answer of ours is nobody's fault")
    func slowAnswer() throws {
        let connection = try Connection()
        connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(connection.channel.isActive)
    }

    @Test("who does not take an answer is cut; who takes it in time is not", arguments: [true, false])
    func answer(takes: Bool) throws {
        let connection = try Connection()
        connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let loop = connection.channel.embeddedEventLoop
        for _ in 0..<3 {
            connection.channel.isWritable = false
            connection.channel.pipeline.fireChannelWritabilityChanged()
            loop.advanceTime(by: .seconds(15))
            if takes {
                connection.channel.isWritable = true
                connection.channel.pipeline.fireChannelWritabilityChanged()
            }
        }
        #expect(connection.channel.isActive == takes)
    }

    @Test(
        "a half-sent request does not hold up the service's end",
        arguments: ["GET / HTT", "PUT /x HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"]
    )
    func quiescing(sent: String) throws {
        let connection = try Connection()
        connection.send(sent)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!connection.channel.isActive)
    }

    @Test("a word that is no method is answered 405 with those there are", arguments: ["BREW", "GETX", "\u{1}"])
    func method(word: String) throws {
        let connection = try Connection()
        connection.send("\(word) / HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = connection.answer
        #expect(answer.hasPrefix("HTTP/1.1 405 "))
        #expect(answer.contains("Allow: DELETE, GET, HEAD, PATCH, POST, PUT\r\n"))
        #expect(!connection.channel.isActive)
    }

    @Test("an address has its share of the connections, a proxy of ours and a stream have not")
    func shares() throws {
        let proxies = TrustedProxies(ranges: [NetworkRange("10.0.0.1")].compactMap { $0 })
        let shares = ConnectionShares(proxies: proxies)
        func open(_ peer: String, _ count: Int) throws -> [Connection] {
            try (0..<count).map { _ in try Connection(shares: shares, from: peer) }
        }
        let many = try open("192.0.2.1", HTTPLimits.connectionsEach)
        #expect(many.allSatisfy { $0.channel.isActive })
        let one = try open("192.0.2.1", 1)[0]
        #expect(one.answer.hasPrefix("HTTP/1.1 429 ") && !one.channel.isActive)
        #expect(try open("192.0.2.2", 1)[0].channel.isActive)
        #expect(try open("10.0.0.1", HTTPLimits.connectionsEach + 1).allSatisfy { $0.channel.isActive })
        try many[0].channel.close().wait()
        #expect(try open("192.0.2.1", 1)[0].channel.isActive)
    }
}
