import Foundation
import TestSupport
import Testing

@testable import DeskCore

/// Everything that is told of a ticket, with each entry that it is told with; nil is told without one.
private let happenings: [(event: NoticeEvent, kinds: [EntryKind?])] = {
    var kinds: [NoticeEvent: [EntryKind?]] = [
        .ticketOpened: [nil], .protocolIssued: [.linked], .surveyRequested: [nil], .linkRenewed: [nil],
        .ticketDueChanged: [.dueSet],
    ]
    for row in TransitionTable.rows {
        guard let event = row.notice else { continue }
        if !(kinds[event]?.contains(row.entry) ?? false) { kinds[event, default: []].append(row.entry) }
    }
    return NoticeEvent.allCases.compactMap { event in kinds[event].map { (event, $0) } }
}()

@Suite("What customers are told about their tickets")
struct TicketNoticesTests {
    private let bench: CustomerBench
    private let desk: TicketDesk
    private let attendances: AttendanceDesk
    private let customer: Customer
    private let shelf = TemplateShelf()
    private let announcer: TicketAnnouncer

    init() async throws {
        bench = try await CustomerBench()
        let (database, clock) = (bench.database, bench.clock.clock)
        let composer = NoticeComposer(
            shelf: shelf,
            policy: NoticePolicy(),
            deskName: "Central",
            deskPhone: "0800 591 2117",
            deskLanguage: .ptBR,
            mailbox: EmailAddress("suporte@ex.br")
        )
        let notices = NoticeDesk(
            composer: composer,
            policy: NoticePolicy(),
            links: QuickLinks(database: database),
            publicURL: "https://ex.br",
            language: .ptBR
        )
        let catalogue = try CatalogueReader.read(Array(FormRulesTests.catalogue("").utf8), file: "x")
        let announcer = TicketNotices(
            desk: notices,
            customers: bench.directory,
            catalogue: { catalogue },
            clock: clock,
            timeZone: .gmt
        ).announcer
        self.announcer = announcer
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        desk = TicketDesk(
            database: database,
            numbers: numbers,
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: clock,
            announce: announcer
        )
        attendances = AttendanceDesk(database: database, numbers: numbers, clock: clock)
        customer = try await bench.customer("SOUZA, Maria", sms: true)
        _ = try await bench.directory.addContact(
            ContactDraft(name: "SOUZA, Maria", email: "maria@ex.br"),
            to: customer.id,
            by: bench.actor
        )
        _ = try await bench.directory.addPhone("(11) 98111-0005", to: customer.id, by: bench.actor)
    }

    private func request(_ attendanceID: Int64) -> TicketRequest {
        var request = TicketDeskTests.request("k1", attendanceID: attendanceID)
        request.customerID = customer.id
        request.moduleLabel = "Boletos"
        request.answers = [
            FormAnswer(fieldID: "nota", kind: .text, label: "Número da nota?", display: "1234", value: "1234"),
            FormAnswer(fieldID: "senha", kind: .secret, label: "Senha", display: "••••••", value: "ref"),
        ]
        return request
    }

    private func told(_ event: NoticeEvent, _ channel: NoticeChannel) async throws -> (subject: String, body: String) {
        try await bench.database.read { session in
            let row = try session.row(
                "SELECT subject, body FROM notice WHERE event = $1 AND channel = $2 ORDER BY id DESC LIMIT 1",
                [.text(event.rawValue), .text(channel.rawValue)]
            )
            return (row?.text(0) ?? "", row?.text(1) ?? "")
        }
    }

    @Test("the confirmation carries the copy of what was asked, and greets by the given name")
    func opened() async throws {
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        let ticket = try await desk.open(request(attendance.id), by: nil).ticket
        let mail = try await told(.ticketOpened, .mail)
        for text in [
            "Olá, Maria!", "Número da nota: 1234", "Senha: ••••••", "Módulo: Boletos", "Veio duas vezes em outubro.",
            "Chamado: \(ticket.number)", "Prazo de solução:", "Telefone: 0800 591 2117", "https://ex.br/t/",
        ] {
            #expect(mail.body.contains(text), "\(text) in \(mail.body)")
        }
        #expect(try await told(.ticketOpened, .sms).body.contains("Maria"))
    }

