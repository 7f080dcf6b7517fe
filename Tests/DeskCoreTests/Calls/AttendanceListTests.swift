import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("The list of contacts and what lies unfinished in it")
struct AttendanceListTests {
    /// A telephone contact of a call that was answered, or not, and has ended.
    private func contact(
        _ it: TicketUnderTest,
        key: String,
        accountID: Int64?,
        answered: Bool = true,
        outcome: AttendanceOutcome? = nil,
        number: String = "+5531987654321",
        direction: String = "inbound",
        customerID: Int64? = nil
    ) async throws -> Int64 {
        let now = it.now
        return try await it.database.write { session in
            let call = try session.row(
                """
                INSERT INTO call (line, call_key, direction, number, state, outcome, started_at, answered_at, ended_at)
                VALUES ('pbx', $1, $2, $3, 'ended', $4, $5, $6, $5) RETURNING id
                """,
                [
                    .text(key), .text(direction), .text(number), .text(answered ? "answered" : "abandoned"),
                    .moment(now), .moment(answered ? now : nil),
                ]
            )?.integer(0)
            let row = try session.row(
                """
                INSERT INTO attendance (protocol, channel, call_id, account_id, customer_id, state, outcome, started_at,
                    ended_at)
                VALUES ($1, 'phone', $2, $3, $4, $5, $6, $7, $8) RETURNING id
                """,
                [
                    .text("P" + key), .integer(call), .integer(accountID), .integer(customerID),
                    .text(outcome == nil ? "open" : "ended"), .text(outcome?.rawValue), .moment(now),
                    .moment(outcome == nil ? nil : now),
                ]
            )
            return row?.integer(0) ?? 0
        }
    }

    @Test(
        "an answered contact nobody finished comes back to its technician, then to who supervises",
        arguments: TestDatabase.engines
    )
    func unfinished(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let left = try await contact(it, key: "1", accountID: it.ana.id)
        _ = try await contact(it, key: "2", accountID: it.ana.id, outcome: .information)
        _ = try await contact(it, key: "3", accountID: it.ana.id, answered: false)
        var (mine, all) = (AttendanceQuery(), AttendanceQuery())
        (mine.unfinished, all.unfinished) = (true, true)
        mine.accountID = it.ana.id
        func found(_ query: AttendanceQuery) async throws -> [Int64] {
            try await it.attendances.list(query).map(\.id)
        }
        // While it is being written down it lies nowhere.
        #expect(try await found(mine).isEmpty)
        it.pass(AttendanceDesk.wrapUp)
        #expect(try await found(mine) == [left])
        #expect(try await it.attendances.countUnfinished(accountID: it.ana.id) == 1)
        #expect(try await it.attendances.countUnfinished(accountID: it.bruno.id) == 0)
        #expect(try await found(all).isEmpty)
        it.pass(AttendanceDesk.unfinishedAlone - AttendanceDesk.wrapUp)
        #expect(try await found(all) == [left])
        #expect(try await it.attendances.countUnfinished(accountID: nil) == 1)
        _ = try await it.attendances.end(left, outcome: .information, reason: nil, by: it.ana.id)
        #expect(try await found(all).isEmpty)
    }

    @Test(
        "a talk whose line went down and never came back comes back to its technician too",
        arguments: TestDatabase.engines
    )
    func neverEnded(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let left = try await contact(it, key: "1", accountID: it.ana.id)
        try await it.database.write { session in
            try session.execute("UPDATE call SET ended_at = NULL, state = 'talking'", [])
        }
        var mine = AttendanceQuery()
        (mine.unfinished, mine.accountID) = (true, it.ana.id)
        it.pass(AttendanceDesk.longestTalk)
        #expect(try await it.attendances.list(mine).isEmpty, "it may be a long talk")
        it.pass(AttendanceDesk.wrapUp)
        #expect(try await it.attendances.list(mine).map(\.id) == [left])
    }

