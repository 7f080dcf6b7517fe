import NIOCore
import NIOPosix

/// A call in a FastAGI menu as Asterisk would hold it: sends an environment, then answers each command.
///
/// For tests, the demo and the benchmark; it plays no sound and keeps no time.
package struct SimulatedCaller: Sendable {
    /// What to answer to a command: bytes as they go to the server, nil to close the connection.
    package typealias Answer = @Sendable (_ command: String) -> String?

    package let environment: [(String, String)]
    private let answer: Answer

    package init(environment: [(String, String)], answer: @escaping Answer) {
        self.environment = environment
        self.answer = answer
    }

    /// A usual inbound call for `script`, such as `ivr?line=matriz`.
    package static func environment(
        script: String,
        uniqueid: String,
        number: String,
        name: String = "unknown",
        dialled: String = "5000"
    ) -> [(String, String)] {
        [
            ("agi_network", "yes"), ("agi_network_script", script), ("agi_request", "agi://127.0.0.1/\(script)"),
            ("agi_channel", "PJSIP/trunk-00000001"), ("agi_language", "pt_BR"), ("agi_type", "PJSIP"),
            ("agi_uniqueid", uniqueid), ("agi_version", "22.10.1"), ("agi_callerid", number),
            ("agi_calleridname", name), ("agi_callingpres", "0"), ("agi_dnid", dialled), ("agi_rdnis", "unknown"),
            ("agi_context", "from-trunk"), ("agi_extension", dialled), ("agi_priority", "1"),
        ]
    }

    /// Calls and stays until the server or the answers end it.
    ///
    /// - Returns: every command the server sent.
    package func call(
        port: Int,
        host: String = "127.0.0.1",
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> [String] {
        let (environment, answer) = (environment, answer)
        let heard = group.next().makePromise(of: [String].self)
        do {
            _ = try await ClientBootstrap(group: group)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            CallerHandler(environment: environment, answer: answer, heard: heard)
                        )
                    }
                }
        } catch {
            heard.fail(error)
        }
        return try await heard.futureResult.get()
    }
}

private final class CallerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let environment: [(String, String)]
    private let answer: SimulatedCaller.Answer
    private let heard: EventLoopPromise<[String]>
    private var commands: [String] = []
    private var pending: [UInt8] = []

    init(
        environment: [(String, String)],
        answer: @escaping SimulatedCaller.Answer,
        heard: EventLoopPromise<[String]>
    ) {
        self.environment = environment
        self.answer = answer
        self.heard = heard
    }

    func channelActive(context: ChannelHandlerContext) {
        let text = environment.map { "\($0): \($1)\n" }.joined() + "\n"
        context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        var replies = ""
        while let end = pending.firstIndex(of: 0x0A) {
            let command = String(decoding: pending[..<end], as: UTF8.self)
            pending.removeFirst(end + 1)
            commands.append(command)
            guard let reply = answer(command) else {
                context.close(promise: nil)
                return
            }
            replies += reply
        }
        if !replies.isEmpty { context.writeAndFlush(NIOAny(ByteBuffer(string: replies)), promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { heard.succeed(commands) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
