import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Holds one PBX line: connects, signs in, follows the calls, and begins again when the line breaks.
///
/// ```swift
/// let client = AMIClient(line: line, normalise: e164, sinks: LineSinks(signal: feed.accept), logger: logger)
/// await client.run()   // until its task is cancelled
/// ```
/// One task reads and never waits for anybody, as Asterisk drops managers that do not read; another writes, a third
/// watches the clock. The sinks are called on the reading task.
public final class AMIClient: Sendable {
    let line: AMILine
    private let sinks: LineSinks
    private let numbers: LineNumbers
    private let pace: LinePace
    private let logger: Logger
    private let current = Mutex(LineStatus())
    private let follower: Mutex<AMILineFollower>
    private let session = Mutex<AMISession?>(nil)
    /// When the PBX said it started, so that another start is noticed.
    private let started = Mutex<String?>(nil)

    public init(
        line: AMILine,
        normalise: @escaping @Sendable (String) -> String?,
        sinks: LineSinks,
        logger: Logger,
        pace: LinePace = LinePace()
    ) {
        self.line = line
        self.sinks = sinks
        numbers = LineNumbers(dialPrefix: line.dialPrefix, e164: normalise)
        self.logger = logger
        self.pace = pace
        follower = Mutex(AMILineFollower(line: line.name, trunks: line.trunks, normalise: normalise))
    }

    public var name: String { line.name }
    public var status: LineStatus { current.withLock { $0 } }
    /// The keys of the calls that are going on.
    public var liveCalls: Set<String> { follower.withLock { $0.liveKeys } }

    /// The phones that belong to somebody: they are the house's, whatever else they look like.
    public func know(extensions: Set<PhoneName.Place>) { follower.withLock { $0.know(extensions: extensions) } }