    @Test("filters narrow, pages follow one another", arguments: TestDatabase.engines)
    func filters(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        var ids: [Int64] = []
        for key in 1...5 {
            ids.append(
                try await contact(
                    it,
                    key: "\(key)",
                    accountID: key < 3 ? it.ana.id : it.bruno.id,
                    outcome: key == 5 ? .missed : .information
                )
            )
            it.pass(.seconds(60))
        }
        var query = AttendanceQuery()
        query.limit = 2
        let first = try await it.attendances.list(query).map(\.id)
        #expect(first == [ids[4], ids[3]])
        query.before = first.last
        #expect(try await it.attendances.list(query).map(\.id) == [ids[2], ids[1]])
        query = AttendanceQuery()
        query.accountID = it.ana.id
        #expect(try await it.attendances.list(query).map(\.id) == [ids[1], ids[0]])
        query = AttendanceQuery()
        query.outcome = .missed
        #expect(try await it.attendances.list(query).map(\.id) == [ids[4]])
        query = AttendanceQuery()
        query.channel = .portal
        #expect(try await it.attendances.list(query).isEmpty)
        query = AttendanceQuery()
        query.to = it.now.adding(.seconds(-4 * 60))
        #expect(try await it.attendances.list(query).map(\.id) == [ids[0]])
    }

