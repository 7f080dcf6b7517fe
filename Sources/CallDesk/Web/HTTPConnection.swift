import HummingbirdCore
import Logging
import NIOCore

/// One connection of a client: set up for HTTP/1.1.
struct HTTPConnection: ServerChildChannel {
    let http: HTTP1Channel

    /// The connection whose request is being answered; nil in a test without a socket.
    ///
    /// Answers that outlive their request, as streams do, take it over.
    @TaskLocal static var current: (any Channel)?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await Self.$current.withValue(value.channel) { await http.handle(value: value, logger: logger) }
    }
}
