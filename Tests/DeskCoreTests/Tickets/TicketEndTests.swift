import TestSupport
import Testing

@testable import DeskCore

@Suite("How a ticket ends and begins anew")
struct TicketEndTests {
    @Test(
        "what ends while its customer is waited for is not late by the wait, whoever ends it",
        arguments: TestDatabase.engines
    )
    func endedWaiting(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        func asked(after hours: Int64 = 2) async throws -> Ticket {
            let ticket = try await it.open()
            it.pass(.seconds(hours * 3_600))
            return try await it.make(.ask, ticket, "Qual?", by: .account(it.ana)).ticket
        }
        func status(_ ticket: Ticket) async throws -> ServiceStatus? {
            try await it.directory.find(ticket.id)?.serviceStatus(at: it.now)
        }
        for move in [TicketMove.solve, .cancel, .merge] {
            let ticket = try await asked()
            it.pass(.seconds(4 * 86_400))
            #expect(try await status(ticket) == .normal)
            var order = MoveOrder(move, of: ticket.id, text: "Feito")
            if move == .merge { order.otherID = try await it.open().id }
            let ended = try await it.desk.make(order, by: .account(it.chefe)).ticket
            #expect(ended.dueAt == ticket.dueAt?.adding(.seconds(4 * 86_400)), "\(move)")
            // However long it has been over.
            it.pass(.seconds(90 * 86_400))
            #expect(try await status(ticket) == .normal, "\(move)")
        }
        let forgotten = try await asked()
        for _ in 1...2 {
            it.pass(.seconds(5 * 86_400))
            _ = try await it.desk.runClocks()
        }
        #expect(try await it.directory.find(forgotten.id)?.state == .solved)
        #expect(try await status(forgotten) == .normal)
        // What was late, or at risk, when the customer was asked is so when it ends.
        for (hours, wanted) in [(50, ServiceStatus.late), (40, .atRisk)] as [(Int64, ServiceStatus)] {
            let ticket = try await asked(after: hours)
            it.pass(.seconds(86_400))
            _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
            #expect(try await status(ticket) == wanted)
        }
    }
}
