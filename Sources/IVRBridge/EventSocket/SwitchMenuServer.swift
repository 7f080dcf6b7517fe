import Logging
import NIOCore

/// Takes calls from FreeSWITCH's outbound socket.
///
/// When it is stopped or full, the dialplan goes on where it says `socket_resume`. A class of its own for the reason that
/// `AGIServer` gives.
public final class SwitchMenuServer: Sendable {
    public typealias Script = @Sendable (ESLMenuCall) async throws -> Void

    private let server: MenuServer<ESLMenuTongue>

    /// A server that does not listen yet; `threads`: half of the cores unless told.
    public init(
        host: String = "127.0.0.1",
        port: Int = 8084,
        allow: MenuAllowList = .loopback,
        limits: MenuLimits = MenuLimits(),
        threads: Int = max(1, System.coreCount / 2),
        logger: Logger,
        script: @escaping Script
    ) {
        server = MenuServer(
            host: host,
            port: port,
            allow: allow,
            limits: limits,
            threads: threads,
            logger: logger,
            script: script
        )
    }

    public var figures: MenuFigures { server.figures }
    /// Why nothing listens, nil while something does.
    public var trouble: String? { server.trouble }

    /// Listens until the task is cancelled; a port that is taken is tried again.
    ///
    /// `onListening` is told the port.
    public func run(onListening: @escaping @Sendable (Int) -> Void = { _ in }) async {
        await server.run(onListening: onListening)
    }
}
