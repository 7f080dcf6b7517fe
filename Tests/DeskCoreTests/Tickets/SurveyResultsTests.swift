import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("What customers said, put together")
struct SurveyResultsTests {
    @Test(
        "every figure counts the tickets solved in the period; a handful has no average",
        arguments: TestDatabase.engines
    )
    func results(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let surveys = SurveyDesk(database: it.database, terms: it.terms, clock: it.clock)
        let start = it.now
        for (number, mark) in [5, 4, 4, 1, nil, nil].enumerated() {
            let ticket = try await it.open()
            _ = try await it.make(.solve, ticket, "Feito", by: .account(number == 0 ? it.bruno : it.ana))
            if let mark {
                _ = try await surveys.rate(ticket.id, mark: mark, words: mark < 2 ? "Demorou" : nil, channel: .portal)
            }
        }
        // Still open: nobody's result.
        _ = try await it.open()
        let results = SurveyResults(database: it.database)
        var period = SurveyPeriod(from: start, to: it.now.adding(.seconds(1)))
        let department = try #require(try await results.results(period, by: .department).first)
        #expect(department.key == "financeiro")
        #expect(department.tally.solved == 6)
        #expect(department.tally.asked == 1)
        #expect(department.tally.notAsked == [.recent: 5])
        #expect(department.tally.marks == [1, 0, 0, 2, 1])
        #expect(department.tally.answered == 4)
        #expect(department.tally.average == nil)
        let people = try await results.results(period, by: .technician)
        #expect(people.map(\.key) == ["\(it.ana.id)", "\(it.bruno.id)"])
        #expect(people.map(\.tally).reduce(SurveyTally(), +) == department.tally)
        #expect(try await results.results(period, by: .topic).count == 1)
        #expect(try await results.comments(period).map(\.words) == ["Demorou"])
        #expect(try await results.comments(period, wordsOnly: false).count == 4)
        period.solvedBy = it.bruno.id
        #expect(try await results.results(period, by: .department).map(\.tally.marks) == [[0, 0, 0, 0, 1]])
        #expect(try await results.comments(period).isEmpty)
        period.solvedBy = nil
        period.department = "redes"
        #expect(try await results.results(period, by: .department).isEmpty)
        // The period's end is not in it.
        #expect(
            try await results.results(
                SurveyPeriod(from: it.now.adding(.seconds(1)), to: .init(milliseconds: .max)),
                by: .topic
            ).isEmpty
        )
    }

    @Test(
        "a mark stays with the solution it was given for, whoever solves the ticket next",
        arguments: TestDatabase.engines
    )
    func ofOneSolution(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let surveys = SurveyDesk(database: it.database, terms: it.terms, clock: it.clock)
        let results = SurveyResults(database: it.database)
        let (october, ticket) = (it.now, try await it.open())
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        _ = try await surveys.rate(ticket.id, mark: 1, words: "Voltou", channel: .portal)
        it.pass(.seconds(3_600))
        _ = try await it.make(.restart, ticket, "Voltou", by: it.customer)
        let november = it.now
        let first = SurveyPeriod(from: october, to: november)
        let second = SurveyPeriod(from: november, to: november.adding(.seconds(86_400)))
        func marks(_ period: SurveyPeriod) async throws -> [String] {
            try await results.results(period, by: .technician).map {
                "\($0.key ?? "-") \($0.tally.solved) \($0.tally.marks)"
            }
        }
        // While it is open again, and once a colleague has solved it.
        #expect(try await marks(first) == ["\(it.ana.id) 1 [1, 0, 0, 0, 0]"])
        #expect(try await marks(second).isEmpty)
        it.pass(.seconds(60))
        _ = try await it.make(.solve, ticket, "Agora sim", by: .account(it.bruno))
        #expect(try await marks(first) == ["\(it.ana.id) 1 [1, 0, 0, 0, 0]"])
        #expect(try await marks(second) == ["\(it.bruno.id) 1 [0, 0, 0, 0, 0]"])
        #expect(try await results.whole(first).asked == 1)
        #expect(try await results.whole(second).asked == 0)
        var theirs = first
        theirs.solvedBy = it.bruno.id
        #expect(try await results.whole(theirs).solved == 0)
        #expect(try await results.comments(first).map(\.solvedBy) == [it.ana.id])
        #expect(try await results.comments(second).isEmpty)
        // A second mark takes the place of the first, and is the second solution's.
        _ = try await surveys.rate(ticket.id, mark: 5, words: "Obrigada", channel: .portal)
        #expect(try await marks(first).isEmpty)
        #expect(try await marks(second) == ["\(it.bruno.id) 1 [0, 0, 0, 0, 1]"])
        #expect(try await results.comments(second).map(\.solvedBy) == [it.bruno.id])
    }

    @Test(
        "marks from before solutions were kept are those of the last one before them",
        arguments: TestDatabase.engines
    )
    func olderMarks(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let surveys = SurveyDesk(database: it.database, terms: it.terms, clock: it.clock)
        let (stays, goesOn) = (try await it.open(), try await it.open())
        for ticket in [stays, goesOn] {
            _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
            it.pass(.seconds(60))
            _ = try await surveys.rate(ticket.id, mark: 2, words: nil, channel: .portal)
        }
        _ = try await it.make(.restart, goesOn, "Voltou", by: it.customer)
        it.pass(.seconds(60))
        _ = try await it.make(.solve, goesOn, "Agora sim", by: .account(it.bruno))
        let columns = "ticket_id, solved_by, solved_at, department, topic"
        func kept() async throws -> [[SQLValue]] {
            try await it.database.read { session in
                try session.rows("SELECT \(columns) FROM ticket_survey ORDER BY ticket_id").map(\.values)
            }
        }
        let before = try await kept()
        #expect(before.map { $0[1] } == [.integer(it.ana.id), .integer(it.ana.id)])
        try await it.database.write { session in
            try session.execute(
                "UPDATE ticket_survey SET solved_by = NULL, solved_at = NULL, department = NULL, topic = NULL"
            )
            for statement in Schema.markedSolutions where statement.hasPrefix("UPDATE") {
                try session.execute(statement)
            }
        }
        #expect(try await kept() == before)
    }

    @Test("five answers make an average")
    func average() {
        var tally = SurveyTally()
        tally.marks = [1, 0, 0, 0, 3]
        #expect(tally.average == nil)
        tally.marks = [1, 0, 0, 0, 4]
        #expect(tally.average == 4.2)
    }

    @Test("marks by keypad are told by who had the contact", arguments: TestDatabase.engines)
    func keypad(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let contact = try await it.contact()
        let desk = SatisfactionDesk(database: it.database, clock: it.clock)
        #expect(try await desk.rate(attendanceID: contact.id, mark: 4, channel: .phone))
        let results = SurveyResults(database: it.database)
        let found = try await results.keypad(from: it.now, to: it.now.adding(.seconds(1)))
        #expect(found == [KeypadResult(accountID: it.ana.id, marks: [0, 0, 0, 1, 0])])
        let later = it.now.adding(.seconds(1))
        #expect(try await results.keypad(from: it.now, to: later, of: it.ana.id) == found)
        #expect(try await results.keypad(from: it.now, to: later, of: it.bruno.id).isEmpty)
        #expect(try await results.keypad(from: it.now.adding(.seconds(1)), to: it.now.adding(.seconds(2))).isEmpty)
    }

    @Test("nobody rates their own work, whatever they are to the customer", arguments: TestDatabase.engines)
    func ownWork(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ana = it.ana.id
        try await it.database.write { session in
            try session.execute("UPDATE account SET email = 'Maria@Example.com' WHERE id = $1", [.integer(ana)])
        }
        let surveys = SurveyDesk(database: it.database, terms: it.terms, clock: it.clock)
        let own = try await it.open()
        _ = try await it.make(.solve, own, "Feito", by: .account(it.ana))
        await #expect(throws: StoreError.self) {
            _ = try await surveys.rate(own.id, mark: 5, words: nil, channel: .portal, by: it.contactID)
        }
        #expect(try await surveys.survey(of: own.id)?.mark == nil)
        await #expect(throws: StoreError.self) {
            _ = try await surveys.say(.praise, of: own.id, words: "Ótima", by: "Maria", contactID: it.contactID)
        }
        // A colleague's work she may rate, as any customer.
        let other = try await it.open()
        _ = try await it.make(.solve, other, "Feito", by: .account(it.bruno))
        #expect(try await surveys.rate(other.id, mark: 3, words: nil, channel: .portal, by: it.contactID).mark == 3)
    }
}
