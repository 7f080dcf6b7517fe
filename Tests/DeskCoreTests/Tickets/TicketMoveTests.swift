import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("A ticket's moves")
struct TicketMoveTests {
    @Test("from opening to the survey: taken, asked, answered, solved, confirmed", arguments: TestDatabase.engines)
    func life(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        #expect(try await it.bells(it.ana) == [.opened])
        #expect(try await it.bells(it.outra).isEmpty)
        var result = try await it.make(.take, ticket, by: .account(it.ana))
        #expect(result.ticket.state == .inProgress)
        #expect(result.ticket.assignedTo == it.ana.id)
        #expect(it.told().isEmpty)
        // Somebody has it: the others need not look any more.
        #expect(try await it.bells(it.bruno).isEmpty)
        it.pass(.seconds(1_800))
        result = try await it.make(.ask, ticket, "Qual é o mês?", by: .account(it.ana))
        #expect(result.ticket.state == .waiting)
        #expect(it.told() == [.ticketAsked])
        #expect(result.ticket.firstAnsweredAt == it.now)
        it.pass(.seconds(86_400))
        result = try await it.make(.reply, ticket, "Outubro.", by: it.customer)
        #expect(result.ticket.state == .inProgress)
        #expect(it.told().isEmpty)
        #expect(try await it.bells(it.ana) == [.reply])
        result = try await it.make(.solve, ticket, "Corrigida.", by: .account(it.ana))
        #expect(result.ticket.state == .solved)
        #expect(result.ticket.solvedAt == it.now)
        #expect(it.told() == [.ticketSolved, .surveyRequested])
        #expect(try await it.bells(it.ana).isEmpty)
        result = try await it.make(.confirm, ticket, by: it.customer)
        #expect(result.ticket.state == .closed)
        #expect(it.told().isEmpty)
        let kinds = try await it.directory.thread(ticket.id).map(\.kind)
        #expect(kinds == [.opened, .taken, .asked, .reply, .solved, .confirmed])
    }

    @Test("every move by every role from every state is refused or made whole", arguments: TestDatabase.engines)
    func everything(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let actors: [(TicketRole, TicketActor)] = [
            (.technician, .account(it.ana)), (.colleague, .account(it.outra)), (.supervisor, .account(it.chefe)),
            (.program, .program(name: "erp", author: nil)), (.customer, it.customer),
        ]
        let ticket = try await it.open()
        let other = try await it.open()
        for state in TicketState.allCases where state != .merged {
            for (role, actor) in actors {
                for move in TicketMove.allCases where move != .merge && move != .split {
                    let now = it.now
                    try await it.database.write { session in
                        try session.execute(
                            """
                            UPDATE ticket SET state = $1, assigned_to = NULL, department = 'financeiro', level = 1,
                                priority = 'normal', reiterations = 0, solved_at = $2, closed_at = $3,
                                asked_from = 'triage', merged_into = NULL WHERE id = $4
                            """,
                            [
                                .text(state.rawValue), .moment(now), .moment(now.adding(.seconds(-30 * 3_600))),
                                .integer(ticket.id),
                            ]
                        )
                    }
                    var order = MoveOrder(move, of: ticket.id, text: "texto")
                    // A move to another department names nobody of this one.
                    order.personID = move == .move ? nil : it.bruno.id
                    order.department = "redes"
                    order.otherID = other.id
                    order.facts.priority = .high
                    let before = try await it.directory.thread(ticket.id).count
                    let row = TransitionTable.row(move, from: state, by: role)
                    let refusal = try await it.refusal(order, by: actor)
                    let after = try #require(try await it.directory.find(ticket.id))
                    let isMade = row.map { !$0.needs.contains(.contact) && $0.term != .reopening } ?? false
                    #expect(
                        (refusal == nil) == isMade,
                        "\(move) by \(role) from \(state): \(String(describing: refusal))"
                    )
                    let added = try await it.directory.thread(ticket.id).count - before
                    #expect((added > 0) == (refusal == nil), "\(move) by \(role) from \(state)")
                    if refusal != nil { #expect(after.state == state) }
                }
            }
        }
    }

