import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Holds the line to one FreeSWITCH: connects, signs in, follows the calls, and begins again when the line breaks.
///
/// One task reads and never waits for anybody, as a switch keeps only so many events for a client that does not read;
/// another writes, a third watches the clock. The sinks are called on the reading task.
final class ESLClient: PBXLine {
    let line: PBXAddress
    private let sinks: LineSinks
    private let numbers: LineNumbers
    private let pace: LinePace
    private let logger: Logger
    private let reporter: LineReporter
    private let follower: Mutex<ESLLineFollower>
    private let session = Mutex<ESLSession?>(nil)

    init(
        line: PBXAddress,
        normalise: @escaping @Sendable (String) -> String?,
        sinks: LineSinks,
        logger: Logger,
        pace: LinePace = LinePace()
    ) {
        self.line = line
        self.sinks = sinks
        self.logger = logger
        self.pace = pace
        numbers = LineNumbers(dialPrefix: line.dialPrefix, e164: normalise)
        reporter = LineReporter(line: line.name, sinks: sinks)
        follower = Mutex(ESLLineFollower(line: line.name, trunks: line.trunks, normalise: normalise))
    }

    var name: String { line.name }
    var status: LineStatus { reporter.status }
    var liveCalls: Set<String> { follower.withLock { $0.liveKeys } }

    /// A call that goes on, with the leg of its other party.
    func live(_ key: String) -> (call: CallSnapshot, other: String?)? { follower.withLock { $0.live(key) } }

    /// The connection, while it is signed in.
    func signedIn() throws(BridgeError) -> ESLSession {
        guard let session = session.withLock({ $0 }) else { throw .notConnected(line: name) }
        return session
    }

    func run() async {
        await pace.keepConnecting(connectAndFollow) { end in
            reporter.change(tellingAlways: true) { status in
                status.isConnected = false
                status.trouble = end.trouble
            }
            logger.warning("line lost; trying again", metadata: ["line": "\(name)", "trouble": "\(end.trouble)"])
        }
        reporter.change { $0.isConnected = false }
    }

    private func connectAndFollow() async -> LineEnd {
        do {
            return try await follow(try await line.connect(within: pace.answer))
        } catch {
            let trouble = line.trouble(for: error, pbx: "FreeSWITCH", access: "event_socket.conf.xml")
            return LineEnd(trouble: trouble)
        }
    }

    private func follow(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> LineEnd {
        let session = ESLSession(line: line, pace: pace)
        follower.withLock { $0.beginConnection() }
        defer {
            self.session.withLock { $0 = nil }
            session.end()
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: LineEnd.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await self.read(inbound, session) }
                group.addTask {
                    for await bytes in session.outgoing { try await outbound.write(ByteBuffer(bytes: bytes)) }
                    return LineEnd(trouble: "the connection was ended")
                }
                group.addTask { LineEnd(trouble: try await session.watch()) }
                return try await group.next() ?? LineEnd(trouble: "the connection was ended")
            }
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ session: ESLSession
    ) async throws -> LineEnd {
        for try await buffer in inbound {
            let readAt = NIODeadline.now().uptimeNanoseconds
            let news = follower.withLock { follower in
                follower.feed(buffer.readableBytesView)
                return News(from: &follower)
            }
            if news.faults > 0 {
                logger.warning(
                    "bytes that are no event socket's were skipped",
                    metadata: ["line": "\(name)", "faults": "\(news.faults)"]
                )
            }
            tell(news.calls, readAt: readAt)
            for (event, count) in news.counts { for _ in 0..<count { sinks.counted(name, event) } }
            sinks.read(name, buffer.readableBytes)
            reporter.change { status in
                status.bytes += buffer.readableBytes
                status.events = news.events
            }
            for reply in news.replies {
                for output in session.receive(reply) {
                    if let end = act(on: output, session) { return end }
                }
            }
            // Frames that are of no event socket will not become any: another connection may.
            if news.isOverlong { return LineEnd(trouble: "the switch sent a frame longer than any; connecting anew") }
            if news.disagrees { session.compare() }
        }
        return LineEnd(trouble: "the switch closed the connection")
    }

    private func tell(_ calls: [CallSnapshot], readAt: UInt64?) {
        for call in calls { sinks.signal(CallSignal(line: name, call: numbers.read(call), readAt: readAt)) }
    }

    /// Does what the conversation wants; returns the end of the connection where it is one.
    private func act(on output: ESLSessionState.Output, _ session: ESLSession) -> LineEnd? {
        switch output {
        case .loggedIn:
            self.session.withLock { $0 = session }
            logger.notice("line connected", metadata: ["line": "\(name)"])
            reporter.change { status in
                status.isConnected = true
                status.trouble = nil
            }
        case .refused(let why): return LineEnd(trouble: why, pause: pace.refusedPause)
        case .rejected(let why): return LineEnd(trouble: why, pause: pace.rejectedPause)
        case .limited(let why):
            logger.warning("line is limited", metadata: ["line": "\(name)", "trouble": "\(why)"])
            reporter.change { $0.trouble = why }
        case .compared(let channels, let calls):
            let (changes, live) = follower.withLock { follower in
                _ = follower.compare(channels: channels, calls: calls)
                return (follower.takeChanges().map(\.call), follower.liveKeys)
            }
            tell(changes, readAt: nil)
            reporter.change { $0.trouble = nil }
            sinks.resynchronised(name, live)
        case .answer(let id, let reply): session.begun(id, reply)
        case .farewell:
            return LineEnd(
                trouble: "the switch said goodbye: it is being restarted, or its mod_event_socket was reloaded"
            )
        case .send: break
        }
        return nil
    }

    /// What one read brought.
    private struct News {
        var calls: [CallSnapshot]
        var replies: [ESLReply]
        var counts: [(String, Int)] = []
        var faults: Int
        var isOverlong: Bool
        var events: Int
        var disagrees: Bool

        init(from follower: inout ESLLineFollower) {
            calls = follower.takeChanges().map(\.call)
            replies = follower.takeReplies()
            let faults = follower.takeFaults()
            self.faults = faults.count
            isOverlong = faults.contains { $0.kind == .tooLarge }
            events = follower.events
            disagrees = follower.takeDisagreement() != nil
            var counts: [(String, Int)] = []
            follower.takeCounts { counts.append(($0, $1)) }
            self.counts = counts
        }
    }
}
