import DeskCore
import Hummingbird
import HummingbirdTesting
import Synchronization
import Testing

@testable import CallDesk

@Suite("The bell of tickets", .timeLimit(.minutes(5)))
struct TicketBellTests {
    /// What was heard last, and how often.
    private struct Heard {
        var opening: TicketOpening?
        var times = 0
    }

    @Test("calling it does not grow with the times it was called")
    func rings() async throws {
        try await DeskUnderTest.with { test in
            let heard = Mutex(Heard())
            let bell = test.app.bell
            bell.listen { _, opening in
                heard.withLock {
                    $0.opening = opening
                    $0.times += 1
                }
            }
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let order = DeskUnderTest.ticket(customer.id)
                let opened = try await client.send(.post, "/api/v1/tickets", token: test.token, json: order)
                #expect(opened.status == 201)
            }
            let opening = try #require(heard.withLock { $0.opening })
            for _ in 0..<100_000 { bell.ring(.answered, opening) }
            #expect(heard.withLock { $0.times } == 100_001)
        }
    }
}
