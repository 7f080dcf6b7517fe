import Logging
import Synchronization

/// How a channel's sender is doing, for `/ready` and doctor.
public struct SenderHealth: Sendable, Equatable {
    public var channel: NoticeChannel
    /// Nil while it works (or has not been tried yet).
    public var error: DeliveryError?
    /// When it is tried again.
    public var retryAt: Moment?
    /// Notices whose fate the database would not keep in any words, since the start.
    public var setAside = 0
    public var hands = NoticeHands()
}

/// Where the notices are that a worker has in hand: what is large says who is waited for.
public struct NoticeHands: Sendable, Equatable {
    /// Claimed, and waiting for a free connection: the peer, or its connections, are what bounds.
    public var claimed = 0
    /// With the sender.
    public var underWay = 0
    /// Waiting to be written down: the database's disk is what bounds.
    public var unsettled = 0
}

/// Takes due notices out of the outbox, has them sent, and writes down what became of each.
///
/// At least once: a notice is claimed in one transaction and settled in another, and a crash in between sends it again
/// under the same Message-ID. Each channel has its own pump, so that a gateway that hangs holds up nobody else's notices.
///
/// ```swift
/// let worker = NoticeWorker(database: database, senders: [mail, sms], node: hostname, logger: logger) { change in
///     hub.publish(change)
/// }
/// await worker.run()   // until the task is cancelled; then finishes what is under way and returns
/// ```
public final class NoticeWorker: Sendable {
    /// Longer than a claim may live: a mail's server may take eleven minutes for each of three turns, as what is claimed
    /// waits for two that are under way.
    public static let lease = Duration.seconds(45 * 60)
    private static let rescueEvery = Duration.seconds(60)
    /// Between looks at which of the nodes that hold notices still live.
    private static let presenceEvery = Duration.seconds(2)

    private let queue: NoticeQueue
    private let presence: NodePresence?
    private let senders: [any NoticeSender]
    private let retry: RetryPolicy
    private let clock: DeskClock
    private let jitter: @Sendable () -> Double
    private let drain: Duration
    private let logger: Logger
    private let onFate: @Sendable (NoticeFateChange) -> Void
    private let pumps: [ChannelPump]

    /// - Parameters:
    ///   - database: where the outbox is.
    ///   - senders: one for each channel that is configured.
    ///   - retry: when to try again and when to give up.
    ///   - node: this machine's name, the same after a restart, unlike every other node's.
    ///   - life: tells this process from the one before it.
    ///   - presence: of the process named `node/life`; without it, what a dead node had in hand waits for the lease.
    ///   - clock: what time it is.
    ///   - jitter: numbers from 0 up to 1.
    ///   - drain: how long what is under way may take after cancellation.
    ///   - logger: hears about senders that fail and recover, never about a recipient.
    ///   - onFate: hears each change once it is durable; must be quick.
    public init(
        database: any Database,
        senders: [any NoticeSender],
        retry: RetryPolicy = RetryPolicy(),
        node: String,
        life: String = String(UInt64.random(in: .min ... .max), radix: 36),
        presence: NodePresence? = nil,
        clock: DeskClock = .system,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        drain: Duration = .seconds(10),
        logger: Logger,
        onFate: @escaping @Sendable (NoticeFateChange) -> Void = { _ in }
    ) {
        let queue = NoticeQueue(database: database, claimant: "\(node)/\(life)", node: node)
        self.queue = queue
        self.presence = presence
        self.senders = senders
        self.retry = retry
        self.clock = clock
        self.jitter = jitter
        self.drain = drain
        self.logger = logger
        self.onFate = onFate
        pumps = senders.map { sender in
            ChannelPump(
                sender: sender,
                queue: queue,
                retry: retry,
                clock: clock,
                jitter: jitter,
                logger: logger,
                onFate: onFate
            )
        }
    }

    /// Says that something new may be due; call it after the commit that enqueued it.
    ///
    /// Never blocks.
    public func wake() {
        for pump in pumps { pump.wake() }
    }

    public var health: [SenderHealth] { pumps.map(\.health) }

    /// Sends once what is due by the clock and writes down what became of it, for whoever moves the clock; unlike `run` it
    /// waits for nothing and tries nothing again.
    ///
    /// - Returns: how many notices were sent.
    @discardableResult
    public func sendDue() async throws(StoreError) -> Int {
        var sent = 0
        for sender in senders {
            while true {
                let claim = try await queue.claim(sender.channel, limit: sender.batch, at: clock.now)
                claim.changes.forEach(onFate)
                let notices = claim.notices
                guard !notices.isEmpty else { break }
                let settlements = zip(notices, await sender.send(notices)).map { notice, result in
                    switch result {
                    case .accepted(let reference):
                        NoticeSettlement(notice: notice, outcome: .sent(reference: reference))
                    case .refused(let error): NoticeSettlement(notice: notice, outcome: .dead(error))
                    case .untried: NoticeSettlement(notice: notice, outcome: .released)
                    }
                }
                let settled = await queue.settleEach(settlements, at: clock.now)
                settled.changes.forEach(onFate)
                if let error = settled.error { throw error }
                let accepted = settlements.count { if case .sent = $0.outcome { true } else { false } }
                sent += accepted
                // A sender that takes nothing now would be asked for ever.
                guard accepted > 0 else { break }
            }
        }
        return sent
    }

