import DeskCore
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import CallDesk

/// Debian's servers, run by the tests themselves on loopback.
enum RealServer {
    static let smtpSink = "/usr/sbin/smtp-sink"
    static let support = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Support")
    static let kannelLab = support.appendingPathComponent("lab/kannel-lab").path

    /// Whether Postfix's smtp-sink is here; says what to install when it is not.
    static let hasSMTPSink = has(
        "smtp-sink",
        FileManager.default.isExecutableFile(atPath: smtpSink),
        package: "postfix"
    )
    static let hasKannel = has("kannel", run(kannelLab, ["check"]) == 0, package: "kannel, kannel-extras")

    static let tlsSink = support.appendingPathComponent("lab/smtp-tls-sink").path
    static let hasTLSSink = has(
        "smtp-tls-sink",
        run("/usr/bin/env", ["python3", "-c", "import ssl"]) == 0 && run("/usr/bin/env", ["openssl", "version"]) == 0,
        package: "python3, openssl"
    )

    private static func has(_ name: String, _ found: Bool, package: String) -> Bool {
        if !found { print("skipped: \(name) is missing (Debian package: \(package))") }
        return found
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends a server for good; TERM would not do, since children inherit the signals our threads have blocked.
    static func end(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
    }

    static func folder(_ name: String) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "calldesk-\(name)-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A loopback port that was free a moment ago.
    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close().get()
        return port
    }

    /// Waits until something accepts connections, ten seconds at the most.
    static func await(port: Int) async throws {
        for _ in 0..<200 {
            if let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            {
                try await channel.close().get()
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CancellationError()
    }
}

/// A server that answers every connection with the same bytes, or with silence, whatever it is asked.
final class RawServer: Sendable {
    let port: Int
    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    /// Sends `greeting` as soon as somebody connects, `answer` when something arrives, and then hangs up if `close`.
    static func start(greeting: [UInt8] = [], answer: [UInt8] = [], close: Bool = false) async throws -> RawServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(greeting: greeting, answer: answer, close: close)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawServer(channel: channel)
    }

    func stop() async { try? await channel.close().get() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let greeting: [UInt8]
        private let answer: [UInt8]
        private let close: Bool

        init(greeting: [UInt8], answer: [UInt8], close: Bool) {
            self.greeting = greeting
            self.answer = answer
            self.close = close
        }

        func channelActive(context: ChannelHandlerContext) {
            if !greeting.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: greeting)), promise: nil) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if !answer.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil) }
            if close { context.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
