import NIOCore
import NIOHTTP1

/// Ends a connection whose client keeps the service waiting too long, and answers methods nobody knows.
///
/// It stands behind the HTTP decoder, where a request's parts can be told; `ByteGuard`, before the decoder, tells it of bytes.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var waits = RequestWaits()
    private var context: ChannelHandlerContext?
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    /// Answers begun and not complete: what is written then would end up within another's.
    private var isAnswering = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: waits.receivedHead(at: context.eventLoop.now)
        case .body(let bytes): waits.receivedBody(bytes.readableBytes)
        case .end: waits.receivedEnd()
        }
        plan()
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): isAnswering = head.status.code >= 200
        case .body: break
        case .end: isAnswering = false
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // RFC 9110 §15.5.6; a word that is no method at all comes as an error of the decoder.
        if case .invalidMethod? = error as? HTTPParserError, !isAnswering, !waits.isReadingBody {
            return refuse(.methodNotAllowed, [("Allow", HTTPLimits.methods.joined(separator: ", "))])
        }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            waits.stopping(at: context.eventLoop.now)
            plan()
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: - What bytes tell

    func receivedBytes() {
        guard let context else { return }
        waits.receivedBytes(at: context.eventLoop.now)
        plan()
    }

    func writabilityChanged() {
        guard let context else { return }
        if context.channel.isWritable {
            waits.flows()
        } else {
            let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            waits.stalled(waiting, at: context.eventLoop.now)
        }
        plan()
    }

    // MARK: - When time is up

    /// One timer a connection, set anew only when it would ring too late: requests come faster than it rings.
    private func plan() {
        guard let context, let due = waits.due else { return }
        if let timer, timer.at <= due.at { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due.at) { self.ring() }
        timer = (due.at, task)
    }

    private func ring() {
        timer = nil
        guard let context, let due = waits.due else { return }
        guard due.at <= context.eventLoop.now else { return plan() }
        switch due.what {
        case .head, .body:
            // Whoever reads the body must not take a part of it for the whole.
            if waits.isReadingBody { context.fireErrorCaught(HTTPParserError.closedConnection) }
            refuse(.requestTimeout, [])
        case .answer: context.close(promise: nil)
        }
    }

    /// Answers what no handler will, and closes.
    private func refuse(_ status: HTTPResponseStatus, _ headers: [(String, String)]) {
        guard let context else { return }
        if !isAnswering {
            let fields = HTTPHeaders(headers + [("Content-Length", "0"), ("Connection", "close")])
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }
}

/// The first handler of a connection: counts it to its address, and tells its guard of bytes.
final class ByteGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let tooMany = ByteBuffer(
        string: "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 15\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )

    private let guarded: ConnectionGuard
    private let shares: ConnectionShares
    private var peer: PeerAddress?

    init(_ guarded: ConnectionGuard, _ shares: ConnectionShares) {
        self.guarded = guarded
        self.shares = shares
    }

    func channelActive(context: ChannelHandlerContext) {
        let peer = PeerAddress(context.channel.remoteAddress)
        if shares.enter(peer) {
            self.peer = peer
        } else {
            context.writeAndFlush(wrapOutboundOut(Self.tooMany), promise: nil)
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let peer { shares.leave(peer) }
        peer = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guarded.receivedBytes()
        context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guarded.writabilityChanged()
        context.fireChannelWritabilityChanged()
    }
}
