import NIOCore

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
