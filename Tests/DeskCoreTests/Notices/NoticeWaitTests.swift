import TestSupport
import Testing

@testable import DeskCore

/// A pump with its worker, its queue and its sender for some hours of a clock that the test moves.
private struct PumpedHours {
    private enum Event {
        case tick(Moment)
        case claim(limit: Int)
        case deliver([Notice])
        case settle([NoticeSettlement])
    }

    private static let begun = Moment(milliseconds: 1_000_000)
    private var pump = NoticePump(lanes: 2, batch: 4, retry: RetryPolicy(), now: begun)
    private var random: SplitMix64
    private var now = begun
    private var due: [NoticeID: Moment] = [:]
    private var events: [(at: Moment, event: Event)] = []
    private var asleep = 0
    private(set) var mostAsleep = 0
    private(set) var ticks = 0
    private(set) var sent = 0
    /// The longest that a notice was due before it was claimed.
    private(set) var latest = Duration.zero

    init(seed: UInt64, hours: Int, dueAnHour: Int, failing: Int) {
        random = SplitMix64(seed: seed)
        for id in 0..<Int64(hours * dueAnHour) {
            due[id] = Self.begun.adding(.milliseconds(Int64.random(in: 0..<Int64(hours) * 3_600_000, using: &random)))
        }
        let end = now.adding(.seconds(hours * 3_600))
        act()
        while let index = events.indices.min(by: { events[$0].at < events[$1].at }), events[index].at < end {
            let (at, event) = events.remove(at: index)
            now = at
            take(event, failing: failing)
            act()
        }
    }

    private mutating func take(_ event: Event, failing: Int) {
        switch event {
        case .tick(let name):
            asleep -= 1
            ticks += 1
            pump.ticked(name)
        case .claim(let limit):
            let claimed = due.filter { $0.value <= now }.sorted { $0.value < $1.value }.prefix(limit)
            for (id, time) in claimed {
                latest = max(latest, now.since(time))
                due[id] = nil
            }
            let notices = claimed.map { id, time in
                Notice(
                    id: id,
                    event: .ticketOpened,
                    channel: .mail,
                    recipient: "a@b.c",
                    body: "",
                    attempts: 1,
                    createdAt: time
                )
            }
            pump.claimed(notices, limit: limit, nextDue: due.values.min(), at: now)
        case .deliver(let notices):
            let results: [DeliveryResult] = notices.map { _ in
                switch Int.random(in: 0..<100, using: &random) {
                case ..<failing: .refused(DeliveryError(.noticeNow, what: "busy", remedy: "wait"))
                case ..<(failing * 2): .refused(DeliveryError(.sender, what: "down", remedy: "start it"))
                default: .accepted(reference: nil)
                }
            }
            sent += results.count { $0 == .accepted(reference: nil) }
            let share = Double.random(in: 0..<1, using: &random)
            pump.delivered(notices, results, at: now, jitter: { share })
        case .settle(let settlements):
            guard Int.random(in: 0..<100, using: &random) >= failing else { return pump.settleFailed(at: now) }
            for settlement in settlements {
                switch settlement.outcome {
                case .retry(let at, _): due[settlement.notice.id] = at
                case .released: due[settlement.notice.id] = now
                case .sent, .dead: break
                }
            }
            pump.settled()
        }
    }

    private mutating func act() {
        for action in pump.actions(at: now) {
            let event: Event
            var at = now.adding(.milliseconds(Int64.random(in: 1...40, using: &random)))
            switch action {
            case .claim(let limit): event = .claim(limit: limit)
            case .deliver(let notices): event = .deliver(notices)
            case .settle(let settlements): event = .settle(settlements)
            case .wait(let until):
                asleep += 1
                mostAsleep = max(mostAsleep, asleep)
                (at, event) = (max(until, now.adding(.milliseconds(1))), .tick(until))
            case .finish: continue
            }
            events.append((at, event))
        }
    }
}

@Suite("Notice waits")
struct NoticeWaitTests {
    @Test(
        "however many due times come and go, few waits are asleep, and the queue is looked at about every five seconds",
        arguments: [(60, 0), (60, 10), (1_200, 0), (1_200, 10)]
    )
    func waits(dueAnHour: Int, failing: Int) {
        let hours = 7
        let run = PumpedHours(seed: TestSeed.next(), hours: hours, dueAnHour: dueAnHour, failing: failing)
        #expect(run.mostAsleep <= 8, "\(run.mostAsleep) asleep at once")
        // One each five seconds, and some for each due time and what came of it.
        #expect(run.ticks <= hours * (720 + 6 * dueAnHour), "\(run.ticks) ticks")
        #expect(run.ticks >= hours * 300, "\(run.ticks) ticks: nobody looks")
        #expect(run.sent >= hours * dueAnHour * 9 / 10, "\(run.sent) sent")
        // Where nothing fails, all that is due goes at its time: of a sender that is down it waits for the end of the pause.
        if failing == 0 { #expect(run.latest <= .milliseconds(100), "\(run.latest) late") }
    }

    @Test("a wait that is over says which it was: the later one stands, and is not asked for again")
    func named() {
        let start = Moment(milliseconds: 1_000_000)
        var pump = NoticePump(lanes: 1, batch: 1, retry: RetryPolicy(), now: start)
        let idle = start.adding(NoticePump.idleLook)
        #expect(pump.actions(at: start).contains(.wait(until: idle)))
        let soon = start.adding(.seconds(2))
        pump.claimed([], limit: 2, nextDue: soon, at: start)
        #expect(pump.actions(at: start) == [.wait(until: soon)])
        pump.ticked(soon)
        #expect(pump.actions(at: soon) == [.claim(limit: 2)], "the wait until \(idle) is still asleep")
        pump.claimed([], limit: 2, nextDue: nil, at: soon)
        pump.ticked(soon)
        #expect(pump.actions(at: soon).isEmpty, "a second word of the same wait changes nothing")
        pump.ticked(idle)
        #expect(pump.actions(at: idle) == [.wait(until: soon.adding(NoticePump.idleLook))])
    }

    @Test("a clock that is set on leaves nothing to waits that it overtook")
    func setOn() {
        let start = Moment(milliseconds: 1_000_000)
        var pump = NoticePump(lanes: 1, batch: 1, retry: RetryPolicy(), now: start)
        _ = pump.actions(at: start)
        let later = start.adding(.seconds(3_600))
        pump.claimed([], limit: 2, nextDue: nil, at: later)
        #expect(pump.actions(at: later) == [.claim(limit: 2), .wait(until: later.adding(NoticePump.idleLook))])
    }

    @Test("there is an end to waits that each are earlier than all before")
    func bounded() {
        let start = Moment(milliseconds: 1_000_000)
        var pump = NoticePump(lanes: 1, batch: 1, retry: RetryPolicy(), now: start)
        var waits = 0
        for turn in 0..<100 {
            waits += pump.actions(at: start).count { if case .wait = $0 { true } else { false } }
            pump.claimed([], limit: 2, nextDue: start.adding(.milliseconds(Int64(4_000 - turn))), at: start)
        }
        #expect(waits == NoticePump.mostWaits)
    }
}
