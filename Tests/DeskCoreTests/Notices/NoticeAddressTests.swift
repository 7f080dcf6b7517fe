import TestSupport
import Testing

@testable import DeskCore

@Suite("A notice that is sent again goes to the address its reader has now")
struct NoticeAddressTests {
    private struct Bench {
        let it: TicketUnderTest
        let customers: CustomerDirectory
        let outbox: NoticeOutbox
        let ticket: Ticket

        init(_ engine: DatabaseEngine) async throws {
            it = try await TicketUnderTest(engine)
            customers = CustomerDirectory(database: it.database, clock: it.clock, region: .brazil)
            outbox = NoticeOutbox(database: it.database, customers: customers)
            ticket = try await it.open()
        }

        /// A notice about the ticket that did not arrive, and had a quick link.
        func failed(
            _ channel: NoticeChannel,
            _ recipient: String,
            of contactID: Int64?,
            event: NoticeEvent = .ticketOpened
        ) async throws -> NoticeID {
            let (ticket, now) = (ticket, it.now)
            return try await it.database.write { session in
                let draft = NoticeDraft(
                    event: event,
                    channel: channel,
                    recipient: recipient,
                    language: .ptBR,
                    body: "Chamado https://d.ex/t/\(NoticeSecrets.mark)",
                    attendanceID: ticket.attendanceID,
                    ticketID: ticket.id,
                    customerID: ticket.customerID,
                    contactID: contactID,
                    dedupeKey: "\(event) \(channel) \(recipient)"
                )
                let id = try NoticeOutbox.enqueue(draft, at: now, in: session)
                try session.execute("UPDATE notice SET state = 'failed' WHERE id = $1", [.integer(id)])
                return id
            }
        }

        /// Where the copy goes, and to whom its new link is written down.
        func again(_ id: NoticeID) async throws -> [String?] {
            let copy = try await outbox.resend(id, at: it.now).get()
            return try await it.database.read { session in
                [
                    try session.row("SELECT recipient FROM notice WHERE id = $1", [.integer(copy)])?.text(0),
                    try session.row("SELECT recipient FROM quick_link ORDER BY id DESC LIMIT 1")?.text(0),
                ]
            }
        }

        func write(_ email: String?, to contact: Int64) async throws {
            try await it.database.write { session in
                try session.execute(
                    "UPDATE contact SET email = $1 WHERE id = $2",
                    [.text(email), .integer(contact)]
                )
            }
        }
    }

    @Test("a corrected mailbox gets the copy and its link; the old one nothing", arguments: TestDatabase.engines)
    func mail(engine: DatabaseEngine) async throws {
        let bench = try await Bench(engine)
        let maria = bench.it.contactID
        let id = try await bench.failed(.mail, "maria@example.com", of: maria)
        let old = try await bench.failed(.mail, "marai@example.com", of: nil)
        try await bench.write("maria@correct.example", to: maria)
        #expect(try await bench.again(id) == ["maria@correct.example", "maria@correct.example"])
        // One of a release before that kept no contact: there is but one it can be for.
        #expect(try await bench.again(old) == ["maria@correct.example", "maria@correct.example"])
        // A colleague of hers is told by their own.
        let bia = try await bench.customers.addContact(
            ContactDraft(name: "Bia", email: "bia@example.com"),
            to: bench.it.customerID,
            by: .system("test")
        )
        let hers = try await bench.failed(.mail, "bai@example.com", of: bia.id)
        #expect(try await bench.again(hers) == ["bia@example.com", "bia@example.com"])
        // What waits goes to the right address too.
        let waiting = try await bench.failed(.mail, "maria@example.com", of: maria, event: .ticketSolved)
        try await bench.it.database.write { session in
            try session.execute("UPDATE notice SET state = 'queued' WHERE id = $1", [.integer(waiting)])
        }
        #expect(try await bench.again(waiting).first == "maria@correct.example")
    }

