import TestSupport
import Testing

@testable import DeskCore

@Suite("Tickets under a clock in doubt")
struct DoubtedClockTests {
    @Test("under a clock in doubt deadlines ring, and nobody is reminded, given up or closed by itself")
    func doubtedClock() async throws {
        let it = try await TicketUnderTest(.sqlite)
        let (late, asked, solved) = (try await it.open(), try await it.open(), try await it.open())
        _ = try await it.make(.take, late, by: .account(it.ana))
        _ = try await it.make(.ask, asked, "Qual?", by: .account(it.ana))
        _ = try await it.make(.solve, solved, "Feito", by: .account(it.ana))
        it.pass(.seconds(400 * 86_400))
        _ = it.told()
        for _ in 0..<3 { _ = try await it.desk.runClocks(ends: false) }
        #expect(it.told().isEmpty)
        #expect(try await it.bells(it.ana).contains(.late))
        for (ticket, state) in [(asked, TicketState.waiting), (solved, .solved)] {
            #expect(try await it.directory.find(ticket.id)?.state == state)
        }
        _ = try await it.desk.runClocks()
        #expect(try await it.directory.find(solved.id)?.state == .closed)
    }
}
