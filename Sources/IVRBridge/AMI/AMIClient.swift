import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Where a line's PBX is and how to sign in.
public struct AMILine: Sendable {
    public var name: String
    public var host: String
    public var port: Int
    public var user: String
    public var secret: String
    public var usesTLS: Bool
    /// A certificate authority of one's own instead of the system's.
    public var authority: String?

    public init(
        name: String,
        host: String,
        port: Int,
        user: String,
        secret: String,
        usesTLS: Bool = false,
        authority: String? = nil
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.user = user
        self.secret = secret
        self.usesTLS = usesTLS
        self.authority = authority
    }
}

/// How a line is doing.
public struct LineStatus: Sendable, Equatable {
    public var isConnected: Bool
    /// What is wrong and what to do, nil while it works.
    public var trouble: String?
    public var events: Int
    public var bytes: Int

    public init(isConnected: Bool = false, trouble: String? = nil, events: Int = 0, bytes: Int = 0) {
        self.isConnected = isConnected
        self.trouble = trouble
        self.events = events
        self.bytes = bytes
    }
}

/// What a line tells; every closure returns at once, so that the PBX is never kept waiting.
public struct LineSinks: Sendable {
    public var signal: @Sendable (CallSignal) -> Void
    /// After each (re)connection: every call the PBX still has.
    public var resynchronised: @Sendable (_ line: String, _ keys: Set<String>) -> Void
    public var status: @Sendable (_ line: String, LineStatus) -> Void
    public var counted: @Sendable (_ line: String, _ event: String) -> Void

    public init(
        signal: @escaping @Sendable (CallSignal) -> Void,
        resynchronised: @escaping @Sendable (_ line: String, _ keys: Set<String>) -> Void = { _, _ in },
        status: @escaping @Sendable (_ line: String, LineStatus) -> Void = { _, _ in },
        counted: @escaping @Sendable (_ line: String, _ event: String) -> Void = { _, _ in }
    ) {
        self.signal = signal
        self.resynchronised = resynchronised
        self.status = status
        self.counted = counted
    }
}

/// Holds one PBX line: connects, signs in, follows the calls, and begins again when the line breaks.
public final class AMIClient: Sendable {
    /// A PBX that is silent is normal; one that does not answer a ping is gone.
    private static let pingEvery = Duration.seconds(15)
    private static let firstPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(30)
    /// A connection that lasted this long was a good one: the next break begins with a short pause again.
    private static let healthy = Duration.seconds(60)

    private let line: AMILine
    private let sinks: LineSinks
    private let normalise: @Sendable (String) -> String?
    private let logger: Logger
    private let state = Mutex(LineStatus())

    public init(
        line: AMILine,
        normalise: @escaping @Sendable (String) -> String?,
        sinks: LineSinks,
        logger: Logger
    ) {
        self.line = line
        self.normalise = normalise
        self.sinks = sinks
        self.logger = logger
    }

    public var name: String { line.name }
    public var status: LineStatus { state.withLock { $0 } }

