import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import TestSupport
import Testing

@testable import CallDesk
@testable import Rehearsal

@Suite("A mailbox at a real Dovecot", .enabled(if: RealServer.hasDovecot), .timeLimit(.minutes(5)))
struct MailboxTests {
    /// Runs a server with an empty mailbox.
    func withMailbox(_ body: (MailboxRoute, _ put: (String) throws -> Void) async throws -> Void) async throws {
        let folder = try RealServer.folder("dovecot")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (server, port) = try await RealServer.start(RealServer.dovecotLab) { ["start", folder.path, "\($0)"] }
        defer { RealServer.end(server) }
        var route = MailboxRoute(url: "imap://127.0.0.1:\(port)", user: "desk", password: "segredo")
        route.timeout = .seconds(60)
        var count = 0
        try await body(route) { text in
            count += 1
            let mail = folder.appending(path: "mail/tmp/\(count).test")
            try Data(text.replacing("\n", with: "\r\n").utf8).write(to: mail)
            // The server runs as somebody else where the tests run as root, and changes the file's flags by its name.
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: mail.path)
            try FileManager.default.moveItem(at: mail, to: folder.appending(path: "mail/new/\(count).test"))
        }
    }

    @Test("mails are found, measured and fetched by their numbers; what is wrong is named")
    func reading() async throws {
        try await withMailbox { route, put in
            let mailbox = IMAPMailbox(route)
            let empty = try await mailbox.status()
            #expect(empty.uidNext == 1)
            #expect(try await mailbox.numbers(1...1_000, since: nil).isEmpty)
            try put("From: a@example.com\nSubject: um\n\noi\n")
            try put("From: a@example.com\nSubject: dois\n\n{12}\n* BYE\n)\n")
            let status = try await mailbox.status()
            #expect(status.uidNext == 3 && status.uidValidity == empty.uidValidity)
            #expect(try await mailbox.numbers(1...1_000, since: nil) == [1, 2])
            #expect(try await mailbox.numbers(2...2, since: nil) == [2])
            #expect(try await mailbox.numbers(1...2, since: IMAPDate(before: DeskClock.system.now)) == [1, 2])
            let texts = try await [
                mailbox.fetch(1, uidValidity: status.uidValidity, limit: 1_000),
                mailbox.fetch(2, uidValidity: status.uidValidity, limit: 1_000),
            ].map { String(decoding: $0, as: UTF8.self) }
            #expect(texts.contains { $0.hasSuffix("Subject: dois\r\n\r\n{12}\r\n* BYE\r\n)\r\n") })
            #expect(try await mailbox.size(1) == texts[0].utf8.count)
            #expect(try await mailbox.size(9) == nil)
            await #expect { _ = try await mailbox.fetch(1, uidValidity: status.uidValidity, limit: 10) } throws: {
                ($0 as? MailboxError)?.reach == .mail
            }
            await #expect { _ = try await mailbox.fetch(1, uidValidity: 5, limit: 1_000) } throws: {
                ($0 as? MailboxError)?.reach == .renumbered
            }
            // A fault leaves nothing behind.
            #expect(try await mailbox.numbers(1...1_000, since: nil) == [1, 2])
            await mailbox.shutDown()
            var wrong = route
            wrong.password = "outra"
            let locked = IMAPMailbox(wrong)
            await #expect { _ = try await locked.status() } throws: {
                "\($0)".contains("mail_in.password") && !"\($0)".contains("outra")
            }
            await locked.shutDown()
        }
    }

    @Test("a mail from the mailbox stands on its ticket, a bounce on its notice, each once")
    func wholeWay() async throws {
        try await withMailbox { route, put in
            try await DeskUnderTest.with(settings: { settings in
                settings.mail = .init(url: "smtp://127.0.0.1:25", from: "avisos@exemplo.com.br")
                settings.mailIn = .init(
                    url: route.url,
                    user: route.user,
                    password: route.password,
                    address: "desk@exemplo.com.br",
                    topic: "erro-sistema"
                )
            }) { test in
                let mailIn = try #require(test.app.mailIn)
                let mailbox = IMAPMailbox(mailIn.route)
                let reader = MailboxReader(mailbox, name: mailIn.route.name, desk: mailIn.desk) { _, _ in }
                #expect(try await !reader.turn())
                let customer = try await test.customer()
                let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
                let sender = try #require(contact.email)
                // A request by mail, which is told by mail.
                try put("From: <\(sender)>\nTo: desk@exemplo.com.br\nSubject: Erro 613\nMessage-ID: <1@x>\n\nParou.\n")
                #expect(try await !reader.turn())
                let opened = try #require(try await mailIn.log.list().first)
                #expect(opened.outcome == .opened)
                let ticketID = try #require(opened.ticketID)
                let row = try await test.app.database.read { session in
                    try session.row(
                        "SELECT id, recipient FROM notice WHERE ticket_id = $1 AND channel = 'mail' AND recipient <> ''",
                        [.integer(ticketID)]
                    ).map { (id: $0.integer(0) ?? 0, recipient: $0.text(1) ?? "") }
                }
                let told = try #require(row)
                let seal = try #require(try MailSeal(test.app.settings))
                let notice = Notice(
                    id: told.id,
                    event: .ticketOpened,
                    channel: .mail,
                    recipient: told.recipient,
                    body: "",
                    ticketID: ticketID,
                    createdAt: test.clock.now
                )
                var letterhead = try MailMessageTests.letterhead()
                letterhead.seal = seal
                let message = try #require(MailMessage(notice, letterhead: letterhead))
                let reply = try #require(seal.replyTo(notice)).canonical
                #expect(String(decoding: message.bytes, as: UTF8.self).contains("\r\nReply-To: <\(reply)>\r\n"))
                #expect(message.returnPath == seal.returnPath(notice))
                for copy in 1...2 {
                    try put("From: <\(sender)>\nTo: <\(reply)>\nMessage-ID: <2@x>\nX-Copy: \(copy)\n\nVoltou.\n")
                }
                try put(
                    """
                    From: MAILER-DAEMON@mx.example.com
                    To: <\(message.returnPath.canonical)>
                    Message-ID: <3@x>
                    Content-Type: multipart/report; boundary=d

                    --d
                    Content-Type: message/delivery-status

                    Final-Recipient: rfc822; \(sender)
                    Action: failed
                    Status: 5.1.1
                    --d--

                    """
                )
                #expect(try await !reader.turn())
                #expect(try await !reader.turn())
                let replies = try await test.app.directory.thread(ticketID).filter { $0.kind == .reply }
                #expect(replies.map(\.body) == ["Voltou."])
                #expect(try await mailIn.log.list().map(\.outcome).filter { $0 == .returned }.count == 1)
                await mailbox.shutDown()
            }
        }
    }
}

