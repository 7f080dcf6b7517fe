import TestSupport
import Testing

@testable import DeskCore

@Suite("A token's limit over all nodes", .timeLimit(.minutes(1)))
struct RateLevelsTests {
    @Test("a clock that stood a day ahead refuses nobody once it is right again", arguments: TestDatabase.engines)
    func ahead(engine: DatabaseEngine) async throws {
        let token = RateHolder(token: 1)
        let levels = RateLevels(database: try await TestDatabase.make(engine))
        let now = Moment(milliseconds: 1_795_618_800_000)
        let tomorrow = now.adding(.seconds(86_400))
        #expect(try await levels.take(token, limit: 100, wanted: 100, at: tomorrow).requests == 100)
        #expect(try await levels.take(token, limit: 100, wanted: 1, at: tomorrow).requests == 0)
        #expect(try await levels.take(token, limit: 100, wanted: 100, at: now).requests == 100)
        #expect(try await levels.take(token, limit: 100, wanted: 1, at: now).requests == 0)
        // Seconds between two nodes' clocks give nothing away.
        #expect(try await levels.take(token, limit: 100, wanted: 1, at: now.adding(.seconds(-20))).requests == 0)
        #expect(try await levels.take(token, limit: 100, wanted: 100, at: now.adding(.seconds(30))).requests == 50)
    }
}
