import TestSupport
import Testing

@testable import DeskCore

@Suite("Merging duplicates")
struct CustomerMergeTests {
    /// How many rows of each table belong to a customer.
    private func belongings(_ bench: CustomerBench, _ id: Int64) async throws -> [Int64] {
        try await bench.database.read { session in
            var counts: [Int64] = []
            for table in ["contact", "phone", "contract", "attendance", "ticket"] {
                let row = try session.row("SELECT COUNT(*) FROM \(table) WHERE customer_id = $1", [.integer(id)])
                counts.append(row?.integer(0) ?? -1)
            }
            return counts
        }
    }

    private func twins(_ bench: CustomerBench) async throws -> (kept: Customer, duplicate: Customer) {
        let kept = try await bench.customer("Ana Souza", document: "52998224725", sms: true)
        let duplicate = try await bench.customer("Ana S.", document: "11144477735", sms: false)
        _ = try await bench.directory.addContact(
            ContactDraft(name: "Ana", email: "a@ex.br"),
            to: duplicate.id,
            by: bench.actor
        )
        for customer in [kept, duplicate] {
            _ = try await bench.directory.addPhone("11987654321", to: customer.id, by: bench.actor)
        }
        _ = try await bench.directory.addPhone("1132710322", to: duplicate.id, by: bench.actor)
        try await bench.call(from: "+551132710322", key: "1", customerID: duplicate.id)
        try await bench.ticket("77", customerID: duplicate.id)
        return (kept, duplicate)
    }

    @Test("everything moves to the record that stays, and back when the merge is undone")
    func mergeAndUndo() async throws {
        let bench = try await CustomerBench()
        let (kept, duplicate) = try await twins(bench)
        let before = (try await belongings(bench, kept.id), try await belongings(bench, duplicate.id))
        try await bench.directory.merge(duplicate.id, into: kept.id, by: .account(3))
        #expect(try await belongings(bench, kept.id) == [1, 2, 2, 2, 1])
        // The number both had stays with the hidden record.
        #expect(try await belongings(bench, duplicate.id) == [0, 1, 0, 0, 0])
        #expect(try await bench.directory.search("ana s").map(\.id) == [kept.id])
        #expect(try await bench.directory.candidates("11987654321").map(\.customerID) == [kept.id])
        #expect(try await bench.directory.card(duplicate.id)?.customer.id == kept.id)
        #expect(try await bench.directory.list().map(\.id) == [kept.id])
        try await bench.directory.unmerge(duplicate.id, by: .account(3), with: bench.tickets)
        let after = (try await belongings(bench, kept.id), try await belongings(bench, duplicate.id))
        #expect(after == before)
        #expect(try await bench.directory.search("ana s").count == 2)
    }

    @Test("what was moved on by hand since stays where it is")
    func undoAfterChanges() async throws {
        let bench = try await CustomerBench()
        let (kept, duplicate) = try await twins(bench)
        let third = try await bench.customer("Terceira")
        try await bench.directory.merge(duplicate.id, into: kept.id, by: bench.actor)
        try await bench.database.write { session in
            try session.execute("UPDATE ticket SET customer_id = $1 WHERE number = '77'", [.integer(third.id)])
        }
        try await bench.directory.unmerge(duplicate.id, by: bench.actor, with: bench.tickets)
        #expect(try await belongings(bench, third.id).last == 1)
        #expect(try await belongings(bench, duplicate.id) == [1, 2, 1, 2, 0])
    }

