import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Accounts of people whose records are made one")
struct MergedAccountsTests {
    private func bench(_ engine: DatabaseEngine = TestDatabase.usual) async throws -> (PortalBench, TicketDesk) {
        let bench = try await PortalBench(engine: engine)
        let tickets = TicketDesk(
            database: bench.database,
            numbers: NumberDesk(format: .standard, timeZone: .gmt),
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: bench.clock.clock,
            announce: { _, _ in true }
        )
        return (bench, tickets)
    }

    @Test(
        "who registered as a private customer and comes to a company sees what they ask, and all of their own again after",
        arguments: TestDatabase.engines
    )
    func company(engine: DatabaseEngine) async throws {
        let (bench, tickets) = try await bench(engine)
        let rui = try await bench.person("Rui", "rui@ex.br", login: "rui")
        let own = try #require(try await bench.persons.contacts(of: rui.id).first)
        #expect(own.reach == .all)
        let company = try await bench.contact("Padaria Luz", "luz@ex.br", kind: .company)
        try await bench.customers.merge(own.customerID, into: company.customerID, by: bench.actor)
        #expect(
            try await bench.persons.contacts(of: rui.id) == [
                PersonContact(contactID: own.contactID, customerID: company.customerID, reach: .own)
            ]
        )
        try await bench.customers.unmerge(own.customerID, by: bench.actor, with: tickets)
        #expect(try await bench.persons.contacts(of: rui.id) == [own])
    }

    @Test("of two private customers each sees all, and what the desk chose in a company meanwhile stays")
    func chosen() async throws {
        let (bench, tickets) = try await bench()
        let rui = try await bench.person("Rui", "rui@ex.br", login: "rui")
        let own = try #require(try await bench.persons.contacts(of: rui.id).first)
        let other = try await bench.contact("Rui R.", "rr@ex.br")
        try await bench.customers.merge(own.customerID, into: other.customerID, by: bench.actor)
        #expect(try await bench.persons.contacts(of: rui.id).map(\.reach) == [.all])
        try await bench.customers.unmerge(own.customerID, by: bench.actor, with: tickets)
        let company = try await bench.contact("Padaria Luz", "luz@ex.br", kind: .company)
        try await bench.customers.merge(own.customerID, into: company.customerID, by: bench.actor)
        _ = try await bench.persons.set(reach: .departments(["financeiro"]), contactID: own.contactID, by: bench.actor)
        try await bench.customers.unmerge(own.customerID, by: bench.actor, with: tickets)
        #expect(try await bench.persons.contacts(of: rui.id).map(\.reach) == [.departments(["financeiro"])])
    }

    @Test("who the desk has joined to a customer has nothing left to prove, whichever of the two records stayed")
    func claims() async throws {
        let (bench, _) = try await bench()
        for isMetKept in [true, false] {
            let met = try await bench.contact("Rui R.", nil)
            let rui = try await bench.person("Rui", nil, login: "rui\(isMetKept)")
            let own = try #require(try await bench.persons.contacts(of: rui.id).first)
            try await bench.database.write { session in
                try session.execute(
                    "INSERT INTO person_claim (person_id, contact_id, customer_id, created_at) VALUES ($1, $2, $3, 0)",
                    [.integer(rui.id), .integer(own.contactID), .integer(met.customerID)]
                )
            }
            let (former, kept) =
                isMetKept ? (own.customerID, met.customerID) : (met.customerID, own.customerID)
            try await bench.customers.merge(former, into: kept, by: bench.actor)
            #expect(try await bench.persons.claim(of: rui.id) == nil)
        }
    }
}
