import DeskCore
import TestSupport
import Testing

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
        try await bench.directory.unmerge(duplicate.id, by: .account(3))
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
        try await bench.directory.unmerge(duplicate.id, by: bench.actor)
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
            try await faults { try await bench.directory.unmerge(duplicate.id, by: bench.actor) } == [
                CustomerFault(.document, .taken)
            ]
        )
        #expect(
            try await faults { try await bench.directory.unmerge(taker.id, by: bench.actor) } == [
                CustomerFault(.customer, .notFound)
            ]
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
        try await bench.directory.unmerge(customers[1].id, by: bench.actor)
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
            try await bench.directory.unmerge(ids[place], by: bench.actor)
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
        try await bench.directory.unmerge(duplicate.id, by: bench.actor)
        #expect(try await asked() == id)
    }
}
