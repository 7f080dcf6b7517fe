import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite(
    "Tickets that several nodes open at the same time",
    .enabled(if: TestDatabase.postgresServer != nil, "needs CALLDESK_TEST_POSTGRES"),
    .timeLimit(.minutes(2))
)
struct TicketsMeetTests {
    /// Two nodes on one server, and a customer with contract, mail and phone on it.
    private struct Nodes {
        let url: String
        let bench: CustomerBench
        let customer: Customer
        let desks: [TicketDesk]
        /// One of each node.
        let staff: [Account]

        init() async throws {
            url = try await TestDatabase.freshPostgres()
            let database = try await PostgresDatabase.open(url)
            bench = CustomerBench(database: database)
            let clock = bench.clock.clock
            let accounts = AccountDesk(database: database, clock: clock)
            var staff: [Account] = []
            for login in ["ana", "bia", "caio"] {
                staff.append(try await accounts.add(AccountDraft(login: login, name: login), by: .system("test")))
            }
            self.staff = staff
            customer = try await bench.customer("SOUZA, Maria", sms: true)
            _ = try await bench.directory.addContact(
                ContactDraft(name: "SOUZA, Maria", email: "maria@ex.br"),
                to: customer.id,
                by: bench.actor
            )
            _ = try await bench.directory.addPhone("(11) 98111-0005", to: customer.id, by: bench.actor)
            let catalogue = try CatalogueReader.read(Array(FormRulesTests.catalogue("").utf8), file: "x")
            desks = try await [database, PostgresDatabase.open(url)].map { database in
                let composer = NoticeComposer(
                    shelf: TemplateShelf(),
                    policy: NoticePolicy(),
                    deskName: "Central",
                    deskPhone: "0800 591 2117",
                    deskLanguage: .ptBR
                )
                let notices = NoticeDesk(
                    composer: composer,
                    policy: NoticePolicy(),
                    links: QuickLinks(database: database),
                    publicURL: "https://ex.br",
                    language: .ptBR
                )
                let announcer = TicketNotices(
                    desk: notices,
                    customers: CustomerDirectory(database: database, clock: clock, region: .brazil, timeZone: .gmt),
                    catalogue: { catalogue },
                    clock: clock,
                    timeZone: .gmt
                ).announcer
                return TicketDesk(
                    database: database,
                    numbers: NumberDesk(format: .standard, timeZone: .gmt),
                    book: ServiceBook(calendar: .continuous(.gmt)),
                    clock: clock,
                    announce: announcer
                )
            }
        }
    }

    private func request(_ key: String, _ nodes: Nodes) -> TicketRequest {
        var request = TicketDeskTests.request(key)
        request.customerID = nodes.customer.id
        return request
    }

