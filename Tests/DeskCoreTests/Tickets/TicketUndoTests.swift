import TestSupport
import Testing

@testable import DeskCore

@Suite("Taking moves back while nobody has been told")
struct TicketUndoTests {
    /// A desk whose news become a notice each, as the real one's do.
    private func desk(_ it: TicketUnderTest) -> TicketDesk {
        TicketDesk(
            database: it.database,
            numbers: it.numbers,
            book: it.book,
            terms: it.terms,
            clock: it.clock,
            announce: { news, session in
                let draft = NoticeDraft(
                    event: news.event,
                    channel: .mail,
                    recipient: "maria@example.com",
                    language: .ptBR,
                    body: "…",
                    attendanceID: news.attendance.id,
                    ticketID: news.ticket.id,
                    customerID: nil,
                    dedupeKey: "\(news.event.rawValue)-\(news.ticket.id)-\(news.entry?.id ?? 0)"
                )
                try NoticeOutbox.enqueue(draft, at: it.now, hold: news.hold, in: session)
                return true
            }
        )
    }

    private func due(_ it: TicketUnderTest) async throws -> Int64 {
        let now = it.now
        return try await it.database.read { session in
            try session.row(
                "SELECT COUNT(*) FROM notice WHERE state = 'queued' AND next_at <= $1",
                [.moment(now)]
            )?.integer(0) ?? 0
        }
    }

    private func refusal(_ work: () async throws -> Void) async throws -> TicketRefusal? {
        do {
            try await work()
            return nil
        } catch StoreError.refused(let error) {
            return error as? TicketRefusal
        }
    }

    /// Everything of a ticket that somebody can see, but for what only counts up.
    private func picture(_ it: TicketUnderTest, _ id: Int64) async throws -> String {
        var ticket = try #require(try await it.directory.find(id))
        ticket.revision = 0
        ticket.updatedAt = ticket.createdAt
        let thread = try await it.directory.thread(id).filter { $0.kind != .undone }.map { "\($0.id) \($0.kind)" }
        let watchers = try await it.directory.watchers(of: id)
        let pauses = try await it.directory.pauses(of: id)
        var bells: [[BellKind]] = []
        for account in [it.ana, it.bruno, it.chefe] { bells.append(try await it.bells(account)) }
        let kept = try await it.database.read { session in
            try [
                "SELECT asked_at, not_asked FROM ticket_survey WHERE ticket_id = $1",
                "SELECT due_at, done, next_at FROM ticket_escalation WHERE ticket_id = $1",
                // What its customer has yet to read.
                "SELECT news_entry FROM ticket WHERE id = $1",
            ].map { sql in try session.rows(sql, [.integer(id)]).map(\.values) }
        }
        return "\(ticket)\n\(thread)\n\(watchers)\n\(pauses)\n\(bells)\n\(kept)"
    }

