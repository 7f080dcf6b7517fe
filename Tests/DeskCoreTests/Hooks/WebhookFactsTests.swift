import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("What a subscriber is told of a ticket")
struct WebhookFactsTests {
    @Test("who has it is told at each move, and nobody as null", arguments: TestDatabase.engines)
    func unassigned(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        try await it.database.write { session in
            try session.execute(
                """
                INSERT INTO webhook (name, url, kinds, paused, secret, created_at, failures)
                VALUES ('ERP', 'https://erp.test/hook', ' ticket ', 0, '', 0, 0)
                """
            )
        }
        let ticket = try await it.open()
        _ = try await it.make(.take, ticket, by: .account(it.ana))
        var order = MoveOrder(.move, of: ticket.id, text: "É da rede.")
        order.department = "redes"
        let moved = try await it.desk.make(order, by: .account(it.ana))
        #expect(moved.ticket.assignedTo == nil)
        let bodies = try await it.database.read { session in
            try session.rows("SELECT body FROM webhook_delivery ORDER BY id", []).compactMap { $0.text(0) }
        }
        let told = bodies.map { body in
            ["opened", "taken", "moved"].first { body.contains("\"change\":\"\($0)\"") }
        }
        #expect(told == ["opened", "taken", "moved"])
        #expect(bodies[0].contains(#""assigned_to":null"#))
        #expect(bodies[1].contains("\"assigned_to\":\(it.ana.id)"))
        #expect(bodies[2].contains(#""assigned_to":null"#))
    }
}