    @Test(
        "two transactions of two tickets each, one between the other's, last at the first try, as checks wait for the end",
        arguments: [false, true]
    )
    func interleaved(isCheckedAtOnce: Bool) async throws {
        let nodes = try await Nodes()
        let meeting = Meeting()
        let runs = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, desk) in nodes.desks.enumerated() {
                let requests = ["a", "b"].map { request("\($0)\(number)", nodes) }
                let opener = desk.openerOfNew
                group.addTask {
                    try await desk.database.write { session in
                        runs.up()
                        if isCheckedAtOnce { try session.execute("SET CONSTRAINTS ALL IMMEDIATE") }
                        _ = try opener(requests[0], nil, .api, session)
                        meeting.waitOnce()
                        _ = try opener(requests[1], nil, .api, session)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(isCheckedAtOnce ? runs.now > 2 : runs.now == 2)
        try await check(nodes, tickets: 4)
    }

    @Test("the same order at several nodes at once opens one ticket, and each is told of that one")
    func sameKey() async throws {
        let nodes = try await Nodes()
        let openings = try await withThrowingTaskGroup(of: TicketOpening.self) { group in
            for round in 0..<5 {
                for desk in nodes.desks {
                    for _ in 0..<4 {
                        let request = request("k\(round)", nodes)
                        group.addTask { try await desk.open(request, by: nil) }
                    }
                }
            }
            return try await group.reduce(into: [TicketOpening]()) { $0.append($1) }
        }
        #expect(openings.count == 40)
        #expect(openings.filter(\.isNew).count == 5)
        #expect(Set(openings.map(\.ticket.number)).count == 5)
        try await check(nodes, tickets: 5)
    }

    @Test("many tickets of one customer at both nodes: each has its numbers, its contact and its notices once")
    func crowd() async throws {
        let nodes = try await Nodes()
        let moved = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                for (place, desk) in nodes.desks.enumerated() {
                    let request = request("\(place)-\(number)", nodes)
                    group.addTask { _ = try await desk.open(request, by: nil) }
                }
            }
            try await group.waitForAll()
        }
        try await check(nodes, tickets: 120)
        // The same move made at both nodes from the same revision is made once.
        let tickets = try await nodes.desks[0].database.read { session in
            try session.rows("SELECT \(Ticket.columns) FROM ticket ORDER BY id LIMIT 20").map { try Ticket(row: $0) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ticket in tickets {
                for (desk, account) in zip(nodes.desks, nodes.staff) {
                    var order = MoveOrder(.take, of: ticket.id)
                    order.revision = ticket.revision
                    group.addTask { [order] in
                        do {
                            _ = try await desk.make(order, by: .account(account))
                            moved.up()
                        } catch StoreError.refused(is TicketRefusal) {
                            // The other was first.
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(moved.now == tickets.count)
        let taken = try await nodes.desks[1].database.read { session in
            try session.row("SELECT COUNT(*), COUNT(DISTINCT ticket_id) FROM entry WHERE kind = 'taken'")
        }
        #expect(taken?.integer(0) == 20 && taken?.integer(1) == 20)
    }

    @Test("a row that is not there is refused at the commit, and takes nothing of the others with it")
    func missing() async throws {
        let nodes = try await Nodes()
        let desk = nodes.desks[0]
        var wrong = request("wrong", nodes)
        wrong.refersTo = 999_999
        let alone = wrong
        await #expect(throws: StoreError.self) { try await desk.open(alone, by: nil) }
        let opened = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                var request = request("k\(number)", nodes)
                if number % 4 == 0 { request.refersTo = 999_999 }
                group.addTask { [request] in
                    do throws(StoreError) {
                        _ = try await desk.open(request, by: nil)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(opened == 9)
        try await check(nodes, tickets: 9)
    }

    @Test("whatever names a call, contact, ticket or entry is looked at when the write is committed")
    func deferred() async throws {
        let nodes = try await Nodes()
        let early = try await nodes.desks[0].database.read { session in
            try session.rows(
                """
                SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
                    AND confrelid IN ('call'::regclass, 'attendance'::regclass, 'ticket'::regclass, 'entry'::regclass)
                    AND NOT condeferred ORDER BY 1
                """
            ).compactMap { $0.text(0) }
        }
        #expect(early == [], "a new reference says DEFERRABLE INITIALLY DEFERRED, which both engines know")
    }

    /// Numbers are unique, a ticket has a contact of its own, its opening and its notices are there once.
    private func check(_ nodes: Nodes, tickets: Int64) async throws {
        let counts = try await nodes.desks[1].database.read { session in
            try [
                "SELECT COUNT(*), COUNT(DISTINCT number), COUNT(DISTINCT creation_key), COUNT(DISTINCT attendance_id) FROM ticket",
                "SELECT COUNT(*), COUNT(DISTINCT protocol), COUNT(*), COUNT(*) FROM attendance",
                "SELECT COUNT(*), COUNT(DISTINCT ticket_id), COUNT(*), COUNT(*) FROM entry WHERE kind = 'opened'",
                "SELECT COUNT(*), COUNT(DISTINCT ticket_id), COUNT(*), COUNT(*) FROM notice WHERE channel = 'mail'",
                "SELECT COUNT(*), COUNT(DISTINCT ticket_id), COUNT(*), COUNT(*) FROM notice WHERE channel = 'sms'",
            ].map { sql in
                let row = try session.row(sql)
                return (0..<4).map { row?.integer($0) ?? -1 }
            }
        }
        for (number, row) in counts.enumerated() { #expect(row == [tickets, tickets, tickets, tickets], "\(number)") }
    }
}

/// Counts in whatever thread.
private final class Count: Sendable {
    private let value = Mutex(0)
    var now: Int { value.withLock { $0 } }
    func up() { value.withLock { $0 += 1 } }
}
