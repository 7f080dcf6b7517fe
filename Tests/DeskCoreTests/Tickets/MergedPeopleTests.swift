import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Two people's tickets become one")
struct MergedPeopleTests {
    private static func merge(_ one: Ticket, into other: Ticket) -> MoveOrder {
        var order = MoveOrder(.merge, of: one.id)
        order.otherID = other.id
        return order
    }

    /// Another person who speaks for the customer, and the ticket they asked for.
    private func second(_ it: TicketUnderTest) async throws -> (contact: Int64, ticket: Ticket) {
        let ticket = try await it.open()
        let customer = it.customerID
        let contact = try await it.database.write { session in
            let row = try session.row(
                """
                INSERT INTO contact (customer_id, name, name_folded, email, created_at)
                VALUES ($1, 'João Lima', 'joao lima', 'joao@example.com', 0) RETURNING id
                """,
                [.integer(customer)]
            )
            try session.execute(
                "UPDATE ticket SET contact_id = $1 WHERE id = $2",
                [.integer(row?.integer(0)), .integer(ticket.id)]
            )
            return row?.integer(0)
        }
        return (try #require(contact), try #require(try await it.directory.find(ticket.id)))
    }

    private func reach(_ it: TicketUnderTest, _ contact: Int64) -> TicketReach {
        TicketReach([PersonContact(contactID: contact, customerID: it.customerID, reach: .own)])
    }

    @Test(
        "who asked for the dead one sees and finds the one that counts, until the merger is taken back",
        arguments: TestDatabase.engines
    )
    func sight(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let first = try await it.open()
        let (joao, dead) = try await second(it)
        let reach = reach(it, joao)
        #expect(!reach.covers(first))
        let made = try await it.desk.make(Self.merge(dead, into: first), by: .account(it.ana))
        let survivor = try #require(try await it.directory.find(first.id))
        #expect(survivor.contactID == it.contactID)
        #expect(survivor.secondContactID == joao)
        #expect(reach.covers(survivor))
        #expect(try await it.directory.list(of: reach, limit: 9).contains { $0.id == first.id })
        let word = TicketSearch.word(ofContact: joao)
        var query = TicketQuery()
        query.words = word
        #expect(try await it.directory.list(query).contains { $0.id == first.id })
        // What is done to it later keeps them.
        let undo = try #require(made.undo)
        _ = try await it.desk.takeBack(undo.id, by: .account(it.ana))
        let again = try #require(try await it.directory.find(first.id))
        #expect(again.secondContactID == nil)
        #expect(!reach.covers(again))
        _ = try await it.desk.make(Self.merge(dead, into: first), by: .account(it.ana))
        _ = try await it.make(.take, first, by: .account(it.ana))
        #expect(try await it.directory.find(first.id)?.secondContactID == joao)
    }

    @Test("one person's two tickets name nobody twice, and of three people the first two stay")
    func places() async throws {
        let it = try await TicketUnderTest(TestDatabase.usual)
        let (first, own) = (try await it.open(), try await it.open())
        _ = try await it.desk.make(Self.merge(own, into: first), by: .account(it.ana))
        #expect(try await it.directory.find(first.id)?.secondContactID == nil)
        let (joao, one) = try await second(it)
        _ = try await it.desk.make(Self.merge(one, into: first), by: .account(it.ana))
        let last = try await it.open()
        // The chain's people come along.
        _ = try await it.desk.make(Self.merge(first, into: last), by: .account(it.ana))
        #expect(try await it.directory.find(last.id)?.secondContactID == joao)
    }

    @Test(
        "what was asked in confidence is merged only with the same person's confidence",
        arguments: TestDatabase.engines
    )
    func confidence(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (open, secret, other) = (try await it.open(), try await it.open(), try await it.open())
        let (_, joaos) = try await second(it)
        let ids = [secret.id, other.id, joaos.id]
        try await it.database.write { session in
            for id in ids {
                try session.execute("UPDATE ticket SET confidential = 1 WHERE id = $1", [.integer(id)])
            }
        }
        for (one, into) in [(secret, open), (open, secret), (joaos, secret)] {
            #expect(try await it.refusal(Self.merge(one, into: into), by: .account(it.ana)) == .confidential)
            #expect(try await it.directory.find(one.id)?.state == .triage)
        }
        // Somebody who came by a merger reads no confidence either.
        let joao = joaos.contactID
        for (follows, into) in [(other, secret), (secret, other)] {
            try await it.database.write { session in
                try session.execute("UPDATE ticket SET second_contact_id = NULL WHERE confidential = 1")
                try session.execute(
                    "UPDATE ticket SET second_contact_id = $1 WHERE id = $2",
                    [.integer(joao), .integer(follows.id)]
                )
            }
            #expect(try await it.refusal(Self.merge(other, into: secret), by: .account(it.ana)) == .confidential)
            #expect(try await it.directory.find(into.id)?.state == .triage)
        }
        try await it.database.write { session in
            try session.execute("UPDATE ticket SET second_contact_id = NULL WHERE confidential = 1")
        }
        #expect(try await it.refusal(Self.merge(other, into: secret), by: .account(it.ana)) == nil)
    }

    @Test(
        "what is split off is as confidential, and as little proven, as what it was a part of",
        arguments: TestDatabase.engines
    )
    func parts(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        for (confidential, unverified) in [(1, 0), (0, 1), (1, 1), (0, 0)] {
            let ticket = try await it.open()
            let entry = try await it.make(.note, ticket, "à parte", by: .account(it.ana)).entry
            try await it.database.write { session in
                try session.execute(
                    "UPDATE ticket SET confidential = $1, unverified = $2 WHERE id = $3",
                    [.integer(confidential), .integer(unverified), .integer(ticket.id)]
                )
            }
            var order = MoveOrder(.split, of: ticket.id)
            order.entryIDs = [entry.id]
            let made = try #require(try await it.desk.make(order, by: .account(it.chefe)).other)
            #expect(made.isConfidential == (confidential == 1))
            #expect(made.isUnverified == (unverified == 1))
        }
    }
}