    /// Works until the task is cancelled, then finishes and writes down what is under way.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.rescue() }
            for pump in pumps {
                group.addTask { [drain] in await pump.run(drain: drain) }
            }
        }
    }

    private func rescue() async {
        var isFirst = true
        var watch = AbsenceWatch()
        var stuck = StuckWatch()
        var lookForStuck = ContinuousClock.now
        while !Task.isCancelled {
            do throws(StoreError) {
                var changes: [NoticeFateChange] = []
                if lookForStuck <= .now {
                    let late = stuck.saw(try await queue.held(), lease: Self.lease, at: .now)
                    changes += try await queue.rescueStuck(late, at: clock.now, retry: retry)
                    let recalled = try await queue.recall(at: clock.now)
                    if recalled > 0 {
                        logger.notice(
                            "notices that a clock ahead of its time had put off go now",
                            metadata: ["count": "\(recalled)"]
                        )
                        wake()
                    }
                    lookForStuck = .now + Self.rescueEvery
                }
                if presence != nil {
                    changes += try await rescueFromDead(&watch, isFirst: isFirst)
                } else if isFirst {
                    changes += try await queue.rescueOwn(at: clock.now, retry: retry)
                }
                isFirst = false
                changes.forEach(onFate)
                if !changes.isEmpty {
                    logger.notice("took up notices that were interrupted", metadata: ["count": "\(changes.count)"])
                    wake()
                }
            } catch {
                logger.error("interrupted notices cannot be looked for now", metadata: ["error": "\(error)"])
            }
            let pause = isFirst ? .seconds(1) : presence == nil ? Self.rescueEvery : Self.presenceEvery
            try? await Task.sleep(for: pause)
        }
    }

    /// Takes up what dead nodes held: our own earlier life's at once, another's when it has been gone for a while.
    private func rescueFromDead(_ watch: inout AbsenceWatch, isFirst: Bool) async throws(StoreError)
        -> [NoticeFateChange]
    {
        guard let presence else { return [] }
        let absent = try await presence.absent(of: try await queue.otherClaimants())
        var gone = watch.saw(absent: absent, at: .now)
        if isFirst { gone.formUnion(absent.filter(queue.isOwn)) }
        guard !gone.isEmpty else { return [] }
        return try await queue.rescue(from: gone, at: clock.now, retry: retry)
    }
}

/// Runs one channel's `NoticePump`: does what it says and tells it what happened.
private final class ChannelPump: Sendable {
    /// What others are shown of the pump.
    private struct Shown {
        var pause = SenderPause()
        var hands = NoticeHands()
    }

    private enum Event: Sendable {
        case woken
        case claimed(NoticeQueue.Claim, limit: Int)
        case claimFailed(StoreError)
        case delivered([Notice], [DeliveryResult])
        case givenBack([Notice])
        case settled([NoticeFateChange])
        case settleFailed(StoreError, left: [NoticeSettlement], [NoticeFateChange])
        case ticked(Moment)
        case stop
        case drained
    }

    private let sender: any NoticeSender
    private let queue: NoticeQueue
    private let retry: RetryPolicy
    private let clock: DeskClock
    private let jitter: @Sendable () -> Double
    private let logger: Logger
    private let onFate: @Sendable (NoticeFateChange) -> Void
    private let shown = Mutex(Shown())
    private let wakePending = Atomic(false)
    private let setAside = Atomic(0)
    /// Unbounded by name, bounded by construction: two events at the most for each action under way, one wake, one stop.
    private let events: AsyncStream<Event>
    private let mailbox: AsyncStream<Event>.Continuation

    init(
        sender: any NoticeSender,
        queue: NoticeQueue,
        retry: RetryPolicy,
        clock: DeskClock,
        jitter: @escaping @Sendable () -> Double,
        logger: Logger,
        onFate: @escaping @Sendable (NoticeFateChange) -> Void
    ) {
        self.sender = sender
        self.queue = queue
        self.retry = retry
        self.clock = clock
        self.jitter = jitter
        self.logger = logger
        self.onFate = onFate
        (events, mailbox) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    var health: SenderHealth {
        let setAside = setAside.load(ordering: .relaxed)
        let shown = shown.withLock { $0 }
        return SenderHealth(
            channel: sender.channel,
            error: shown.pause.error,
            retryAt: shown.pause.until,
            setAside: setAside,
            hands: shown.hands
        )
    }

    func wake() {
        if wakePending.exchange(true, ordering: .acquiringAndReleasing) == false { mailbox.yield(.woken) }
    }

    func run(drain: Duration) async {
        // Not a child: what was sent has to be written down even though the parent is cancelled.
        let work = Task { await self.pump() }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            mailbox.yield(.stop)
            // Gives senders that do not come to an end a time limit; a notice cut off here is sent again later.
            Task {
                try? await Task.sleep(for: drain)
                work.cancel()
            }
        }
    }

