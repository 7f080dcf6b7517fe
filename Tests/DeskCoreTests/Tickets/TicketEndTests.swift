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

    @Test(
        "what the clock solved is nobody's solution, and goes on with who had it, not with who solved it once",
        arguments: TestDatabase.engines
    )
    func credit(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        var result = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        #expect(result.ticket.solvedBy == it.ana.id)
        result = try await it.make(.restart, ticket, "Não", by: it.customer)
        #expect(result.ticket.solvedBy == nil)
        _ = try await it.make(.take, ticket, by: .account(it.bruno))
        _ = try await it.make(.ask, ticket, "Qual?", by: .account(it.bruno))
        for days in [5, 5, 3] as [Int64] {
            it.pass(.seconds(days * 86_400))
            _ = try await it.desk.runClocks()
        }
        let closed = try #require(try await it.directory.find(ticket.id))
        #expect(closed.state == .closed)
        #expect(closed.solvedBy == nil)
        result = try await it.make(.reopen, ticket, "Ainda", by: it.customer)
        #expect(result.ticket.assignedTo == it.bruno.id)
        // Solved by somebody again, and reopened: it goes to them, and is solved by nobody until it is.
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        _ = try await it.make(.confirm, ticket, by: it.customer)
        result = try await it.make(.reopen, ticket, "Ainda", by: it.customer)
        #expect(result.ticket.assignedTo == it.ana.id)
        #expect(result.ticket.solvedBy == nil)
        // An older release kept who solved it once.
        let id = ticket.id
        let ana = it.ana.id
        var assign = MoveOrder(.assign, of: id)
        assign.personID = it.bruno.id
        _ = try await it.desk.make(assign, by: .account(it.ana))
        try await it.database.write {
            try $0.execute("UPDATE ticket SET solved_by = $1 WHERE id = $2", [.integer(ana), .integer(id)])
        }
        _ = try await it.make(.ask, ticket, "Qual?", by: .account(it.bruno))
        for days in [5, 5] as [Int64] {
            it.pass(.seconds(days * 86_400))
            _ = try await it.desk.runClocks()
        }
        #expect(try await it.directory.find(ticket.id)?.state == .solved)
        #expect(try await it.directory.find(ticket.id)?.solvedBy == nil)
    }

    @Test(
        "what begins anew in a department that is gone lies where its topic is handled now, and says so",
        arguments: TestDatabase.engines
    )
    func house(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        func catalogue(_ topic: String) throws -> Catalogue {
            let source = """
                <catalogue xmlns="urn:calldesk:catalogue"><title>T</title>
                <department id="geral"><name>Geral</name></department>
                <department id="redes"><name>Redes</name></department>
                <section id="s"><title>S</title>
                <topic id="\(topic)" department="redes"><title>T</title></topic></section></catalogue>
                """
            return try CatalogueReader.read(Array(source.utf8), file: "x")
        }
        let id = it.ana.id
        try await it.database.write {
            try $0.execute(
                "UPDATE account SET departments = '[\"financeiro\", \"redes\"]' WHERE id = $1",
                [.integer(id)]
            )
        }
        for (topic, home) in [("correcao-faturas", "redes"), ("outro", "geral")] {
            for move in [TicketMove.restart, .reopen] {
                let ticket = try await it.open()
                _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
                if move == .reopen { _ = try await it.make(.confirm, ticket, by: it.customer) }
                let desk = it.desk(catalogue: try catalogue(topic))
                let result = try await desk.make(MoveOrder(move, of: ticket.id, text: "Voltou"), by: it.customer)
                #expect(result.ticket.department == home, "\(move) \(topic)")
                // Who solved it goes on with it where they work.
                #expect(result.ticket.assignedTo == (move == .reopen && home == "redes" ? it.ana.id : nil))
                if move == .restart, home == "redes" { #expect(try await it.bells(it.outra).contains(.restarted)) }
                let moved = try #require(
                    try await it.directory.thread(ticket.id).first { $0.kind == .moved },
                    "\(move) \(topic)"
                )
                #expect(moved.facts.department == .init("financeiro", home))
                #expect(moved.authorKind == .system)
            }
        }
        // So does a part of one that is solved.
        let solved = try await it.open()
        var split = MoveOrder(.split, of: solved.id)
        split.entryIDs = [try await it.make(.reply, solved, "Outra coisa", by: it.customer).entry.id]
        _ = try await it.make(.solve, solved, "Feito", by: .account(it.ana))
        let part = try await it.desk(catalogue: try catalogue("outro")).make(split, by: .account(it.ana)).other
        #expect(part?.department == "geral")
        // One that is there keeps it.
        let ticket = try await it.open()
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        let desk = it.desk(catalogue: try InterviewFixture.catalogue())
        let result = try await desk.make(MoveOrder(.restart, of: ticket.id, text: "Voltou"), by: it.customer)
        #expect(result.ticket.department == "financeiro")
        #expect(try await it.directory.thread(ticket.id).allSatisfy { $0.kind != .moved })
    }
}