    @Test("every move that is taken back leaves nothing but a line of the desk's own", arguments: TestDatabase.engines)
    func everyMove(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine, policies: [Self.promise])
        let desk = desk(it)
        let other = try await it.open()
        _ = try await it.make(.reply, other, "Recebido.", by: .account(it.ana))
        for move in TicketMove.allCases where move.isTakenBack && !TicketMove.clocks.contains(move) {
            let ticket = try await it.open()
            _ = try await it.make(.reply, ticket, "Recebido.", by: .account(it.ana))
            if move == .confirm || move == .restart {
                _ = try await it.make(.solve, ticket, "feito", by: .account(it.ana))
            } else if move == .reopen {
                continue
            }
            it.pass(.seconds(1))
            let before = try await picture(it, ticket.id)
            let beforeOther = try await picture(it, other.id)
            var order = MoveOrder(move, of: ticket.id, text: "um motivo")
            switch move {
            case .take, .note: order.text = move == .note ? "nota" : ""
            case .assign: order.personID = it.bruno.id
            case .move: order.department = "redes"
            case .change: order.facts.priority = .urgent
            case .merge: order.otherID = other.id
            case .confirm, .restart, .reiterate: order.attendanceID = try await it.contact().id
            default: break
            }
            let results = try await desk.make([order], by: .account(it.chefe))
            let undo = try #require(results.first?.undo, "\(move)")
            #expect(undo.until == it.now.adding(.seconds(60)))
            #expect(try await picture(it, ticket.id) != before, "\(move)")
            #expect(try await due(it) == 0, "\(move) told somebody at once")
            it.pass(.seconds(59))
            let back = try await desk.takeBack(undo.id, by: .account(it.chefe))
            #expect(back.contains { $0.id == ticket.id })
            #expect(try await picture(it, ticket.id) == before, "\(move)")
            #expect(try await picture(it, other.id) == beforeOther, "\(move)")
            #expect(try await it.directory.thread(ticket.id).last?.kind == .undone)
            #expect(try await it.directory.publicThread(ticket.id).allSatisfy { $0.kind != .undone })
            it.pass(.seconds(600))
            #expect(try await due(it) == 0, "\(move) was told after all")
        }
    }

    private static let promise = ServicePolicy(
        name: "Ouro",
        level: ServiceLevel(firstAnswer: nil, solution: ServiceTerm(amount: 2, unit: .days, counting: .calendar)),
        steps: [EscalationStep(percent: 50, raisesLevel: true)]
    )

    @Test(
        "taken back, a ticket is as unread to its customer as it was, and its promise's steps are taken",
        arguments: TestDatabase.engines
    )
    func goesOn(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine, policies: [Self.promise])
        let desk = desk(it)
        let portal = CustomerTickets(database: it.database, region: .brazil)
        let contact = PersonContact(contactID: it.contactID, customerID: it.customerID, reach: .all)
        let reader = CustomerReader(personID: 1, reach: TicketReach([contact]), since: Moment(milliseconds: 0))
        let (ticket, other, silent) = (try await it.open(), try await it.open(), try await it.open())
        for ticket in [ticket, other] { _ = try await it.make(.reply, ticket, "Recebido.", by: .account(it.ana)) }
        #expect(try await portal.news(reader) == 2)
        var merge = MoveOrder(.merge, of: silent.id)
        merge.otherID = other.id
        for orders in [[ticket, other, silent].map { MoveOrder(.solve, of: $0.id, text: "feito") }, [merge]] {
            it.pass(.seconds(1))
            let undo = try #require(try await desk.make(orders, by: .account(it.ana)).first?.undo)
            _ = try await desk.takeBack(undo.id, by: .account(it.ana))
            for (ticket, isUnread) in [(ticket, true), (other, true), (silent, false)] {
                #expect(try await portal.isUnread(ticket.id, by: reader) == isUnread)
            }
            #expect(try await portal.news(reader) == 2)
        }
        it.pass(.seconds(86_400))
        _ = try await desk.runClocks()
        for ticket in [ticket, other, silent] {
            #expect(try await it.directory.find(ticket.id)?.level == 2, "\(ticket.id)")
        }
    }

    @Test("what the customer wrote within the minute stays, whatever is taken back", arguments: TestDatabase.engines)
    func customersOwn(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let desk = desk(it)
        let surveys = SurveyDesk(database: it.database, terms: it.terms, clock: it.clock)
        let ticket = try await it.open()
        let solved = try await desk.make([MoveOrder(.solve, of: ticket.id, text: "feito")], by: .account(it.ana))
        it.pass(.seconds(5))
        _ = try await surveys.rate(ticket.id, mark: 2, words: "Demorou", channel: .portal)
        let said = try await surveys.say(
            .complaint,
            of: ticket.id,
            words: "Não resolveu",
            by: "Maria",
            contactID: nil
        ).entry
        let bells = try await it.bells(it.chefe)
        it.pass(.seconds(5))
        _ = try await desk.takeBack(try #require(solved.first?.undo).id, by: .account(it.ana))
        #expect(try await it.directory.find(ticket.id)?.state == .triage)
        #expect(try await it.directory.thread(ticket.id).map(\.id).contains(said.id))
        #expect(try await it.directory.thread(ticket.id).allSatisfy { $0.kind != .solved })
        #expect(try await surveys.survey(of: ticket.id)?.mark == 2)
        #expect(Set(try await it.bells(it.chefe)).isSuperset(of: bells))
    }

    @Test("a solution that is taken back has asked nobody, and the next one asks", arguments: TestDatabase.engines)
    func survey(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let desk = desk(it)
        let surveys = SurveyDesk(database: it.database, terms: it.terms, clock: it.clock)
        let (asked, ticket) = (try await it.open(), try await it.open())
        _ = try await it.make(.solve, asked, "feito", by: .account(it.ana))
        _ = try await it.make(.solve, ticket, "feito", by: .account(it.ana))
        #expect(try await surveys.survey(of: ticket.id)?.notAsked == .recent)
        it.pass(.seconds(Int64(SurveyDesk.restDays) * 86_400 + 1))
        _ = try await it.make(.restart, ticket, "Voltou", by: it.customer)
        let solved = try await desk.make([MoveOrder(.solve, of: ticket.id, text: "feito")], by: .account(it.ana))
        #expect(try await surveys.survey(of: ticket.id)?.askedAt == it.now)
        it.pass(.seconds(5))
        _ = try await desk.takeBack(try #require(solved.first?.undo).id, by: .account(it.ana))
        #expect(try await surveys.survey(of: ticket.id)?.askedAt == nil)
        #expect(try await surveys.survey(of: ticket.id)?.notAsked == .recent)
        _ = try await it.make(.solve, ticket, "feito", by: .account(it.ana))
        #expect(try await surveys.survey(of: ticket.id)?.askedAt == it.now)
    }

    @Test("what is not taken back in its minute is told", arguments: TestDatabase.engines)
    func told(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let desk = desk(it)
        let ticket = try await it.open()
        let result = try #require(
            try await desk.make([MoveOrder(.solve, of: ticket.id, text: "feito")], by: .account(it.ana)).first
        )
        let undo = try #require(result.undo)
        it.pass(.seconds(60))
        #expect(try await due(it) == 2)
        #expect(try await refusal { _ = try await desk.takeBack(undo.id, by: .account(it.ana)) } == .undoneTooLate)
        it.pass(.seconds(1))
        #expect(try await desk.forgetUndo() == 1)
        #expect(try await desk.forgetUndo() == 0)
        #expect(try await it.directory.find(ticket.id)?.state == .solved)
    }

    @Test(
        "a merge by itself can be taken back; a second time, by others and after a change it cannot",
        arguments: TestDatabase.engines
    )
    func refusals(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let desk = desk(it)
        let (one, other) = (try await it.open(), try await it.open())
        var order = MoveOrder(.merge, of: one.id)
        order.otherID = other.id
        let undo = try #require(try await desk.make(order, by: .account(it.ana)).undo)
        #expect(try await refusal { _ = try await desk.takeBack(undo.id, by: .account(it.bruno)) } == .noSuchTicket)
        #expect(try await refusal { _ = try await desk.takeBack(999, by: .account(it.ana)) } == .noSuchTicket)
        let back = try await desk.takeBack(undo.id, by: .account(it.ana))
        #expect(back.map(\.id) == [one.id, other.id])
        #expect(try await it.directory.find(one.id)?.mergedInto == nil)
        #expect(try await refusal { _ = try await desk.takeBack(undo.id, by: .account(it.ana)) } == .undoneTooLate)
        let many = try await desk.make([one, other].map { MoveOrder(.take, of: $0.id) }, by: .account(it.ana))
        _ = try await it.make(.reply, other, "já vi", by: .account(it.ana))
        let all = try #require(many.first?.undo)
        let stale = try await refusal { _ = try await desk.takeBack(all.id, by: .account(it.ana)) }
        #expect(stale == .stale(current: try #require(try await it.directory.find(other.id)).revision))
        // None or all: the first is still theirs.
        #expect(try await it.directory.find(one.id)?.assignedTo == it.ana.id)
        #expect(
            try await refusal { _ = try await desk.make([MoveOrder(.split, of: one.id)], by: .account(it.ana)) }
                == .notUndone(.split)
        )
    }
}