    @Test("what a move needs is asked for, and too much of it refused", arguments: TestDatabase.engines)
    func needs(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let ana = TicketActor.account(it.ana)
        #expect(try await it.refusal(MoveOrder(.ask, of: ticket.id, text: " \n"), by: ana) == .missing(.question))
        #expect(try await it.refusal(MoveOrder(.solve, of: ticket.id), by: ana) == .missing(.solution))
        #expect(try await it.refusal(MoveOrder(.reply, of: ticket.id), by: ana) == .emptyEntry)
        #expect(try await it.refusal(MoveOrder(.reiterate, of: ticket.id), by: it.customer) == .missing(.reason))
        #expect(try await it.refusal(MoveOrder(.assign, of: ticket.id), by: ana) == .missing(.person))
        #expect(try await it.refusal(MoveOrder(.move, of: ticket.id), by: ana) == .missing(.place))
        #expect(try await it.refusal(MoveOrder(.merge, of: ticket.id), by: ana) == .missing(.other))
        #expect(try await it.refusal(MoveOrder(.split, of: ticket.id), by: ana) == .missing(.entries))
        #expect(try await it.refusal(MoveOrder(.change, of: ticket.id), by: ana) == .nothingChanges)
        let long = String(repeating: "ã", count: 50_000)
        #expect(
            try await it.refusal(MoveOrder(.cancel, of: ticket.id, text: long), by: it.customer)
                == .tooLong(.reason, limit: MoveLimits.longestReason)
        )
        #expect(try await it.refusal(MoveOrder(.note, of: ticket.id, text: long), by: ana) == nil)
        #expect(
            try await it.refusal(MoveOrder(.note, of: ticket.id, text: long + "a"), by: ana)
                == .tooLong(.text, limit: 50_000)
        )
        #expect(try await it.refusal(MoveOrder(.take, of: 999_999), by: ana) == .noSuchTicket)
    }

    @Test("a stale change is refused, whole", arguments: TestDatabase.engines)
    func stale(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let taken = try await it.desk.make(
            MoveOrder(.take, of: ticket.id, revision: ticket.revision),
            by: .account(it.ana)
        )
        #expect(taken.ticket.revision == ticket.revision + 1)
        let late = MoveOrder(.take, of: ticket.id, revision: ticket.revision)
        #expect(try await it.refusal(late, by: .account(it.bruno)) == .stale(current: taken.ticket.revision))
        #expect(try await it.directory.find(ticket.id)?.assignedTo == it.ana.id)
    }

    @Test("two people who take at once: one has it, the other is told", arguments: TestDatabase.engines)
    func race(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        async let one = it.refusal(MoveOrder(.take, of: ticket.id, revision: ticket.revision), by: .account(it.ana))
        async let other = it.refusal(MoveOrder(.take, of: ticket.id, revision: ticket.revision), by: .account(it.bruno))
        let refusals = try await [one, other].compactMap(\.self)
        #expect(refusals == [.stale(current: ticket.revision + 1)])
    }

    @Test("forged ids of other customers, people and departments lead nowhere", arguments: TestDatabase.engines)
    func forged(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let stranger = TicketActor.customer(customerID: it.customerID + 1, contactID: nil, name: "X")
        #expect(try await it.refusal(MoveOrder(.reply, of: ticket.id, text: "oi"), by: stranger) == .noSuchTicket)
        #expect(
            try await it.refusal(MoveOrder(.note, of: ticket.id, text: "oi"), by: .account(it.outra))
                == .notAllowed(.note)
        )
        var order = MoveOrder(.assign, of: ticket.id)
        order.personID = it.outra.id
        #expect(try await it.refusal(order, by: .account(it.ana)) == .personElsewhere)
        order.personID = 9_999
        #expect(try await it.refusal(order, by: .account(it.ana)) == .noSuchPerson)
        // A contact of somebody else is no ground to act for this customer.
        let contact = try await it.attendances.begin(channel: .walkIn, accountID: it.ana.id)
        var reiterate = MoveOrder(.reiterate, of: ticket.id, text: "urgente")
        reiterate.attendanceID = contact.id
        #expect(try await it.refusal(reiterate, by: .account(it.ana)) == .anotherCustomer)
        reiterate.attendanceID = 9_999
        #expect(try await it.refusal(reiterate, by: .account(it.ana)) == .noSuchAttendance)
        reiterate.attendanceID = nil
        #expect(try await it.refusal(reiterate, by: .account(it.ana)) == .needsContact(.reiterate))
    }

    @Test(
        "reiterating: counted, priority up at the second, level up at the third, first of the list",
        arguments: TestDatabase.engines
    )
    func reiterate(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let urgent = try await it.open(priority: .urgent)
        let ticket = try await it.open(priority: .normal)
        var seen: [(Int64, String, Int64)] = []
        for _ in 1...3 {
            let result = try await it.make(.reiterate, ticket, "Continua parado", by: it.customer)
            seen.append((result.ticket.reiterations, result.ticket.priority, result.ticket.level))
            #expect(it.told() == [.ticketReiterated])
        }
        #expect(seen.map(\.0) == [1, 2, 3])
        #expect(seen.map(\.1) == ["normal", "high", "high"])
        #expect(seen.map(\.2) == [1, 1, 2])
        let page = try await WorkListDesk(database: it.database, clock: it.clock).page(
            WorkListQuery(.department, of: it.ana.id, departments: ["financeiro"])
        )
        #expect(page.rows.map(\.ticket.id) == [ticket.id, urgent.id])
        #expect(try await it.bells(it.ana).first == .reiterated)
        // Reiterating is pinned: reading the thread does not clear it, taking the ticket on and ending it does.
        let last = try #require(try await it.directory.thread(ticket.id).last)
        try await BellDesk(database: it.database).read(ticket.id, upTo: last.id, by: it.ana.id)
        #expect(try await it.bells(it.ana).contains(.reiterated))
        _ = try await it.make(.solve, ticket, "Feito", by: .account(it.bruno))
        #expect(try await !it.bells(it.ana).contains(.reiterated))
    }

    @Test("a technician does for the customer within a contact, and the entry says so", arguments: TestDatabase.engines)
    func onBehalf(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let contact = try await it.contact(of: it.outra)
        var order = MoveOrder(.reiterate, of: ticket.id, text: "Ligou de novo")
        order.attendanceID = contact.id
        // Somebody of another department has the customer on the line.
        let entry = try await it.desk.make(order, by: .account(it.outra)).entry
        #expect(entry.authorKind == .customer)
        #expect(entry.facts.onBehalf == "Olga Outra")
        #expect(entry.facts.within == contact.protocolNumber)
        // A day later the contact is no ground any more.
        let id = contact.id
        let now = it.now
        try await it.database.write {
            try $0.execute(
                "UPDATE attendance SET state = 'ended', ended_at = $1 WHERE id = $2",
                [.moment(now), .integer(id)]
            )
        }
        it.pass(.seconds(25 * 3_600))
        #expect(try await it.refusal(order, by: .account(it.outra)) == .noSuchAttendance)
    }

    @Test(
        "a plain reply once solved leaves it solved and unread; an answer to nobody rings the department",
        arguments: TestDatabase.engines
    )
    func thanks(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.solve, ticket, "Feito.", by: .account(it.ana))
        let result = try await it.make(.reply, ticket, "Obrigado!", by: it.customer)
        #expect(result.ticket.state == .solved)
        #expect(result.ticket.solvedAt != nil)
        #expect(try await it.bells(it.bruno) == [.reply])
    }

    @Test("reply, note and question change neither owner nor watchers unless ticked", arguments: TestDatabase.engines)
    func owner(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        for move in [TicketMove.reply, .note, .ask] {
            let result = try await it.make(move, ticket, "texto", by: .account(it.bruno))
            #expect(result.ticket.assignedTo == nil)
        }
        #expect(try await it.directory.watchers(of: ticket.id).isEmpty)
        var order = MoveOrder(.note, of: ticket.id, text: "sigo")
        order.watches = true
        _ = try await it.desk.make(order, by: .account(it.bruno))
        #expect(try await it.directory.watchers(of: ticket.id) == [it.bruno.id])
        // The watcher hears of others, not of their own deeds.
        _ = try await it.make(.note, ticket, "meu", by: .account(it.bruno))
        #expect(try await !it.bells(it.bruno).contains(.note))
        _ = try await it.make(.note, ticket, "dela", by: .account(it.ana))
        #expect(try await it.bells(it.bruno).contains(.note))
    }

    @Test(
        "moved to somebody of another department it is theirs at once, and they alone are told",
        arguments: TestDatabase.engines
    )
    func movingToSomebody(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.take, ticket, by: .account(it.ana))
        var order = MoveOrder(.move, of: ticket.id)
        order.department = "redes"
        // Bruno does not work there, and nobody has the id 999.
        order.personID = it.bruno.id
        #expect(try await it.refusal(order, by: .account(it.ana)) == .personElsewhere)
        order.personID = 999
        #expect(try await it.refusal(order, by: .account(it.ana)) == .noSuchPerson)
        #expect(try await it.directory.find(ticket.id)?.department == "financeiro")
        order.personID = it.outra.id
        let result = try await it.desk.make(order, by: .account(it.ana))
        #expect(result.ticket.department == "redes")
        #expect(result.ticket.assignedTo == it.outra.id)
        #expect(result.ticket.state == .inProgress)
        #expect(result.entry.facts.person == "Olga Outra")
        #expect(PublicEntry(result.entry)?.facts.person == nil)
        #expect(it.told() == [.ticketMoved])
        let rung = try await it.database.read { session in
            try session.rows("SELECT account_id, kind FROM bell WHERE ticket_id = $1", [.integer(ticket.id)])
                .map { "\($0.integer(0) ?? 0) \($0.text(1) ?? "")" }
        }
        #expect(rung == ["\(it.outra.id) assigned"])
        // One that waits goes on waiting, with whom it was given to.
        let waiting = try await it.open()
        _ = try await it.make(.ask, waiting, "Qual?", by: .account(it.ana))
        var other = MoveOrder(.move, of: waiting.id)
        (other.department, other.personID) = ("redes", it.outra.id)
        let moved = try await it.desk.make(other, by: .account(it.ana)).ticket
        #expect(moved.state == .waiting)
        #expect(moved.assignedTo == it.outra.id)
        // Answered, it is in work with them, and nobody has to take it.
        #expect(try await it.make(.reply, waiting, "Esta.", by: it.customer).ticket.state == .inProgress)
    }

    @Test(
        "moving to another department tells the customer and clears who had it; a level does not",
        arguments: TestDatabase.engines
    )
    func moving(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.take, ticket, by: .account(it.ana))
        var order = MoveOrder(.move, of: ticket.id, text: "segredo interno")
        order.level = 2
        var result = try await it.desk.make(order, by: .account(it.ana))
        #expect(result.ticket.assignedTo == it.ana.id)
        #expect(result.entry.kind == .raised)
        #expect(it.told().isEmpty)
        order.department = "redes"
        result = try await it.desk.make(order, by: .account(it.ana))
        #expect(result.ticket.state == .triage)
        #expect(result.ticket.assignedTo == nil)
        #expect(it.told() == [.ticketMoved])
        #expect(try await it.bells(it.outra) == [.moved])
        let shown = try await it.directory.publicThread(ticket.id)
        #expect(!shown.contains { $0.body.contains("segredo") })
    }

    @Test(
        "solved by the clock after the days, reminded once before, and closed by itself; ten turns do each once",
        arguments: TestDatabase.engines
    )
    func clocks(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.ask, ticket, "Qual?", by: .account(it.ana))
        _ = it.told()
        func turns() async throws -> [NoticeEvent] {
            for _ in 0..<10 { _ = try await it.desk.runClocks() }
            return it.told()
        }
        it.pass(.seconds(5 * 86_400 - 1))
        #expect(try await turns().isEmpty)
        it.pass(.seconds(1))
        #expect(try await turns() == [.ticketReminded])
        it.pass(.seconds(5 * 86_400))
        #expect(try await turns() == [.ticketSolved])
        #expect(try await it.directory.find(ticket.id)?.state == .solved)
        it.pass(.seconds(72 * 3_600))
        #expect(try await turns().isEmpty)
        let closed = try #require(try await it.directory.find(ticket.id))
        #expect(closed.state == .closed)
        #expect(closed.closedAt == it.now)
        let kinds = try await it.directory.thread(ticket.id).map(\.kind)
        #expect(kinds == [.opened, .asked, .reminded, .unanswered, .closed])
    }

    @Test("reopened it is with who solved it while they are there, else in triage", arguments: TestDatabase.engines)
    func reopening(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        for (isThere, gone) in [
            (true, "departments = departments"), (false, "departments = '[\"redes\"]'"),
            (false, "departments = '[\"financeiro\"]', disabled_at = 1"),
        ] {
            let ticket = try await it.open()
            _ = try await it.make(.take, ticket, by: .account(it.ana))
            _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
            _ = try await it.make(.confirm, ticket, by: it.customer)
            let id = it.ana.id
            try await it.database.write {
                try $0.execute("UPDATE account SET \(gone) WHERE id = $1", [.integer(id)])
            }
            let result = try await it.make(.reopen, ticket, "Voltou", by: it.customer)
            #expect(result.ticket.state == (isThere ? .inProgress : .triage), "\(gone)")
            #expect(result.ticket.assignedTo == (isThere ? id : nil), "\(gone)")
            #expect(result.ticket.closedAt == nil)
        }
    }

    @Test(
        "the clock stands while the customer is asked and while it is over; what is left is what was left",
        arguments: TestDatabase.engines
    )
    func standing(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let due = try #require(ticket.dueAt)
        let first = try #require(ticket.firstDueAt)
        // Calendar time for the solution, business time for the first answer: four hours from 15:00 end at 09:00.
        #expect(due == it.now.adding(.seconds(2 * 86_400)))
        #expect(first == it.now.adding(.seconds(18 * 3_600)))
        _ = try await it.make(.ask, ticket, "?", by: .account(it.ana))
        it.pass(.seconds(5 * 3_600))
        var after = try await it.make(.reply, ticket, "!", by: it.customer).ticket
        #expect(after.dueAt == due.adding(.seconds(5 * 3_600)))
        _ = try await it.make(.solve, ticket, "ok", by: .account(it.ana))
        it.pass(.seconds(100 * 3_600))
        #expect(try await it.directory.find(ticket.id)?.serviceStatus(at: it.now) == .normal)
        after = try await it.make(.restart, ticket, "não", by: it.customer).ticket
        #expect(after.dueAt == due.adding(.seconds(105 * 3_600)))
        #expect(after.state == .triage)
        // A new priority forgets no pause.
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.priority = .urgent
        after = try await it.desk.make(order, by: .account(it.ana)).ticket
        #expect(after.dueAt == due.adding(.seconds(105 * 3_600)))
        #expect(try await it.directory.pauses(of: ticket.id).count == 2)
    }

    @Test("deadlines ring once at risk and once late, and not while the clock stands", arguments: TestDatabase.engines)
    func deadlines(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.take, ticket, by: .account(it.ana))
        it.pass(.seconds(40 * 3_600))
        for _ in 0..<10 { _ = try await it.desk.runClocks() }
        #expect(try await it.bells(it.ana) == [.atRisk])
        try await BellDesk(database: it.database).readAll(of: it.ana.id)
        it.pass(.seconds(9 * 3_600))
        for _ in 0..<10 { _ = try await it.desk.runClocks() }
        #expect(try await it.bells(it.ana) == [.late])
        #expect(try await it.bells(it.chefe) == [.late])
        for _ in 0..<10 { _ = try await it.desk.runClocks() }
        #expect(try await it.bells(it.ana) == [.late])
        // Another day is another deadline.
        try await BellDesk(database: it.database).readAll(of: it.ana.id)
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.due = .at(it.now.adding(.seconds(2 * 86_400)))
        _ = try await it.desk.make(order, by: .account(it.ana))
        for _ in 0..<10 { _ = try await it.desk.runClocks() }
        #expect(try await it.bells(it.ana).isEmpty)
        it.pass(.seconds(2 * 86_400 + 60))
        for _ in 0..<10 { _ = try await it.desk.runClocks() }
        #expect(try await it.bells(it.ana) == [.late])
        // While the customer is asked no deadline is told of, however long it takes.
        let other = try await it.open()
        _ = try await it.make(.take, other, by: .account(it.bruno))
        _ = try await it.make(.ask, other, "Qual?", by: .account(it.bruno))
        try await BellDesk(database: it.database).readAll(of: it.bruno.id)
        it.pass(.seconds(3 * 86_400))
        for _ in 0..<10 { _ = try await it.desk.runClocks() }
        #expect(try await it.bells(it.bruno).allSatisfy { $0 != .atRisk && $0 != .late })
    }

    @Test("a due day is set by hand, told, and may be “a combinar”", arguments: TestDatabase.engines)
    func dueDay(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        var order = MoveOrder(.change, of: ticket.id)
        order.facts.due = .at(it.now.adding(.seconds(-1)))
        #expect(try await it.refusal(order, by: .account(it.ana)) == .pastDue)
        let day = it.now.adding(.seconds(10 * 86_400))
        order.facts.due = .at(day)
        var result = try await it.desk.make(order, by: .account(it.ana))
        #expect(result.ticket.dueAt == day)
        #expect(result.entry.kind == .dueSet)
        #expect(it.told() == [.ticketDueChanged])
        order.facts.due = .open
        result = try await it.desk.make(order, by: .account(it.ana))
        #expect(result.ticket.dueAt == nil)
        #expect(result.ticket.serviceStatus(at: it.now) == .open)
        order.facts.due = .policy
        result = try await it.desk.make(order, by: .account(it.ana))
        #expect(result.ticket.dueAt == ticket.dueAt)
    }

    @Test(
        "opened while talking, the first answer was then; by portal and program it is still to come",
        arguments: TestDatabase.engines
    )
    func firstAnswer(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let author = TicketAuthor(accountID: it.ana.id, name: it.ana.name)
        for channel in AttendanceChannel.allCases {
            // What a customer writes at the portal is sent by nobody else.
            for isStaff in [true, false] where !(isStaff && channel == .portal) {
                let contact = try await it.attendances.begin(channel: channel, accountID: nil)
                var request = TicketDeskTests.request(UUID().uuidString, attendanceID: contact.id)
                request.customerID = it.customerID
                let ticket = try await it.desk.open(request, by: isStaff ? author : nil).ticket
                let isTalk = isStaff && (channel == .phone || channel == .walkIn)
                #expect((ticket.firstAnsweredAt != nil) == isTalk, "\(channel)")
                // A note is no answer, a reply of the customer neither; one of the desk is.
                _ = try await it.make(.note, ticket, "n", by: .account(it.ana))
                _ = try await it.make(.reply, ticket, "c", by: it.customer)
                #expect((try await it.directory.find(ticket.id)?.firstAnsweredAt != nil) == isTalk)
                it.pass(.seconds(60))
                let answered = try await it.make(.reply, ticket, "r", by: .account(it.ana)).ticket
                #expect(answered.firstAnsweredAt == (isTalk ? ticket.createdAt : it.now))
            }
        }
    }

    @Test(
        "what is written to a merged ticket lands in the one that counts, through chains too",
        arguments: TestDatabase.engines
    )
    func merging(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (a, b, c) = (try await it.open(), try await it.open(), try await it.open())
        _ = try await it.make(.reply, a, "Palavras de A", by: it.customer)
        _ = try await it.make(.take, a, by: .account(it.bruno))
        func merge(_ one: Ticket, _ into: Ticket) -> MoveOrder {
            var order = MoveOrder(.merge, of: one.id)
            order.otherID = into.id
            return order
        }
        _ = it.told()
        let merged = try await it.desk.make(merge(a, b), by: .account(it.ana))
        #expect(merged.ticket.state == .merged)
        #expect(it.told() == [.ticketMerged])
        _ = try await it.desk.make(merge(b, c), by: .account(it.ana))
        // A circle is none: the end of the chain is the ticket itself.
        #expect(try await it.refusal(merge(c, a), by: .account(it.ana)) == .itself)
        #expect(try await it.refusal(merge(c, c), by: .account(it.ana)) == .itself)
        let written = try await it.make(.reply, a, "Ainda?", by: it.customer)
        #expect(written.ticket.id == c.id)
        #expect(written.entry.facts.oldNumber == a.number)
        #expect(try await it.refusal(MoveOrder(.take, of: a.id), by: .account(it.ana)) == .over(.merged))
        let thread = try await it.directory.thread(c.id)
        // Each says whose it is: its own by nothing, those of the merged ones by their numbers, to the customer as well.
        let words = try #require(thread.first { $0.body == "Palavras de A" })
        #expect(words.facts.mergedNumber == a.number)
        #expect(EntrySentence(time: DeskTime(timeZone: .gmt, language: .ptBR)).text(words) == "Do \(a.number).")
        #expect(Set(thread.filter { $0.kind == .opened }.map(\.facts.mergedNumber)) == [nil, a.number, b.number])
        let shown = try await it.directory.publicThread(c.id)
        #expect(shown.first { $0.body == "Palavras de A" }?.facts.mergedNumber == a.number)
        #expect(thread.contains { $0.kind == .absorbed && $0.facts.number == b.number })
        // Who had the dead one follows the one that counts; its number goes on leading there.
        #expect(try await it.directory.watchers(of: b.id) == [it.bruno.id])
        let found = try #require(try await it.directory.find(number: a.number))
        #expect(try await it.directory.survivor(of: found).id == c.id)
        let stranger = try await it.open()
        let id = stranger.id
        try await it.database.write {
            try $0.execute("UPDATE ticket SET customer_id = NULL WHERE id = $1", [.integer(id)])
        }
        #expect(try await it.refusal(merge(stranger, c), by: .account(it.ana)) == .anotherCustomer)
    }

    @Test("a split takes chosen entries along and leaves a pointer", arguments: TestDatabase.engines)
    func splitting(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        let stays = try await it.make(.reply, ticket, "Fica", by: it.customer).entry
        let file = try await it.file(of: ticket)
        var reply = MoveOrder(.reply, of: ticket.id, text: "Vai")
        reply.fileIDs = [file]
        let goes = try await it.desk.make(reply, by: it.customer).entry
        var order = MoveOrder(.split, of: ticket.id)
        order.entryIDs = [goes.id]
        order.summary = "Outra coisa"
        _ = it.told()
        let result = try await it.desk.make(order, by: .account(it.ana))
        let made = try #require(result.other)
        #expect(made.summary == "Outra coisa")
        #expect(made.customerID == it.customerID)
        #expect(made.refersTo == ticket.id)
        #expect(made.number != ticket.number)
        #expect(it.told() == [.ticketOpened])
        #expect(try await it.directory.thread(ticket.id).map(\.body).contains("Fica"))
        #expect(try await !it.directory.thread(ticket.id).map(\.body).contains("Vai"))
        #expect(try await it.directory.thread(made.id).map(\.body).contains("Vai"))
        #expect(try await it.ticket(ofFile: file) == made.id)
        // An entry of another ticket, or the opening, cannot go.
        order.entryIDs = [goes.id]
        #expect(try await it.refusal(order, by: .account(it.ana)) == .noSuchEntry)
        order.entryIDs = [stays.id, try #require(try await it.directory.thread(ticket.id).first).id]
        #expect(try await it.refusal(order, by: .account(it.ana)) == .noSuchEntry)
    }

    @Test(
        "five hundred at once are done whole, five hundred and one are refused, and one refusal undoes all",
        arguments: TestDatabase.engines
    )
    func bulk(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        var tickets: [Ticket] = []
        for _ in 0..<12 { tickets.append(try await it.open()) }
        let orders = tickets.map { MoveOrder(.take, of: $0.id) }
        await #expect(throws: StoreError.self) {
            try await it.desk.make(
                (0..<501).map { _ in MoveOrder(.note, of: tickets[0].id, text: "x") },
                by: .account(it.ana)
            )
        }
        await #expect(throws: StoreError.self) {
            try await it.desk.make(orders + [MoveOrder(.confirm, of: tickets[0].id)], by: .account(it.ana))
        }
        #expect(try await it.directory.find(tickets[0].id)?.assignedTo == nil)
        #expect(try await it.desk.make(orders, by: .account(it.ana)).count == 12)
        let query = WorkListQuery(.mine, of: it.ana.id, departments: nil)
        #expect(try await WorkListDesk(database: it.database, clock: it.clock).count(query) == 12)
    }

    @Test(
        "an internal word reaches no customer: not the thread, not the search, not a notice",
        arguments: TestDatabase.engines
    )
    func canary(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.note, ticket, "canarinho segredo", by: .account(it.ana))
        _ = try await it.make(.reply, ticket, "resposta pública", by: .account(it.ana))
        #expect(it.told() == [.ticketAnswered])
        var query = TicketQuery()
        query.words = "canarinho"
        #expect(try await it.directory.list(query).isEmpty)
        query.words = "publica"
        #expect(try await it.directory.list(query).map(\.id) == [ticket.id])
        #expect(try await !it.directory.publicThread(ticket.id).contains { $0.body.contains("canarinho") })
    }

    @Test(
        "a contact is linked once, resumes a ticket that waits, and its words are the customer's",
        arguments: TestDatabase.engines
    )
    func linking(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let ticket = try await it.open()
        _ = try await it.make(.ask, ticket, "Qual?", by: .account(it.ana))
        _ = it.told()
        let contact = try await it.contact(of: it.outra)
        let link = TicketLink(
            key: "l",
            attendanceID: contact.id,
            ticketID: ticket.id,
            customerID: it.customerID,
            contactID: nil,
            callerName: "Maria",
            description: "Já chegou",
            attachments: [],
            language: .ptBR
        )
        let author = TicketAuthor(accountID: it.outra.id, name: it.outra.name)
        let first = try await it.desk.link(link, attendanceID: contact.id, by: author)
        let second = try await it.desk.link(link, attendanceID: contact.id, by: author)
        #expect(first.isNew)
        #expect(!second.isNew)
        #expect(first.ticket.state == .triage)
        #expect(first.attendance.outcome == .linked)
        #expect(it.told() == [.protocolIssued])
        let entry = try #require(try await it.directory.thread(ticket.id).last)
        #expect(entry.kind == .linked)
        #expect(entry.body == "Já chegou")
        #expect(entry.facts.protocolNumber == contact.protocolNumber)
    }
}
