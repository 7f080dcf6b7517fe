import DeskCore
import Logging
import Synchronization

/// Has the mailbox read by one node, again and again, and waits longer after each failure.
final class MailboxKeeper: Sendable {
    /// No line's name has a blank in it.
    private static let lease = "mail in"
    /// A mailbox that is away is looked for this often at the least.
    private static let longestPause = Duration.seconds(600)
    /// Longer than this without a whole reading, and `/ready` says so.
    private static let alarm = Duration.seconds(900)

    private let mailIn: MailIn
    private let database: any Database
    private let clock: DeskClock
    private let logger: Logger
    private let open: @Sendable (MailboxRoute) -> any Mailbox
    private let sleep: @Sendable (Duration) async throws -> Void
    private let tell: @Sendable (MailResult) -> Void
    private let state: Mutex<State>

    private struct State {
        var lease: LeaseState?
        /// Since when it fails, and why.
        var failingSince: Moment?
        var trouble: String?
        var hasRead = false
    }

    init(
        _ mailIn: MailIn,
        database: any Database,
        clock: DeskClock,
        logger: Logger,
        open: @escaping @Sendable (MailboxRoute) -> any Mailbox = { IMAPMailbox($0) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        tell: @escaping @Sendable (MailResult) -> Void
    ) {
        (self.mailIn, self.database, self.clock, self.logger) = (mailIn, database, clock, logger)
        (self.open, self.sleep, self.tell) = (open, sleep, tell)
        state = Mutex(State())
    }

    /// Runs until the task is cancelled.
    func run() async {
        let lease = LineLease(line: Self.lease, database: database)
        defer { lease.close() }
        var changes = lease.changes.makeAsyncIterator()
        while let now = await changes.next() {
            state.withLock { $0.lease = now }
            guard now == .held else { continue }
            await withDiscardingTaskGroup { group in
                group.addTask { await self.read() }
                // Reading twice does no harm: what a mail does is done once, whoever reads it.
                while let next = await changes.next() {
                    state.withLock { $0.lease = next }
                    if next == .elsewhere { break }
                }
                group.cancelAll()
            }
        }
    }

    private func read() async {
        let mailbox = open(mailIn.route)
        let reader = MailboxReader(mailbox, name: mailIn.route.name, desk: mailIn.desk) {
            [tell, logger] place, result in
            if result.outcome == .held || result.outcome == .parked {
                logger.notice(
                    "a mail waits in the mailbox",
                    metadata: ["uid": "\(place.uid)", "reason": "\(result.reason ?? "")"]
                )
            }
            tell(result)
        }
        var pause = mailIn.every
        while !Task.isCancelled {
            do {
                if try await reader.turn() { continue }
                pause = mailIn.every
                state.withLock { ($0.failingSince, $0.trouble, $0.hasRead) = (nil, nil, true) }
            } catch {
                guard !Task.isCancelled else { break }
                note("\(error)")
                pause = min(pause * 2, max(Self.longestPause, mailIn.every))
            }
            try? await sleep(pause)
        }
        await mailbox.shutDown()
    }

    private func note(_ trouble: String) {
        let now = clock.now
        let isNew = state.withLock { state in
            defer { (state.failingSince, state.trouble) = (state.failingSince ?? now, trouble) }
            return state.trouble != trouble
        }
        if isNew { logger.error("the mailbox cannot be read", metadata: ["error": "\(trouble)"]) }
    }

    /// How it is, for `/ready`.
    func report() async -> ReadinessReport {
        let (lease, since, trouble, hasRead) = state.withLock { ($0.lease, $0.failingSince, $0.trouble, $0.hasRead) }
        if lease == .elsewhere { return .ready("read by another node") }
        if let trouble, let since, since.adding(Self.alarm) <= clock.now || !hasRead {
            return .failing(trouble, remedy: "mail waits in the mailbox and is read by itself")
        }
        guard let waiting = try? await mailIn.log.waiting() else {
            return .ready("how many mails wait for somebody cannot be asked now")
        }
        guard waiting == 0 else {
            return .ready("\(waiting) mails wait in the mailbox for somebody; the log names them")
        }
        return .ready(hasRead ? "read" : "not read yet")
    }
}
