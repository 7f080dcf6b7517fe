import Logging
import NIOCore

/// Takes calls from Asterisk by FastAGI; when it is stopped or full, AGI() returns and the dialplan goes on by itself.
///
/// A class of its own around the generic server, so that the compiler makes one for this tongue: a generic one is not
/// specialised for who uses it from another module, and every command of every call would pay for it.
public final class AGIServer: Sendable {
    public typealias Script = @Sendable (AGICall) async throws -> Void

    private let server: MenuServer<AGITongue>

    /// A server that does not listen yet.
    ///
    /// `threads`: half of the cores unless told; one event loop serves hundreds of dialogues, and wakes less often the
    /// more of them it has.
    public init(
        host: String = "127.0.0.1",
        port: Int = 4573,
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
