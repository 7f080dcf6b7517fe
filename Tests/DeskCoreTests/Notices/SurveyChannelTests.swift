import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("By which channel a survey asks, and when by none")
struct SurveyChannelTests {
    private let bench: CustomerBench
    private let desk: TicketDesk
    private let surveys: SurveyDesk

    init() async throws {
        bench = try await CustomerBench()
        let (database, clock) = (bench.database, bench.clock.clock)
        let composer = NoticeComposer(
            shelf: TemplateShelf(),
            policy: NoticePolicy(),
            deskName: "Central",
            deskPhone: nil,
            deskLanguage: .ptBR
        )
        let notices = NoticeDesk(
            composer: composer,
            policy: NoticePolicy(),
            links: QuickLinks(database: database),
            publicURL: "https://ex.br",
            language: .ptBR
        )
        let catalogue = try CatalogueReader.read(Array(FormRulesTests.catalogue("").utf8), file: "x")
        desk = TicketDesk(
            database: database,
            numbers: NumberDesk(format: .standard, timeZone: .gmt),
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: clock,
            announce: TicketNotices(
                desk: notices,
                customers: bench.directory,
                catalogue: { catalogue },
                clock: clock,
                timeZone: .gmt
            ).announcer
        )
        surveys = SurveyDesk(database: database, terms: TicketTerms(), clock: clock)
    }

    private func contact(_ name: String, _ email: String?, of customer: Customer) async throws -> Int64 {
        try await bench.directory.addContact(
            ContactDraft(name: name, email: email),
            to: customer.id,
            by: bench.actor
        ).id
    }

    private func open(_ customer: Customer, _ contactID: Int64?) async throws -> Ticket {
        var request = TicketDeskTests.request("k\(Int64.random(in: 1 ... .max))")
        request.customerID = customer.id
        request.contactID = contactID
        return try await desk.open(request, by: nil).ticket
    }

    private func solve(_ ticket: Ticket) async throws {
        _ = try await desk.make(
            MoveOrder(.solve, of: ticket.id, text: "Feito"),
            by: .program(name: "API", author: TicketAuthor(accountID: 1, name: "Ana"))
        )
    }

    /// Where a ticket's survey goes.
    private func asked(_ ticket: Ticket, _ event: NoticeEvent = .surveyRequested) async throws -> [String] {
        try await bench.database.read { session in
            try session.rows(
                """
                SELECT recipient FROM notice WHERE ticket_id = $1 AND event = $2 AND state <> 'withheld' ORDER BY id
                """,
                [.integer(ticket.id), .text(event.rawValue)]
            ).compactMap { $0.text(0) }
        }
    }

    @Test("by mail where who asked has an address, and then not by SMS too")
    func mail() async throws {
        let customer = try await bench.customer("Maria Silva", sms: true)
        let maria = try await contact("Maria Silva", "maria@ex.br", of: customer)
        _ = try await bench.directory.addPhone("(11) 98111-0005", to: customer.id, by: bench.actor)
        let ticket = try await open(customer, maria)
        try await solve(ticket)
        #expect(try await asked(ticket) == ["maria@ex.br"])
        #expect(try await surveys.survey(of: ticket.id)?.askedAt != nil)
    }

    @Test("without an address, or with one that sends our mail back, by SMS to one telephone of who asked")
    func sms() async throws {
        let customer = try await bench.customer("Padaria Luz", kind: .company, sms: true)
        let rita = try await contact("Rita Luz", "rita@ex.br", of: customer)
        let ivo = try await contact("Ivo Luz", "ivo@ex.br", of: customer)
        for (number, owner) in [("(11) 98111-0005", rita), ("(11) 98111-0006", rita), ("(11) 98111-0007", ivo)] {
            _ = try await bench.directory.addPhone(number, to: customer.id, contactID: owner, by: bench.actor)
        }
        try await bench.database.write { session in
            try session.execute(
                "INSERT INTO mail_trouble (address, since, status, returned) VALUES ('rita@ex.br', 0, '5.1.1', 2)"
            )
        }
        let ticket = try await open(customer, rita)
        try await solve(ticket)
        #expect(try await asked(ticket) == ["+5511981110005"])
    }

