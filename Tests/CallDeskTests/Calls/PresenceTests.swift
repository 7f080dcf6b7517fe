import DeskCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("Who has the desk open", .timeLimit(.minutes(2)))
struct PresenceTests {
    @Test("a clock that is set back makes nobody present who has gone")
    func clockSetBack() async throws {
        try await DeskUnderTest.with { test in
            let presence = Presence(clock: test.app.clock, sessions: test.app.sessions, hasOthers: false)
            #expect(await presence.isPresent(1), "just after the start everybody's browser is coming back")
            presence.enter(1)
            test.clock.advance(by: Presence.grace)
            #expect(await presence.isPresent(1))
            #expect(await !presence.isPresent(2))
            presence.leave(1)
            #expect(await presence.isPresent(1), "a page is loaded again")
            test.clock.advance(by: Presence.grace)
            test.clock.advance(by: .seconds(-7_200))
            #expect(await !presence.isPresent(1))
            #expect(await !presence.isPresent(2))
        }
    }
}
