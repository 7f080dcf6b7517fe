import DeskCore
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

/// Debian's servers, run by the tests themselves on loopback.
enum RealServer {
    static let smtpSink = "/usr/sbin/smtp-sink"
    static let kannelLab = Lab.folder.appendingPathComponent("lab/kannel-lab").path

    /// Whether Postfix's smtp-sink is here; says what to install when it is not.
    static let hasSMTPSink = has(
        "smtp-sink",
        FileManager.default.isExecutableFile(atPath: smtpSink),
        package: "postfix"
    )
    static let hasKannel = has("kannel", run(kannelLab, ["check"]) == 0, package: "kannel, kannel-extras")

    static let dovecotLab = Lab.folder.appendingPathComponent("lab/dovecot-lab").path
    static let hasDovecot = has("dovecot", run(dovecotLab, ["check"]) == 0, package: "dovecot-imapd")

    static let slapd = "/usr/sbin/slapd"
    static let hasSlapd = has(
        "slapd",
        FileManager.default.isExecutableFile(atPath: slapd) && run("/usr/bin/env", ["openssl", "version"]) == 0,
        package: "slapd, openssl"
    )

    static let hasPhotos = has(
        "vipsthumbnail",
        run("/usr/bin/env", ["vipsthumbnail", "--version"]) == 0,
        package: "libvips-tools"
    )

    static let tlsSink = Lab.folder.appendingPathComponent("lab/smtp-tls-sink").path
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

    /// Starts a server on a port of its own and waits until it listens there; on another when it finds that one in use.
    ///
    /// - Throws: `Lab.Failure` with the server's own words when it ends instead.
    static func start(_ program: String, _ arguments: (_ port: Int) -> [String]) async throws -> (Process, port: Int) {
        var failure = Lab.Failure(command: [program], status: 0, said: "not tried")
        for _ in 0..<5 {
            let port = try await Lab.ports()
            let complaints = try Lab.Complaints()
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments(port)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = complaints.handle
            try process.run()
            let wait = ["wait", "\(process.processIdentifier)", "\(port)"]
            if (try? await Lab.run("lab/ports.py", wait)) != nil { return (process, port) }
            end(process)
            process.waitUntilExit()
            failure = Lab.Failure(
                command: [program] + arguments(port),
                status: process.terminationStatus,
                said: complaints.text
            )
            guard failure.said.contains("in use") else { break }
        }
        throw failure
    }
}

/// A port where nobody listens, and where nobody can as long as this value is kept.
final class ClosedPort: Sendable {
    let port: Int
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, size) == 0 ? getsockname(socket, address, &size) : -1
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EADDRINUSE) }
    }

    deinit { close(socket) }
}

/// A server that answers every connection with the same bytes, or with silence, whatever it is asked.
final class RawServer: Sendable {
    let port: Int
    /// One element for each connection that was taken.
    let connections: AsyncStream<Void>
    private let count: Counted
    private let channel: any Channel

    private final class Counted: Sendable { let number = Atomic(0) }

    var connectionCount: Int { count.number.load(ordering: .relaxed) }

    private init(channel: any Channel, count: Counted, connections: AsyncStream<Void>) {
        self.channel = channel
        self.count = count
        self.connections = connections
        port = channel.localAddress?.port ?? 0
    }

    /// Sends `greeting` as soon as somebody connects, `answer` when something arrives, and then hangs up if `close`, or goes
    /// on with a byte every few milliseconds for ever if `trickles`.
    static func start(
        greeting: [UInt8] = [],
        answer: [UInt8] = [],
        close: Bool = false,
        trickles: Bool = false
    ) async throws -> RawServer {
        let (connections, bell) = AsyncStream.makeStream(of: Void.self)
        let count = Counted()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                count.number.add(1, ordering: .relaxed)
                bell.yield()
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(greeting: greeting, answer: answer, close: close, trickles: trickles)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawServer(channel: channel, count: count, connections: connections)
    }

    func stop() async { try? await channel.close().get() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let greeting: [UInt8]
        private let answer: [UInt8]
        private let close: Bool
        private let trickles: Bool
        private var trickle: RepeatedTask?

        init(greeting: [UInt8], answer: [UInt8], close: Bool, trickles: Bool) {
            self.greeting = greeting
            self.answer = answer
            self.close = close
            self.trickles = trickles
        }

        func channelInactive(context: ChannelHandlerContext) { trickle?.cancel() }

        func channelActive(context: ChannelHandlerContext) {
            if !greeting.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: greeting)), promise: nil) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if !answer.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil) }
            if close { context.close(promise: nil) }
            guard trickles, trickle == nil else { return }
            let channel = context.channel
            trickle = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(5)) { _ in
                channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