    @Test("who asked without an address is asked by SMS, not a colleague by mail")
    func colleague() async throws {
        let customer = try await bench.customer("Padaria Luz", kind: .company, sms: true)
        let rita = try await contact("Rita Luz", nil, of: customer)
        _ = try await contact("Ivo Luz", "ivo@ex.br", of: customer)
        _ = try await bench.directory.addPhone(
            "(11) 98111-0005",
            to: customer.id,
            contactID: rita,
            by: bench.actor
        )
        let ticket = try await open(customer, rita)
        try await solve(ticket)
        #expect(try await asked(ticket) == ["+5511981110005"])
    }

    @Test("in confidence only who asked is told, whoever else has an address")
    func confidence() async throws {
        let customer = try await bench.customer("Padaria Luz", kind: .company, sms: true)
        let rita = try await contact("Rita Luz", "rita@ex.br", of: customer)
        let eva = try await contact("Eva Luz", nil, of: customer)
        _ = try await contact("Ivo Luz", "ivo@ex.br", of: customer)
        _ = try await bench.directory.addPhone("(11) 98111-0005", to: customer.id, by: bench.actor)
        func opened(_ contact: Int64, _ isConfidential: Bool) async throws -> Set<String> {
            var request = TicketDeskTests.request("k\(contact)\(isConfidential)")
            (request.customerID, request.contactID) = (customer.id, contact)
            request.isConfidential = isConfidential
            return Set(try await asked(try await desk.open(request, by: nil).ticket, .ticketOpened))
        }
        #expect(try await opened(eva, false) == ["rita@ex.br", "ivo@ex.br", "+5511981110005"])
        #expect(try await opened(eva, true) == [])
        #expect(try await opened(rita, true) == ["rita@ex.br"])
    }

    @Test("by none it counts as not asked, says why, and the next ticket asks")
    func none() async throws {
        let customer = try await bench.customer("Maria Silva", sms: false)
        let maria = try await contact("Maria Silva", nil, of: customer)
        _ = try await bench.directory.addPhone("(11) 98111-0005", to: customer.id, by: bench.actor)
        let (one, two) = (try await open(customer, maria), try await open(customer, maria))
        try await solve(one)
        #expect(try await asked(one).isEmpty)
        let survey = try await surveys.survey(of: one.id)
        #expect(survey?.askedAt == nil)
        #expect(survey?.notAsked == .noChannel)
        let address = "maria@ex.br"
        try await bench.database.write { session in
            try session.execute("UPDATE contact SET email = $1 WHERE id = $2", [.text(address), .integer(maria)])
        }
        try await solve(two)
        #expect(try await asked(two) == [address])
    }

    @Test("who follows a merged ticket hears the answers, and is not asked how it was")
    func follower() async throws {
        let customer = try await bench.customer("Padaria Luz", kind: .company)
        let rita = try await contact("Rita Luz", "rita@ex.br", of: customer)
        let ivo = try await contact("Ivo Luz", "ivo@ex.br", of: customer)
        let (counts, dead) = (try await open(customer, rita), try await open(customer, ivo))
        let program = TicketActor.program(name: "API", author: nil)
        var merge = MoveOrder(.merge, of: dead.id)
        merge.otherID = counts.id
        _ = try await desk.make(merge, by: program)
        _ = try await desk.make(MoveOrder(.reply, of: counts.id, text: "Veja agora."), by: program)
        #expect(try await asked(counts, .ticketAnswered) == ["rita@ex.br", "ivo@ex.br"])
        try await solve(counts)
        #expect(try await asked(counts) == ["rita@ex.br"])
    }
}
