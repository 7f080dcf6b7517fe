import TestSupport
import Testing

@testable import DeskCore

@Suite("Who watches a ticket they may not read any more")
struct WatchedReachTests {
    private func watch(_ it: TicketUnderTest, _ ticket: Ticket, _ account: Account) async throws {
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.watch = [account.id]
        _ = try await it.desk.make(order, by: .account(it.ana))
    }

    private func watched(_ it: TicketUnderTest, _ account: Account) async throws -> [Int64] {
        let lists = WorkListDesk(database: it.database, clock: it.clock)
        let query = WorkListQuery(.watched, of: account.id, departments: account.visibleDepartments)
        let page = try await lists.page(query)
        #expect(try await lists.count(query) == page.rows.count)
        return page.rows.map(\.ticket.id)
    }

    @Test("neither list nor bell shows it, until it is theirs to read again", arguments: TestDatabase.engines)
    func moved(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (ticket, bells) = (try await it.open(), BellDesk(database: it.database))
        try await watch(it, ticket, it.bruno)
        _ = try await it.make(.reply, ticket, "Oi", by: it.customer)
        #expect(try await watched(it, it.bruno) == [ticket.id])
        #expect(try await it.bells(it.bruno).contains(.reply))
        for (department, isReadable) in [("redes", false), ("financeiro", true)] {
            var order = MoveOrder(.move, of: ticket.id, text: "É deles.")
            order.department = department
            _ = try await it.desk.make(order, by: .account(it.chefe))
            _ = try await it.make(.reply, ticket, "E então?", by: it.customer)
            #expect(try await watched(it, it.bruno) == (isReadable ? [ticket.id] : []))
            #expect(try await it.bells(it.bruno).isEmpty != isReadable)
            #expect(try await bells.count(of: it.bruno.id) == it.bells(it.bruno).count)
        }
    }

    @Test("moved to another department, a person sees there what is theirs alone", arguments: TestDatabase.engines)
    func person(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let own = try await it.open(by: TicketAuthor(accountID: it.bruno.id, name: it.bruno.name))
        let other = try await it.open()
        for ticket in [own, other] { try await watch(it, ticket, it.bruno) }
        try await it.database.write { session in
            try session.execute(
                #"UPDATE account SET departments = '["redes"]' WHERE id = $1"#,
                [.integer(it.bruno.id)]
            )
        }
        var bruno = it.bruno
        bruno.departments = ["redes"]
        for ticket in [own, other] { _ = try await it.make(.reply, ticket, "Oi", by: it.customer) }
        #expect(try await watched(it, bruno) == [own.id])
        let rung = try await BellDesk(database: it.database).list(of: bruno.id)
        #expect(Set(rung.map(\.ticketID)) == [own.id])
    }

    @Test("nobody is made to watch what they may not read", arguments: TestDatabase.engines)
    func refused(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.watch = [it.bruno.id, it.outra.id]
        #expect(try await it.refusal(order, by: .account(it.ana)) == .blindWatcher(isWhole: false, place: 1))
        order.facts.watch = []
        order.facts.watchers = [it.outra.id]
        #expect(try await it.refusal(order, by: .account(it.ana)) == .blindWatcher(isWhole: true, place: 0))
        #expect(try await it.directory.watchers(of: ticket.id).isEmpty)
        // Who has it reads it, wherever they work.
        var given = MoveOrder(.assign, of: ticket.id)
        given.personID = it.chefe.id
        _ = try await it.desk.make(given, by: .account(it.chefe))
        order.facts.watchers = [it.chefe.id]
        #expect(try await it.refusal(order, by: .account(it.ana)) == nil)
    }
}
