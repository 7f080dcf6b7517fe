import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("The survey of a ticket")
struct SurveyTests {
    private func desk(_ it: TicketUnderTest) -> SurveyDesk {
        SurveyDesk(database: it.database, terms: it.terms, clock: it.clock)
    }

    private func refusal(_ it: TicketUnderTest, _ ticket: Ticket, mark: Int = 4) async throws -> SurveyRefusal? {
        do {
            _ = try await desk(it).rate(ticket.id, mark: mark, words: nil, channel: .portal)
            return nil
        } catch .refused(let error) {
            return error as? SurveyRefusal
        }
    }

    @Test(
        "answered from the solution until its day after closing, and not before or after",
        arguments: TestDatabase.engines
    )
    func window(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        #expect(try await refusal(it, ticket) == .notYet)
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        #expect(try await refusal(it, ticket) == nil)
        _ = try await it.make(.confirm, ticket, by: it.customer)
        it.pass(.seconds(3 * 86_400 - 1))
        #expect(try await refusal(it, ticket, mark: 2) == nil)
        #expect(try await desk(it).survey(of: ticket.id)?.mark == 2)
        it.pass(.seconds(1))
        #expect(try await refusal(it, ticket) == .tooLate)
        // A bad mark closed nothing and opened nothing.
        #expect(try await it.directory.find(ticket.id)?.state == .closed)
        let cancelled = try await it.open()
        _ = try await it.make(.cancel, cancelled, "Desisti", by: it.customer)
        #expect(try await refusal(it, cancelled) == .tooLate)
    }

    @Test("what is no mark is none", arguments: [0, 6, -1, Int.max])
    func noMark(mark: Int) async throws {
        let it = try await TicketUnderTest(TestDatabase.usual)
        let ticket = try await it.open()
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        #expect(try await refusal(it, ticket, mark: mark) == .noMark)
    }

    @Test(
        "asked once a ticket and once in seven days a customer, never when no answer came",
        arguments: TestDatabase.engines
    )
    func asking(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (one, two, three) = (try await it.open(), try await it.open(), try await it.open())
        func solve(_ ticket: Ticket) async throws -> Bool {
            _ = it.told()
            _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
            return it.told().contains(.surveyRequested)
        }
        #expect(try await solve(one))
        #expect(try await !solve(two))
        #expect(try await desk(it).survey(of: two.id)?.notAsked == .recent)
        it.pass(.seconds(8 * 86_400))
        // The same ticket again: it was asked.
        _ = try await it.make(.restart, one, "Voltou", by: it.customer)
        #expect(try await !solve(one))
        #expect(try await solve(three))
        let silent = try await it.open()
        _ = try await it.make(.ask, silent, "?", by: .account(it.ana))
        it.pass(.seconds(20 * 86_400))
        _ = try await it.desk.runClocks()
        it.pass(.seconds(20 * 86_400))
        _ = it.told()
        _ = try await it.desk.runClocks()
        #expect(!it.told().contains(.surveyRequested))
        #expect(try await desk(it).survey(of: silent.id)?.notAsked == .noAnswer)
    }

    @Test("an opinion is an entry of its own that the supervisor hears of", arguments: TestDatabase.engines)
    func opinion(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        let entry = try await desk(it).say(
            .praise,
            of: ticket.id,
            words: " Ótimo ",
            by: "Maria",
            contactID: it.contactID
        ).entry
        #expect(entry.body == "Ótimo")
        #expect(entry.facts.opinion == "praise")
        #expect(try await it.bells(it.chefe).contains(.opinion))
        #expect(try await !it.bells(it.ana).contains(.opinion))
    }
}
