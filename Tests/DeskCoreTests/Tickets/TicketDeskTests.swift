import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Opening tickets")
struct TicketDeskTests {
    private let database: any Database
    private let clock = DeskClock { Moment(milliseconds: 1_795_236_570_000) }
    private let numbers = NumberDesk(format: .standard, timeZone: .gmt)

    init() async throws { database = try await TestDatabase.make() }

    private func desk(announce: @escaping TicketAnnouncer = { _, _ in true }) -> TicketDesk {
        TicketDesk(
            database: database,
            numbers: numbers,
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: clock,
            announce: announce
        )
    }

    private var attendances: AttendanceDesk { AttendanceDesk(database: database, numbers: numbers, clock: clock) }

    static func request(_ key: String, attendanceID: Int64? = nil) -> TicketRequest {
        TicketRequest(
            key: key,
            attendanceID: attendanceID,
            identity: .none,
            identityNeeded: .none,
            channel: .desk,
            language: .ptBR,
            topicID: "correcao-faturas",
            topicTitle: "Correção de Faturas",
            sectionPath: ["faturamento"],
            sectionTitles: ["Faturamento"],
            department: "financeiro",
            priority: .normal,
            serviceLevel: ServiceLevel(
                firstAnswer: ServiceTerm(amount: 4, unit: .hours, counting: .business),
                solution: ServiceTerm(amount: 2, unit: .days, counting: .calendar)
            ),
            summary: "Fatura em dobro",
            description: "Veio duas vezes em outubro.",
            answers: [],
            attachments: [],
            formVersion: "v1"
        )
    }

    @Test("opening twice with one key opens once and tells once")
    func once() async throws {
        let told = Counter()
        let desk = desk { _, _ in
            told.add()
            return true
        }
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        let first = try await desk.open(Self.request("k1", attendanceID: attendance.id), by: nil)
        let second = try await desk.open(Self.request("k1", attendanceID: attendance.id), by: nil)
        #expect(first.isNew)
        #expect(!second.isNew)
        #expect(first.ticket == second.ticket)
        #expect(told.count == 1)
        #expect(first.attendance.outcome == .ticket)
    }

    @Test("what opening gives back is what the table keeps, whatever was written")
    func kept() async throws {
        var full = Self.request("all\0of it")
        full.summary = "Nul \0 e \u{301}acento"
        full.description = "Linha um\r\nlinha \0 dois"
        full.moduleLabel = "Fiscal"
        full.whatChanged = "Nada\0"
        full.callerName = "Zé\0"
        full.callerPhone = "+5511987654321"
        full.isConfidential = true
        full.type = .incident
        full.priority = .urgent
        full.identityNeeded = .verified
        full.answers = [FormAnswer(fieldID: "a", kind: .text, label: "Ação", display: "x\0y", value: "x\0y")]
        full.refersTo = try await desk().open(Self.request("first"), by: nil).ticket.id
        let directory = TicketDirectory(database: database)
        for request in [full, Self.request("bare")] {
            let opened = try await desk().open(request, by: nil)
            #expect(opened.isNew)
            #expect(try await directory.find(opened.ticket.id) == opened.ticket)
        }
    }

    @Test("what holds open tickets is found however many topics are asked about")
    func holdings() async throws {
        _ = try await desk().open(Self.request("k1"), by: nil)
        let topics = (0..<2_300).map { "t\($0)" } + [Self.request("").topicID]
        let open = try await TicketDirectory(database: database).openTickets(of: .topic, topics)
        #expect(open == [Self.request("").topicID: 1])
    }

    @Test("opening a ticket plans none of its statements anew")
    func plans() async throws {
        guard let sqlite = database as? SQLiteDatabase else { return }
        let desk = desk()
        // The first ones are planned once, and once more when SQLite has seen what is bound.
        for number in 0..<3 { _ = try await desk.open(Self.request("first-\(number)"), by: nil) }
        let before = try await database.write { _ in sqlite.statementsOfWriter.replanned }
        for number in 0..<5 { _ = try await desk.open(Self.request("next-\(number)"), by: nil) }
        let after = try await database.write { _ in sqlite.statementsOfWriter.replanned }
        #expect(after == before)
    }

    @Test(
        "a ticket keeps that the caller's identity was less sure than the topic asks for",
        arguments: [
            (IdentityLevel.none, IdentityLevel.known, true), (.known, .verified, true), (.known, .known, false),
            (.verified, .known, false), (.none, .none, false),
        ]
    )
    func unverified(level: IdentityLevel, needed: IdentityLevel, isUnverified: Bool) async throws {
        var request = Self.request("k1")
        request.identity = level
        request.identityNeeded = needed
        let ticket = try await desk().open(request, by: nil).ticket
        #expect(ticket.isUnverified == isUnverified)
        #expect(try await TicketDirectory(database: database).find(ticket.id)?.isUnverified == isUnverified)
    }

