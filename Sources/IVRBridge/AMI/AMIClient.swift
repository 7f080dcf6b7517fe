import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Holds one PBX line: connects, signs in, follows the calls, and begins again when the line breaks.
///
/// ```swift
/// let client = AMIClient(line: address, normalise: e164, sinks: LineSinks(signal: feed.accept), logger: logger)
/// await client.run()   // until its task is cancelled
/// ```
/// One task reads and never waits for anybody, as Asterisk drops managers that do not read; another writes, a third
/// watches the clock. The sinks are called on the reading task.
final class AMIClient: PBXLine {
    let line: PBXAddress
    private let sinks: LineSinks
    private let numbers: LineNumbers
    private let pace: LinePace
    private let logger: Logger
    private let reporter: LineReporter
    private let follower: Mutex<AMILineFollower>
    private let session = Mutex<AMISession?>(nil)
    /// When the PBX said it started, so that another start is noticed.
    private let started = Mutex<String?>(nil)
    /// What this connection has shown of how the PBX is set up.
    private let shown = Mutex(Shown())

    private struct Shown {
        /// Event names as the follower counts them, whose number is bounded.
        var events: Set<String> = []
        /// What check calls came to, by token.
        var checks: [String: LineCheckResult] = [:]
    }

    /// The events that came over this connection, by name.
    var seenEvents: Set<String> { shown.withLock { $0.events } }
    var eventMarks: AMIEventMarks { follower.withLock { $0.marks } }
    /// What a check call came to, nil before it is over.
    func checkResult(_ token: String) -> LineCheckResult? { shown.withLock { $0.checks[token] } }

    init(
        line: PBXAddress,
        normalise: @escaping @Sendable (String) -> String?,
        sinks: LineSinks,
        logger: Logger,
        pace: LinePace = LinePace()
    ) {
        self.line = line
        self.sinks = sinks
        reporter = LineReporter(line: line.name, sinks: sinks)
        numbers = LineNumbers(dialPrefix: line.dialPrefix, e164: normalise)
        self.logger = logger
        self.pace = pace
        follower = Mutex(AMILineFollower(line: line.name, trunks: line.trunks, normalise: normalise))
    }

    var name: String { line.name }
    var status: LineStatus { reporter.status }
    /// The keys of the calls that are going on.
    var liveCalls: Set<String> { follower.withLock { $0.liveKeys } }

    /// A call that is going on, as it is now.
    func call(_ key: String) -> CallSnapshot? { follower.withLock { $0.call(key) } }

    /// The phones that belong to somebody: they are the house's, whatever else they look like.
    func know(extensions: Set<PhoneName.Place>) { follower.withLock { $0.know(extensions: extensions) } }

    /// Runs until the task is cancelled.
    func run() async {
        await pace.keepConnecting(connectAndFollow) { end in
            // Told each time, changed or not: who watches sees that the line keeps trying.
            reporter.change(tellingAlways: true) { status in
                status.isConnected = false
                status.trouble = end.trouble
            }
            logger.warning("line lost; trying again", metadata: ["line": "\(line.name)", "trouble": "\(end.trouble)"])
        }
        reporter.change { $0.isConnected = false }
    }

    /// Sends an action and waits for its answer, with the items of its list where it has one.
    ///
    /// - Throws: `BridgeError`; when the line breaks or nobody answers in time it is not known whether it was done.
    func send(_ action: AMIAction) async throws(BridgeError) -> AMIResponse {
        guard let session = session.withLock({ $0 }) else { throw .notConnected(line: line.name) }
        let answer = try await session.send(action)
        guard answer.isSuccess else {
            throw .refused(line: line.name, action: action.name, message: answer.message ?? "no reason given")
        }
        return answer
    }

    // MARK: - One connection

    private func connectAndFollow() async -> LineEnd {
        do {
            let channel = try await line.connect(within: pace.answer)
            return try await follow(channel)
        } catch {
            return LineEnd(trouble: line.trouble(for: error, pbx: "Asterisk", access: "manager.conf"))
        }
    }

