import NIOCore

/// Reads a connection on its event loop and tells its wire what the PBX said.
///
/// Each tongue has a class of its own for it: NIO calls a handler through its conformance, and that of a generic class
/// would look its types up at run time with every answer.
protocol MenuEar: ChannelInboundHandler where InboundIn == ByteBuffer {
    associatedtype Tongue: MenuTongue

    var wire: MenuWire<Tongue> { get }
    var tongue: Tongue { get set }
}

extension MenuEar {
    func channelActive(context: ChannelHandlerContext) {
        wire.greet()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var fault: PhoneCallError?
        // The script goes on when all that was read is taken: a hang-up behind an answer comes before its next command.
        wire.executor.directly { fault = feed(buffer) }
        if let fault { wire.close(fault) }
    }

    private func feed(_ buffer: ByteBuffer) -> PhoneCallError? {
        buffer.withUnsafeReadableBytes { bytes in
            do throws(PhoneCallError) {
                try tongue.feed(bytes) { wire.hear($0) }
                return nil
            } catch {
                return error
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        wire.end(.disconnected)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the PBX is how most calls end; there is nothing to save on this connection.
        wire.close(.disconnected)
    }
}