    @Test("a hundred simultaneous presses of one button open one ticket")
    func simultaneousPresses() async throws {
        let desk = desk()
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        let numbers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await desk.open(Self.request("k1", attendanceID: attendance.id), by: nil).ticket.number
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(numbers.count == 1)
        #expect(try await TicketDirectory(database: database).list(TicketQuery()).count == 1)
    }

    @Test("several tickets under one protocol have numbers of their own")
    func severalTickets() async throws {
        let desk = desk()
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        for key in ["a", "b", "c"] {
            _ = try await desk.open(Self.request(key, attendanceID: attendance.id), by: nil)
        }
        let tickets = try await TicketDirectory(database: database).list(attendanceID: attendance.id)
        #expect(tickets.map { $0.number.dropLast() } == ["1001", "1002", "1003"])
        #expect(tickets.allSatisfy { ProtocolFormat.standardTicket.accepts($0.number) })
    }

    @Test("when telling fails nothing of the ticket remains, not even its number")
    func allOrNothing() async throws {
        struct Broken: Error {}
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        await #expect(throws: StoreError.self) {
            try await desk { _, _ in throw Broken() }.open(
                Self.request("k1", attendanceID: attendance.id),
                by: nil
            )
        }
        #expect(try await TicketDirectory(database: database).list(TicketQuery()).isEmpty)
        #expect(try await attendances.find(attendance.id)?.state == .open)
        #expect(
            try await desk().open(Self.request("k2", attendanceID: attendance.id), by: nil).ticket.number.dropLast()
                == "1001"
        )
    }

    @Test("a ticket without a contact begins one, with its protocol number")
    func beginsContact() async throws {
        let opened = try await desk().open(Self.request("k1"), by: nil, on: .api)
        #expect(opened.attendance.channel == .api)
        #expect(ProtocolFormat.standard.accepts(opened.attendance.protocolNumber))
    }

    @Test("a contact that does not exist opens nothing")
    func unknownContact() async throws {
        do {
            _ = try await desk().open(Self.request("k1", attendanceID: 99), by: nil)
            Issue.record("it was opened")
        } catch {
            guard case .refused(let reason) = error else { throw error }
            #expect(reason as? TicketRefusal == .noSuchAttendance)
        }
    }

    @Test("tickets are found by number, protocol and words, with or without accents")
    func search() async throws {
        let opened = try await desk().open(Self.request("k1"), by: nil)
        let directory = TicketDirectory(database: database)
        for words in ["correcao", "CORREÇÃO fatur", opened.ticket.number, opened.attendance.protocolNumber, "outubro"] {
            var query = TicketQuery()
            query.words = words
            #expect(try await directory.list(query).map(\.id) == [opened.ticket.id], "\(words)")
        }
        var query = TicketQuery()
        query.words = "\"' OR 1=1 --"
        #expect(try await directory.list(query).isEmpty)
    }

    @Test("a customer's ticket that names no contact is found by the address of whoever speaks for them")
    func searchByAddress() async throws {
        let customers = CustomerDirectory(database: database, clock: clock, region: .brazil)
        let made = try await customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .company, name: "Padaria Luz"),
                contact: ContactDraft(name: "Rita Prado", email: "rita@padarialuz.com.br"),
                phones: []
            ),
            by: .system("test")
        )
        var request = Self.request("k1")
        request.customerID = made.customer.id
        let opened = try await desk().open(request, by: nil)
        for words in ["rita@padarialuz.com.br", "Rita Prado"] {
            var query = TicketQuery()
            query.words = words
            #expect(try await TicketDirectory(database: database).list(query).map(\.id) == [opened.ticket.id])
        }
    }

    @Test("a closed ticket takes no entry, an empty entry is refused")
    func entries() async throws {
        let desk = desk()
        let opened = try await desk.open(Self.request("k1"), by: nil)
        let id = opened.ticket.id
        func write(_ move: TicketMove, _ text: String, by actor: TicketActor) async throws {
            _ = try await desk.make(MoveOrder(move, of: id, text: text), by: actor)
        }
        let maria = TicketActor.customer(customerID: nil, contactID: nil, name: "Maria")
        let program = TicketActor.program(name: "erp", author: nil)
        try await write(.reply, "Bom dia", by: maria)
        try await write(.note, "ver contrato", by: program)
        let directory = TicketDirectory(database: database)
        #expect(try await directory.thread(id).map(\.kind) == [.opened, .reply, .note])
        #expect(try await directory.publicThread(id).map(\.kind) == [.opened, .reply])
        await #expect(throws: StoreError.self) { try await write(.reply, " \n", by: maria) }
        try await database.write { try $0.execute("UPDATE ticket SET state = 'closed'") }
        await #expect(throws: StoreError.self) { try await write(.reply, "oi", by: maria) }
    }
}

/// Counts from closures that may run anywhere.
final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}
