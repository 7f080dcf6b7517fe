import TestSupport
import Testing

@testable import DeskCore

@Suite("Prepared texts")
struct CannedReplyTests {
    private func refused(_ work: () async throws(StoreError) -> Void) async -> CannedReplyRefusal? {
        do throws(StoreError) {
            try await work()
            return nil
        } catch {
            guard case .refused(let refusal) = error else { return nil }
            return refusal as? CannedReplyRefusal
        }
    }

    @Test("one's own, a department's and everybody's, each seen by those it is for", arguments: TestDatabase.engines)
    func whose(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let replies = CannedReplies(database: it.database, clock: it.clock)
        let own = try await replies.save(
            title: " Até  logo ",
            body: "Até logo",
            mine: true,
            department: nil,
            by: it.ana
        )
        let shared = try await replies.save(
            title: "Segunda via",
            body: "Olá, {{first_name}}: a segunda via da cobrança do chamado {{ticket}} segue em anexo.",
            mine: false,
            department: "financeiro",
            by: it.chefe
        )
        let all = try await replies.save(title: "Bem-vindo", body: "Olá!", mine: false, department: nil, by: it.chefe)
        #expect(own.title == "Até logo")
        #expect(try await replies.list(for: it.ana) == [own, all, shared])
        #expect(try await replies.list(for: it.bruno) == [all, shared])
        #expect(try await replies.list(for: it.outra) == [all])
        #expect(try await replies.list(for: it.ana, department: "redes") == [own, all])
        #expect(try await replies.list(for: it.ana, words: "COBRANCA anexo") == [shared])
        #expect(try await replies.list(for: it.ana, words: "100%").isEmpty)
        #expect(try await replies.find(own.id, for: it.bruno) == nil)
        #expect(shared.filled([.firstName: "Maria", .ticket: "12"]).hasPrefix("Olá, Maria: a segunda via"))

        let changed = try await replies.save(
            own.id,
            title: "Tchau",
            body: "Tchau",
            mine: true,
            department: nil,
            by: it.ana
        )
        #expect(changed.id == own.id)
        try await replies.remove(shared.id, by: it.chefe)
        #expect(try await replies.list(for: it.ana) == [changed, all])
    }

    @Test("what is refused says why, and changes nothing", arguments: TestDatabase.engines)
    func refusals(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let replies = CannedReplies(database: it.database, clock: it.clock)
        func save(
            _ title: String,
            _ body: String,
            mine: Bool = true,
            department: String? = nil,
            by account: Account
        ) async -> CannedReplyRefusal? {
            await refused { () throws(StoreError) in
                _ = try await replies.save(title: title, body: body, mine: mine, department: department, by: account)
            }
        }
        #expect(await save(" ", "x", by: it.ana) == .noTitle)
        #expect(await save(String(repeating: "a", count: 81), "x", by: it.ana) == .titleTooLong)
        func kind(_ refusal: CannedReplyRefusal?) -> TemplateFault.Kind? {
            guard case .text(let fault) = refusal else { return nil }
            return fault.kind
        }
        #expect(kind(await save("a", "Olá {{nome}}", by: it.ana)) == .unknownVariable("nome"))
        // What only a notice knows is no variable here.
        #expect(kind(await save("a", "{{code}}", by: it.ana)) == .unknownVariable("code"))
        #expect(kind(await save("a", "{{ticket", by: it.ana)) == .unclosedTag)
        #expect(kind(await save("a", "  ", by: it.ana)) == .missingBody)
        #expect(kind(await save("a", String(repeating: "ã", count: 10_001), by: it.ana)) == .tooLong(limit: 10_000))
        #expect(await save("a", "x", mine: false, department: "financeiro", by: it.ana) == .notAllowed)
        #expect(await save("a", "x", mine: false, department: "redes", by: it.chefe) == .departmentElsewhere)
        let own = try await replies.save(title: "a", body: "x", mine: true, department: nil, by: it.ana)
        for other in [it.bruno, it.chefe] {
            #expect(await refused { () throws(StoreError) in try await replies.remove(own.id, by: other) } == .notFound)
            #expect(
                await refused { () throws(StoreError) in
                    _ = try await replies.save(own.id, title: "b", body: "y", mine: true, department: nil, by: other)
                } == .notFound
            )
        }
        #expect(try await replies.list(for: it.ana) == [own])
    }
}

