import Foundation
import NIOCore
import NIOPosix

/// A mail server on loopback that keeps what it gets instead of passing it on, for the demonstration and tests.
///
/// ```swift
/// let sink = try await MailSink.start(inbox: inbox)
/// // mail.url: smtp://127.0.0.1:\(sink.port)
/// for await mail in inbox.arrivals() { … }
/// await sink.stop()
/// ```
package final class MailSink: Sendable {
    /// As many senders as a demonstration has, with room; more are hung up on.
    private static let mostConnections = 64
    /// A sender that says nothing for this long is gone.
    private static let idle = TimeAmount.seconds(300)

    package let port: Int
    private let channel: any Channel

    private init(channel: any Channel, port: Int) {
        self.channel = channel
        self.port = port
    }

    /// Listens on a loopback port; 0 takes a free one.
    ///
    /// `confirmsAfter`: how long a mail that was taken goes without its answer, as behind a slow filter.
    package static func start(
        port: Int = 0,
        inbox: SinkInbox,
        login: MailSinkSession.Login? = nil,
        script: MailSinkSession.Script? = nil,
        confirmsAfter: TimeAmount? = nil,
        now: @escaping @Sendable () -> Date = { Date() },
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> MailSink {
        let count = SinkCount(limit: mostConnections)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                guard count.enter() else { return channel.close() }
                channel.closeFuture.whenComplete { _ in count.leave() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(readTimeout: idle),
                        MailSinkHandler(
                            session: MailSinkSession(login: login, script: script),
                            inbox: inbox,
                            confirmsAfter: confirmsAfter,
                            now: now
                        ),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return MailSink(channel: channel, port: channel.localAddress?.port ?? port)
    }

    package func stop() async {
        try? await channel.close().get()
    }
}

/// Runs one connection's session; lives on its event loop.
private final class MailSinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var session: MailSinkSession
    private let inbox: SinkInbox
    private let confirmsAfter: TimeAmount?
    private let now: @Sendable () -> Date

    init(
        session: MailSinkSession,
        inbox: SinkInbox,
        confirmsAfter: TimeAmount?,
        now: @escaping @Sendable () -> Date
    ) {
        self.session = session
        self.inbox = inbox
        self.confirmsAfter = confirmsAfter
        self.now = now
    }

    func channelActive(context: ChannelHandlerContext) {
        write(MailSinkSession.greeting, context)
        context.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var isTaken = false
        for action in session.received(unwrapInboundIn(data).readableBytesView) {
            switch action {
            case .reply(let line):
                if isTaken, let confirmsAfter {
                    let channel = context.channel
                    context.eventLoop.scheduleTask(in: confirmsAfter) {
                        channel.writeAndFlush(ByteBuffer(string: line + "\r\n"), promise: nil)
                    }
                } else {
                    write(line, context)
                }
            case .deliver(let envelope):
                isTaken = true
                let mail = MailReading(envelope.data)
                inbox.take(
                    SinkMessage(
                        id: 0,
                        kind: .mail,
                        receivedAt: now(),
                        from: envelope.from,
                        to: envelope.to,
                        subject: mail.subject,
                        text: mail.text,
                        html: mail.html,
                        raw: String(decoding: envelope.data, as: UTF8.self)
                    )
                )
            case .close:
                context.flush()
                context.close(promise: nil)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func write(_ line: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(ByteBuffer(string: line + "\r\n")), promise: nil)
    }
}
