import DeskCore
import TestSupport
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
    let policy = RetryPolicy(base: .seconds(5), cap: .seconds(600), mostAttempts: 10, mostAge: .seconds(3600))
    let created = Moment(milliseconds: 1_000_000)
    let later = DeliveryError(.noticeNow, what: "busy", remedy: "wait")

    @Test("waits grow to the cap, never below half the base, and spread over the whole span")
    func waits() {
        var random = SplitMix64(seed: TestSeed.next())
        for attempt in 1...40 {
            let span = min(Duration.seconds(5) * (1 << min(attempt - 1, 20)), .seconds(600))
            let waits = (0..<200).map { _ in
                policy.wait(attempt: attempt, jitter: Double.random(in: 0..<1, using: &random))
            }
            #expect(waits.allSatisfy { $0 >= .milliseconds(2500) && $0 <= span })
            #expect((waits.max() ?? .zero) > span * 0.8)
            if attempt > 3 { #expect((waits.min() ?? span) < span * 0.2) }
        }
        #expect(policy.wait(attempt: .max, jitter: 2) == .seconds(600))
        #expect(policy.wait(attempt: .min, jitter: -1) == .milliseconds(2500))
    }

    @Test("what is refused for good is buried at once")
    func forever() {
        let error = DeliveryError(.noticeForever, what: "no mailbox", remedy: "ask")
        #expect(policy.verdict(after: error, attempt: 1, createdAt: created, now: created, jitter: 0.5) == .bury)
    }

    @Test("attempts are bounded, but a sender that is down uses none up")
    func attempts() {
        let down = DeliveryError(.sender, what: "down", remedy: "start it")
        #expect(policy.verdict(after: later, attempt: 10, createdAt: created, now: created, jitter: 0) == .bury)
        let verdict = policy.verdict(after: down, attempt: 500, createdAt: created, now: created, jitter: 1)
        #expect(verdict == .retry(at: created.adding(.seconds(60))))
    }

    @Test("what was handed over and not answered goes again three times in half a day, and is given up then")
    func unanswered() {
        let silence = DeliveryError(.unanswered, what: "no answer", remedy: "wait")
        let policy = RetryPolicy()
        var (now, handed) = (created, 0)
        while case .retry(let next) = policy.verdict(
            after: silence,
            attempt: 200 + handed,
            spared: 150,
            unanswered: handed,
            createdAt: created,
            now: now,
            jitter: 0
        ) {
            handed += 1
            #expect(next.since(now) >= .seconds(200), "never a few minutes after the one before")
            now = next
            guard handed < 100 else { break }
        }
        #expect(handed + 1 == 4)
        #expect(now.since(created) < .seconds(24 * 3_600), "within the day in which a protocol number must be sent")
    }

    @Test("attempts that failed by the sender do not bring a notice nearer to its end")
    func spared() {
        let verdict = policy.verdict(
            after: later,
            attempt: 500,
            spared: 499,
            createdAt: created,
            now: created,
            jitter: 1
        )
        #expect(verdict == .retry(at: created.adding(.seconds(5))))
        #expect(
            policy.verdict(after: later, attempt: 500, spared: 490, createdAt: created, now: created, jitter: 1)
                == .bury
        )
    }

    @Test("nothing older than the limit is tried again")
    func age() {
        let now = created.adding(.seconds(3600))
        for reach in [DeliveryError.Reach.noticeNow, .noticeForever, .unanswered, .sender] {
            let error = DeliveryError(reach, what: "x", remedy: "y")
            #expect(policy.verdict(after: error, attempt: 1, createdAt: created, now: now, jitter: 0) == .bury)
        }
    }
}