    @Test("the answer's mail carries the answer, who gave it and the desk's phone")
    func answered() async throws {
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        let ticket = try await desk.open(request(attendance.id), by: nil).ticket
        _ = try await desk.make(
            MoveOrder(.reply, of: ticket.id, text: "O boleto foi corrigido.\nAtenção: pague até sexta."),
            by: .program(name: "API", author: TicketAuthor(accountID: 1, name: "Ana Lima"))
        )
        let mail = try await told(.ticketAnswered, .mail)
        for text in ["O boleto foi corrigido.", "Atenção: pague até sexta.", "Ana", "0800 591 2117"] {
            #expect(mail.body.contains(text), "\(text) in \(mail.body)")
        }
        let html = MailLayout(deskName: "Central", publicURL: "https://ex.br", language: .ptBR)
            .html(subject: mail.subject, text: mail.body)
        #expect(!html.contains("<td style=\"padding:2px 16px 2px 0;opacity:.75\">Atenção"))
        #expect(!html.contains("opacity:.75\">Este e-mail"))
        #expect(html.contains("opacity:.75\">Protocolo</td>"))
    }

    @Test("a contact that is added to a ticket is told its protocol, the ticket's number and the link")
    func linked() async throws {
        let first = try await attendances.begin(channel: .walkIn, accountID: nil)
        let ticket = try await desk.open(request(first.id), by: nil).ticket
        let second = try await attendances.begin(channel: .walkIn, accountID: nil)
        _ = try await desk.link(
            TicketLink(
                key: "k2",
                attendanceID: second.id,
                ticketID: ticket.id,
                customerID: customer.id,
                description: "Ligou de novo.",
                attachments: [],
                language: .ptBR
            ),
            attendanceID: second.id,
            by: nil
        )
        for channel in [NoticeChannel.mail, .sms] {
            let told = try await told(.protocolIssued, channel)
            for text in [second.protocolNumber, ticket.number, "https://ex.br/t/"] {
                #expect(told.body.contains(text), "\(text) in \(told.body)")
            }
        }
    }

    @Test("everybody reads the whole in their own language, by mail and by SMS, whatever the ticket's is")
    func languages() async throws {
        let contact = try await bench.directory.addContact(
            ContactDraft(name: "Mary Jones", email: "mary@ex.br", language: .en),
            to: customer.id,
            by: bench.actor
        )
        _ = try await bench.directory.addPhone(
            "(11) 98111-0006",
            to: customer.id,
            contactID: contact.id,
            by: bench.actor
        )
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        var asked = request(attendance.id)
        asked.language = .ptBR
        asked.answers = [
            FormAnswer(fieldID: "valor", kind: .money, label: "Valor:", display: "R$ 1.234,50", value: "1234.50"),
            FormAnswer(fieldID: "parado", kind: .yesNo, label: "Parado?", display: "Sim", value: "yes"),
        ]
        let ticket = try await desk.open(asked, by: nil).ticket
        let by = TicketActor.program(name: "API", author: TicketAuthor(accountID: 1, name: "Ana"))
        let end = try await desk.make(MoveOrder(.solve, of: ticket.id, text: "ok"), by: by).ticket
        let opened = try await mails(.ticketOpened)
        let due = try #require(ticket.dueAt)
        for (address, language) in [("mary@ex.br", Language.en), ("maria@ex.br", .ptBR)] {
            let time = DeskTime(timeZone: .gmt, language: language)
            let mail = try #require(opened[address])
            let priority = try #require(TopicPriority(rawValue: ticket.priority)).title[language]
            for text in [
                time.dateAndTime(due), priority, language == .en ? "Valor: R$ 1,234.50" : "Valor: R$ 1.234,50",
            ] {
                #expect(mail.contains(text), "\(text) in \(mail)")
            }
            let other = DeskTime(timeZone: .gmt, language: language == .en ? .ptBR : .en)
            #expect(!mail.contains(other.dateAndTime(due)))
            let solved = try #require(try await mails(.ticketSolved)[address])
            let closes = try #require(TicketTerms().closesAt(end.standing))
            #expect(solved.contains(time.dateAndTime(closes)), "\(solved)")
            #expect(!solved.contains(other.dateAndTime(closes)))
        }
        let sms = try await mails(.ticketOpened, .sms)
        let hers = try #require(sms["+5511981110006"])
        let others = try #require(sms["+5511981110005"])
        #expect(hers != others.replacing("Maria", with: "Mary"), "\(hers)")
    }

