import Logging
import NIOCore
import Synchronization

/// Holds one PBX line: connects, signs in, follows the calls, and begins again when the line breaks.
///
/// ```swift
/// let client = AMIClient(line: address, normalise: e164, sinks: LineSinks(signal: feed.accept), logger: logger)
/// await client.run()   // until its task is cancelled
/// ```
/// Asterisk drops managers that do not read, so the sinks, which are called on the reading task, return at once.
final class AMIClient: PBXLine {
    private let connector: LineConnector<AMISessionState>
    private let sinks: LineSinks
    private let numbers: LineNumbers
    private let follower: Mutex<AMILineFollower>
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
        self.sinks = sinks
        connector = LineConnector(line: line, sinks: sinks, logger: logger, pace: pace)
        numbers = LineNumbers(dialPrefix: line.dialPrefix, e164: normalise)
        follower = Mutex(AMILineFollower(line: line.name, trunks: line.trunks, normalise: normalise))
    }

    var line: PBXAddress { connector.line }
    var name: String { line.name }
    var status: LineStatus { connector.reporter.status }
    /// The keys of the calls that are going on.
    var liveCalls: Set<String> { follower.withLock { $0.liveKeys } }

    /// A call that is going on, as it is now.
    func call(_ key: String) -> CallSnapshot? { follower.withLock { $0.call(key) } }

    /// What the PBX has called the phone of an extension last, nil where it was not seen.
    func party(of bare: String) -> String? { follower.withLock { $0.party(of: bare) } }

    /// The phones that belong to somebody: they are the house's, whatever else they look like.
    func know(extensions: Set<PhoneName.Place>) { follower.withLock { $0.know(extensions: extensions) } }

    func run() async {
        await connector.run { isPrivate in
            self.follower.withLock { $0.beginConnection() }
            self.shown.withLock { $0 = Shown() }
            return AMISessionState(user: self.line.user, secret: self.line.secret, mayTellSecret: isPrivate)
        } take: { buffer, readAt, session in
            self.take(buffer, readAt, session)
        }
    }

    /// Sends an action and waits for its answer, with the items of its list where it has one.
    ///
    /// - Throws: `BridgeError`; when the line breaks or nobody answers in time it is not known whether it was done.
    func send(_ action: AMIAction) async throws(BridgeError) -> AMIResponse {
        let answer = try await connector.signedIn().send(action)
        guard answer.isSuccess else {
            throw .refused(line: line.name, action: action.name, message: answer.message ?? "no reason given")
        }
        return answer
    }

    /// Has a call made whose first channel will be called `key`.
    ///
    /// - Throws: `BridgeError`.
    func originate(_ action: AMIAction, key: String) async throws(BridgeError) {
        try await connector.signedIn().originate(action, key: key)
    }

    // MARK: - One connection

    private func take(_ buffer: ByteBuffer, _ readAt: UInt64, _ session: LineSession<AMISessionState>) -> LineEnd? {
        let collects = session.collectsLists
        let now = connector.pace.now()
        let news = follower.withLock { follower in
            follower.collectsLists = collects
            follower.feed(buffer.readableBytesView, now: now)
            return News(from: &follower)
        }
        // A PBX that cannot be followed is not given the secret either.
        if let trouble = news.trouble { return LineEnd(trouble: trouble, pause: connector.pace.refusedPause) }
        warn(news.warnings, doubtful: news.doubtful)
        for call in news.calls {
            sinks.signal(CallSignal(line: line.name, call: numbers.read(call), readAt: readAt))
            session.began(call.key)
        }
        if let queues = news.queues { sinks.queues(line.name, queues) }
        shown.withLock { shown in for (event, _) in news.counts { shown.events.insert(event) } }
        connector.count(news.counts, events: news.events, bytes: buffer.readableBytes, faults: news.faults)
        for answer in news.answers {
            for output in session.receive(answer) {
                if let end = act(on: output, session, doubtful: news.doubtful) { return end }
            }
        }
        return nil
    }

    /// Does what the conversation wants; returns the end of the connection where it is one.
    private func act(
        on output: AMISessionState.Output,
        _ session: LineSession<AMISessionState>,
        doubtful: [String]
    ) -> LineEnd? {
        switch output {
        case .loggedIn: connector.loggedIn(session)
        case .refused(let why): return LineEnd(trouble: why, pause: connector.pace.refusedPause)
        case .limited(let why): connector.limited(why)
        case .compared(let isWhole):
            // What it could not list before it lists now.
            if isWhole { connector.reporter.change { $0.trouble = nil } }
            let there = follower.withLock { follower in
                LineComparison(
                    keys: follower.liveKeys,
                    pbxStartedAt: follower.pbxStartedAt,
                    queues: follower.compareQueues()
                )
            }
            sinks.resynchronised(line.name, there)
        case .product(let product, let version):
            if let trouble = version?.trouble { return LineEnd(trouble: trouble, pause: connector.pace.refusedPause) }
            connector.reporter.change { $0.product = product }
        case .started(let when):
            let isAnother = started.withLock { started in
                defer { started = when }
                return started.map { $0 != when } ?? false
            }
            if isAnother { follower.withLock { $0.noteRestart() } }
        case .clock(let told):
            let now = connector.pace.now()
            let warnings = follower.withLock { follower in
                follower.judge(clock: told, now: now)
                return follower.warnings
            }
            warn(warnings, doubtful: doubtful)
        case .checked(let token, let result):
            // Whoever may send events can send these too: those that nobody waits for are not kept for ever.
            shown.withLock { shown in
                if shown.checks.count >= 100 { shown.checks.removeAll() }
                shown.checks[token] = result
            }
        case .send, .answer, .taken, .notYet: break
        }
        return nil
    }

    /// Tells what an administrator should know, once when it comes up.
    private func warn(_ warnings: [String], doubtful: [String]) {
        let known = connector.reporter.status.warnings
        let new = warnings.filter { !known.contains($0) }
        guard !new.isEmpty || known.count != warnings.count else { return }
        for warning in new {
            connector.logger.warning("line works, but", metadata: ["line": "\(line.name)", "warning": "\(warning)"])
        }
        connector.reporter.change { status in
            status.warnings = warnings
            status.doubtful = doubtful
        }
    }

    /// What one read brought.
    private struct News {
        var calls: [CallSnapshot]
        var queues: [QueueCount]?
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
            queues = follower.takeQueues()
            answers = follower.takeAnswers()
            faults = follower.takeFaults().count
            events = follower.events
            var counts: [(String, Int)] = []
            follower.takeCounts { counts.append(($0, $1)) }
            self.counts = counts
        }
    }
}