    private func pump() async {
        var pump = NoticePump(lanes: sender.lanes, batch: sender.batch, retry: retry, now: clock.now)
        await withDiscardingTaskGroup { group in
            var finished = perform(pump.actions(at: clock.now), in: &group)
            var iterator = events.makeAsyncIterator()
            while !finished, let event = await iterator.next() {
                take(event, into: &pump)
                let actions = pump.actions(at: clock.now)
                shown.withLock { $0.hands = pump.hands }
                finished = perform(actions, in: &group)
            }
            group.cancelAll()
        }
        mailbox.finish()
    }

    private func take(_ event: Event, into pump: inout NoticePump) {
        let now = clock.now
        switch event {
        case .woken:
            wakePending.store(false, ordering: .releasing)
            pump.woken(at: now)
        case .claimed(let claim, let limit):
            pump.claimed(claim.notices, limit: limit, nextDue: claim.nextDue, at: now)
            claim.changes.forEach(onFate)
        case .claimFailed(let error):
            logger.error("due notices cannot be read now", metadata: ["error": "\(error)"])
            pump.claimFailed(at: now)
        case .delivered(let notices, let results):
            pump.delivered(notices, results, at: now, jitter: jitter)
            report(pump.pause)
        case .givenBack(let notices): pump.givenBack(notices, at: now)
        case .settled(let changes):
            pump.settled()
            changes.forEach(onFate)
        case .settleFailed(let error, let left, let changes):
            logger.error("what became of notices cannot be written now", metadata: ["error": "\(error)"])
            pump.settleFailed(left, at: now)
            changes.forEach(onFate)
        case .ticked(let until): pump.ticked(until)
        case .stop, .drained: pump.stop()
        }
    }

    /// Logs when the sender breaks down and when it works again, once each.
    private func report(_ new: SenderPause) {
        let old = shown.withLock { shown in
            defer { shown.pause = new }
            return shown.pause
        }
        let channel = Logger.MetadataValue.string(sender.channel.rawValue)
        switch (old.error, new.error) {
        case (nil, let error?):
            logger.error("notices wait: the sender fails", metadata: ["channel": channel, "error": "\(error)"])
        case (_?, nil): logger.notice("the sender works again", metadata: ["channel": channel])
        default: break
        }
    }

    private func settle(_ settlements: [NoticeSettlement]) async {
        let result = await queue.settleEach(settlements, at: clock.now)
        if let error = result.refused.first {
            setAside.add(result.refused.count, ordering: .relaxed)
            logger.error("what became of a notice cannot be kept at all", metadata: ["error": "\(error)"])
        }
        if let error = result.error {
            mailbox.yield(.settleFailed(error, left: result.left, result.changes))
        } else {
            mailbox.yield(.settled(result.changes))
        }
    }

    /// Starts what the pump asks for; true when it has finished.
    private func perform(_ actions: [NoticePump.Action], in group: inout DiscardingTaskGroup) -> Bool {
        for action in actions {
            switch action {
            case .claim(let limit):
                group.addTask { [queue, sender, clock, mailbox] in
                    do throws(StoreError) {
                        let claim = try await queue.claim(sender.channel, limit: limit, at: clock.now)
                        mailbox.yield(.claimed(claim, limit: limit))
                    } catch {
                        mailbox.yield(.claimFailed(error))
                    }
                }
            case .deliver(let notices):
                group.addTask { [sender, mailbox] in
                    let kept = Mutex(notices.count)
                    let results = await sender.send(notices) { last in
                        let back = kept.withLock { kept in
                            // What was given back once is not ours to give again.
                            let back = kept == notices.count ? min(max(0, last), kept) : 0
                            kept -= back
                            return back
                        }
                        if back > 0 { mailbox.yield(.givenBack(Array(notices.suffix(back)))) }
                    }
                    mailbox.yield(.delivered(Array(notices.prefix(kept.withLock(\.self))), results))
                }
            case .settle(let settlements):
                group.addTask { await self.settle(settlements) }
            case .wait(let until):
                let span = max(.milliseconds(1), until.since(clock.now))
                group.addTask { [mailbox] in
                    try? await Task.sleep(for: span)
                    mailbox.yield(.ticked(until))
                }
            case .finish: return true
            }
        }
        return false
    }
}