    /// Runs until the task is cancelled.
    public func run() async {
        var pause = pace.firstPause
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            let end = await connectAndFollow()
            if Task.isCancelled { break }
            // Told each time, changed or not: who watches sees that the line keeps trying.
            change(tellingAlways: true) { status in
                status.isConnected = false
                status.trouble = end.trouble
            }
            if ContinuousClock.now - begun > pace.healthy { pause = pace.firstPause }
            if end.isRefused { pause = max(pause, pace.refusedPause) }
            logger.warning("line lost; trying again", metadata: ["line": "\(line.name)", "trouble": "\(end.trouble)"])
            // Never less than the first pause: an unreachable PBX must not be tried in a tight loop.
            try? await Task.sleep(for: max(pace.firstPause, pause * min(max(pace.jitter(), 0), 1)))
            pause = min(pause * 2, pace.longestPause)
        }
        change { $0.isConnected = false }
    }

    /// Sends an action and waits for its answer, with the items of its list where it has one.
    ///
    /// - Throws: `BridgeError`; when the line breaks or nobody answers in time it is not known whether it was done.
    public func send(_ action: AMIAction) async throws(BridgeError) -> AMIResponse {
        guard let session = session.withLock({ $0 }) else { throw .notConnected(line: line.name) }
        let answer = try await session.send(action)
        guard answer.isSuccess else {
            throw .refused(line: line.name, action: action.name, message: answer.message ?? "no reason given")
        }
        return answer
    }

    /// Rings a phone of the house and, when it is answered, dials on from there.
    ///
    /// - Parameters:
    ///   - channel: the phone that rings first, as `PJSIP/1001`.
    ///   - context: where in the dialplan it goes on.
    ///   - exten: the number it then dials.
    ///   - id: becomes the call's key; unique, so that the call can be recognised.
    ///   - caller: what both sides are shown.
    ///   - timeout: how long the first phone rings.
    /// - Throws: `BridgeError`, when the PBX did not take the action; what became of the call is told as of any call.
    public func originate(
        channel: String,
        context: String,
        exten: String,
        id: String,
        caller: String? = nil,
        timeout: Duration = .seconds(30)
    ) async throws(BridgeError) {
        var headers = [
            ("Channel", channel), ("Context", context), ("Exten", exten), ("Priority", "1"), ("Async", "true"),
            ("ChannelId", id), ("Timeout", String(timeout.components.seconds * 1_000)),
        ]
        if let caller { headers.append(("CallerID", caller)) }
        _ = try await send(AMIAction("Originate", headers))
    }

    private func change(tellingAlways: Bool = false, _ edit: (inout LineStatus) -> Void) {
        let (before, status) = current.withLock { status in
            let before = status
            edit(&status)
            return (before, status)
        }
        if tellingAlways || before.isConnected != status.isConnected || before.trouble != status.trouble
            || before.warnings != status.warnings || before.product != status.product
        {
            sinks.status(line.name, status)
        }
    }

    // MARK: - One connection

    private struct End: Sendable {
        var trouble: String
        var isRefused = false
    }

    private func connectAndFollow() async -> End {
        do {
            let channel = try await line.connect(within: pace.answer)
            return try await follow(channel)
        } catch {
            return End(trouble: line.trouble(for: error))
        }
    }

    private func follow(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> End {
        let mayTellSecret = line.usesTLS || channel.channel.remoteAddress?.isLoopback == true
        let session = AMISession(line: line, mayTellSecret: mayTellSecret, pace: pace)
        follower.withLock { $0.beginConnection() }
        defer {
            self.session.withLock { $0 = nil }
            session.end()
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: End.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await self.read(inbound, session) }
                group.addTask {
                    for await bytes in session.outgoing { try await outbound.write(ByteBuffer(bytes: bytes)) }
                    return End(trouble: "the connection was ended")
                }
                group.addTask { End(trouble: try await session.watch()) }
                session.begin()
                return try await group.next() ?? End(trouble: "the connection was ended")
            }
        }
    }

    private func read(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ session: AMISession) async throws -> End {
        for try await buffer in inbound {
            let readAt = NIODeadline.now().uptimeNanoseconds
            let collects = session.collectsLists
            let news = follower.withLock { follower in
                follower.collectsLists = collects
                follower.feed(buffer.readableBytesView, now: pace.now())
                return News(from: &follower)
            }
            // A PBX that cannot be followed is not given the secret either.
            if let trouble = news.trouble { return End(trouble: trouble, isRefused: true) }
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
            for (event, count) in news.counts { for _ in 0..<count { sinks.counted(line.name, event) } }
            sinks.read(line.name, buffer.readableBytes)
            current.withLock { status in
                status.bytes += buffer.readableBytes
                status.events = news.events
            }
            for answer in news.answers {
                for told in session.receive(answer) {
                    switch told {
                    case .loggedIn:
                        self.session.withLock { $0 = session }
                        logger.notice("line connected", metadata: ["line": "\(line.name)"])
                        change { status in
                            status.isConnected = true
                            status.trouble = nil
                        }
                    case .refused(let why):
                        return End(trouble: why, isRefused: true)
                    case .limited(let why):
                        logger.warning("line is limited", metadata: ["line": "\(line.name)", "trouble": "\(why)"])
                        change { $0.trouble = why }
                    case .compared:
                        // What it could not list before it lists now.
                        change { $0.trouble = nil }
                        sinks.resynchronised(line.name, liveCalls)
                    case .product(let product, let version):
                        if let trouble = version?.trouble { return End(trouble: trouble, isRefused: true) }
                        change { $0.product = product }
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
                    case .send, .answer, .notYet:
                        break
                    }
                }
            }
        }
        return End(trouble: "the PBX closed the connection")
    }

    /// Tells what an administrator should know, once when it comes up.
    private func warn(_ warnings: [String], doubtful: [String]) {
        let new = current.withLock { status in warnings.filter { !status.warnings.contains($0) } }
        guard !new.isEmpty || current.withLock({ $0.warnings.count != warnings.count }) else { return }
        for warning in new {
            logger.warning("line works, but", metadata: ["line": "\(line.name)", "warning": "\(warning)"])
        }
        change { status in
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
