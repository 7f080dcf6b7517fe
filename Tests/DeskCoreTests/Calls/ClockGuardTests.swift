import TestSupport
import Testing

@testable import DeskCore

@Suite("A clock far ahead erases nothing at once")
struct ClockGuardTests {
    private static let start = Moment(milliseconds: 1_795_236_570_000)
    private static let years = Duration.seconds(10 * 365 * 86_400)

    @Test(
        "erasing waits after a jump, also over a restart, and goes on once the clock is set back",
        arguments: TestDatabase.engines
    )
    func jump(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let instant = ContinuousClock.now
        let clock = ClockGuard(database: database)
        #expect(try await clock.trusts(Self.start, at: instant))
        #expect(try await clock.trusts(Self.start.adding(.seconds(3 * 86_400)), at: instant))
        let ahead = Self.start.adding(Self.years)
        #expect(try await !clock.trusts(ahead, at: instant))
        #expect(try await !clock.trusts(ahead, at: instant + .seconds(5 * 3600)))
        #expect(try await !ClockGuard(database: database).trusts(ahead, at: instant))
        #expect(try await clock.trusts(Self.start.adding(.seconds(3 * 86_400 + 60)), at: instant + .seconds(5 * 3600)))
        // Set ahead again, the wait begins anew.
        #expect(try await !clock.trusts(ahead, at: instant + .seconds(7 * 3600)))
    }

    @Test("restarts do not begin the wait anew, and the time between lives is none", arguments: TestDatabase.engines)
    func restarts(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        var (now, instant) = (Self.start, ContinuousClock.now)
        #expect(try await ClockGuard(database: database).trusts(now, at: instant))
        now = now.adding(.seconds(30 * 86_400))
        var lives = 0
        for life in 1...10 {
            let clock = ClockGuard(database: database)
            var isTrusted = false
            // An hour of looks each minute, then half an hour of silence.
            for _ in 0...60 where !isTrusted {
                isTrusted = try await clock.trusts(now, at: instant)
                now = now.adding(.seconds(60))
                instant += .seconds(60)
            }
            lives = life
            if isTrusted { break }
            now = now.adding(.seconds(1_800))
            instant += .seconds(1_800)
        }
        #expect(lives == 6)
    }

    @Test("numbers that nothing wrote are waited out like a jump", arguments: TestDatabase.engines)
    func damaged(engine: DatabaseEngine) async throws {
        let jumped = Self.start.adding(.seconds(30 * 86_400)).milliseconds
        for (suspected, waited) in [(Int64.min, Int64.max), (.max, .min), (0, .max), (jumped, .max), (jumped, .min)] {
            let database = try await TestDatabase.make(engine)
            let instant = ContinuousClock.now
            #expect(try await ClockGuard(database: database).trusts(Self.start, at: instant))
            try await database.write { session in
                for (name, value) in [("clock.suspected", suspected), ("clock.waited", waited)] {
                    try session.execute(
                        "INSERT INTO counter (name, value) VALUES ($1, $2)",
                        [.text(name), .integer(value)]
                    )
                }
            }
            let clock = ClockGuard(database: database)
            let later = Self.start.adding(.seconds(30 * 86_400))
            #expect(try await !clock.trusts(later, at: instant))
            #expect(try await clock.trusts(later.adding(.seconds(6 * 3600)), at: instant + .seconds(6 * 3600)))
        }
    }

    @Test("a desk that was really away for long erases after a morning", arguments: TestDatabase.engines)
    func away(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let instant = ContinuousClock.now
        #expect(try await ClockGuard(database: database).trusts(Self.start, at: instant))
        let clock = ClockGuard(database: database)
        let later = Self.start.adding(.seconds(30 * 86_400))
        #expect(try await !clock.trusts(later, at: instant))
        #expect(try await clock.trusts(later.adding(.seconds(6 * 3600)), at: instant + .seconds(6 * 3600)))
        #expect(try await ClockGuard(database: database).trusts(later.adding(.seconds(7 * 3600)), at: instant))
    }
}