    @Test(
        "one that was refused or waits still has its link in it, and goes to another address with a link of that one's own",
        arguments: TestDatabase.engines,
        ["dead", "queued"]
    )
    func linked(engine: DatabaseEngine, state: String) async throws {
        let bench = try await Bench(engine)
        let id = try await bench.failed(.mail, "marai@example.com", of: bench.it.contactID)
        // As long as a link's token, which the correction of the address closes.
        let token = String(repeating: "a", count: 43)
        try await bench.it.database.write { session in
            try session.execute(
                "UPDATE notice SET state = $1, body = $2 WHERE id = $3",
                [.text(state), .text("Chamado https://d.ex/t/\(token)"), .integer(id)]
            )
        }
        try await bench.write("maria@correct.example", to: bench.it.contactID)
        #expect(try await bench.again(id) == ["maria@correct.example", "maria@correct.example"])
        let body = try await bench.it.database.read { session in
            try session.row("SELECT body FROM notice WHERE recipient = 'maria@correct.example'")?.text(0)
        }
        #expect(body?.contains("https://d.ex/t/") == true)
        #expect(body?.contains(token) == false)
        #expect(body?.contains(NoticeSecrets.mark) == false)
    }

    @Test("an address that is nobody's any more is refused, with its own reason", arguments: TestDatabase.engines)
    func gone(engine: DatabaseEngine) async throws {
        let bench = try await Bench(engine)
        let mail = try await bench.failed(.mail, "maria@example.com", of: bench.it.contactID)
        let sms = try await bench.failed(.sms, "+5531987650001", of: bench.it.contactID)
        try await bench.write(nil, to: bench.it.contactID)
        #expect(try await bench.outbox.resend(mail, at: bench.it.now) == .failure(.addressGone))
        #expect(try await bench.outbox.resend(sms, at: bench.it.now) == .failure(.addressGone))
        let count = try await bench.it.database.read { session in
            try session.row("SELECT COUNT(*) FROM notice")?.integer(0)
        }
        #expect(count == 2)
        let code = try await bench.failed(.mail, "maria@example.com", of: nil, event: .portalCode)
        #expect(try await bench.outbox.resend(code, at: bench.it.now) == .failure(.secret))
        #expect(try await bench.outbox.fate(code)?.canBeSentAgain == false)
    }

    @Test("a number that took another's place gets the copy, and no number twice", arguments: TestDatabase.engines)
    func telephones(engine: DatabaseEngine) async throws {
        let bench = try await Bench(engine)
        let maria = bench.it.contactID
        func add(_ number: String, of contact: Int64?) async throws {
            _ = try await bench.customers.addPhone(
                number,
                to: bench.it.customerID,
                contactID: contact,
                by: .system("test")
            )
        }
        try await add("31987650002", of: maria)
        let wrong = try await bench.failed(.sms, "+5531987650001", of: maria)
        let right = try await bench.failed(.sms, "+5531987650002", of: maria)
        // The other telephone of hers has been told; there is none in the wrong one's place yet.
        #expect(try await bench.outbox.resend(wrong, at: bench.it.now) == .failure(.addressGone))
        try await add("31987650003", of: maria)
        #expect(try await bench.again(wrong).first == "+5531987650003")
        #expect(try await bench.again(right).first == "+5531987650002")
    }

    @Test("in confidence it goes to nobody but whom it was for, and to nobody once the ticket is another customer's")
    func confidence() async throws {
        let bench = try await Bench(TestDatabase.usual)
        let (maria, ticket) = (bench.it.contactID, bench.ticket.id)
        _ = try await bench.customers.addContact(
            ContactDraft(name: "Bia", email: "bia@example.com"),
            to: bench.it.customerID,
            by: .system("test")
        )
        try await bench.it.database.write { session in
            try session.execute("UPDATE ticket SET confidential = 1 WHERE id = $1", [.integer(ticket)])
        }
        let strays = try await bench.failed(.mail, "bia@example.com", of: nil)
        let hers = try await bench.failed(.mail, "maria@wrong.example", of: maria)
        #expect(try await bench.again(strays).first == "maria@example.com")
        #expect(try await bench.again(hers).first == "maria@example.com")
        let other = try await bench.customers.create(CustomerDraft(kind: .person, name: "Rui"), by: .system("test"))
        let last = try await bench.failed(.mail, "maria@example.com", of: maria, event: .ticketSolved)
        try await bench.it.database.write { session in
            try session.execute(
                "UPDATE ticket SET customer_id = $1, contact_id = NULL WHERE id = $2",
                [.integer(other.id), .integer(ticket)]
            )
        }
        #expect(try await bench.outbox.resend(last, at: bench.it.now) == .failure(.addressGone))
    }
}