    /// Runs until the task is cancelled.
    public func run() async {
        var tracker = AMICallTracker(line: line.name, normalise: normalise)
        var pause = Self.firstPause
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            var trouble: String
            do {
                trouble = try await session(&tracker)
            } catch is CancellationError {
                break
            } catch {
                trouble = "cannot be reached at \(line.host):\(line.port); check that Asterisk runs and manager.conf allows this machine"
            }
            if Task.isCancelled { break }
            change { $0.isConnected = false; $0.trouble = trouble }
            if ContinuousClock.now - begun > Self.healthy { pause = Self.firstPause }
            logger.warning("line lost; trying again", metadata: ["line": "\(line.name)", "trouble": "\(trouble)"])
            // Full jitter: many desks do not come back in step.
            try? await Task.sleep(for: pause * Double.random(in: 0.1...1))
            pause = min(pause * 2, Self.longestPause)
        }
        change { $0.isConnected = false }
    }

    private func change(_ edit: (inout LineStatus) -> Void) {
        let status = state.withLock { status in
            edit(&status)
            return status
        }
        sinks.status(line.name, status)
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let (tls, host) = (try context(), line.host)
        return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: host, port: line.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An address is no name: SNI takes names only (RFC 6066 §3).
                        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
                        )
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func context() throws -> NIOSSLContext? {
        guard line.usesTLS else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authority = line.authority { configuration.trustRoots = .file(authority) }
        return try NIOSSLContext(configuration: configuration)
    }

    /// One connection from sign-in to its end; returns why it ended.
    private func session(_ tracker: inout AMICallTracker) async throws -> String {
        let channel = try await connect()
        let line = self.line
        let shared = Conversation(AMISessionState(user: line.user, secret: line.secret))
        var following = tracker
        let reason = try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // A ping every quarter of a minute; two without an answer end the session.
                    while true {
                        try await Task.sleep(for: Self.pingEvery)
                        let (outputs, silent) = shared.state.withLock { state in
                            state.isRunning ? (state.ping(), state.pingsUnanswered > 2) : ([], false)
                        }
                        if silent {
                            outbound.finish()
                            return
                        }
                        for case .send(let action, let id) in outputs {
                            try await outbound.write(ByteBuffer(bytes: try action.encoded(id: id)))
                        }
                    }
                }
                var decoder = AMIFrameDecoder()
                var trouble = "closed the connection"
                try await write(shared.state.withLock { $0.begin() }, to: outbound)
                reading: for try await buffer in inbound {
                    let readAt = DispatchTimeNow.nanoseconds
                    var packets: [AMIPacket] = []
                    var faults = 0
                    decoder.feed(buffer.readableBytesView, packet: { packets.append($0) }, fault: { _ in faults += 1 })
                    state.withLock { $0.bytes += buffer.readableBytes }
                    if faults > 0 {
                        logger.warning("bytes that are no AMI were skipped", metadata: ["line": "\(line.name)"])
                    }
                    for packet in packets {
                        let outputs = shared.state.withLock { $0.receive(packet) }
                        for output in outputs {
                            switch output {
                            case .send(let action, let id):
                                try await outbound.write(ByteBuffer(bytes: try action.encoded(id: id)))
                            case .loggedIn:
                                change { $0.isConnected = true; $0.trouble = nil }
                                logger.notice("line connected", metadata: ["line": "\(line.name)"])
                            case .refused(let why):
                                trouble = why
                                if !shared.state.withLock({ $0.isRunning }) { break reading }
                                change { $0.trouble = why }
                            case .event(let packet):
                                tell(following.receive(packet), readAt: readAt)
                                following.forgetEnded()
                                sinks.counted(line.name, packet.event ?? "")
                            case .resynchronised(let keys):
                                tell(following.lose(except: keys), readAt: readAt)
                                following.forgetEnded()
                                sinks.resynchronised(line.name, keys)
                            case .answer:
                                break
                            }
                        }
                    }
                }
                group.cancelAll()
                return trouble
            }
        }
        tracker = following
        return reason
    }

    private func write(_ outputs: [AMISessionState.Output], to outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        for case .send(let action, let id) in outputs {
            try await outbound.write(ByteBuffer(bytes: try action.encoded(id: id)))
        }
    }

    private func tell(_ calls: [CallSnapshot], readAt: UInt64) {
        for call in calls { sinks.signal(CallSignal(line: line.name, call: call, readAt: readAt)) }
        if !calls.isEmpty { state.withLock { $0.events += 1 } }
    }
}

/// A session's state between its reader and its pinger.
private final class Conversation: Sendable {
    let state: Mutex<AMISessionState>

    init(_ state: AMISessionState) { self.state = Mutex(state) }
}

/// The monotonic clock in nanoseconds.
public enum DispatchTimeNow {
    public static var nanoseconds: UInt64 { NIODeadline.now().uptimeNanoseconds }
}