@Suite("The checklist and the time of a ticket")
struct TicketWorkTests {
    private let topic = Topic(
        id: "t",
        title: LocalizedText("T"),
        say: nil,
        keywords: [],
        path: [],
        department: "financeiro",
        priority: .normal,
        serviceLevel: ServiceLevel(firstAnswer: nil, solution: nil),
        digit: nil,
        identity: .none,
        fields: [],
        modules: [],
        guides: [],
        summary: .standard,
        description: .standard,
        whatChanged: nil,
        attachments: nil,
        steps: [TopicStep(id: "um", label: LocalizedText("Um")), TopicStep(id: "dois", label: LocalizedText("Dois"))]
    )

    @Test("steps are done once, by whom and when, and not after the end", arguments: TestDatabase.engines)
    func steps(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let steps = TicketSteps(database: it.database, clock: it.clock)
        let ticket = try await it.open()
        try await steps.mark("um", isDone: true, of: ticket.id, by: it.ana)
        let first = it.now
        it.pass(.seconds(60))
        try await steps.mark("um", isDone: true, of: ticket.id, by: it.bruno)
        let list = try await steps.list(of: ticket.id, topic: topic)
        #expect(list.map(\.doneBy) == ["Ana Souza", nil])
        #expect(list.first?.doneAt == first)
        try await steps.mark("um", isDone: false, of: ticket.id, by: it.bruno)
        #expect(try await steps.list(of: ticket.id, topic: topic).allSatisfy { $0.doneAt == nil })
        func refusal(_ account: Account) async -> TicketRefusal? {
            do throws(StoreError) {
                try await steps.mark("dois", isDone: true, of: ticket.id, by: account)
                return nil
            } catch {
                guard case .refused(let refusal) = error else { return nil }
                return refusal as? TicketRefusal
            }
        }
        #expect(await refusal(it.outra) == .notAllowed(.change))
        _ = try await it.desk.make(MoveOrder(.cancel, of: ticket.id, text: "x"), by: .account(it.chefe))
        #expect(await refusal(it.ana) == .over(.cancelled))
    }

    @Test("time is what was written down, and the calls' by itself", arguments: TestDatabase.engines)
    func time(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (one, other) = (try await it.open(), try await it.open())
        #expect(try await it.directory.time(of: one.id) == TicketTime(told: .zero, talked: .zero))
        var note = MoveOrder(.note, of: one.id, text: "Testei")
        note.minutes = 25
        let made = try await it.desk.make(note, by: .account(it.ana))
        #expect(made.entry.facts.minutes == 25)
        // The customer hears nothing of it.
        var reply = MoveOrder(.reply, of: one.id, text: "Pronto")
        reply.minutes = 5
        let said = try await it.desk.make(reply, by: .account(it.ana)).entry
        #expect(PublicEntry(said)?.facts.minutes == nil)
        // A call of ten minutes that opened one ticket counts whole, and half once it opened another.
        let (from, id) = (it.now, one.attendanceID)
        try await it.database.write { session in
            let call = try session.row(
                """
                INSERT INTO call (line, call_key, direction, state, outcome, started_at, answered_at, ended_at)
                VALUES ('a', 'k', 'inbound', 'ended', 'answered', $1, $1, $2) RETURNING id
                """,
                [.moment(from), .moment(from.adding(.seconds(600)))]
            )?.integer(0)
            try session.execute("UPDATE attendance SET call_id = $1 WHERE id = $2", [.integer(call), .integer(id)])
        }
        #expect(try await it.directory.time(of: one.id) == TicketTime(told: .seconds(1_800), talked: .seconds(600)))
        try await it.database.write { session in
            try session.execute(
                "UPDATE ticket SET attendance_id = $1 WHERE id = $2",
                [.integer(id), .integer(other.id)]
            )
        }
        #expect(try await it.directory.time(of: one.id).talked == .seconds(300))
        // An entry that is split off takes its time along.
        var split = MoveOrder(.split, of: one.id)
        split.entryIDs = [made.entry.id]
        let part = try await it.desk.make(split, by: .account(it.ana)).other
        #expect(try await it.directory.time(of: one.id).told == .seconds(300))
        #expect(try await it.directory.time(of: part?.id ?? 0).told == .seconds(1_500))
    }

