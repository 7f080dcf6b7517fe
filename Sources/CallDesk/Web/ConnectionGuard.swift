import NIOCore
import NIOHTTP1

/// Ends a connection whose client keeps the service waiting too long, and answers heads that no handler should see.
///
/// It stands behind the HTTP decoder, where a request's parts can be told; `ByteGuard`, before the decoder, tells it of bytes.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var waits = RequestWaits()
    private var turns = RequestTurns()
    /// What is said once those before it are answered.
    private var refusal: Refusal?
    /// The socket took the last there was to say.
    private var isEnding = false
    private var context: ChannelHandlerContext?
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?

    /// An answer of the guard's own.
    private struct Refusal {
        var status: HTTPResponseStatus
        var headers: [(String, String)] = []

        static let method = Refusal(
            status: .methodNotAllowed,
            headers: [("Allow", HTTPLimits.methods.joined(separator: ", "))]
        )
    }

    /// Said on the channel by who begins to read a request's body.
    struct BodyWanted: Sendable {}

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !turns.isDeaf else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let fault = HeadFault(head) { return refuse(Refusal(status: fault.status)) }
            waits.receivedHead(at: context.eventLoop.now)
            turns.received(head)
        case .body(let bytes):
            waits.receivedBody(bytes.readableBytes)
            turns.receivedBody()
        case .end:
            waits.receivedEnd()
            turns.receivedEnd()
        }
        plan()
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            guard let head = turns.answers(head) else { break }
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            guard turns.isAnswering else { break }
            return context.write(data, promise: promise)
        case .end:
            guard turns.isAnswering else { break }
            switch turns.answered() {
            case .nothing: return context.write(data, promise: promise)
            case .refusal:
                context.write(data, promise: promise)
                return sayRefusal()
            case .end: return end(with: data, promise)
            }
        }
        // Nobody waits for it: its request was refused meanwhile.
        promise?.fail(ChannelError.ioOnClosedChannel)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if turns.tellsToGoOn() {
            // Its time begins now.
            waits.receivedHead(at: context.eventLoop.now)
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        promise?.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        if turns.isDeaf { return }
        if waits.isReadingBody {
            // Whoever reads the body must hear that it is damaged, and answers; where the next request begins is lost.
            waits.receivedEnd()
            context.fireErrorCaught(error)
            if turns.loseTrack() == .end { end() }
            return
        }
        switch fault {
        // RFC 9110 §15.5.6; a word that is no method at all comes as an error of the decoder.
        case .invalidMethod: refuse(.method)
        case .headerOverflow: refuse(Refusal(status: .requestHeaderFieldsTooLarge))
        default: refuse(Refusal(status: .badRequest))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            waits.stopping(at: context.eventLoop.now)
            plan()
        }
        // The client has taken our last word, and has none itself.
        if isEnding, case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: - What bytes tell

    func receivedBytes() {
        guard let context, !turns.isDeaf else { return }
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
        case .head: refuse(Refusal(status: .requestTimeout))
        case .body:
            // Whoever reads the body must not take a part of it for the whole.
            context.fireErrorCaught(HTTPParserError.closedConnection)
            refuse(Refusal(status: .requestTimeout), isPassed: true)
        case .answer: context.close(promise: nil)
        }
    }

    // MARK: - The guard's own word

    /// Answers what no handler will, in its turn, and ends the connection.
    private func refuse(_ refusal: Refusal, isPassed: Bool = false) {
        self.refusal = refusal
        waits.receivedEnd()
        switch turns.refuse(isPassed: isPassed) {
        case .nothing: break
        case .refusal: sayRefusal()
        case .end: context?.close(promise: nil)
        }
    }

    private func sayRefusal() {
        guard let context, let refusal else { return }
        let fields = HTTPHeaders(refusal.headers + [("Content-Length", "0"), ("Connection", "close")])
        let head = HTTPResponseHead(version: .http1_1, status: refusal.status, headers: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        turns.end()
        end(with: wrapOutboundOut(.end(nil)), nil)
    }

    /// Writes the last there is to say, and ends once the socket took it: that may take as long as an answer may.
    private func end(with last: NIOAny, _ promise: EventLoopPromise<Void>?) {
        guard let context else { return }
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { _ in self.end() }
        context.writeAndFlush(last, promise: promise)
    }

    /// Ends our half, and the whole a little later: what the client still sends would otherwise be answered with a reset,
    /// which takes our last word out of its hands (RFC 9112 §9.6).
    private func end() {
        guard let context else { return }
        isEnding = true
        context.close(mode: .output, promise: nil)
        waits.ending(at: context.eventLoop.now)
        plan()
    }
}
