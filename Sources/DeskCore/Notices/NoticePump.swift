/// What the worker writes down about one notice it had in hand.
struct NoticeSettlement: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        case sent(reference: String?)
        case retry(at: Moment, DeliveryError)
        case dead(DeliveryError)
        /// Not tried after all: goes back without having used up an attempt.
        case released
    }

    var notice: Notice
    var outcome: Outcome

    /// The same without the words of others: what is written when the database refuses those.
    var plain: NoticeSettlement {
        var settlement = self
        switch outcome {
        case .sent: settlement.outcome = .sent(reference: nil)
        case .retry(let at, let error): settlement.outcome = .retry(at: at, Self.wordless(error))
        case .dead(let error): settlement.outcome = .dead(Self.wordless(error))
        case .released: break
        }
        return settlement
    }

    private static func wordless(_ error: DeliveryError) -> DeliveryError {
        DeliveryError(error.reach, .desk(.wordless))
    }
}

/// One channel's decisions: what to claim, hand to the sender and write down next.
///
/// A value without clock or database: the worker feeds it what happened and does what it says. Everything it holds is
/// bounded by `lanes × batch`.
struct NoticePump: Sendable {
    enum Action: Sendable, Equatable {
        case claim(limit: Int)
        case deliver([Notice])
        case settle([NoticeSettlement])
        /// Come back at this time, and say then which wait it was; what happens before does not call it off.
        case wait(until: Moment)
        /// Everything is written down; only after `stop`.
        case finish
    }

    /// With nothing known to be due the queue is looked at this often, for what another node or a person put there.
    static let idleLook = Duration.seconds(5)
    /// After the database refused a claim or a settlement.
    static let databaseRest = Duration.seconds(1)
    /// The same while stopping, whose time is short.
    static let lastRest = Duration.milliseconds(200)
    /// Waits at once; beyond it something earlier is seen to when the next of them ends.
    ///
    /// Each is shorter than those before it, so that two or three are usual.
    static let mostWaits = 16

    private struct Wait {
        /// As it was asked for, which is its name.
        var name: Moment
        var until: Moment
    }

    private let lanes: Int
    private let batch: Int
    private let retry: RetryPolicy
    private var held: [Notice] = []
    private var unsettled: [NoticeSettlement] = []
    private var busy = 0
    /// Notices in the sender's hands.
    private var underWay = 0
    /// Tried after a failure, by itself; what was under way before goes on beside it, however long its server takes.
    private var trial: NoticeID?
    private var claiming = false
    private var settling: [NoticeSettlement] = []
    private var stopping = false
    /// What a refusal has put off is tried at once, once, as the end begins.
    private var hastens = false
    private var finished = false
    private var lookAt: Moment
    private var settleAt: Moment
    /// What was asked to come back and has not yet.
    private var waits: [Wait] = []
    /// When it was asked last.
    private var askedAt: Moment
    private(set) var pause = SenderPause()

    init(lanes: Int, batch: Int, retry: RetryPolicy, now: Moment) {
        self.lanes = max(1, lanes)
        self.batch = max(1, batch)
        self.retry = retry
        lookAt = now
        settleAt = now
        askedAt = now
    }

    /// Who waits for whom.
    var hands: NoticeHands {
        NoticeHands(claimed: held.count, underWay: underWay, unsettled: unsettled.count + settling.count)
    }

    /// There may be something new to send.
    mutating func woken(at now: Moment) {
        lookAt = min(lookAt, now)
    }

    /// Answers `.claim`; `nextDue` is when the next one left in the queue is due, nil when there may be more right now.
    mutating func claimed(_ notices: [Notice], limit: Int, nextDue: Moment?, at now: Moment) {
        claiming = false
        held += notices
        if notices.count >= limit { lookAt = now } else if let nextDue { lookAt = min(lookAt, nextDue) }
    }

    mutating func claimFailed(at now: Moment) {
        claiming = false
        lookAt = now.adding(Self.databaseRest)
    }

    /// Answers `.deliver`; `jitter` is asked once a failure.
    mutating func delivered(_ notices: [Notice], _ results: [DeliveryResult], at now: Moment, jitter: () -> Double) {
        busy -= 1
        underWay -= notices.count
        if notices.contains(where: { $0.id == trial }) { trial = nil }
        for (index, notice) in notices.enumerated() {
            // A sender that gives too few results has not told what became of the rest.
            switch results.indices.contains(index) ? results[index] : .untried {
            case .accepted(let reference):
                pause.worked()
                unsettled.append(NoticeSettlement(notice: notice, outcome: .sent(reference: reference)))
            case .untried:
                unsettled.append(NoticeSettlement(notice: notice, outcome: .released))
                lookAt = min(lookAt, now)
            case .refused(let error):
                if error.stopsSender { pause.failed(error, at: now, jitter: jitter()) } else { pause.worked() }
                let verdict = retry.verdict(
                    after: error,
                    attempt: notice.attempts,
                    spared: notice.spared,
                    unanswered: notice.unanswered,
                    createdAt: notice.createdAt,
                    now: now,
                    jitter: jitter()
                )
                switch verdict {
                case .retry(let at):
                    unsettled.append(NoticeSettlement(notice: notice, outcome: .retry(at: at, error)))
                    lookAt = min(lookAt, at)
                case .bury: unsettled.append(NoticeSettlement(notice: notice, outcome: .dead(error.givenUp)))
                }
            }
        }
    }

