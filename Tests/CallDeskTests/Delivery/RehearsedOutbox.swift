import TestSupport

@testable import DeskCore

/// One notice and its pump on a clock that stands while something is sent and leaps to the next wait.
struct RehearsedOutbox {
    private var steps: NoticePump
    private var now: Moment
    private var notice: Notice
    private var dueAt: Moment?
    /// What it was given up with.
    private(set) var end: DeliveryError?

    init(_ notice: Notice, at now: Moment) {
        self.notice = notice
        self.notice.attempts = 0
        self.now = now
        dueAt = now
        steps = NoticePump(lanes: 1, batch: 4, retry: RetryPolicy(), now: now)
    }

    mutating func pump(_ sender: some NoticeSender, for span: Duration) async throws {
        let until = now.adding(span)
        while now < until {
            var wake = until
            var isIdle = true
            for action in steps.actions(at: now) {
                switch action {
                case .claim(let limit):
                    isIdle = false
                    guard let due = dueAt, due <= now else {
                        steps.claimed([], limit: limit, nextDue: dueAt, at: now)
                        continue
                    }
                    dueAt = nil
                    notice.attempts += 1
                    steps.claimed([notice], limit: limit, nextDue: nil, at: now)
                case .deliver(let notices):
                    isIdle = false
                    steps.delivered(notices, await sender.send(notices), at: now, jitter: { 0.5 })
                case .settle(let settlements):
                    isIdle = false
                    for settlement in settlements { take(settlement.outcome) }
                    steps.settled()
                case .wait(let moment): wake = min(wake, moment)
                case .finish: return
                }
            }
            guard isIdle else { continue }
            // Where no new wait was asked for, the pump's longest look is soon enough.
            let next = min(wake, now.adding(NoticePump.idleLook))
            steps.ticked(wake)
            now = max(next, now.adding(.milliseconds(1)))
        }
    }

    private mutating func take(_ outcome: NoticeSettlement.Outcome) {
        switch outcome {
        case .sent: break
        case .retry(let at, let error):
            dueAt = at
            if error.reach == .sender { notice.spared += 1 }
            if error.reach == .unanswered { notice.unanswered += 1 }
        case .dead(let error): end = error
        case .released:
            notice.attempts -= 1
            dueAt = now
        }
    }
}
