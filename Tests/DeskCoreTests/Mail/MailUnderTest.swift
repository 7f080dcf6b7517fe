import Foundation
import TestSupport
import Testing

@testable import DeskCore

/// A desk with a mailbox, a customer with a ticket, and the notice that was mailed of it.
struct MailUnderTest {
    let bench: TicketUnderTest
    let seal: MailSeal
    let folder: URL
    let shelf = TemplateShelf()
    var rules = MailRules()
    /// What happens while a request is prepared.
    var meanwhile: @Sendable () async throws -> Void = {}
    let place = MailPlace(mailbox: "desk/INBOX", uidValidity: 7, uid: 1)

    init(_ engine: DatabaseEngine) async throws {
        bench = try await TicketUnderTest(engine)
        seal = try MailSealTests.seal()
        folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-mail-\(UUID().uuidString)")
        rules.own = [try #require(EmailAddress("avisos@exemplo.com.br")), seal.mailbox]
        _ = try await desk.adopt(mailbox: place.mailbox, uidValidity: 7, uidNext: 1)
    }

    var attachments: AttachmentStore {
        AttachmentStore(folder: folder, database: bench.database, clock: bench.clock)
    }
    var vault: SecretVault {
        SecretVault(database: bench.database, clock: bench.clock, folder: folder, term: .seconds(72 * 3_600))
    }
    var log: MailLog { MailLog(database: bench.database) }

    var desk: MailDesk {
        MailDesk(
            database: bench.database,
            tickets: bench.desk,
            attachments: attachments,
            vault: vault,
            customers: CustomerDirectory(database: bench.database, clock: bench.clock, region: Region(.brazil)),
            attendances: bench.attendances,
            composer: NoticeComposer(
                shelf: shelf,
                policy: NoticePolicy(),
                deskName: "Central",
                deskPhone: nil,
                deskLanguage: .ptBR
            ),
            seal: seal,
            rules: rules,
            portal: "https://desk.example.com/portal",
            clock: bench.clock
        ) { [meanwhile] contact, mail in
            try await meanwhile()
            var request = TicketDeskTests.request(mail.key)
            (request.customerID, request.contactID) = (contact.customerID, contact.id)
            (request.summary, request.description) = (mail.summary, mail.text)
            return request
        }
    }

    /// The notice of a ticket, sent to Maria.
    func notice(_ ticket: Ticket, to recipient: String = "maria@example.com", key: String = UUID().uuidString)
        async throws -> NoticeID
    {
        let now = bench.now
        return try await bench.database.write { session in
            let draft = NoticeDraft(
                event: .ticketOpened,
                channel: .mail,
                recipient: recipient,
                language: .ptBR,
                subject: "s",
                body: "b",
                attendanceID: ticket.attendanceID,
                ticketID: ticket.id,
                customerID: ticket.customerID,
                dedupeKey: key
            )
            let id = try NoticeOutbox.enqueue(draft, at: now, in: session)
            try session.execute("UPDATE notice SET state = 'sent' WHERE id = $1", [.integer(id)])
            return id
        }
    }

    func address(_ notice: NoticeID, of ticket: Ticket, _ purpose: MailTag.Purpose = .reply) throws -> String {
        try #require(
            seal.address(purpose, notice: notice, ticketID: ticket.id, recipient: "maria@example.com")
        ).canonical
    }

    /// Takes the mail that `text` is, as number `uid` of the mailbox.
    @discardableResult
    func take(_ text: String, uid: Int64) async throws -> MailOutcome? {
        let bytes = Array(text.replacing("\n", with: "\r\n").utf8)
        let place = MailPlace(mailbox: place.mailbox, uidValidity: place.uidValidity, uid: uid)
        return try await desk.take(try MailReader.read(bytes), size: bytes.count, at: .next(place)).outcome
    }

    static func mail(
        from sender: String = "maria@example.com",
        to recipient: String,
        id: String = UUID().uuidString,
        subject: String = "Re: x",
        header: String = "",
        _ text: String
    ) -> String {
        """
        From: Maria <\(sender)>
        To: <\(recipient)>
        Subject: \(subject)
        Message-ID: <\(id)@example.com>
        \(header)\(header.isEmpty ? "" : "\n")Content-Type: text/plain; charset=utf-8

        \(text)
        """
    }

    func notices(_ event: NoticeEvent) async throws -> [(recipient: String, body: String)] {
        try await bench.database.read { session in
            try session.rows(
                "SELECT recipient, body FROM notice WHERE event = $1 ORDER BY id",
                [.text(event.rawValue)]
            ).map { ($0.text(0) ?? "", $0.text(1) ?? "") }
        }
    }

    func count(_ table: String) async throws -> Int64 {
        try await bench.database.read { session in
            try session.row("SELECT COUNT(*) FROM \(table)")?.integer(0) ?? -1
        }
    }
}