    @Test(
        "what was typed finds contacts by number, name and protocol, in any spelling, within the other filters",
        arguments: TestDatabase.engines
    )
    func search(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let directory = CustomerDirectory(database: it.database, clock: it.clock, region: .brazil)
        let maria = try await directory.create(
            CustomerDraft(kind: .person, name: "Maria-José D’Ávila", document: "52998224725"),
            by: .system("test")
        )
        let hers = try await contact(it, key: "1", accountID: it.ana.id, outcome: .information, customerID: maria.id)
        let other = try await contact(
            it,
            key: "2",
            accountID: it.bruno.id,
            outcome: .information,
            number: "+5511982223344"
        )
        func found(_ typed: String, of account: Int64? = nil) async throws -> [Int64] {
            var query = AttendanceQuery()
            query.accountID = account
            query.search = TypedSearch(typed, region: .brazil)
            return try await it.attendances.list(query).map(\.id)
        }
        for typed in ["davila", "maria jose", "529.982.247-25", "CPF 529.982.247-25", "(31) 98765-4321", "4321", "p1"] {
            #expect(try await found(typed) == [hers], "\(typed)")
        }
        for typed in ["(11) 98222-3344", "0xx11 98222-3344", "tel. 8222-3344", "final 3344"] {
            #expect(try await found(typed) == [other], "\(typed)")
        }
        #expect(try await found("3344", of: it.ana.id).isEmpty)
        for typed in ["nobody", "%", "9999"] { #expect(try await found(typed).isEmpty, "\(typed)") }
    }

    private func tellings(_ it: TicketUnderTest) -> ProtocolTellings {
        ProtocolTellings(database: it.database, notices: notices(it), clock: it.clock)
    }

    private func notices(_ it: TicketUnderTest) -> ProtocolNotices {
        let policy = NoticePolicy()
        let customers = CustomerDirectory(database: it.database, clock: it.clock, region: .brazil)
        let composer = NoticeComposer(
            shelf: TemplateShelf(),
            policy: policy,
            deskName: "Suporte",
            deskPhone: nil,
            deskLanguage: .ptBR
        )
        return ProtocolNotices(
            database: it.database,
            customers: customers,
            composer: composer,
            policy: policy,
            clock: it.clock,
            timeZone: .gmt,
            language: .ptBR
        )
    }

    @Test(
        "a contact without a ticket and a call nobody answered tell the caller their protocol, once, where SMS is allowed",
        arguments: TestDatabase.engines
    )
    func told(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let customers = CustomerDirectory(database: it.database, clock: it.clock, region: .brazil)
        _ = try await customers.addPhone("31987654321", to: it.customerID, by: .system("test"))
        _ = try await customers.addContract(
            ContractDraft(number: "C-1", title: "Suporte", hasSMS: true),
            to: it.customerID,
            by: .system("test")
        )
        let answered = try await contact(
            it,
            key: "1",
            accountID: it.ana.id,
            outcome: .information,
            customerID: it.customerID
        )
        // The number is one customer's alone: its missed call is that customer's.
        let missed = try await contact(it, key: "2", accountID: nil, answered: false, outcome: .missed)
        let prank = try await contact(it, key: "3", accountID: it.ana.id, outcome: .prank, customerID: it.customerID)
        let stranger = try await contact(
            it,
            key: "4",
            accountID: nil,
            answered: false,
            outcome: .missed,
            number: "+5531999990000"
        )
        let ours = try await contact(
            it,
            key: "5",
            accountID: it.ana.id,
            outcome: .information,
            direction: "outbound",
            customerID: it.customerID
        )
        let desk = tellings(it)
        #expect(try await desk.run() == 0)
        it.pass(.seconds(180))
        #expect(try await desk.run() == 2)
        it.pass(.seconds(60))
        #expect(try await desk.run() == 0)
        let outbox = NoticeOutbox(database: it.database)
        func queued(_ id: Int64) async throws -> [NoticeEvent] {
            try await outbox.fates(attendanceID: id).filter { $0.state == .queued }.map(\.event)
        }
        #expect(try await queued(answered) == [.protocolIssued])
        #expect(try await queued(missed) == [.callMissed])
        for id in [prank, stranger, ours] { #expect(try await queued(id).isEmpty) }
    }

    @Test(
        "what the menu could not tell is told once the contact has ended, by whatever way there is then",
        arguments: TestDatabase.engines
    )
    func withheldInTheMenu(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let customers = CustomerDirectory(database: it.database, clock: it.clock, region: .brazil)
        let padaria = try await customers.create(
            CustomerDraft(kind: .company, name: "Padaria Sol"),
            by: .system("test")
        ).id
        let rui = try await customers.addContact(
            ContactDraft(name: "Rui", email: "rui@padaria.example"),
            to: padaria,
            by: .system("test")
        ).id
        // Nobody's in the menu; a technician then finds out whose call it is.
        let identified = try await contact(
            it,
            key: "1",
            accountID: it.ana.id,
            outcome: .information,
            number: "+5531977770001"
        )
        // A customer's, whose contract has no SMS: there is a mailbox.
        let mailed = try await contact(it, key: "2", accountID: it.ana.id, outcome: .other, number: "+5531977770002")
        // Nobody took the call; the number became a customer's own meanwhile.
        let missed = try await contact(
            it,
            key: "3",
            accountID: nil,
            answered: false,
            outcome: .missed,
            number: "+5531977770003"
        )
        let menu = notices(it)
        for (place, (id, customer)) in ([(identified, nil), (mailed, padaria), (missed, nil)] as [(Int64, Int64?)])
            .enumerated()
        {
            let attendance = try #require(try await it.attendances.find(id))
            let isSent = try await menu.send(
                attendance,
                customerID: customer,
                callerNumber: "+553197777000\(place + 1)",
                name: nil,
                isVerified: false
            )
            #expect(!isSent)
        }
        try await it.database.write { session in
            try session.execute(
                "UPDATE attendance SET customer_id = $1 WHERE id = $2",
                [.integer(it.customerID), .integer(identified)]
            )
            try session.execute(
                "UPDATE attendance SET customer_id = $1, contact_id = $2 WHERE id = $3",
                [.integer(padaria), .integer(rui), .integer(mailed)]
            )
        }
        _ = try await customers.addPhone("31977770003", to: it.customerID, by: .system("test"))
        _ = try await customers.addContract(
            ContractDraft(number: "C-1", title: "Suporte", hasSMS: true),
            to: it.customerID,
            by: .system("test")
        )
        it.pass(.seconds(180))
        #expect(try await tellings(it).run() == 3)
        it.pass(.seconds(60))
        #expect(try await tellings(it).run() == 0)
        let outbox = NoticeOutbox(database: it.database)
        func fates(_ id: Int64) async throws -> [String] {
            try await outbox.fates(attendanceID: id).map { "\($0.event) \($0.channel) \($0.state)" }
        }
        #expect(
            try await fates(identified) == ["protocolIssued sms withheld", "protocolIssued sms queued"]
        )
        // The same reason is not said twice.
        #expect(
            try await fates(mailed) == ["protocolIssued sms withheld", "protocolIssued mail queued"]
        )
        #expect(try await fates(missed) == ["protocolIssued sms withheld", "callMissed sms queued"])
    }

    @Test("what ended more than a day ago is told to nobody", arguments: TestDatabase.engines)
    func late(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        _ = try await contact(it, key: "1", accountID: it.ana.id, outcome: .information, customerID: it.customerID)
        it.pass(.seconds(25 * 3600))
        #expect(try await tellings(it).run() == 0)
    }
}
