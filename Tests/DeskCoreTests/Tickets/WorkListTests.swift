import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Work lists")
struct WorkListTests {
    private func desk(_ it: TicketUnderTest) -> WorkListDesk { WorkListDesk(database: it.database, clock: it.clock) }

    @Test(
        "by priority, then in order of opening, page by page without gap or repetition",
        arguments: TestDatabase.engines
    )
    func order(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        var made: [(TopicPriority, Int64)] = []
        for index in 0..<17 {
            let priority = TopicPriority.allCases[index % 4]
            made.append((priority, try await it.open(priority: priority).id))
        }
        let wanted = made.sorted { ($1.0.rank, $0.1) < ($0.0.rank, $1.1) }.map(\.1)
        for departments in [nil, ["financeiro"], ["financeiro", "redes"]] {
            var query = WorkListQuery(.department, of: it.ana.id, departments: departments)
            query.limit = 5
            var seen: [Int64] = []
            repeat {
                let page = try await desk(it).page(query)
                seen += page.rows.map(\.ticket.id)
                query.after = page.next
            } while query.after != nil
            #expect(seen == wanted)
            #expect(try await desk(it).count(query) == wanted.count)
        }
        #expect(
            try await desk(it).page(WorkListQuery(.department, of: it.outra.id, departments: ["redes"])).rows.isEmpty
        )
        #expect(try await desk(it).page(WorkListQuery(.department, of: it.outra.id, departments: [])).rows.isEmpty)
    }

    @Test("mine, unassigned, watched, waiting and late hold what they say", arguments: TestDatabase.engines)
    func kinds(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (mine, free, asked) = (try await it.open(), try await it.open(), try await it.open())
        _ = try await it.make(.take, mine, by: .account(it.ana))
        var note = MoveOrder(.note, of: free.id, text: "vejo")
        note.watches = true
        _ = try await it.desk.make(note, by: .account(it.ana))
        _ = try await it.make(.ask, asked, "?", by: .account(it.ana))
        func ids(_ kind: WorkListKind) async throws -> [Int64] {
            let query = WorkListQuery(kind, of: it.ana.id, departments: it.ana.departments)
            let page = try await desk(it).page(query)
            #expect(try await desk(it).count(query) == page.rows.count)
            return page.rows.map(\.ticket.id)
        }
        #expect(try await ids(.mine) == [mine.id])
        #expect(try await ids(.unassigned) == [free.id, asked.id])
        #expect(try await ids(.watched) == [free.id])
        #expect(try await ids(.waiting) == [asked.id])
        #expect(try await ids(.late).isEmpty)
        it.pass(.seconds(3 * 86_400))
        #expect(try await ids(.late) == [mine.id, free.id])
        var query = WorkListQuery(.department, of: it.ana.id, departments: nil)
        query.service = .late
        query.personID = it.ana.id
        #expect(try await desk(it).page(query).rows.map(\.ticket.id) == [mine.id])
    }

    @Test("in every order, both ways, page by page without gap or repetition", arguments: TestDatabase.engines)
    func orders(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        var made: [(id: Int64, due: Moment?)] = []
        for index in 0..<11 {
            it.pass(.seconds(7))
            var ticket = try await it.open(priority: TopicPriority.allCases[index % 4])
            if index % 3 != 0 {
                var order = MoveOrder(.change, of: ticket.id)
                order.facts.due = index % 3 == 1 ? .open : .at(it.now.adding(.seconds(Int64(9_000 - index * 100))))
                ticket = try await it.desk.make(order, by: .account(it.ana)).ticket
            }
            made.append((ticket.id, ticket.dueAt))
        }
        _ = try await it.make(.cancel, try await it.open(), "engano", by: .account(it.chefe))
        let last = made[10].id + 1
        let byDue = made.sorted {
            ($0.due ?? Moment(milliseconds: .max), $0.id) < ($1.due ?? Moment(milliseconds: .max), $1.id)
        }.map(\.id)
        let byAge = made.map(\.id)
        for (kind, order, wanted) in [
            (.department, .created, byAge), (.department, .due, byDue), (.unassigned, .created, byAge),
            (.unassigned, .due, byDue), (.all, .created, byAge + [last]),
        ] as [(WorkListKind, WorkListOrder, [Int64])] {
            for departments in [nil, ["financeiro"], ["financeiro", "redes"]] {
                for isDescending in [false, true] {
                    var query = WorkListQuery(kind, of: it.ana.id, departments: departments)
                    query.order = order
                    query.isDescending = isDescending
                    query.limit = 4
                    var seen: [Int64] = []
                    repeat {
                        let page = try await desk(it).page(query)
                        seen += page.rows.map(\.ticket.id)
                        query.after = page.next
                    } while query.after != nil
                    #expect(seen == (isDescending ? wanted.reversed() : wanted), "\(kind) \(order) \(isDescending)")
                }
            }
        }
        // All tickets, unless asked otherwise, newest first.
        let all = try await desk(it).page(WorkListQuery(.all, of: it.ana.id, departments: nil))
        #expect(all.rows.map(\.ticket.id) == [last] + byAge.reversed())
    }

    @Test("words narrow every list, and those of other departments find nothing", arguments: TestDatabase.engines)
    func words(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let one = try await it.open(summary: "Impressora não liga")
        let other = try await it.open(summary: "Impressora sem tinta")
        _ = try await it.open(summary: "Senha vencida")
        _ = try await it.make(.take, other, by: .account(it.ana))
        func found(_ kind: WorkListKind, _ words: String, _ departments: [String]?) async throws -> [Int64] {
            var query = WorkListQuery(kind, of: it.ana.id, departments: departments)
            query.words = words
            let page = try await desk(it).page(query)
            #expect(try await desk(it).count(query) == page.rows.count)
            return page.rows.map(\.ticket.id)
        }
        #expect(try await found(.all, "impressora", nil) == [other.id, one.id])
        #expect(try await found(.mine, "IMPRESSORA", ["financeiro"]) == [other.id])
        #expect(try await found(.unassigned, "impressora", ["financeiro"]) == [one.id])
        #expect(try await found(.all, one.number, ["financeiro"]) == [one.id])
        #expect(try await found(.all, "impressora", ["redes"]).isEmpty)
        #expect(try await found(.all, "geladeira", nil).isEmpty)
        #expect(try await found(.all, "\"'%_*", nil).isEmpty)
    }

    @Test(
        "“next” gives two people two tickets, the most pressing first, and then nothing",
        arguments: TestDatabase.engines
    )
    func next(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let low = try await it.open(priority: .low)
        let urgent = try await it.open(priority: .urgent)
        async let one = it.desk.takeNext(by: it.ana)
        async let other = it.desk.takeNext(by: it.bruno)
        let taken = try await [one, other].compactMap { $0?.ticket.id }
        #expect(Set(taken) == [low.id, urgent.id])
        #expect(try await it.desk.takeNext(by: it.ana) == nil)
        #expect(try await it.desk.takeNext(by: it.outra) == nil)
    }

    @Test("unread: what others wrote since I looked; finishing clears it", arguments: TestDatabase.engines)
    func unread(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let bells = BellDesk(database: it.database)
        func unread(_ account: Account) async throws -> Int? {
            try await desk(it).page(WorkListQuery(.department, of: account.id, departments: nil)).rows.first?.unread
        }
        _ = try await it.make(.reply, ticket, "um", by: it.customer)
        _ = try await it.make(.reply, ticket, "dois", by: .account(it.ana))
        #expect(try await unread(it.ana) == 1)
        #expect(try await unread(it.bruno) == 2)
        let last = try #require(try await it.directory.thread(ticket.id).last)
        try await bells.read(ticket.id, upTo: last.id, by: it.ana.id)
        #expect(try await unread(it.ana) == 0)
        #expect(try await bells.count(of: it.ana.id) == 0)
        #expect(try await unread(it.bruno) == 2)
        await #expect(throws: StoreError.self) { try await bells.read(ticket.id, upTo: 99_999, by: it.ana.id) }
        let count = try await bells.count(of: it.bruno.id)
        #expect(count == (try await bells.list(of: it.bruno.id).count))
    }

    /// How an engine would answer; of an empty table nothing is cheap: what is asked is whether the order can be walked.
    private func plan(_ query: WorkListQuery, _ it: TicketUnderTest) async throws -> String {
        let engine = it.database.engine
        var statement = WorkListDesk.Statement(query, at: it.now, on: engine)
        let sql = statement.keys(limit: 51)
        let arguments = statement.arguments
        let explain = engine == .sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN "
        return try await it.database.write { session in
            for way in ["seqscan", "bitmapscan", "sort"] where engine == .postgres {
                try session.execute("SET LOCAL enable_\(way) = off")
            }
            return try session.rows(explain + sql, arguments).map { row in
                row.values.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: " ")
            }.joined(separator: "\n")
        }
    }

    @Test("the lists walk along their indexes", arguments: TestDatabase.engines)
    func plans(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        // Of an empty table PostgreSQL holds every index that has somebody's tickets for as good.
        let mine = engine == .sqlite ? "ticket_mine" : "ticket_"
        for (kind, departments, order, index) in [
            (.mine, nil, .work, mine), (.department, ["financeiro"], .work, "ticket_work"),
            (.unassigned, ["financeiro"], .work, "ticket_work"),
            (.waiting, ["financeiro"], .work, "ticket_waiting"), (.late, ["financeiro"], .work, "ticket_open_due"),
            (.department, nil, .work, "ticket_work_all"), (.unassigned, nil, .work, "ticket_work_all"),
            (.waiting, nil, .work, "ticket_waiting"), (.late, nil, .work, "ticket_open_due_all"),
            (.department, ["financeiro"], .created, "ticket_"), (.department, nil, .created, "ticket_"),
            (.department, ["financeiro"], .due, "ticket_open_due"), (.department, nil, .due, "ticket_open_due_all"),
            (.all, ["financeiro"], .created, "ticket_"), (.all, nil, .created, "ticket"),
        ] as [(WorkListKind, [String]?, WorkListOrder, String)] {
            var query = WorkListQuery(kind, of: 1, departments: departments)
            query.order = order
            query.isDescending = order != .work
            let plan = try await plan(query, it)
            #expect(plan.contains(index), "\(kind): \(plan)")
        }
    }

    @Test(
        "no list of what a desk has scans the tickets or sorts them, in any order, either way, with any filter",
        arguments: TestDatabase.engines
    )
    func everyPlan(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        // What is somebody's own, or watched by them, is as long as one person's work.
        let kinds = WorkListKind.allCases.filter { $0 != .mine && $0 != .watched }
        let filters: [(inout WorkListQuery) -> Void] = [
            { _ in }, { $0.priority = .urgent }, { $0.topic = "boleto" }, { $0.channel = .phone },
            { $0.service = .atRisk }, { $0.service = .normal }, { $0.service = .late },
            { $0.from = Moment(milliseconds: 1) },
            { $0.after = WorkListCursor(key: 12, id: 3) }, { $0.state = .inProgress },
            { ($0.topic, $0.priority, $0.channel) = ("boleto", .low, .portal) },
            { ($0.channel, $0.after) = (.mail, WorkListCursor(key: 12, id: 3)) },
        ]
        for kind in kinds {
            for order in WorkListOrder.allCases {
                for (place, filter) in filters.enumerated() {
                    for (departments, isDescending) in [
                        (nil, false), (nil, true), (["financeiro"], false), (["financeiro"], true),
                    ] as [([String]?, Bool)] {
                        var query = WorkListQuery(kind, of: 1, departments: departments)
                        (query.order, query.isDescending) = (order, isDescending)
                        filter(&query)
                        let plan = try await plan(query, it)
                        let what = "\(kind) \(order) \(place) \(isDescending) \(departments ?? []): \(plan)"
                        #expect(!Self.sortsTickets(plan), "\(what)")
                        // Along the primary key the newest come first.
                        let scans = plan.contains("SCAN ticket") && !plan.contains("USING") || plan.contains("Seq Scan")
                        #expect(!scans || kind == .all && departments == nil, "\(what)")
                    }
                }
            }
        }
    }

    /// Whether more is sorted than the page of rows that each walk brings to where several come together.
    private static func sortsTickets(_ plan: String) -> Bool {
        let steps = plan.split(separator: "\n").map(String.init)
        func depth(_ step: String) -> Int { step.prefix { $0 == " " }.count }
        let together = steps.filter { $0.contains("Append") }.map(depth).max()
        for (place, step) in steps.enumerated() {
            if step.contains("TEMP B-TREE"), place == 0 || !steps[place - 1].hasSuffix("SCAN walk") { return true }
            // A page of each is put in order by itself where two of PostgreSQL's walks come together.
            if step.contains("Sort  (") {
                let isOfPage = steps[(place + 1)...].prefix(3).contains { $0.contains("Limit ") }
                if together == nil || !(isOfPage || depth(step) < together ?? 0) { return true }
            }
        }
        return false
    }

    @Test(
        "a list of all tickets that a filter fits few of walks those, open and ended, and by due time both kinds",
        arguments: TestDatabase.engines
    )
    func allPlans(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        for (order, filter, open, ended) in [
            (.due, { _ in }, "ticket_open_due", "ticket_ended_due"),
            (.due, { $0.topic = "boleto" }, "ticket_open_due", "ticket_ended_due"),
            (.created, { $0.topic = "boleto" }, "ticket_open_created", "ticket_ended_topic"),
            (.work, { $0.personID = 7 }, "ticket_mine", "ticket_ended_person"),
            (.created, { $0.priority = .urgent }, "ticket_open_created", "ticket_ended_kind"),
            (.created, { $0.channel = .mail }, "ticket_open_created", "ticket_ended_kind"),
            (.created, { ($0.channel, $0.state) = (.mail, .merged) }, nil, "ticket_ended_kind"),
            (.created, { ($0.topic, $0.state) = ("boleto", .closed) }, nil, "ticket_ended_topic"),
            (.due, { $0.state = .cancelled }, nil, "ticket_ended_due"),
            (.due, { $0.state = .waiting }, "ticket_open_due", nil),
        ] as [(WorkListOrder, (inout WorkListQuery) -> Void, String?, String?)] {
            for departments in [nil, ["financeiro"], ["financeiro", "redes"]] {
                var query = WorkListQuery(.all, of: 1, departments: departments)
                query.order = order
                filter(&query)
                let plan = try await plan(query, it)
                for index in [open, ended].compactMap(\.self) {
                    // Of empty tables PostgreSQL holds every index that has the order for as good.
                    #expect(plan.contains(engine == .sqlite ? index : "ticket_"), "\(order) \(index): \(plan)")
                }
                #expect(!plan.contains("SCAN ticket\n") && !plan.contains("Seq Scan"), "\(order): \(plan)")
            }
        }
    }

    @Test(
        "all tickets by due time and with each filter are what looking at every one gives, page by page",
        arguments: TestDatabase.engines
    )
    func allNarrowed(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        var all: [Ticket] = []
        for index in 0..<18 {
            it.pass(.seconds(7))
            var ticket = try await it.open(priority: TopicPriority.allCases[index % 4])
            if index % 3 == 0 { ticket = try await it.make(.take, ticket, by: .account(it.ana)).ticket }
            if index % 5 == 0 {
                var order = MoveOrder(.change, of: ticket.id)
                order.facts.due = .open
                ticket = try await it.desk.make(order, by: .account(it.ana)).ticket
            }
            if index % 4 == 1 { ticket = try await it.make(.cancel, ticket, "engano", by: .account(it.chefe)).ticket }
            if index % 4 == 3 { ticket = try await it.make(.solve, ticket, "Feito", by: .account(it.bruno)).ticket }
            all.append(ticket)
        }
        let never = Moment(milliseconds: .max)
        for (name, filter, fits) in [
            ("none", { _ in }, { _ in true }),
            ("priority", { $0.priority = .low }, { $0.priority == TopicPriority.low.rawValue }),
            ("person", { $0.personID = it.ana.id }, { $0.assignedTo == it.ana.id }),
            ("topic", { [topic = all[0].topic] in $0.topic = topic }, { [topic = all[0].topic] in $0.topic == topic }),
            (
                "channel", { [way = all[0].channel] in $0.channel = way },
                { [way = all[0].channel] in $0.channel == way }
            ),
            ("solved", { $0.state = .solved }, { $0.state == .solved }),
            (
                "solved of a priority", { ($0.state, $0.priority) = (.solved, .urgent) },
                { $0.state == .solved && $0.priority == TopicPriority.urgent.rawValue }
            ),
            ("no such topic", { $0.topic = "nenhum" }, { _ in false }),
        ] as [(String, (inout WorkListQuery) -> Void, (Ticket) -> Bool)] {
            for order in [WorkListOrder.created, .due] {
                for isDescending in [false, true] {
                    for departments in [nil, ["financeiro"], ["redes", "financeiro"]] {
                        var query = WorkListQuery(.all, of: it.ana.id, departments: departments)
                        (query.order, query.isDescending, query.limit) = (order, isDescending, 4)
                        filter(&query)
                        let inOrder = all.filter(fits).sorted {
                            order == .created
                                ? $0.id < $1.id : ($0.dueAt ?? never, $0.id) < ($1.dueAt ?? never, $1.id)
                        }.map(\.id)
                        #expect(try await desk(it).count(query) == inOrder.count, "\(name)")
                        var seen: [Int64] = []
                        repeat {
                            let page = try await desk(it).page(query)
                            seen += page.rows.map(\.ticket.id)
                            query.after = page.next
                        } while query.after != nil
                        #expect(seen == (isDescending ? inOrder.reversed() : inOrder), "\(name) \(order)")
                    }
                }
            }
        }
        // The list of what is open, or has ended, for programs and the palette.
        for (situation, isOpen) in [(TicketQuery.Situation.open, true), (.closed, false)] {
            for departments in [nil, ["financeiro"], ["redes", "financeiro"]] {
                var query = TicketQuery()
                (query.situation, query.departments, query.limit) = (situation, departments, 3)
                var seen: [Int64] = []
                while true {
                    let page = try await it.directory.list(query).map(\.id)
                    seen += page
                    guard page.count == 3 else { break }
                    query.before = page.last
                }
                #expect(seen == all.filter { $0.state.isOpen == isOpen }.map(\.id).reversed())
            }
        }
    }

    @Test("what is mine or watched is narrowed to a department as every list is", arguments: TestDatabase.engines)
    func departments(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        var ids: [String: Int64] = [:]
        for department in ["financeiro", "redes"] {
            var request = TicketDeskTests.request(department)
            request.department = department
            let ticket = try await it.desk.open(request, by: nil).ticket
            ids[department] = ticket.id
            var note = MoveOrder(.note, of: ticket.id, text: "vejo")
            note.watches = true
            _ = try await it.desk.make(note, by: .account(it.chefe))
            _ = try await it.make(.take, ticket, by: .account(it.chefe))
        }
        for kind in [WorkListKind.mine, .watched, .department, .all] {
            for (department, id) in ids {
                // A department of one's own is not asked of what one has by name.
                let own = kind == .mine || kind == .watched ? ["financeiro"] : nil
                for departments in [nil, own] {
                    for words in ["", "fatura"] {
                        var query = WorkListQuery(kind, of: it.chefe.id, departments: departments)
                        (query.department, query.words) = (department, words)
                        #expect(try await desk(it).page(query).rows.map(\.ticket.id) == [id], "\(kind) \(words)")
                        #expect(try await desk(it).count(query) == 1, "\(kind) \(words)")
                    }
                }
            }
            var query = WorkListQuery(kind, of: it.chefe.id, departments: nil)
            query.department = "nenhum"
            #expect(try await desk(it).page(query).rows.isEmpty)
        }
        var query = WorkListQuery(.all, of: it.outra.id, departments: ["redes"])
        query.department = "financeiro"
        #expect(try await desk(it).page(query).rows.isEmpty)
        query.words = "fatura"
        #expect(try await desk(it).page(query).rows.isEmpty)
    }

    @Test(
        "words find a department's tickets behind a thousand newer ones of another that have them too",
        arguments: TestDatabase.engines
    )
    func searchBehindOthers(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        var own: [Int64] = []
        for _ in 0..<3 { own.append(try await it.open().id) }
        _ = try await it.make(.take, try #require(try await it.directory.find(own[0])), by: .account(it.ana))
        for number in 0..<SearchWindow.most + 5 {
            var request = TicketDeskTests.request("r\(number)")
            request.department = "redes"
            _ = try await it.desk.open(request, by: nil)
        }
        for kind in [WorkListKind.all, .department, .mine] {
            for order in WorkListOrder.allCases {
                for isDescending in [false, true] {
                    var query = WorkListQuery(kind, of: it.ana.id, departments: ["financeiro"])
                    (query.words, query.order, query.isDescending, query.limit) = ("fatura", order, isDescending, 2)
                    var found: [Int64] = []
                    repeat {
                        let page = try await desk(it).page(query)
                        found += page.rows.map(\.ticket.id)
                        query.after = page.next
                    } while query.after != nil
                    let isNewestFirst = isDescending || kind == .all && order == .work
                    let wanted = kind == .mine ? [own[0]] : isNewestFirst ? own.reversed() : own
                    #expect(found == wanted, "\(kind) \(order) \(isDescending)")
                    #expect(try await desk(it).count(query) == wanted.count)
                }
            }
        }
        // More have the words than are looked at: one order goes on with the next page, the other is cut and says so.
        for isNewestFirst in [true, false] {
            var query = WorkListQuery(.all, of: it.ana.id, departments: ["financeiro"])
            (query.words, query.order, query.isDescending) = ("fatura", .created, isNewestFirst)
            let wanted = query
            let now = it.clock.now
            let cut = try await it.database.read { session in
                let (keys, reached, isCut) = try WorkListDesk.search(
                    wanted,
                    limit: 5,
                    region: .brazil,
                    at: now,
                    looks: 1,
                    in: session
                )
                return [keys.isEmpty, reached != nil, isCut]
            }
            #expect(cut == [true, isNewestFirst, !isNewestFirst])
            #expect(try await !desk(it).page(query).isCut)
        }
        var query = TicketQuery()
        (query.words, query.departments, query.limit) = ("fatura", ["financeiro"], 2)
        #expect(try await it.directory.list(query).map(\.id) == [own[2], own[1]])
        query.before = own[1]
        #expect(try await it.directory.list(query).map(\.id) == [own[0]])
    }

    @Test(
        "narrowed by how the promise stands, a list holds those of which each shows it, open and ended",
        arguments: TestDatabase.engines
    )
    func standings(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let survivor = try await it.open()
        var ids = [survivor.id]
        // Two days were promised: on time, at risk and late when it happened.
        for hours in [1, 40, 49] as [Int64] {
            for move in [TicketMove?.none, .ask, .solve, .cancel, .merge, .confirm] {
                let ticket = try await it.open()
                ids.append(ticket.id)
                _ = try await it.make(.take, ticket, by: .account(it.ana))
                it.pass(.seconds(hours * 3_600))
                var order = MoveOrder(move == .confirm ? .solve : move ?? .note, of: ticket.id, text: "texto")
                if move == .merge { order.otherID = survivor.id }
                _ = try await it.desk.make(order, by: .account(it.chefe))
                if move == .confirm { _ = try await it.make(.confirm, ticket, by: it.customer) }
            }
        }
        for due in [MoveOrder.Facts.Due.open, .policy] {
            let ticket = try await it.open()
            ids.append(ticket.id)
            _ = try await it.make(.take, ticket, by: .account(it.ana))
            var order = MoveOrder(.change, of: ticket.id)
            order.facts.due = due
            order.facts.priority = .urgent
            _ = try await it.desk.make(order, by: .account(it.ana))
        }
        for _ in 0..<3 {
            var all: [Ticket] = []
            for id in ids { all.append(try #require(try await it.directory.find(id))) }
            for kind in [WorkListKind.all, .department, .mine, .waiting, .late] {
                for order in WorkListOrder.allCases {
                    for state in [TicketState?.none] + TicketState.allCases {
                        for service in ServiceStatus.allCases {
                            var query = WorkListQuery(kind, of: it.ana.id, departments: ["financeiro"])
                            (query.order, query.state, query.service) = (order, state, service)
                            let isWork: (Ticket) -> Bool = { $0.state == .triage || $0.state == .inProgress }
                            let wanted = all.filter { ticket in
                                let isOfKind =
                                    switch kind {
                                    case .mine: ticket.state.isOpen && ticket.assignedTo == it.ana.id
                                    case .waiting: ticket.state == .waiting
                                    case .late: isWork(ticket) && ticket.serviceStatus(at: it.now) == .late
                                    case .department: ticket.state.isOpen
                                    default: true
                                    }
                                return isOfKind && ticket.serviceStatus(at: it.now) == service
                                    && (state == nil || ticket.state == state)
                            }.map(\.id)
                            let shown = try await desk(it).page(query).rows.map(\.ticket.id)
                            #expect(shown.sorted() == wanted, "\(kind) \(order) \(service) \(state?.rawValue ?? "")")
                        }
                    }
                }
            }
            it.pass(.seconds(30 * 3_600))
        }
        // Each of them is there to be found.
        for place in 2...6 {
            #expect(try await it.directory.find(ids[place])?.serviceStatus(at: it.now) == .normal, "\(place)")
        }
    }

    @Test("a new ticket stands in no index of those that have ended")
    func endedIndexesHoldEndedOnes() async throws {
        let it = try await TicketUnderTest(.sqlite)
        let made = try await it.database.read { session in
            try session.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND name LIKE 'ticket_ended%'")
                .map { ($0.text(0) ?? "", $0.text(1) ?? "") }
        }
        #expect(made.count == 8)
        for (name, sql) in made { #expect(sql.hasSuffix(TicketState.endedCondition), "\(name)") }
    }

    // PostgreSQL weighs what is in the tables, and these are empty; its plans among many are measured.
    @Test("an open ticket that a filter leaves out costs its place in an index, and its row is not looked at")
    func filtersByIndex() async throws {
        let it = try await TicketUnderTest(.sqlite)
        let filters: [(inout WorkListQuery) -> Void] = [
            { _ in }, { $0.priority = .urgent }, { $0.topic = "boleto" }, { $0.channel = .phone },
            { $0.service = .atRisk }, { $0.service = .late }, { $0.service = .open }, { $0.service = .normal },
            { $0.state = .inProgress },
            { $0.from = Moment(milliseconds: 1) }, { $0.to = Moment(milliseconds: 1) }, { $0.personID = 1 },
        ]
        for kind in WorkListKind.allCases where kind != .all {
            for order in WorkListOrder.allCases {
                for (place, filter) in filters.enumerated() {
                    for departments in [nil, ["financeiro"]] {
                        var query = WorkListQuery(kind, of: 1, departments: departments)
                        query.order = order
                        filter(&query)
                        let plan = try await plan(query, it)
                        let walks = plan.split(separator: "\n").filter { $0.contains("SCAN") || $0.contains("SEARCH") }
                        // Whether who watches it may read it stands in the row: of as many as one person watches.
                        let isByRow = kind == .watched && departments != nil
                        #expect(
                            walks.allSatisfy {
                                $0.contains("COVERING INDEX") || $0.hasSuffix("walk")
                                    || isByRow && $0.contains("ticket_open_created_all")
                            },
                            "\(kind) \(order) \(place) \(departments ?? []): \(plan)"
                        )
                    }
                }
            }
        }
    }

    @Test("what has ended is found by its state", arguments: TestDatabase.engines)
    func endedPlans(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        for state in TicketState.allCases {
            for departments in [nil, ["financeiro"]] {
                var query = WorkListQuery(.all, of: 1, departments: departments)
                query.state = state
                let plan = try await plan(query, it)
                #expect(plan.contains(state.isOpen ? "ticket_open_created" : "ticket_ended"), "\(state): \(plan)")
                #expect(!plan.contains("TEMP B-TREE") && !plan.contains("Sort "), "\(state): \(plan)")
            }
        }
    }

    @Test("what is watched is listed while it is open, and again when it begins anew", arguments: TestDatabase.engines)
    func watchedThroughLife(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        func watched(_ account: Account) async throws -> [Int64] {
            try await desk(it).page(WorkListQuery(.watched, of: account.id, departments: nil)).rows.map(\.ticket.id)
        }
        func watch(_ account: Account) async throws {
            var note = MoveOrder(.note, of: ticket.id, text: "vejo")
            note.watches = true
            _ = try await it.desk.make(note, by: .account(account))
        }
        try await watch(it.bruno)
        #expect(try await watched(it.bruno) == [ticket.id])
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
        #expect(try await watched(it.bruno).isEmpty)
        // What has ended can be watched, and is no work until it begins anew.
        try await watch(it.ana)
        #expect(try await watched(it.ana).isEmpty)
        _ = try await it.make(.restart, ticket, "Ainda não", by: it.customer)
        #expect(try await watched(it.bruno) == [ticket.id])
        #expect(try await watched(it.ana) == [ticket.id])
        let solved = try await it.desk.make(
            [MoveOrder(.solve, of: ticket.id, text: "Feito")],
            by: .account(it.ana)
        )
        #expect(try await watched(it.bruno).isEmpty)
        _ = try await it.desk.takeBack(try #require(solved.first?.undo).id, by: .account(it.ana))
        #expect(try await watched(it.bruno) == [ticket.id])
    }

    @Test(
        "a list that can hold nothing asks the database for nothing, and holds nothing",
        arguments: TestDatabase.engines
    )
    func contradictions(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        for (kind, state, count) in [
            (.department, .triage, 1), (.department, .closed, 0), (.department, nil, 1), (.waiting, .triage, 0),
            (.late, .waiting, 0), (.unassigned, .solved, 0), (.unassigned, .triage, 1), (.all, .triage, 1),
            (.all, .closed, 0),
        ] as [(WorkListKind, TicketState?, Int)] {
            var query = WorkListQuery(kind, of: it.ana.id, departments: nil)
            query.state = state
            #expect(try await desk(it).page(query).rows.map(\.ticket.id) == Array(repeating: ticket.id, count: count))
            #expect(try await desk(it).count(query) == count, "\(kind) \(state?.rawValue ?? "")")
        }
        var query = WorkListQuery(.unassigned, of: it.ana.id, departments: nil)
        query.personID = it.ana.id
        #expect(try await desk(it).page(query).rows.isEmpty)
    }
}

@Suite("Ticket numbers")
struct TicketNumberTests {
    @Test("a mistyped digit is said, any number that was given out is found", arguments: TestDatabase.engines)
    func reading(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let format = ProtocolFormat.standardTicket
        #expect(format.accepts(ticket.number))
        #expect(try await it.directory.read(number: " \(ticket.number) ", format: format) == .ticket(ticket))
        let spaced = ticket.number.map(String.init).joined(separator: " ")
        #expect(try await it.directory.read(number: spaced, format: format) == .ticket(ticket))
        for place in 0..<ticket.number.count {
            var digits = Array(ticket.number)
            digits[place] = digits[place] == "9" ? "0" : Character(String((Int(String(digits[place])) ?? 0) + 1))
            #expect(try await it.directory.read(number: String(digits), format: format) == .mistyped)
        }
        #expect(
            try await it.directory.read(number: format.number(year: 2026, sequence: 7_777), format: format) == .unknown
        )
        #expect(try await it.directory.read(number: "abc", format: format) == .unknown)
        #expect(try await it.directory.read(number: String(repeating: "1", count: 10_000), format: format) == .unknown)
        // A number of an older release has no check digit and is found all the same.
        let id = ticket.id
        try await it.database.write {
            try $0.execute("UPDATE ticket SET number = '1001' WHERE id = $1", [.integer(id)])
        }
        guard case .ticket(let old) = try await it.directory.read(number: "1001", format: format) else {
            Issue.record("the old number is lost")
            return
        }
        #expect(old.id == id)
    }

    @Test("a number that an older format gave out is passed over", arguments: TestDatabase.engines)
    func taken(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let first = try await it.open()
        let second = ProtocolFormat.standardTicket.number(year: 2026, sequence: 1_002)
        let id = first.id
        try await it.database.write {
            try $0.execute("UPDATE ticket SET number = $1 WHERE id = $2", [.text(second), .integer(id)])
        }
        #expect(try await it.open().number == ProtocolFormat.standardTicket.number(year: 2026, sequence: 1_003))
    }
}
