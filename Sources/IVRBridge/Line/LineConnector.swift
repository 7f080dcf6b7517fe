import Logging
import NIOCore
import Synchronization

/// Keeps a line to a PBX that is connected to: connects, converses, and begins again when the line breaks.
///
/// One task reads and never waits for anybody, as a PBX drops or forgets what a client does not read; another writes, a
/// third watches the clock.
final class LineConnector<Conversation: LineConversation>: Sendable {
    typealias Session = LineSession<Conversation>

    let line: PBXAddress
    let pace: LinePace
    let logger: Logger
    let reporter: LineReporter
    private let sinks: LineSinks
    private let session = Mutex<Session?>(nil)

    init(line: PBXAddress, sinks: LineSinks, logger: Logger, pace: LinePace) {
        self.line = line
        self.sinks = sinks
        self.logger = logger
        self.pace = pace
        reporter = LineReporter(line: line.name, sinks: sinks)
    }

    /// The connection, while it is signed in.
    func signedIn() throws(BridgeError) -> Session {
        guard let session = session.withLock({ $0 }) else { throw .notConnected(line: line.name) }
        return session
    }

    /// Runs until the task is cancelled.
    ///
    /// - Parameters:
    ///   - begin: a connection begins; `isPrivate` when nobody on the way can listen.
    ///   - take: takes what one read brought, on the reading task; returns the connection's end where it is one.
    func run(
        begin: @escaping @Sendable (_ isPrivate: Bool) -> Conversation,
        take: @escaping @Sendable (ByteBuffer, _ readAt: UInt64, Session) -> LineEnd?
    ) async {
        await pace.keepConnecting {
            do {
                return try await follow(try await line.connect(within: pace.answer), begin, take)
            } catch {
                let house = Conversation.house
                return LineEnd(trouble: line.trouble(for: error, pbx: house.pbx, access: house.access))
            }
        } ended: { end in
            // Told each time, changed or not: who watches sees that the line keeps trying.
            reporter.change(tellingAlways: true) { status in
                status.isConnected = false
                status.trouble = end.trouble
            }
            logger.warning("line lost; trying again", metadata: ["line": "\(line.name)", "trouble": "\(end.trouble)"])
        }
        // Ended in order while it was connected: nothing was missed until now.
        if reporter.status.isConnected { reporter.heard(at: pace.now()) }
        reporter.change { $0.isConnected = false }
    }

    private func follow(
        _ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>,
        _ begin: @Sendable (_ isPrivate: Bool) -> Conversation,
        _ take: @escaping @Sendable (ByteBuffer, _ readAt: UInt64, Session) -> LineEnd?
    ) async throws -> LineEnd {
        let isPrivate = line.usesTLS || channel.channel.remoteAddress?.isLoopback == true
        let session = Session(line: line.name, conversation: begin(isPrivate), pace: pace)
        defer {
            self.session.withLock { $0 = nil }
            session.end()
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: LineEnd.self) { group in
                defer { group.cancelAll() }
                let tape = sinks.tapes[line.name]
                tape?.noteBeginning()
                group.addTask { [reporter, pace] in
                    for try await buffer in inbound {
                        tape?.note(buffer)
                        reporter.heard(at: pace.now())
                        if let end = take(buffer, NIODeadline.now().uptimeNanoseconds, session) { return end }
                    }
                    // It has said so itself: nothing was missed until now.
                    if !Task.isCancelled { reporter.heard(at: pace.now()) }
                    return LineEnd(trouble: "the \(Conversation.house.short) closed the connection")
                }
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

    /// The PBX has let us in.
    func loggedIn(_ session: Session) {
        self.session.withLock { $0 = session }
        logger.notice("line connected", metadata: ["line": "\(line.name)"])
        reporter.change { status in
            status.isConnected = true
            status.trouble = nil
        }
    }

    /// Signed in, but something is missing that the administrator can grant.
    func limited(_ why: String) {
        logger.warning("line is limited", metadata: ["line": "\(line.name)", "trouble": "\(why)"])
        reporter.change { $0.trouble = why }
    }

    /// Tells what one read brought: events by name, those of the line so far, bytes, and bytes that made no sense.
    func count(_ counts: [(String, Int)], events: Int, bytes: Int, faults: Int) {
        if faults > 0 {
            logger.warning(
                "bytes that are no \(Conversation.house.tongue) were skipped",
                metadata: ["line": "\(line.name)", "faults": "\(faults)"]
            )
        }
        for (event, count) in counts { for _ in 0..<count { sinks.counted(line.name, event) } }
        sinks.read(line.name, bytes)
        reporter.change { status in
            status.bytes += bytes
            status.events = events
        }
    }
}
