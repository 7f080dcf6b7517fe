import Codecs
import NIOCore
import NIOPosix

/// A call in the menu as FreeSWITCH hands it over by `socket HOST:PORT full`: tells the channel, then answers each command.
///
/// For tests and the demo; it plays no sound and keeps no time. As recorded from FreeSWITCH 1.10.12.
package struct SimulatedSocketCaller: Sendable {
    /// What to answer to a command, by its lines: `+OK`, a value; nil hangs up.
    package typealias Answer = @Sendable (_ command: [String]) -> String?

    package let channel: [(String, String)]
    private let answer: Answer

    /// `channel`: headers as they are told, values not encoded.
    package init(channel: [(String, String)], answer: @escaping Answer) {
        self.channel = channel
        self.answer = answer
    }

    /// A usual inbound call for the menu; a number that is `anonymous` is withheld.
    package static func channel(
        line: String,
        script: String = "ivr",
        uniqueID: String,
        number: String,
        name: String = "",
        dialled: String = "5000"
    ) -> [(String, String)] {
        [
            ("Event-Name", "CHANNEL_DATA"), ("Channel-Name", "sofia/external/\(number)@192.0.2.9"),
            ("Unique-ID", uniqueID), ("Call-Direction", "inbound"), ("Answer-State", "ringing"),
            ("Caller-Caller-ID-Name", name.isEmpty ? number : name), ("Caller-Caller-ID-Number", number),
            ("Caller-Destination-Number", dialled),
            ("Caller-Privacy-Hide-Number", number == "anonymous" ? "true" : "false"),
            ("variable_calldesk_line", line), ("variable_calldesk_script", script),
        ]
    }

    /// Calls and stays until the server or the answers end it.
    ///
    /// - Returns: every command the server sent, its lines joined.
    package func call(port: Int, host: String = "127.0.0.1") async throws -> [String] {
        let (channel, answer) = (channel, answer)
        let group = MultiThreadedEventLoopGroup.singleton
        let heard = group.next().makePromise(of: [String].self)
        do {
            _ = try await ClientBootstrap(group: group)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: host, port: port) { connection in
                    connection.eventLoop.makeCompletedFuture {
                        try connection.pipeline.syncOperations.addHandler(
                            SocketCallerHandler(channel: channel, answer: answer, heard: heard)
                        )
                    }
                }
        } catch {
            heard.fail(error)
        }
        return try await heard.futureResult.get()
    }
}

private final class SocketCallerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let channel: [(String, String)]
    private let answer: SimulatedSocketCaller.Answer
    private let heard: EventLoopPromise<[String]>
    private var commands: [String] = []
    private var lines: [String] = []
    private var pending: [UInt8] = []

    init(
        channel: [(String, String)],
        answer: @escaping SimulatedSocketCaller.Answer,
        heard: EventLoopPromise<[String]>
    ) {
        self.channel = channel
        self.answer = answer
        self.heard = heard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        while let end = pending.firstIndex(of: 0x0A) {
            let line = String(decoding: pending[..<end], as: UTF8.self)
            pending.removeFirst(end + 1)
            guard line.isEmpty else {
                lines.append(line)
                continue
            }
            guard !lines.isEmpty else { continue }
            let command = lines
            lines = []
            receive(command, context)
        }
    }

    private func receive(_ command: [String], _ context: ChannelHandlerContext) {
        // The switch says nothing before it is asked.
        if command == ["connect"] {
            let head = channel.map { "\($0): \(PercentEncoding.encode($1))\n" }.joined()
            return write(
                head + "Content-Type: command/reply\nReply-Text: %2BOK%0A\nSocket-Mode: static\nControl: full\n\n",
                context
            )
        }
        commands.append(command.joined(separator: "\n"))
        guard let reply = answer(command) else {
            let farewell = "Disconnected, goodbye.\n"
            write(
                "Content-Type: text/disconnect-notice\nContent-Disposition: disconnect\n"
                    + "Content-Length: \(farewell.utf8.count)\n\n\(farewell)",
                context
            )
            context.close(promise: nil)
            return
        }
        if command.first?.hasPrefix("api ") == true {
            write("Content-Type: api/response\nContent-Length: \(reply.utf8.count)\n\n\(reply)", context)
        } else {
            write("Content-Type: command/reply\nReply-Text: \(reply)\n\n", context)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { heard.succeed(commands) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
