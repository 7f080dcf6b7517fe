import Logging
import NIOCore
import Synchronization

/// Holds the line to one FreeSWITCH: signs in, follows the calls, and tells what they are.
///
/// A switch keeps only so many events for a client that does not read, so the sinks, which are called on the reading task,
/// return at once.
final class ESLClient: PBXLine {
    private let connector: LineConnector<ESLSessionState>
    private let sinks: LineSinks
    private let numbers: LineNumbers
    private let follower: Mutex<ESLLineFollower>

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
        follower = Mutex(ESLLineFollower(line: line.name, trunks: line.trunks, normalise: normalise))
    }

    var line: PBXAddress { connector.line }
    var name: String { line.name }
    var pace: LinePace { connector.pace }
    var status: LineStatus { connector.reporter.status }
    var liveCalls: Set<String> { follower.withLock { $0.liveKeys } }

    /// A call that goes on, with the leg of its other party.
    func live(_ key: String) -> (call: CallSnapshot, other: String?)? { follower.withLock { $0.live(key) } }

    /// The connection, while it is signed in.
    func signedIn() throws(BridgeError) -> LineSession<ESLSessionState> { try connector.signedIn() }

    func run() async {
        await connector.run { _ in
            self.follower.withLock { $0.beginConnection() }
            return ESLSessionState(user: self.line.user, secret: self.line.secret)
        } take: { buffer, readAt, session in
            self.take(buffer, readAt, session)
        }
    }

    private func take(_ buffer: ByteBuffer, _ readAt: UInt64, _ session: LineSession<ESLSessionState>) -> LineEnd? {
        let now = connector.pace.now()
        let news = follower.withLock { follower in
            follower.feed(buffer.readableBytesView, now: now)
            return News(from: &follower)
        }
        tell(news.calls, readAt: readAt)
        connector.count(news.counts, events: news.events, bytes: buffer.readableBytes, faults: news.faults)
        for reply in news.replies {
            for output in session.receive(reply) {
                if let end = act(on: output, session) { return end }
            }
        }
        // Frames that are of no event socket will not become any: another connection may.
        if news.isOverlong { return LineEnd(trouble: "the switch sent a frame longer than any; connecting anew") }
        if news.disagrees { session.compare() }
        return nil
    }

    private func tell(_ calls: [CallSnapshot], readAt: UInt64?) {
        for call in calls { sinks.signal(CallSignal(line: name, call: numbers.read(call), readAt: readAt)) }
    }

    /// Does what the conversation wants; returns the end of the connection where it is one.
    private func act(on output: ESLSessionState.Output, _ session: LineSession<ESLSessionState>) -> LineEnd? {
        switch output {
        case .loggedIn: connector.loggedIn(session)
        case .up(let seconds):
            let startedAt = connector.pace.now() - seconds * 1_000_000
            follower.withLock { $0.noteStart(at: startedAt) }
        case .core(let life):
            let changes = follower.withLock { follower in
                follower.noteCore(life, at: connector.pace.now())
                return follower.takeChanges().map(\.call)
            }
            tell(changes, readAt: nil)
        case .refused(let why): return LineEnd(trouble: why, pause: connector.pace.refusedPause)
        case .rejected(let why): return LineEnd(trouble: why, pause: connector.pace.rejectedPause)
        case .limited(let why): connector.limited(why)
        case .compared(let channels, let calls):
            let (changes, there) = follower.withLock { follower in
                _ = follower.compare(channels: channels, calls: calls)
                let there = LineComparison(keys: follower.liveKeys, pbxStartedAt: follower.pbxStartedAt)
                return (follower.takeChanges().map(\.call), there)
            }
            tell(changes, readAt: nil)
            connector.reporter.change { $0.trouble = nil }
            sinks.resynchronised(name, there)
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
