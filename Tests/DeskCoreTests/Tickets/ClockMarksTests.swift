import TestSupport
import Testing

@testable import DeskCore

@Suite("Each clock has a mark of its own, written with what ends it")
struct ClockMarksTests {
    private func ticket(_ test: TicketUnderTest, _ id: Int64) async throws -> Ticket {
        try #require(try await test.directory.find(id))
    }

    @Test(
        "an answer ends the first clock and not the other; a note ends neither; solving ends both",
        arguments: TestDatabase.engines
    )
    func apart(engine: DatabaseEngine) async throws {
        let test = try await TicketUnderTest(engine)
        let answered = try await test.open()
        test.pass(.seconds(600))
        _ = try await test.make(.note, answered, "Vou ver", by: .account(test.ana))
        #expect(try await ticket(test, answered.id).firstAnsweredAt == nil)
        _ = try await test.make(.reply, answered, "Já vejo", by: .account(test.ana))
        let reply = test.now
        #expect(try await ticket(test, answered.id).firstAnsweredAt == reply)
        #expect(try await ticket(test, answered.id).solvedAt == nil)
        #expect(try await ticket(test, answered.id).dueAt != nil, "the other clock runs on")
        test.pass(.seconds(600))
        _ = try await test.make(.reply, answered, "Ainda", by: .account(test.ana))
        _ = try await test.make(.solve, answered, "Feito", by: .account(test.ana))
        #expect(try await ticket(test, answered.id).firstAnsweredAt == reply, "the first one stays the first")
        #expect(try await ticket(test, answered.id).solvedAt == test.now)
        // Solved at once: both, in the same moment.
        let solved = try await test.open()
        test.pass(.seconds(60))
        _ = try await test.make(.solve, solved, "Feito", by: .account(test.ana))
        #expect(try await ticket(test, solved.id).firstAnsweredAt == test.now)
        #expect(try await ticket(test, solved.id).solvedAt == test.now)
    }

    @Test(
        "what a ticket says of its clocks is what its entries say, after every move of a random life",
        arguments: TestDatabase.engines,
        0..<4
    )
    func recomputed(engine: DatabaseEngine, seed: Int) async throws {
        let test = try await TicketUnderTest(engine)
        let opened = try await test.open()
        var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        let staff = TicketActor.account(test.ana)
        let moves: [(TicketMove, TicketActor)] = [
            (.take, staff), (.reply, staff), (.note, staff), (.ask, staff), (.solve, staff), (.reply, test.customer),
            (.restart, test.customer), (.confirm, test.customer), (.reopen, test.customer), (.reiterate, test.customer),
        ]
        for _ in 0..<40 {
            test.pass(.seconds(Int64(60 + next(7_200))))
            let (move, actor) = moves[next(moves.count)]
            _ = try await test.refusal(MoveOrder(move, of: opened.id, text: "Texto"), by: actor)
            let now = try await ticket(test, opened.id)
            let thread = try await test.directory.thread(opened.id)
            let answers = thread.filter { $0.authorKind == .technician && [.reply, .asked, .solved].contains($0.kind) }
            #expect(now.firstAnsweredAt == answers.first?.createdAt)
            let ends = thread.last { [.solved, .restarted, .reopened].contains($0.kind) }
            #expect(now.solvedAt == (ends?.kind == .solved ? ends?.createdAt : nil))
            let closed = thread.last { [.confirmed, .restarted, .reopened].contains($0.kind) }
            #expect(now.closedAt == (closed?.kind == .confirmed ? closed?.createdAt : nil))
        }
    }
}

@Suite("A count is the rows of its list")
struct ListCountTests {
    @Test(
        "what a list is counted as is what it shows, page by page, through moves and searches",
        arguments: TestDatabase.engines
    )
    func counts(engine: DatabaseEngine) async throws {
        let test = try await TicketUnderTest(engine)
        var tickets: [Ticket] = []
        for index in 0..<12 {
            let summary = index % 3 == 0 ? "Impressora parada" : "Boleto"
            tickets.append(
                try await test.open("k\(index)", priority: index % 4 == 0 ? .urgent : .normal, summary: summary)
            )
        }
        for ticket in tickets.prefix(5) { _ = try await test.make(.take, ticket, by: .account(test.ana)) }
        _ = try await test.make(.ask, tickets[1], "Qual?", by: .account(test.ana))
        _ = try await test.make(.solve, tickets[2], "Feito", by: .account(test.ana))
        test.pass(.seconds(10 * 86_400))
        let desk = WorkListDesk(database: test.database, clock: test.clock)
        var longest = 0
        for kind in WorkListKind.allCases {
            for words in ["", "impressora", "nada disto"] {
                for priority in [nil, TopicPriority.urgent, .low] {
                    for departments in [nil, ["financeiro"], ["redes"], []] as [[String]?] {
                        var query = WorkListQuery(kind, of: test.ana.id, departments: departments)
                        query.words = words
                        query.priority = priority
                        query.limit = 5
                        let count = try await desk.count(query)
                        var rows: [Ticket] = []
                        for _ in 0..<5 {
                            let page = try await desk.page(query)
                            rows += page.rows.map(\.ticket)
                            guard let next = page.next else { break }
                            query.after = next
                        }
                        #expect(
                            count == rows.count,
                            "\(kind) “\(words)” \(priority?.rawValue ?? "") \(departments ?? ["all"])"
                        )
                        #expect(rows.allSatisfy { priority == nil || $0.priority == priority?.rawValue })
                        #expect(rows.allSatisfy { words.isEmpty || $0.summary.contains("Impressora") })
                        longest = max(longest, count)
                    }
                }
            }
        }
        #expect(longest == 12)
    }
}
