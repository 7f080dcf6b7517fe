import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// One connection of a client: HTTP/1.1 with an end to every wait.
struct HTTPConnection: ServerChildChannel {
    let http: HTTP1Channel
    let shares: ConnectionShares

    /// The connection whose request is being answered; nil in a test without a socket.
    ///
    /// Answers that outlive their request, as streams do, take it over.
    @TaskLocal static var current: (any Channel)?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { [shares] value in
            let pipeline = channel.pipeline.syncOperations
            let guarded = ConnectionGuard()
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(guarded, position: .after(decoder))
            try pipeline.addHandler(ByteGuard(guarded, shares), position: .first)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await Self.$current.withValue(value.channel) { await http.handle(value: value, logger: logger) }
    }
}