    /// The bodies that were written, by address.
    private func mails(_ event: NoticeEvent, _ channel: NoticeChannel = .mail) async throws -> [String: String] {
        try await bench.database.read { session in
            let rows = try session.rows(
                "SELECT recipient, body FROM notice WHERE event = $1 AND channel = $2",
                [.text(event.rawValue), .text(channel.rawValue)],
                limit: 20
            )
            return Dictionary(rows.map { ($0.text(0) ?? "", $0.text(1) ?? "") }) { first, _ in first }
        }
    }

    @Test("whatever a template may ask for is filled in by somebody", arguments: happenings)
    func filled(event: NoticeEvent, kinds: [EntryKind?]) async throws {
        // A template that says each variable it has a value for, in place of our words.
        let words = NoticeVariable.allCases.filter(event.variables.contains)
            .map { "{{#\($0.rawValue)}}[\($0.rawValue)]{{/\($0.rawValue)}}" }
        let needed = event.indispensable.map { "{{\($0.rawValue)}}" }
        let key = NoticeTemplateKey(event, .mail, .ptBR)
        let template = NoticeTemplate(subject: "s", body: (words + needed).joined())
        let fault = try await shelf.save(template, for: key, by: nil, at: bench.clock.now, in: bench.database)
        #expect(fault == nil)
        let contact = try await attendances.begin(channel: .walkIn, accountID: nil)
        var ticket = try await desk.open(request(contact.id), by: nil).ticket
        _ = try await desk.make(
            MoveOrder(.reply, of: ticket.id, text: "x"),
            by: .program(name: "API", author: TicketAuthor(accountID: 1, name: "A"))
        )
        var entry = try #require(
            try await TicketDirectory(database: bench.database, region: Region(.brazil)).thread(ticket.id).last {
                $0.kind == .reply
            }
        )
        let now = bench.clock.now
        (ticket.waitingSince, ticket.remindedAt, ticket.dueAt) = (now, now, now)
        if [.ticketSolved, .surveyRequested].contains(event) { (ticket.state, ticket.solvedAt) = (.solved, now) }
        var filled = ""
        for kind in kinds {
            if let kind { entry.kind = kind }
            let news = TicketNews(
                event: event,
                ticket: ticket,
                attendance: contact,
                entry: kind == nil ? nil : entry,
                other: event == .ticketMerged ? ticket : nil
            )
            try await bench.database.write { [announcer] session in
                // The one that opening told is not told twice.
                try session.execute("DELETE FROM notice")
                _ = try announcer(news, session)
            }
            filled += try await told(event, .mail).body
        }
        for variable in event.variables { #expect(filled.contains("[\(variable.rawValue)]"), "\(variable.rawValue)") }
    }

    @Test("the desk tells of exactly what its own templates are offered for")
    func announced() {
        // Accounts of customers are told of by their own tests.
        let accounts: Set<NoticeEvent> = [
            .accountActivation, .passwordReset, .accountConfirmation, .addressConfirmation, .accountExists, .portalCode,
            // To a caller: their identity's code, and the call that nobody answered.
            .verificationCode, .callMissed,
            // To people of the desk, by what rings for them.
            .staffBell,
            // To whoever wrote to the mailbox.
            .mailRefused,
        ]
        #expect(Set(happenings.map(\.event)) == Set(NoticeEvent.allCases.filter(\.isAnnounced)).subtracting(accounts))
    }
}
