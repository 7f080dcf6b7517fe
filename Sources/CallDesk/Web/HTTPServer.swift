import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The HTTP service: one router behind bounded connections.
enum HTTPServer {
    /// The application to run, last in the service group, by `serve`, by the demo and by tests.
    ///
    /// `onRunning` is told the port once connections are taken; it differs from the options when those say 0.
    static func application(
        _ router: DeskRouter,
        options: HTTPOptions,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<RouterResponder<DeskRequestContext>> {
        router.refuseOtherMethods()
        var channel = HTTP1Channel.Configuration(idleTimeout: .seconds(HTTPLimits.idleSeconds))
        channel.httpDecoder = .init(
            maxHeaderFieldSize: HTTPLimits.headerField,
            maxHeaderListSize: HTTPLimits.headerList,
            maxHeaderFieldCount: HTTPLimits.headerCount
        )
        let shares = ConnectionShares(proxies: options.proxies)
        return Application(
            router: router,
            server: HTTPServerBuilder { [channel, shares] responder in
                HTTPConnection(http: HTTP1Channel(responder: responder, configuration: channel), shares: shares)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                serverName: nil,
                backlog: HTTPLimits.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(HTTPLimits.connections)
            ),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? options.port) },
            logger: logger
        )
    }
}