    @Test("tickets of one call have all of it once they are one ticket", arguments: TestDatabase.engines)
    func timeOfMerged(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (one, other, third) = (try await it.open(), try await it.open(), try await it.open())
        let (from, id) = (it.now, one.attendanceID)
        let called = try await it.database.write { session -> String? in
            let call = try session.row(
                """
                INSERT INTO call (line, call_key, direction, state, outcome, started_at, answered_at, ended_at)
                VALUES ('a', 'k', 'inbound', 'ended', 'answered', $1, $1, $2) RETURNING id
                """,
                [.moment(from), .moment(from.adding(.seconds(600)))]
            )?.integer(0)
            try session.execute("UPDATE attendance SET call_id = $1 WHERE id = $2", [.integer(call), .integer(id)])
            for ticket in [other.id, third.id] {
                try session.execute(
                    "UPDATE ticket SET attendance_id = $1 WHERE id = $2",
                    [.integer(id), .integer(ticket)]
                )
            }
            return try session.row("SELECT protocol FROM attendance WHERE id = $1", [.integer(id)])?.text(0)
        }
        #expect(try await it.directory.time(of: one.id).talked == .seconds(200))
        var merge = MoveOrder(.merge, of: other.id)
        merge.otherID = one.id
        _ = try await it.desk.make(merge, by: .account(it.chefe))
        #expect(try await it.directory.time(of: one.id).talked == .seconds(400))
        merge = MoveOrder(.merge, of: third.id)
        merge.otherID = one.id
        _ = try await it.desk.make(merge, by: .account(it.chefe))
        #expect(try await it.directory.time(of: one.id).talked == .seconds(600))
        // One that the call was linked to, before it became a part of what was opened in it.
        let linked = try await it.open()
        var facts = EntryFacts()
        facts.protocolNumber = called
        let fact = facts
        try await it.database.write { session in
            try Entry.addOwn(to: linked.id, kind: .linked, facts: fact, at: from, in: session)
        }
        #expect(try await it.directory.time(of: linked.id).talked == .seconds(600))
        merge = MoveOrder(.merge, of: linked.id)
        merge.otherID = one.id
        _ = try await it.desk.make(merge, by: .account(it.chefe))
        #expect(try await it.directory.time(of: one.id).talked == .seconds(600))
    }

    @Test("the whole list of who watches is set at once", arguments: TestDatabase.engines)
    func watchers(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        func watch(_ ids: [Int64]) async throws -> EntryFacts {
            var order = MoveOrder(.change, of: ticket.id)
            order.facts.watchers = ids
            return try await it.desk.make(order, by: .account(it.ana)).entry.facts
        }
        #expect(try await watch([it.bruno.id, it.chefe.id]).watches == ["Bruno Reis", "Célia Chefe"])
        let second = try await watch([it.chefe.id, it.ana.id])
        #expect(second.watches == ["Ana Souza"])
        #expect(second.watchesNoMore == ["Bruno Reis"])
        #expect(try await it.directory.watchers(of: ticket.id) == [it.ana.id, it.chefe.id])
        #expect(try await watch([]).watchesNoMore == ["Ana Souza", "Célia Chefe"])
    }
}