    private func follow(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> LineEnd {
        let mayTellSecret = line.usesTLS || channel.channel.remoteAddress?.isLoopback == true
        let session = AMISession(line: line, mayTellSecret: mayTellSecret, pace: pace)
        follower.withLock { $0.beginConnection() }
        shown.withLock { $0 = Shown() }
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
                session.begin()
                return try await group.next() ?? LineEnd(trouble: "the connection was ended")
            }
        }
    }

    private func read(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ session: AMISession) async throws
        -> LineEnd
    {
        for try await buffer in inbound {
            let readAt = NIODeadline.now().uptimeNanoseconds
            let collects = session.collectsLists
            let news = follower.withLock { follower in
                follower.collectsLists = collects
                follower.feed(buffer.readableBytesView, now: pace.now())
                return News(from: &follower)
            }
            // A PBX that cannot be followed is not given the secret either.
            if let trouble = news.trouble { return LineEnd(trouble: trouble, pause: pace.refusedPause) }
            warn(news.warnings, doubtful: news.doubtful)
            if news.faults > 0 {
                logger.warning(
                    "bytes that are no AMI were skipped",
                    metadata: ["line": "\(line.name)", "faults": "\(news.faults)"]
                )
            }
            for call in news.calls {
                sinks.signal(CallSignal(line: line.name, call: numbers.read(call), readAt: readAt))
            }
            shown.withLock { shown in for (event, _) in news.counts { shown.events.insert(event) } }
            for (event, count) in news.counts { for _ in 0..<count { sinks.counted(line.name, event) } }
            sinks.read(line.name, buffer.readableBytes)
            reporter.change { status in
                status.bytes += buffer.readableBytes
                status.events = news.events
            }
            for answer in news.answers {
                for told in session.receive(answer) {
                    switch told {
                    case .loggedIn:
                        self.session.withLock { $0 = session }
                        logger.notice("line connected", metadata: ["line": "\(line.name)"])
                        reporter.change { status in
                            status.isConnected = true
                            status.trouble = nil
                        }
                    case .refused(let why):
                        return LineEnd(trouble: why, pause: pace.refusedPause)
                    case .limited(let why):
                        logger.warning("line is limited", metadata: ["line": "\(line.name)", "trouble": "\(why)"])
                        reporter.change { $0.trouble = why }
                    case .compared:
                        // What it could not list before it lists now.
                        reporter.change { $0.trouble = nil }
                        sinks.resynchronised(line.name, liveCalls)
                    case .product(let product, let version):
                        if let trouble = version?.trouble { return LineEnd(trouble: trouble, pause: pace.refusedPause) }
                        reporter.change { $0.product = product }
                    case .started(let when):
                        let isAnother = started.withLock { started in
                            defer { started = when }
                            return started.map { $0 != when } ?? false
                        }
                        if isAnother { follower.withLock { $0.noteRestart() } }
                    case .clock(let told):
                        let warnings = follower.withLock { follower in
                            follower.judge(clock: told, now: pace.now())
                            return follower.warnings
                        }
                        warn(warnings, doubtful: news.doubtful)
                    case .checked(let token, let result):
                        // Whoever may send events can send these too: those that nobody waits for are not kept for ever.
                        shown.withLock { shown in
                            if shown.checks.count >= 100 { shown.checks.removeAll() }
                            shown.checks[token] = result
                        }
                    case .send, .answer, .notYet:
                        break
                    }
                }
            }
        }
        return LineEnd(trouble: "the PBX closed the connection")
    }

    /// Tells what an administrator should know, once when it comes up.
    private func warn(_ warnings: [String], doubtful: [String]) {
        let known = reporter.status.warnings
        let new = warnings.filter { !known.contains($0) }
        guard !new.isEmpty || known.count != warnings.count else { return }
        for warning in new {
            logger.warning("line works, but", metadata: ["line": "\(line.name)", "warning": "\(warning)"])
        }
        reporter.change { status in
            status.warnings = warnings
            status.doubtful = doubtful
        }
    }

    /// What one read brought.
    private struct News {
        var calls: [CallSnapshot]
        var answers: [AMIPacket]
        var counts: [(String, Int)] = []
        var faults: Int
        var events: Int
        var trouble: String?
        var warnings: [String]
        var doubtful: [String]

        init(from follower: inout AMILineFollower) {
            trouble = follower.version?.trouble
            warnings = follower.warnings
            doubtful = follower.doubtful
            calls = follower.takeChanges()
            answers = follower.takeAnswers()
            faults = follower.takeFaults().count
            events = follower.events
            var counts: [(String, Int)] = []
            follower.takeCounts { counts.append(($0, $1)) }
            self.counts = counts
        }
    }
}