    /// Of what `.deliver` handed over, the sender will not begin these now.
    mutating func givenBack(_ notices: [Notice], at now: Moment) {
        underWay -= notices.count
        unsettled += notices.map { NoticeSettlement(notice: $0, outcome: .released) }
        lookAt = min(lookAt, now)
    }

    /// Answers `.settle`.
    mutating func settled() {
        settling = []
    }

    /// `left`: what could not be written down, in its order; everything when it is not said.
    mutating func settleFailed(_ left: [NoticeSettlement]? = nil, at now: Moment) {
        unsettled = (left ?? settling) + unsettled
        settling = []
        settleAt = now.adding(stopping ? Self.lastRest : Self.databaseRest)
    }

    /// Nothing more is begun; what is under way is finished and written down.
    mutating func stop() {
        guard !stopping else { return }
        stopping = true
        hastens = true
    }

    /// Answers `.wait(until:)`; the others are still to come, and are no reason to ask for one again.
    mutating func ticked(_ until: Moment) {
        guard let index = waits.firstIndex(where: { $0.name == until }) else { return }
        waits.remove(at: index)
    }

    /// What to do now; to be asked after every event.
    mutating func actions(at now: Moment) -> [Action] {
        follow(now)
        var actions: [Action] = []
        let closed = pause.isClosed(at: now)
        if stopping || closed {
            unsettled += held.map { NoticeSettlement(notice: $0, outcome: .released) }
            held = []
        } else {
            while busy < lanes, !held.isEmpty, !(pause.isProbing && trial != nil) {
                let share = min(batch, max(1, (held.count + lanes - 1) / lanes))
                let chunk = Array(held.prefix(pause.isProbing ? 1 : share))
                held.removeFirst(chunk.count)
                busy += 1
                underWay += chunk.count
                if pause.isProbing { trial = chunk.first?.id }
                actions.append(.deliver(chunk))
            }
            if let limit = claimLimit(at: now) {
                claiming = true
                lookAt = now.adding(Self.idleLook)
                actions.append(.claim(limit: limit))
            }
        }
        if settling.isEmpty, !unsettled.isEmpty, settleAt <= now || hastens {
            hastens = false
            settling = unsettled
            unsettled = []
            actions.append(.settle(settling))
        }
        if let finish = finish() { return actions + [finish] }
        let next = [closed ? pause.until : nil, unsettled.isEmpty ? nil : settleAt, stopping ? nil : lookAt]
            .compactMap(\.self).filter { $0 > now }.min()
        // Whose time has passed comes at once, or was overtaken by a clock that was set on: nothing is known of when.
        let planned = waits.lazy.map(\.until).filter { $0 > now }.min()
        if let next, waits.count < Self.mostWaits, planned.map({ next < $0 }) ?? true {
            waits.append(Wait(name: next, until: next))
            actions.append(.wait(until: next))
        }
        return actions
    }

    /// What is planned are spans: a clock that is set back takes them along, or nothing would go until it is there again.
    private mutating func follow(_ now: Moment) {
        let back = askedAt.since(now)
        askedAt = now
        guard back > .zero else { return }
        lookAt = lookAt.adding(.zero - back)
        settleAt = settleAt.adding(.zero - back)
        for index in waits.indices { waits[index].until = waits[index].until.adding(.zero - back) }
        pause.follow(back: back)
    }

    /// How many to claim now; nil when enough are in hand or nothing is known to be due.
    private func claimLimit(at now: Moment) -> Int? {
        guard !claiming, lookAt <= now else { return nil }
        // What cannot be written down must not be sent either: it would be sent again after a crash.
        guard unsettled.count + settling.count < 4 * lanes * batch else { return nil }
        if pause.isProbing { return trial == nil && busy < lanes && held.isEmpty ? 1 : nil }
        return held.count < lanes * batch ? 2 * lanes * batch : nil
    }

    private mutating func finish() -> Action? {
        guard stopping, !finished, busy == 0, !claiming, settling.isEmpty, unsettled.isEmpty, held.isEmpty else {
            return nil
        }
        finished = true
        return .finish
    }
}