    @Test("a merged record takes no changes, no second merge, and frees its document")
    func merged() async throws {
        let bench = try await CustomerBench()
        let (kept, duplicate) = try await twins(bench)
        try await bench.directory.merge(duplicate.id, into: kept.id, by: bench.actor)
        let merged = [CustomerFault(.customer, .merged)]
        #expect(
            try await faults { try await bench.directory.merge(duplicate.id, into: kept.id, by: bench.actor) } == merged
        )
        #expect(
            try await faults { try await bench.directory.merge(kept.id, into: duplicate.id, by: bench.actor) } == merged
        )
        #expect(
            try await faults {
                _ = try await bench.directory.addPhone("11900000000", to: duplicate.id, by: bench.actor)
            } == merged
        )
        let taker = try await bench.customer("Nova", document: "11144477735")
        #expect(
            try await faults {
                try await bench.directory.unmerge(duplicate.id, by: bench.actor, with: bench.tickets)
            } == [CustomerFault(.document, .taken)]
        )
        #expect(
            try await faults {
                try await bench.directory.unmerge(taker.id, by: bench.actor, with: bench.tickets)
            } == [CustomerFault(.customer, .notFound)]
        )
        #expect(
            try await faults { try await bench.directory.merge(kept.id, into: kept.id, by: bench.actor) } == [
                CustomerFault(.customer, .alreadyThere)
            ]
        )
    }

    @Test("a record merged twice over leads to the one that stays; each merge is undone alone")
    func chain() async throws {
        let bench = try await CustomerBench()
        let customers = [try await bench.customer("A"), try await bench.customer("B"), try await bench.customer("C")]
        try await bench.directory.merge(customers[0].id, into: customers[1].id, by: bench.actor)
        try await bench.directory.merge(customers[1].id, into: customers[2].id, by: bench.actor)
        for customer in customers {
            #expect(try await bench.directory.card(customer.id)?.customer.id == customers[2].id)
        }
        try await bench.directory.unmerge(customers[1].id, by: bench.actor, with: bench.tickets)
        #expect(try await bench.directory.card(customers[0].id)?.customer.id == customers[1].id)
    }

    @Test(
        "each merge of a chain takes back its own, in whatever order",
        arguments: TestDatabase.engines,
        [true, false]
    )
    func chainTakenBack(engine: DatabaseEngine, firstFirst: Bool) async throws {
        let bench = try await CustomerBench(engine: engine)
        let customers = [try await bench.customer("A"), try await bench.customer("B"), try await bench.customer("C")]
        let ids = customers.map(\.id)
        for (place, id) in ids.enumerated() { try await bench.ticket("7\(place)", customerID: id) }
        let before = [
            try await belongings(bench, ids[0]), try await belongings(bench, ids[1]),
            try await belongings(bench, ids[2]),
        ]
        try await bench.directory.merge(ids[0], into: ids[1], by: bench.actor)
        try await bench.directory.merge(ids[1], into: ids[2], by: bench.actor)
        #expect(try await belongings(bench, ids[2]).last == 3)
        #expect(try await bench.directory.duplicates(of: ids[2]).map(\.id) == [ids[1]])
        for place in firstFirst ? [0, 1] : [1, 0] {
            try await bench.directory.unmerge(ids[place], by: bench.actor, with: bench.tickets)
        }
        for (place, id) in ids.enumerated() { #expect(try await belongings(bench, id) == before[place]) }
        #expect(try await bench.directory.duplicates(of: ids[2]).isEmpty)
    }

    @Test("what was asked and sent about a ticket goes with it and comes back", arguments: TestDatabase.engines)
    func followers(engine: DatabaseEngine) async throws {
        let bench = try await CustomerBench(engine: engine)
        let (kept, duplicate) = (try await bench.customer("A"), try await bench.customer("B"))
        try await bench.ticket("77", customerID: duplicate.id)
        let id = duplicate.id
        try await bench.database.write { session in
            try session.execute(
                "INSERT INTO ticket_survey (ticket_id, customer_id, asked_at) SELECT id, customer_id, 1 FROM ticket"
            )
        }
        func asked() async throws -> Int64? {
            try await bench.database.read { try $0.row("SELECT customer_id FROM ticket_survey")?.integer(0) }
        }
        try await bench.directory.merge(duplicate.id, into: kept.id, by: bench.actor)
        #expect(try await asked() == kept.id)
        try await bench.directory.unmerge(duplicate.id, by: bench.actor, with: bench.tickets)
        #expect(try await asked() == id)
    }

    /// Two customers of one name, each with a contact.
    private func namesakes(_ bench: CustomerBench) async throws -> (kept: Contact, other: Contact) {
        var contacts: [Contact] = []
        for name in ["Ana Souza", "Ana S."] {
            let customer = try await bench.customer(name)
            let draft = ContactDraft(name: name, email: nil)
            contacts.append(try await bench.directory.addContact(draft, to: customer.id, by: bench.actor))
        }
        return (contacts[0], contacts[1])
    }

    private func merge(_ one: Int64, into other: Int64, _ bench: CustomerBench) async throws {
        var order = MoveOrder(.merge, of: one)
        order.otherID = other
        _ = try await bench.tickets.make(order, by: .program(name: "prova", author: nil))
    }

    @Test(
        "tickets of two people that were merged while their records were one go on apart, and nobody sees the other's",
        arguments: TestDatabase.engines,
        [true, false]
    )
    func parted(engine: DatabaseEngine, isOthersMerged: Bool) async throws {
        let bench = try await CustomerBench(engine: engine)
        let (kept, other) = try await namesakes(bench)
        let first = try await bench.ticket("71", customerID: kept.customerID, contactID: kept.id)
        let second = try await bench.ticket("72", customerID: other.customerID, contactID: other.id)
        try await bench.directory.merge(other.customerID, into: kept.customerID, by: bench.actor)
        let (dead, survivor) = isOthersMerged ? (second, first) : (first, second)
        let directory = TicketDirectory(database: bench.database)
        try await merge(dead, into: survivor, bench)
        let reaches = [kept, other].map { contact in
            TicketReach([PersonContact(contactID: contact.id, customerID: contact.customerID, reach: .all)])
        }
        let follower = isOthersMerged ? other : kept
        #expect(try await directory.find(survivor)?.secondContactID == follower.id)
        try await bench.directory.unmerge(other.customerID, by: bench.actor, with: bench.tickets)
        for (id, own, strange) in [(first, reaches[0], reaches[1]), (second, reaches[1], reaches[0])] {
            let ticket = try #require(try await directory.find(id))
            #expect(ticket.state == .triage)
            #expect(ticket.mergedInto == nil)
            #expect(ticket.secondContactID == nil)
            #expect(own.covers(ticket))
            #expect(!strange.covers(ticket))
            #expect(try await directory.survivor(of: ticket).id == id)
            #expect(try await directory.thread(id).allSatisfy { $0.ticketID == id })
            #expect(try await directory.thread(id).contains { $0.kind == .parted })
            // A contact's own word finds theirs alone.
            for contact in [kept, other] {
                var query = TicketQuery()
                query.words = TicketSearch.word(ofContact: contact.id)
                let isTheirs = contact.id == ticket.contactID
                #expect(try await directory.list(query).contains { $0.id == id } == isTheirs)
            }
        }
    }

    @Test("what had ended before it was merged has ended again; the clock of what had not goes on")
    func partedWhenOver() async throws {
        let bench = try await CustomerBench()
        let (kept, other) = try await namesakes(bench)
        let survivor = try await bench.ticket("71", customerID: kept.customerID, contactID: kept.id)
        let closed = try await bench.ticket("72", customerID: other.customerID, contactID: other.id, state: "closed")
        let open = try await bench.ticket("73", customerID: other.customerID, contactID: other.id)
        try await bench.database.write { session in
            try session.execute("UPDATE ticket SET closed_at = 5 WHERE number = '72'")
        }
        try await bench.directory.merge(other.customerID, into: kept.customerID, by: bench.actor)
        for id in [closed, open] { try await merge(id, into: survivor, bench) }
        try await bench.directory.unmerge(other.customerID, by: bench.actor, with: bench.tickets)
        let directory = TicketDirectory(database: bench.database)
        #expect(try await directory.find(closed)?.state == .closed)
        #expect(try await directory.find(open)?.state == .triage)
        #expect(try await directory.stops(of: open).allSatisfy { $0.endedAt != nil })
    }

    @Test("a merger across customers that an earlier release left leads nobody to the other's ticket")
    func leftBehind() async throws {
        let bench = try await CustomerBench()
        let (kept, other) = try await namesakes(bench)
        let survivor = try await bench.ticket("71", customerID: kept.customerID, contactID: kept.id)
        let dead = try await bench.ticket("72", customerID: other.customerID, contactID: other.id, state: "merged")
        try await bench.database.write { session in
            try session.execute(
                "UPDATE ticket SET merged_into = $1 WHERE id = $2",
                [.integer(survivor), .integer(dead)]
            )
            for id in [survivor, dead] {
                try Entry.add(
                    to: id,
                    kind: .note,
                    by: .system,
                    id: nil,
                    name: "",
                    body: "do \(id)",
                    at: bench.clock.now,
                    in: session
                )
            }
        }
        let directory = TicketDirectory(database: bench.database)
        let ticket = try #require(try await directory.find(dead))
        #expect(try await directory.survivor(of: ticket).id == dead)
        #expect(try await directory.thread(survivor).map(\.body) == ["do \(survivor)"])
    }

    @Test("what somebody asked for while their record was the other's is theirs when it is their own again")
    func meanwhile() async throws {
        let bench = try await CustomerBench()
        let (kept, other) = try await namesakes(bench)
        try await bench.directory.merge(other.customerID, into: kept.customerID, by: bench.actor)
        try await bench.call(from: "+5511999990000", key: "5", customerID: kept.customerID, contactID: other.id)
        let theirs = try await bench.ticket("71", customerID: kept.customerID, contactID: other.id)
        let nobodys = try await bench.ticket("72", customerID: kept.customerID)
        try await bench.directory.unmerge(other.customerID, by: bench.actor, with: bench.tickets)
        let directory = TicketDirectory(database: bench.database)
        #expect(try await directory.find(theirs)?.customerID == other.customerID)
        #expect(try await directory.find(nobodys)?.customerID == kept.customerID)
        #expect(try await belongings(bench, other.customerID)[3] == 1)
    }

    @Test("every ticket that moved is found by whose it is now", arguments: TestDatabase.engines)
    func found(engine: DatabaseEngine) async throws {
        let bench = try await CustomerBench(engine: engine)
        let (kept, other) = (try await bench.customer("A"), try await bench.customer("B"))
        // More than one transaction puts anew.
        for number in 1...60 { try await bench.ticket("7\(number)", customerID: other.id) }
        let directory = TicketDirectory(database: bench.database)
        func found(of customer: Customer) async throws -> Int {
            var query = TicketQuery()
            query.words = TicketSearch.word(ofCustomer: customer.id)
            query.limit = 100
            return try await directory.list(query).count
        }
        try await bench.directory.merge(other.id, into: kept.id, by: bench.actor)
        #expect(try await found(of: kept) == 60)
        try await bench.directory.unmerge(other.id, by: bench.actor, with: bench.tickets)
        #expect(try await found(of: kept) == 0)
        #expect(try await found(of: other) == 60)
    }

    @Test("what a node could not put into the index before it ended is put there by the next turn")
    func debt() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("A")
        let ticket = try await bench.ticket("71", customerID: customer.id)
        try await SearchRebuild(database: bench.database, customers: bench.directory).run()
        try await bench.database.write { session in
            try SearchIndex.remove(kind: .ticket, id: ticket, in: session)
            try SearchDebt.note([ticket, ticket], in: session)
        }
        #expect(try await SearchRebuild(database: bench.database, customers: bench.directory).run() == 1)
        var query = TicketQuery()
        query.words = TicketSearch.word(ofCustomer: customer.id)
        #expect(try await TicketDirectory(database: bench.database).list(query).map(\.id) == [ticket])
        #expect(try await SearchRebuild(database: bench.database, customers: bench.directory).run() == 0)
    }
}
