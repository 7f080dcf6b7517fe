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

        /// The server's answer to the request whose turn it is.
        func say(length: Int? = 2) throws {
            let fields = HTTPHeaders(length.map { [("Content-Length", String($0))] } ?? [])
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
            for part in [HTTPServerResponsePart.head(head), .body(.byteBuffer(ByteBuffer(string: "ok"))), .end(nil)] {
                channel.writeAndFlush(part, promise: nil)
            }
            channel.embeddedEventLoop.run()
        }

        /// The server begins to read the body.
        func want() { channel.triggerUserOutboundEvent(ConnectionGuard.BodyWanted(), promise: nil) }

        /// What was answered since it was asked last.
        var statuses: [Int] { answer.matches(of: #/HTTP/1\.1 (\d+) /#).compactMap { Int($0.1) } }

        var isOverSoon: Bool {
            channel.embeddedEventLoop.advanceTime(by: HTTPLimits.endGrace)
            return !channel.isActive
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
        #expect(connection.isOverSoon)
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(
        "what is refused behind requests that wait for their answers is told after those",
        arguments: [("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("GET / HTTP/1.1\r\n\r\n", 400)]
    )
    func turns(bad: String, status: Int) throws {
        let connection = try Connection()
        connection.send(Self.get + Self.get + bad + Self.get)
        #expect(connection.behind.ends == 2 && connection.answer.isEmpty)
        try connection.say()
        #expect(connection.statuses == [200])
        try connection.say()
        #expect(connection.statuses == [200, status])
        // Nobody asked for it.
        try connection.say()
        #expect(connection.statuses.isEmpty && connection.isOverSoon)
    }

    @Test("a half-sent request behind one that is being answered does not end the answer")
    func halfBehind() throws {
        let connection = try Connection()
        connection.send(Self.get)
        connection.send("GET / HT")
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(connection.channel.isActive && connection.answer.isEmpty)
        try connection.say()
        #expect(connection.statuses == [200, 408] && connection.isOverSoon)
    }

    @Test("a client waits for a word before its body until somebody reads it")
    func goOn() throws {
        let connection = try Connection()
        connection.send("PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
        #expect(connection.answer.isEmpty)
        connection.want()
        connection.want()
        #expect(connection.answer == "HTTP/1.1 100 Continue\r\n\r\n")
        connection.send("ab")
        try connection.say()
        #expect(connection.statuses == [200] && connection.channel.isActive && !connection.isOverSoon)
    }

    @Test("a client refused before it was told to go on sends no other request on that connection")
    func refusedUnheard() throws {
        let connection = try Connection()
        connection.send("PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 40\r\n\r\n")
        try connection.say()
        connection.send(Self.get)
        let answer = connection.answer
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Connection: close\r\n"))
        #expect(connection.behind.ends == 0 && connection.isOverSoon)
    }

    @Test("a body that comes unasked is taken, and its client told nothing more")
    func unasked() throws {
        let connection = try Connection()
        connection.send("PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\na")
        connection.want()
        connection.send("b")
        try connection.say()
        #expect(connection.statuses == [200] && connection.behind.ends == 1 && !connection.isOverSoon)
    }

    @Test(
        "the answer to a connection's last request ends it, and what follows is no request",
        arguments: [
            "HTTP/1.0\r\n\r\n", "HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
        ]
    )
    func last(head: String) throws {
        let connection = try Connection()
        connection.send("GET / \(head)" + Self.get)
        #expect(connection.behind.ends == 1)
        try connection.say()
        let answer = connection.answer
        #expect(answer.contains("Connection: close\r\n") && connection.isOverSoon)
    }

    @Test("a client of HTTP/1.0 is sent no chunks")
    func old() throws {
        let connection = try Connection()
        connection.send("GET / HTTP/1.0\r\n\r\n")
        try connection.say(length: nil)
        #expect(connection.answer == "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nok")
        let new = try Connection()
        new.send(Self.get)
        try new.say(length: nil)
        #expect(new.answer.contains("chunked\r\n\r\n2\r\nok\r\n0\r\n"))
    }

    @Test("an answer that a client takes slowly is not cut because it is the last")
    func slowLast() throws {
        let connection = try Connection()
        connection.send("GET / HTTP/1.0\r\n\r\n")
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(15))
        #expect(connection.channel.isActive)
    }

    @Test(
        "a Host is a name or an address with a port",
        arguments: [
            ("desk.example", true), ("desk.example:8080", true), ("[::1]:8080", true), ("[::1]", true),
            ("10.0.0.1:", true),
            ("  desk.example  ", true), ("", true), ("a:b", false), ("[::1", false), ("[]", false), ("a:1:2", false),
            ("a/b", false), ("a b", false), ("a:999999", false), ("[::1]x", false), ("a,b", false),
        ]
    )
    func host(text: String, isTaken: Bool) throws {
        let connection = try Connection()
        connection.send("GET / HTTP/1.1\r\nHost: \(text)\r\n\r\n")
        #expect((connection.behind.ends == 1) == isTaken)
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
