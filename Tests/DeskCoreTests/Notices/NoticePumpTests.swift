import TestSupport
import Testing

@testable import DeskCore

@Suite("Notice pump")
struct NoticePumpTests {
    let start = Moment(milliseconds: 1_000_000)
    let down = DeliveryError(.sender, what: "down", remedy: "start it")
    let busy = DeliveryError(.noticeNow, what: "busy", remedy: "wait")

    func pump(lanes: Int = 2, batch: Int = 4) -> NoticePump {
        NoticePump(lanes: lanes, batch: batch, retry: RetryPolicy(), now: start)
    }

    func notices(_ ids: ClosedRange<Int64>) -> [Notice] {
        ids.map { Notice(id: $0, event: .ticketOpened, channel: .mail, recipient: "a@b.c", body: "", createdAt: start) }
    }

    @Test("claims, spreads what it got over its lanes, settles in one go, then rests")
    func round() {
        var pump = pump()
        #expect(pump.actions(at: start) == [.claim(limit: 16), .wait(until: start.adding(.seconds(5)))])
        pump.claimed(notices(1...3), limit: 16, nextDue: nil, at: start)
        #expect(pump.actions(at: start) == [.deliver(notices(1...2)), .deliver(notices(3...3))])
        pump.delivered(notices(1...2), [.accepted(reference: nil), .refused(busy)], at: start, jitter: { 0.5 })
        let first = pump.actions(at: start)
        let retryAt = start.adding(.milliseconds(2500))
        #expect(
            first == [
                .settle([
                    NoticeSettlement(notice: notices(1...1)[0], outcome: .sent(reference: nil)),
                    NoticeSettlement(notice: notices(2...2)[0], outcome: .retry(at: retryAt, busy)),
                ]),
                .wait(until: retryAt),
            ]
        )
        pump.delivered(notices(3...3), [.accepted(reference: "r")], at: start, jitter: { 0 })
        #expect(pump.actions(at: start).isEmpty, "one settlement at a time")
        pump.settled()
        #expect(
            pump.actions(at: start) == [
                .settle([NoticeSettlement(notice: notices(3...3)[0], outcome: .sent(reference: "r"))])
            ]
        )
    }

    @Test(
        "a clock that is set back takes its waits along: the queue is looked at, and a sender that was down tried, as soon"
    )
    func setBack() {
        var pump = pump()
        _ = pump.actions(at: start)
        pump.claimed(notices(1...1), limit: 16, nextDue: nil, at: start)
        _ = pump.actions(at: start)
        pump.delivered(notices(1...1), [.refused(down)], at: start, jitter: { 1 })
        #expect(pump.actions(at: start).contains(.wait(until: start.adding(.seconds(1)))))
        pump.settled()
        let before = start.adding(.seconds(-400 * 86_400))
        #expect(!pump.actions(at: before).contains(.claim(limit: 1)), "it is down for a second")
        pump.ticked(start.adding(.seconds(1)))
        let trial = pump.actions(at: before.adding(.seconds(6)))
        #expect(trial == [.claim(limit: 1), .wait(until: before.adding(.seconds(11)))])
        pump.claimed([], limit: 1, nextDue: start, at: before.adding(.seconds(6)))
        _ = pump.actions(at: before.adding(.seconds(6)))
        pump.ticked(before.adding(.seconds(11)))
        #expect(pump.actions(at: before.adding(.seconds(12))).contains(.claim(limit: 1)))
    }

    @Test("a full claim is followed by the next before the first is through")
    func ahead() {
        var pump = pump()
        _ = pump.actions(at: start)
        pump.claimed(notices(1...16), limit: 16, nextDue: nil, at: start)
        let actions = pump.actions(at: start)
        #expect(actions.prefix(2) == [.deliver(notices(1...4)), .deliver(notices(5...8))])
        #expect(!actions.contains(.claim(limit: 16)), "eight are still in hand")
        pump.delivered(notices(1...4), Array(repeating: .accepted(reference: nil), count: 4), at: start, jitter: { 0 })
        #expect(pump.actions(at: start).contains(.claim(limit: 16)))
    }

    @Test("what it has in hand is told by who is waited for")
    func hands() {
        var pump = pump()
        _ = pump.actions(at: start)
        pump.claimed(notices(1...16), limit: 16, nextDue: nil, at: start)
        _ = pump.actions(at: start)
        #expect(pump.hands == NoticeHands(claimed: 8, underWay: 8, unsettled: 0))
        pump.delivered(notices(1...4), Array(repeating: .accepted(reference: nil), count: 4), at: start, jitter: { 0 })
        _ = pump.actions(at: start)
        #expect(pump.hands == NoticeHands(claimed: 4, underWay: 8, unsettled: 4), "being written down")
        pump.settled()
        #expect(pump.hands.unsettled == 0)
    }

    @Test("a mail whose server takes minutes keeps nobody from seeing that the others go again")
    func trialBesideSlow() {
        var pump = pump()
        _ = pump.actions(at: start)
        pump.claimed(notices(1...8), limit: 16, nextDue: start, at: start)
        _ = pump.actions(at: start)
        pump.claimed([], limit: 16, nextDue: nil, at: start)
        // 5 to 8 are with a server that takes its time.
        pump.delivered(notices(1...4), [.refused(down)], at: start, jitter: { 1 })
        _ = pump.actions(at: start)
        pump.settled()
        let later = start.adding(.seconds(2))
        #expect(pump.actions(at: later).contains(.claim(limit: 1)))
        pump.claimed(notices(1...1), limit: 1, nextDue: later, at: later)
        let trial = pump.actions(at: later)
        #expect(trial.contains(.deliver(notices(1...1))))
        #expect(!trial.contains(.claim(limit: 1)), "one trial at a time")
        pump.delivered(notices(1...1), [.accepted(reference: nil)], at: later, jitter: { 0 })
        #expect(pump.actions(at: later).contains(.claim(limit: 16)))
    }

    @Test("a sender that is down is tried with one notice at a time, after growing waits")
    func paused() {
        var pump = pump()
        _ = pump.actions(at: start)
        pump.claimed(notices(1...16), limit: 16, nextDue: nil, at: start)
        _ = pump.actions(at: start)
        pump.delivered(
            notices(1...4),
            [.refused(down), .untried, .untried, .untried],
            at: start,
            jitter: { 1 }
        )
        let actions = pump.actions(at: start)
        guard case .settle(let settlements)? = actions.first else {
            Issue.record("nothing settled: \(actions)")
            return
        }
        #expect(settlements.filter { $0.outcome == .released }.map(\.notice.id).sorted() == [2, 3, 4] + Array(9...16))
        #expect(actions.contains(.wait(until: start.adding(.seconds(1)))))
        pump.settled()
        pump.delivered(notices(5...8), [.refused(down), .untried, .untried, .untried], at: start, jitter: { 1 })
        _ = pump.actions(at: start)
        pump.settled()
        #expect(pump.pause.failures == 1, "lanes that fail together count once")
        let later = start.adding(.seconds(1))
        pump.ticked(later)
        #expect(pump.actions(at: later).contains(.claim(limit: 1)))
        pump.claimed(notices(2...2), limit: 1, nextDue: nil, at: later)
        let probe = pump.actions(at: later)
        #expect(probe.contains(.deliver(notices(2...2))))
        #expect(!probe.contains { if case .claim = $0 { true } else { false } }, "one trial at a time")
        pump.delivered(notices(2...2), [.accepted(reference: nil)], at: later, jitter: { 0 })
        #expect(pump.pause == SenderPause())
        #expect(pump.actions(at: later).contains(.claim(limit: 16)))
    }

    @Test("a refused settlement is kept and tried again; meanwhile no more is sent than can be remembered")
    func databaseDown() {
        var pump = pump(lanes: 1, batch: 1)
        var now = start
        var delivered = 0
        for turn in 1...50 {
            for action in pump.actions(at: now) {
                switch action {
                case .claim(let limit):
                    let first = Int64(turn * 100)
                    pump.claimed(notices(first...(first + Int64(limit) - 1)), limit: limit, nextDue: nil, at: now)
                case .deliver(let notices):
                    delivered += notices.count
                    pump.delivered(notices, notices.map { _ in .accepted(reference: nil) }, at: now, jitter: { 0 })
                case .settle: pump.settleFailed(at: now)
                case .wait, .finish: break
                }
            }
            now = now.adding(.milliseconds(10))
        }
        #expect(delivered <= 8)
        var settled: Set<NoticeID> = []
        for _ in 0..<20 {
            now = now.adding(.seconds(2))
            for action in pump.actions(at: now) {
                if case .settle(let settlements) = action {
                    settled.formUnion(settlements.map(\.notice.id))
                    pump.settled()
                }
            }
        }
        #expect(settled.count >= delivered)
    }

    @Test("stopped, it releases what it has not begun, waits for what is under way, and finishes once")
    func stopped() {
        var pump = pump(lanes: 1, batch: 1)
        _ = pump.actions(at: start)
        pump.claimed(notices(1...2), limit: 2, nextDue: nil, at: start)
        _ = pump.actions(at: start)
        pump.stop()
        #expect(
            pump.actions(at: start) == [
                .settle([NoticeSettlement(notice: notices(2...2)[0], outcome: .released)])
            ]
        )
        pump.settled()
        #expect(pump.actions(at: start).isEmpty)
        pump.delivered(notices(1...1), [.accepted(reference: nil)], at: start, jitter: { 0 })
        #expect(
            pump.actions(at: start) == [
                .settle([NoticeSettlement(notice: notices(1...1)[0], outcome: .sent(reference: nil))])
            ]
        )
        pump.settled()
        #expect(pump.actions(at: start) == [.finish])
        #expect(pump.actions(at: start).isEmpty)
    }

    @Test("stopped while the database refuses, it tries at once, and then with a breath between")
    func stoppedInVain() {
        var pump = pump(lanes: 1, batch: 1)
        _ = pump.actions(at: start)
        pump.claimed(notices(1...1), limit: 2, nextDue: nil, at: start)
        _ = pump.actions(at: start)
        pump.delivered(notices(1...1), [.accepted(reference: nil)], at: start, jitter: { 0 })
        func settles(_ now: Moment) -> Bool {
            pump.actions(at: now).contains { if case .settle = $0 { true } else { false } }
        }
        #expect(settles(start))
        pump.settleFailed(at: start)
        #expect(!settles(start))
        pump.stop()
        #expect(settles(start))
        var (now, tries) = (start, 0)
        pump.settleFailed(at: now)
        while now < start.adding(.seconds(10)) {
            if settles(now) {
                tries += 1
                pump.settleFailed(at: now)
            }
            now = now.adding(.milliseconds(1))
        }
        #expect((20...60).contains(tries))
    }

    @Test("what a sender gives back meanwhile is released, and the rest is told at the end")
    func givenBack() {
        var pump = pump(lanes: 1, batch: 4)
        _ = pump.actions(at: start)
        pump.claimed(notices(1...4), limit: 8, nextDue: nil, at: start)
        #expect(pump.actions(at: start).contains(.deliver(notices(1...4))))
        pump.givenBack(notices(3...4), at: start)
        #expect(pump.hands.underWay == 2)
        #expect(
            pump.actions(at: start).contains(
                .settle(notices(3...4).map { NoticeSettlement(notice: $0, outcome: .released) })
            )
        )
        pump.settled()
        pump.delivered(
            notices(1...2),
            [.accepted(reference: nil), .accepted(reference: nil)],
            at: start,
            jitter: { 0 }
        )
        #expect(pump.hands.underWay == 0)
    }

    @Test("a sender that does not answer for what it was given is tried with one notice at a time")
    func unanswered() {
        var pump = pump(lanes: 4, batch: 1)
        let silence = DeliveryError(.unanswered, what: "no answer", remedy: "wait")
        _ = pump.actions(at: start)
        pump.claimed(notices(1...1), limit: 8, nextDue: nil, at: start)
        _ = pump.actions(at: start)
        pump.delivered(notices(1...1), [.refused(silence)], at: start, jitter: { 1 })
        _ = pump.actions(at: start)
        #expect(pump.pause.isProbing)
    }

    @Test("a wake during a claim leads to another claim: nothing enqueued meanwhile waits")
    func wokenWhileClaiming() {
        var pump = pump()
        _ = pump.actions(at: start)
        pump.woken(at: start)
        pump.claimed([], limit: 16, nextDue: nil, at: start)
        #expect(pump.actions(at: start).contains(.claim(limit: 16)))
        pump.claimed([], limit: 16, nextDue: start.adding(.seconds(2)), at: start)
        #expect(pump.actions(at: start).contains(.wait(until: start.adding(.seconds(2)))))
    }
}