extension MailboxTests {
    @Test("a customer answers the mail that told them of their ticket, and the answer stands on it")
    func answered() async throws {
        try await withMailbox { route, put in
            let inbox = SinkInbox()
            let sink = try await MailSink.start(inbox: inbox)
            try await DeskUnderTest.with(settings: { settings in
                settings.mail = .init(url: "smtp://127.0.0.1:\(sink.port)", from: "avisos@exemplo.com.br")
                settings.mailIn = .init(
                    url: route.url,
                    user: route.user,
                    password: route.password,
                    address: "desk@exemplo.com.br"
                )
            }) { test in
                let mailIn = try #require(test.app.mailIn)
                let mailbox = IMAPMailbox(mailIn.route)
                let reader = MailboxReader(mailbox, name: mailIn.route.name, desk: mailIn.desk) { _, _ in }
                #expect(try await !reader.turn())
                let customer = try await test.customer()
                let made = try await test.application.test(.router) { client in
                    try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: DeskUnderTest.ticket(customer.id)
                    )
                }
                let ticketID = try #require(made.json["id"].integer)
                let told = try await sent(by: test, inbox)
                let reply = try #require(
                    told.raw.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Reply-To: <") }?
                        .dropFirst("Reply-To: <".count).dropLast()
                )
                #expect(reply.hasPrefix("desk+r") && told.from.hasPrefix("desk+b"))
                let sender = try #require(told.to.first)
                try put(
                    """
                    From: <\(sender)>
                    To: <\(reply)>
                    Subject: Re: \(told.subject ?? "")
                    Message-ID: <answer@example.com>
                    Content-Type: text/plain; charset=utf-8

                    Já está funcionando.

                    Em 25/11/2026, Central <\(reply)> escreveu:
                    > \(told.text.split(separator: "\n").first ?? "")

                    """
                )
                #expect(try await !reader.turn())
                let entry = try #require(try await test.app.directory.thread(ticketID).last { $0.kind == .reply })
                #expect(entry.body == "Já está funcionando." && entry.authorKind == .customer)
                #expect(entry.facts.mail?.isUnverified == nil && entry.facts.mail?.quoted != nil)
                await mailbox.shutDown()
            }
            await sink.stop()
        }
    }

    /// The first mail that the desk's worker sends.
    private func sent(by test: DeskUnderTest, _ inbox: SinkInbox) async throws -> SinkMessage {
        let mail = try #require(try Senders(test.app.settings).mail)
        let worker = NoticeWorker(
            database: test.app.database,
            senders: [mail],
            node: "n",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in }
        let arrivals = inbox.arrivals()
        let running = Task { await worker.run() }
        var first: SinkMessage?
        for await message in arrivals {
            first = message
            break
        }
        running.cancel()
        await running.value
        await mail.shutDown()
        return try #require(first)
    }
}

@Suite("Answers of a mailbox's server")
struct IMAPAnswerTests {
    @Test(
        "what a server answers is read, and what it should not answer is passed over",
        arguments: [
            "", "* STATUS", "* STATUS \"a (b) (\" x", "* STATUS INBOX (UIDNEXT UIDVALIDITY)", "\u{0}\u{FF}* SEARCH",
        ]
    )
    func answers(text: String) {
        #expect(IMAPAnswer.status(Array(text.utf8)) == nil)
        #expect(IMAPAnswer.numbers(Array("* SEARCH 9 2 2 x 99999999999999999999 7".utf8), in: 2...8) == [2, 7])
        #expect(IMAPAnswer.size(Array("* 3 FETCH (RFC822.SIZE 4711 UID 5)".utf8), of: 5) == 4711)
        #expect(IMAPAnswer.size(Array("* 3 FETCH (RFC822.SIZE -1 UID 5)".utf8), of: 5) == nil)
    }
}
