import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("What a subscriber is told of tickets and contacts")
struct WebhookFactsTests {
    private func subscribed(to kind: WebhookKind, _ engine: DatabaseEngine) async throws -> TicketUnderTest {
        let it = try await TicketUnderTest(engine)
        try await it.database.write { session in
            try session.execute(
                """
                INSERT INTO webhook (name, url, kinds, paused, secret, created_at, failures)
                VALUES ('ERP', 'https://erp.test/hook', ' \(kind.rawValue) ', 0, '', 0, 0)
                """
            )
        }
        return it
    }

    private func bodies(_ it: TicketUnderTest) async throws -> [String] {
        try await it.database.read { session in
            try session.rows("SELECT body FROM webhook_delivery ORDER BY id", []).compactMap { $0.text(0) }
        }
    }

    @Test(
        "a contact that turns out to be part of another's call is told as ended, a duplicate",
        arguments: TestDatabase.engines
    )
    func duplicate(engine: DatabaseEngine) async throws {
        let it = try await subscribed(to: .attendance, engine)
        let log = CallLog(database: it.database, numbers: it.numbers, clock: it.clock)
        func talk(_ key: String) -> CallSignal {
            CallSignal(line: "matriz", key: key, direction: .inbound, state: .talking)
        }
        let begun = try await log.record([talk("1.1"), talk("1.9")])
        let consultation = try #require(begun.last?.attendance?.id)
        let before = try await bodies(it).count
        var joined = talk("1.1")
        joined.absorbed = ["1.9"]
        _ = try await log.record([joined])
        let told = try await bodies(it).dropFirst(before)
        #expect(told.count == 1)
        #expect(told.allSatisfy { $0.contains("\"id\":\(consultation),") && $0.contains(#""outcome":"duplicate""#) })
        // Told again, it says nothing new.
        _ = try await log.record([joined])
        #expect(try await bodies(it).count == before + told.count)
    }

    @Test(
        "who a contact is with is told once it is known, and what it came to when the menu knew it last",
        arguments: TestDatabase.engines
    )
    func laterKnown(engine: DatabaseEngine) async throws {
        let it = try await subscribed(to: .attendance, engine)
        let log = CallLog(database: it.database, numbers: it.numbers, clock: it.clock)
        let missed = CallSignal(line: "matriz", key: "1.1", direction: .inbound, state: .ended, outcome: .abandoned)
        let id = try #require(try await log.record([missed]).first?.attendance?.id)
        let before = try await bodies(it).count
        for level in [IdentityLevel.known, .verified] {
            try await it.attendances.identify(
                id,
                customerID: it.customerID,
                contactID: it.contactID,
                level: level
            )
        }
        for _ in 0..<2 { try await it.attendances.note(id, topic: nil, wantsCallBack: true) }
        let told = Array(try await bodies(it).dropFirst(before))
        try #require(told.count == 2, "\(told)")
        #expect(told[0].contains("\"customer_id\":\(it.customerID)") && told[0].contains(#""outcome":"missed""#))
        #expect(told[1].contains(#""outcome":"callback_asked""#))
    }

    @Test("who has it is told at each move, and nobody as null", arguments: TestDatabase.engines)
    func unassigned(engine: DatabaseEngine) async throws {
        let it = try await subscribed(to: .ticket, engine)
        let ticket = try await it.open()
        _ = try await it.make(.take, ticket, by: .account(it.ana))
        var order = MoveOrder(.move, of: ticket.id, text: "É da rede.")
        order.department = "redes"
        let moved = try await it.desk.make(order, by: .account(it.ana))
        #expect(moved.ticket.assignedTo == nil)
        let bodies = try await bodies(it)
        let told = bodies.map { body in
            ["opened", "taken", "moved"].first { body.contains("\"change\":\"\($0)\"") }
        }
        #expect(told == ["opened", "taken", "moved"])
        #expect(bodies[0].contains(#""assigned_to":null"#))
        #expect(bodies[1].contains("\"assigned_to\":\(it.ana.id)"))
        #expect(bodies[2].contains(#""assigned_to":null"#))
    }
}
