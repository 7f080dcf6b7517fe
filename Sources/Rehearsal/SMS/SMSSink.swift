import AsyncHTTPClient
import Codecs
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// An SMS gateway on loopback that speaks as Kannel's sendsms does and keeps what it gets, for the demonstration and tests.
///
/// Messages that ask for reports get them: taken by the centre (8), then delivered (1), as from a real network.
package final class SMSSink: Sendable {
    private static let mostConnections = 64
    private static let idle = TimeAmount.seconds(300)

    /// What was asked, as it came.
    package struct Request: Sendable {
        package var method: String
        package var path: String
        package var headers: [String: String]
        /// Of the address and of a form in the body.
        package var fields: [String: String]
        package var body: String
    }

    /// Lets a test answer otherwise: the request in, status and body out, nil for the usual answer.
    package typealias Script = @Sendable (_ request: Request) -> (status: Int, body: String)?

    package let port: Int
    private let channel: any Channel
    private let client: HTTPClient

    /// What `sms.url` is set to.
    package var url: String { "http://127.0.0.1:\(port)" }

    private init(channel: any Channel, client: HTTPClient, port: Int) {
        self.channel = channel
        self.client = client
        self.port = port
    }

    /// Listens on a loopback port; 0 takes a free one.
    package static func start(
        port: Int = 0,
        inbox: SinkInbox,
        reports: Bool = true,
        script: Script? = nil,
        now: @escaping @Sendable () -> Date = { Date() },
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> SMSSink {
        let count = SinkCount(limit: mostConnections)
        let client = HTTPClient(
            eventLoopGroupProvider: .shared(group),
            configuration: .init(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .seconds(2), read: .seconds(5))
            )
        )
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                guard count.enter() else { return channel.close() }
                channel.closeFuture.whenComplete { _ in count.leave() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(readTimeout: idle),
                        SMSSinkHandler(inbox: inbox, client: reports ? client : nil, script: script, now: now),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return SMSSink(channel: channel, client: client, port: channel.localAddress?.port ?? port)
    }

    package func stop() async {
        try? await channel.close().get()
        try? await client.shutdown()
    }
}

/// Answers one connection's requests; lives on its event loop.
private final class SMSSinkHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A message with its report address; more is nobody's SMS.
    private static let largestBody = 65_536

    private let inbox: SinkInbox
    private let client: HTTPClient?
    private let script: SMSSink.Script?
    private let now: @Sendable () -> Date
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(inbox: SinkInbox, client: HTTPClient?, script: SMSSink.Script?, now: @escaping @Sendable () -> Date) {
        self.inbox = inbox
        self.client = client
        self.script = script
        self.now = now
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(let part):
            if body.readableBytes + part.readableBytes > Self.largestBody {
                context.close(promise: nil)
            } else {
                body.writeImmutableBuffer(part)
            }
        case .end:
            guard let head else { return }
            self.head = nil
            let query = head.uri.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
            let fields = Self.fields(query).merging(Self.fields(Substring(String(buffer: body)))) { first, _ in first }
            let request = SMSSink.Request(
                method: head.method.rawValue,
                path: String(head.uri.prefix { $0 != "?" }),
                headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
                fields: fields,
                body: String(buffer: body)
            )
            let (status, answer) = script?(request) ?? take(fields)
            respond(status, answer, keepAlive: head.isKeepAlive, context)
        }
    }

    private func take(_ fields: [String: String]) -> (status: Int, body: String) {
        guard let to = fields["to"], let text = fields["text"], !to.isEmpty else {
            return (400, "Empty receiver number")
        }
        inbox.take(
            SinkMessage(
                id: 0,
                kind: .sms,
                receivedAt: now(),
                from: fields["from"] ?? "",
                to: [to],
                text: text,
                raw: text
            )
        )
        if let client, let report = fields["dlr-url"], report.hasPrefix("http") {
            // A report outlives the request that asked for it, as a telephone network's does.
            SMSSinkReport(address: report, client: client).begin()
        }
        return (202, "0: Accepted for delivery")
    }

    private func respond(_ status: Int, _ body: String, keepAlive: Bool, _ context: ChannelHandlerContext) {
        let headers = HTTPHeaders([
            ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "\(body.utf8.count)"),
        ])
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !keepAlive {
            let channel = context.channel
            end.whenComplete { _ in channel.close(promise: nil) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static func fields(_ query: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in query.split(separator: "&").prefix(100) {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[decode(halves[0])] = halves.count > 1 ? decode(halves[1]) : ""
        }
        return fields
    }

    private static func decode(_ text: Substring) -> String { PercentEncoding.field(text) }
}

/// A delivery report on its way, as Kannel sends it: taken by the centre, then delivered.
private struct SMSSinkReport: Sendable {
    let address: String
    let client: HTTPClient

    func begin() {
        Task { await send() }
    }

    private func send() async {
        for status in ["8", "1"] {
            let request = HTTPClientRequest(url: address.replacing("%d", with: status))
            let response = try? await client.execute(request, timeout: .seconds(5))
            _ = try? await response?.body.collect(upTo: 65_536)
        }
    }
}
