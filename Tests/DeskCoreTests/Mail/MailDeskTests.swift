import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("What a mail comes to")
struct MailDeskTests {
    @Test("an answer stands on the ticket once, however often it comes", arguments: TestDatabase.engines)
    func answer(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open(by: TicketAuthor(accountID: house.bench.ana.id, name: "Ana"))
        let notice = try await house.notice(ticket)
        let mail = MailUnderTest.mail(
            to: try house.address(notice, of: ticket),
            id: "one",
            "Ainda falha.\n\n-----Mensagem original-----\nDe: Central\nOlá"
        )
        #expect(try await house.take(mail, uid: 1) == .answered)
        #expect(try await house.take(mail, uid: 2) == nil)
        #expect(try await house.take(mail, uid: 2) == nil)
        let entry = try #require(try await house.bench.directory.thread(ticket.id).last)
        #expect(entry.kind == .reply && entry.body == "Ainda falha.")
        #expect(entry.facts.mail?.quoted?.contains("Olá") == true)
        #expect(PublicEntry(entry)?.facts.mail?.quoted == nil)
        #expect(entry.facts.mail?.isUnverified == nil)
        #expect(try await house.bench.directory.thread(ticket.id).filter { $0.kind == .reply }.count == 1)
    }

    @Test("an answer from another address says whose it claims to be", arguments: TestDatabase.engines)
    func forwarded(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        let notice = try await house.notice(ticket)
        let mail = MailUnderTest.mail(from: "jose@else.com", to: try house.address(notice, of: ticket), "Eu também.")
        #expect(try await house.take(mail, uid: 1) == .answered)
        let entry = try #require(try await house.bench.directory.thread(ticket.id).last)
        #expect(entry.facts.mail == EntryFacts.Mailed(from: "j…@else.com", isUnverified: true))
        #expect(!entry.authorName.contains("Maria"))
    }

    @Test(
        "a number in the subject, a guessed or an old address put nothing on a ticket",
        arguments: TestDatabase.engines
    )
    func strangers(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        let notice = try await house.notice(ticket)
        let entries = try await house.count("entry")
        let address = try house.address(notice, of: ticket)
        let forged = address.replacing("-", with: "-a").replacing("@", with: "").dropLast(
            house.seal.mailbox.domain.count + 1
        )
        let plain = MailUnderTest.mail(
            from: "x@else.com",
            to: "desk@exemplo.com.br",
            subject: "Re: [\(ticket.number)]",
            "a"
        )
        #expect(try await house.take(plain, uid: 1) == .refused)
        #expect(
            try await house.take(
                MailUnderTest.mail(to: "\(forged)@exemplo.com.br", "b"),
                uid: 2
            ) == .forged
        )
        #expect(
            try await house.take(
                MailUnderTest.mail(to: address.replacing("+r", with: "+rz"), "c"),
                uid: 3
            ) == .unknownAddress
        )
        house.bench.pass(.seconds(400 * 86_400))
        #expect(try await house.take(MailUnderTest.mail(to: address, "d"), uid: 4) == .expired)
        #expect(try await house.count("entry") == entries)
    }

    @Test(
        "absences, lists and reports open, reopen and answer nothing",
        arguments: TestDatabase.engines,
        [
            "Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <x.example.com>", "Return-Path: <>",
            "X-Autoreply: yes",
        ]
    )
    func machines(engine: DatabaseEngine, header: String) async throws {
        var house = try await MailUnderTest(engine)
        house.rules.takesRequests = true
        let ticket = try await house.bench.open()
        let notice = try await house.notice(ticket)
        let before = (try await house.count("entry"), try await house.count("ticket"), try await house.count("notice"))
        for (uid, to) in [try house.address(notice, of: ticket), "desk@exemplo.com.br"].enumerated() {
            let mail = MailUnderTest.mail(to: to, header: header, "Estou de férias.")
            #expect(try await house.take(mail, uid: Int64(uid + 1)) == .automatic)
        }
        let after = (try await house.count("entry"), try await house.count("ticket"), try await house.count("notice"))
        #expect(before == after)
    }

    @Test("two desks that mail each other stop", arguments: TestDatabase.engines)
    func loop(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        house.rules.takesRequests = true
        // One that does not say that it is a machine.
        var opened = 0
        for uid in 1...40 {
            let mail = MailUnderTest.mail(to: "desk@exemplo.com.br", subject: "Chamado \(uid)", "Recebemos.")
            if try await house.take(mail, uid: Int64(uid)) == .opened { opened += 1 }
        }
        #expect(opened == MailRules.mostAnHour)
        #expect(try await house.log.waiting() == 40 - opened)
        let own = MailUnderTest.mail(from: "avisos@exemplo.com.br", to: "desk@exemplo.com.br", "eco")
        #expect(try await house.take(own, uid: 41) == .automatic)
    }

    @Test(
        "who is not registered hears of it once a day, and not at all when they wish none",
        arguments: TestDatabase.engines
    )
    func refused(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        for uid in 1...3 {
            let mail = MailUnderTest.mail(from: "x@else.com", to: "desk@exemplo.com.br", "Socorro \(uid)")
            #expect(try await house.take(mail, uid: Int64(uid)) == .refused)
        }
        let told = try await house.notices(.mailRefused)
        #expect(told.map(\.recipient) == ["x@else.com"])
        #expect(told.first?.body.contains("não está cadastrado") == true)
        let silent = MailUnderTest.mail(
            from: "y@else.com",
            to: "desk@exemplo.com.br",
            header: "X-Auto-Response-Suppress: All",
            "z"
        )
        #expect(try await house.take(silent, uid: 4) == .refused)
        #expect(try await house.notices(.mailRefused).count == 1)
        house.rules.strangers = .hold
        #expect(
            try await house.take(MailUnderTest.mail(from: "z@else.com", to: "desk@exemplo.com.br", "w"), uid: 5)
                == .held
        )
    }

    @Test("an ended ticket takes no answer, and its sender is told so", arguments: TestDatabase.engines)
    func over(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        let notice = try await house.notice(ticket)
        try await house.bench.database.write { session in
            try session.execute(
                "UPDATE ticket SET state = 'cancelled', closed_at = 1 WHERE id = $1",
                [.integer(ticket.id)]
            )
        }
        let mail = MailUnderTest.mail(to: try house.address(notice, of: ticket), "Mais uma coisa.")
        #expect(try await house.take(mail, uid: 1) == .refused)
        #expect(try await house.notices(.mailRefused).first?.body.contains("já terminou") == true)
    }

    @Test("a contact's mail is a request where that is allowed", arguments: TestDatabase.engines)
    func request(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        let mail = MailUnderTest.mail(to: "desk@exemplo.com.br", id: "r", subject: "Sem rede", "Caiu tudo.")
        #expect(try await house.take(mail, uid: 1) == .refused)
        house.rules.takesRequests = true
        let other = MailUnderTest.mail(to: "desk@exemplo.com.br", id: "s", subject: "Sem rede", "Caiu tudo.")
        #expect(try await house.take(other, uid: 2) == .opened)
        let logged = try #require(try await house.log.list().first)
        let ticket = try #require(try await house.bench.directory.find(logged.ticketID ?? 0))
        #expect(ticket.summary == "Sem rede" && ticket.contactID == house.bench.contactID)
        #expect(logged.subject.isEmpty && logged.sender == "m…@example.com")
    }

    @Test(
        "a password in an answer or a request stands in the vault, and nowhere that stays",
        arguments: TestDatabase.engines
    )
    func passwords(engine: DatabaseEngine) async throws {
        let secret = "Gato#2026"
        var house = try await MailUnderTest(engine)
        house.rules.takesRequests = true
        let ticket = try await house.bench.open(by: TicketAuthor(accountID: house.bench.ana.id, name: "Ana"))
        let to = try house.address(try await house.notice(ticket), of: ticket)
        let answer = MailUnderTest.mail(
            to: to,
            "A senha: \(secret)\n\nEm 25/11/2026, Central <desk@exemplo.com.br> escreveu:\n> a senha é \(secret)"
        )
        #expect(try await house.take(answer, uid: 1) == .answered)
        let entry = try #require(try await house.bench.directory.thread(ticket.id).last)
        #expect(entry.body == "A senha: \(PasswordSpotter.dots)")
        #expect(entry.facts.mail?.quoted?.contains(PasswordSpotter.dots) == true)
        let reference = try #require(entry.facts.sealed?.first)
        #expect(entry.facts.sealed?.count == 1)
        let request = MailUnderTest.mail(to: "desk@exemplo.com.br", subject: "senha: \(secret)", "PIN = 9081\nSocorro")
        #expect(try await house.take(request, uid: 2) == .opened)
        let opened = try #require(try await house.log.list().first?.ticketID)
        let note = try #require(try await house.bench.directory.thread(opened).last { $0.facts.sealed != nil })
        #expect(note.facts.sealed?.count == 2)
        for (id, reference, value) in [
            (ticket.id, reference, secret), (opened, note.facts.sealed?.last ?? "", "9081"),
        ] {
            let shown = try await house.vault.reveal(
                reference,
                ticketID: id,
                reason: "Entrar",
                by: house.bench.ana.id,
                named: "Ana"
            )
            #expect(shown == value)
        }
        let places = [
            ("entry", "body"), ("entry", "facts"), ("ticket", "description"), ("ticket", "summary"), ("notice", "body"),
            ("mail_in", "subject"),
        ]
        for (table, column) in places {
            let found = try await house.bench.database.read { session in
                try session.row("SELECT 1 FROM \(table) WHERE \(column) LIKE $1", [.text("%\(secret)%")])
            }
            #expect(found == nil, "\(table).\(column)")
        }
    }

    @Test("a very long mail of passwords is covered to its end, in bounded time", .timeLimit(.minutes(1)))
    func manyPasswords() throws {
        var mail = try MailReader.read(Array("From: a@example.com\n\nx".utf8))
        mail.text = (1...2_000).map { "senha: Gato#\($0)" }.joined(separator: "\n")
        let cut = CutMail(mail, isRequest: true)
        #expect(!cut.text.contains("Gato") && cut.passwords.count == 50)
        mail.text = String(repeating: "a senha é a de sempre ", count: 5_000)
        #expect(CutMail(mail, isRequest: false).passwords.isEmpty)
    }

    @Test("a mail of nothing but marks is read in the time of its length", .timeLimit(.minutes(1)))
    func onlyMarks() {
        let marks = String(repeating: ">\n", count: 131_000)
        // Somebody wrote beneath: nothing is cut off.
        let answered = QuotedText("Segue.\n" + marks + "x")
        #expect(answered.quoted == nil && answered.fresh.hasSuffix("x"))
        let quoted = QuotedText("Segue.\n" + marks)
        #expect(quoted.fresh == "Segue." && quoted.quoted?.hasPrefix(">") == true)
    }

    @Test("of what is neither an answer nor a request the subject alone is looked through for passwords")
    func unread() throws {
        let text = "From: a@example.com\nSubject: senha: Gato#2026\n\nsenha: Gato#2027"
        let cut = CutMail(subjectOf: try MailReader.read(Array(text.utf8)))
        #expect(cut.passwords == ["Gato#2026"] && !cut.subject.contains("Gato"))
        #expect(cut.text.isEmpty && cut.fresh.isEmpty && cut.overflow.isEmpty)
    }

    @Test("who answers a ticket of somebody unregistered is called as they said", arguments: TestDatabase.engines)
    func unregistered(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        try await house.bench.database.write { session in
            try session.execute(
                "UPDATE ticket SET customer_id = NULL, contact_id = NULL, caller_name = 'Rui Costa' WHERE id = $1",
                [.integer(ticket.id)]
            )
        }
        let notice = try await house.notice(ticket, to: "rui@else.com")
        let address = try #require(
            house.seal.address(.reply, notice: notice, ticketID: ticket.id, recipient: "rui@else.com")
        ).canonical
        #expect(
            try await house.take(MailUnderTest.mail(from: "rui@else.com", to: address, "Sou eu."), uid: 1) == .answered
        )
        #expect(try await house.bench.directory.thread(ticket.id).last?.authorName == "Rui Costa")
    }

    @Test(
        "a request whose sender becomes somebody else's address meanwhile is theirs",
        arguments: TestDatabase.engines
    )
    func changed(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        house.rules.takesRequests = true
        let customers = CustomerDirectory(
            database: house.bench.database,
            clock: house.bench.clock,
            region: Region(.brazil)
        )
        let other = try await customers.addContact(
            ContactDraft(name: "Mário", email: "mario@example.com"),
            to: house.bench.customerID,
            by: .account(house.bench.ana.id)
        )
        let (database, first) = (house.bench.database, house.bench.contactID)
        house.meanwhile = {
            try await database.write { session in
                try session.execute("UPDATE contact SET email = NULL WHERE id = $1", [.integer(first)])
                try session.execute(
                    "UPDATE contact SET email = 'maria@example.com' WHERE id = $1",
                    [.integer(other.id)]
                )
            }
        }
        let mail = MailUnderTest.mail(to: "desk@exemplo.com.br", subject: "Sem rede", "Caiu tudo.")
        #expect(try await house.take(mail, uid: 1) == .opened)
        let logged = try #require(try await house.log.list().first)
        #expect(try await house.bench.directory.find(logged.ticketID ?? 0)?.contactID == other.id)
    }

    @Test("files go by the rules of uploads, and what is not taken is named", arguments: TestDatabase.engines)
    func files(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        let notice = try await house.notice(ticket)
        let mail = """
            From: <maria@example.com>
            To: <\(try house.address(notice, of: ticket))>
            Message-ID: <f@example.com>
            Content-Type: multipart/mixed; boundary=b

            --b

            Segue.
            --b
            Content-Type: text/plain; name="log.txt"

            erro 613
            --b
            Content-Type: application/octet-stream; name="virus.exe"
            Content-Transfer-Encoding: base64

            TVqQAAMAAAAEAAAA
            --b--
            """
        #expect(try await house.take(mail, uid: 1) == .answered)
        let entry = try #require(try await house.bench.directory.thread(ticket.id).last)
        #expect(entry.facts.mail?.leftOut == ["virus.exe"])
        #expect(try await house.attachments.list(attendanceID: ticket.attendanceID).map(\.name) == ["log.txt"])
    }

    @Test("a bounce ends the notice and marks the address until it writes", arguments: TestDatabase.engines)
    func bounce(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        let notice = try await house.notice(ticket)
        let entries = try await house.count("entry")
        func report(_ action: String, to recipient: String) -> String {
            """
            Return-Path: <>
            From: MAILER-DAEMON@mx.example.com
            To: <\(recipient)>
            Message-ID: <\(UUID().uuidString)@mx.example.com>
            Content-Type: multipart/report; report-type=delivery-status; boundary=d

            --d
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.com

            Final-Recipient: rfc822; maria@example.com
            Action: \(action)
            Status: 5.1.1
            --d--
            """
        }
        let address = try house.address(notice, of: ticket, .bounce)
        #expect(try await house.take(report("delayed", to: address), uid: 1) == .delayed)
        #expect(try await house.log.troubles(of: ["maria@example.com"]).isEmpty)
        // Anybody can write that a mail came back.
        #expect(try await house.take(report("failed", to: "desk@exemplo.com.br"), uid: 2) == .returned)
        #expect(try await house.log.troubles(of: ["maria@example.com"]).isEmpty)
        #expect(try await house.take(report("failed", to: address), uid: 3) == .returned)
        let trouble = try await house.log.troubles(of: ["maria@example.com"])["maria@example.com"]
        #expect(trouble?.status == "5.1.1" && trouble?.count == 1)
        let sent = try #require(try await NoticeOutbox(database: house.bench.database).log().first { $0.id == notice })
        #expect(sent.state == .failed)
        #expect(try await house.count("entry") == entries)
        let mail = MailUnderTest.mail(to: try house.address(notice, of: ticket), "Chegou, sim.")
        #expect(try await house.take(mail, uid: 4) == .answered)
        #expect(try await house.log.troubles(of: ["maria@example.com"]).isEmpty)
    }

    @Test(
        "a person's mail with a server's report in it is theirs, and keeps the report",
        arguments: TestDatabase.engines
    )
    func reportAttached(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        house.rules.takesRequests = true
        let ticket = try await house.bench.open()
        func mail(to recipient: String, disposition: String = "", from sender: String = "maria@example.com") -> String {
            """
            From: Maria <\(sender)>
            To: <\(recipient)>
            Subject: Nao consigo enviar
            Message-ID: <\(UUID().uuidString)@example.com>
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/plain; charset=utf-8

            Veja o que o servidor devolve.
            --m
            Content-Type: message/delivery-status
            \(disposition)
            Reporting-MTA: dns; mx.example.com

            Final-Recipient: rfc822; joao@example.net
            Action: failed
            Status: 5.1.1
            --m--
            """
        }
        let notice = try await house.notice(ticket)
        let address = try house.address(notice, of: ticket)
        #expect(try await house.take(mail(to: address), uid: 1) == .answered)
        let named = "Content-Disposition: attachment; filename=\"details.txt\"\n"
        #expect(try await house.take(mail(to: address, disposition: named), uid: 2) == .answered)
        let files = try await house.attachments.list(attendanceID: ticket.attendanceID).map(\.name)
        #expect(files.sorted() == ["details.txt", "relatorio.txt"])
        #expect(try await house.take(mail(to: "desk@exemplo.com.br"), uid: 3) == .opened)
        // To the return path nobody writes: what comes there is a server's, however it is put together, or whoever sends it.
        let back = try house.address(notice, of: ticket, .bounce)
        #expect(try await house.take(mail(to: back), uid: 4) == .returned)
        let daemon = mail(to: "desk@exemplo.com.br", from: "mailer-daemon@mx.example.com")
        #expect(try await house.take(daemon, uid: 5) == .returned)
    }

    @Test(
        "a voice message goes to its call's contact with its sound, from whom it is taken",
        arguments: TestDatabase.engines
    )
    func voicemail(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        func message(_ id: String) -> String {
            """
            From: "PBX" <asterisk@pbx.example.com>
            To: <desk@exemplo.com.br>
            Message-ID: <\(id)@pbx>
            X-Asterisk-VM-Caller-ID-Num: 31992710322
            X-Asterisk-VM-Duration: 12
            X-Asterisk-VM-Orig-time: \(house.bench.now.milliseconds / 1000)
            Content-Type: multipart/mixed; boundary=v

            --v

            Nova mensagem
            --v
            Content-Type: audio/x-wav; name="msg0001.wav"
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="msg0001.wav"

            UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=
            --v--
            """
        }
        #expect(try await house.take(message("a"), uid: 1) == .held)
        house.rules.voicemailFrom = [try #require(EmailAddress("asterisk@pbx.example.com"))]
        #expect(try await house.take(message("b"), uid: 2) == .voicemail)
        let logged = try #require(try await house.log.list().first)
        let files = try await house.attachments.list(attendanceID: logged.attendanceID ?? 0)
        #expect(files.map(\.name) == ["msg0001.wav"] && files.map(\.mediaType) == ["audio/wav"])
        #expect(logged.protocolNumber?.isEmpty == false && logged.ticketNumber == nil)
        // No call of that time is known: it is the customer's whose number it is, when it is one customer's alone.
        let bench = house.bench
        let customers = CustomerDirectory(database: bench.database, clock: bench.clock, region: Region(.brazil))
        func owner() async throws -> Int64? {
            let id = try await house.log.list().first?.attendanceID
            return try await bench.database.read { session in
                try session.row("SELECT customer_id FROM attendance WHERE id = $1", [.integer(id)])?.integer(0)
            }
        }
        #expect(try await owner() == nil)
        let rosa = try await customers.create(CustomerDraft(kind: .person, name: "Rosa"), by: .system("test"))
        _ = try await customers.addPhone("31992710322", to: rosa.id, by: .system("test"))
        #expect(try await house.take(message("c"), uid: 3) == .voicemail)
        #expect(try await owner() == rosa.id)
        _ = try await customers.addPhone("31992710322", to: bench.customerID, by: .system("test"))
        #expect(try await house.take(message("d"), uid: 4) == .voicemail)
        #expect(try await owner() == nil)
    }

    @Test("a voice message goes to no call that became part of another", arguments: TestDatabase.engines)
    func voicemailOfMergedCall(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        house.rules.voicemailFrom = [try #require(EmailAddress("asterisk@pbx.example.com"))]
        let now = house.bench.now
        let log = CallLog(
            database: house.bench.database,
            numbers: NumberDesk(format: .standard, tickets: .standardTicket, timeZone: .gmt),
            clock: house.bench.clock
        )
        func report(_ key: String, at moment: Moment, absorbed: [String] = []) -> CallSignal {
            var call = CallSnapshot(key: key, direction: .inbound)
            (call.number, call.numberRaw) = ("+5531992710322", "31992710322")
            (call.startedAt, call.absorbed) = (moment.microseconds, absorbed)
            return CallSignal(line: "matriz", call: call)
        }
        // The later one becomes part of the earlier.
        let kept = try #require(try await log.record([report("1", at: now)]).first?.attendance)
        let lost = try await log.record([report("2", at: now.adding(.seconds(20)))]).first?.attendance
        _ = try await log.record([report("1", at: now, absorbed: ["2"])])
        #expect(lost != nil && lost?.id != kept.id)
        let text = """
            From: "PBX" <asterisk@pbx.example.com>
            To: <desk@exemplo.com.br>
            Message-ID: <vm@pbx>
            X-Asterisk-VM-Caller-ID-Num: 31992710322
            X-Asterisk-VM-Duration: 12
            X-Asterisk-VM-Orig-time: \(now.milliseconds / 1000)

            Nova mensagem
            """
        #expect(try await house.take(text, uid: 1) == .voicemail)
        #expect(try await house.log.list().first?.attendanceID == kept.id)
    }

    @Test("a mailbox numbered anew is read again without doing a thing twice", arguments: TestDatabase.engines)
    func renumbered(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        let mail = MailUnderTest.mail(to: try house.address(try await house.notice(ticket), of: ticket), id: "k", "Oi.")
        #expect(try await house.take(mail, uid: 5) == .answered)
        let cursor = try await house.desk.adopt(mailbox: house.place.mailbox, uidValidity: 8, uidNext: 3)
        #expect(cursor.lastUID == 0 && cursor.renumberedTo == 2 && cursor.uidValidity == 8)
        let bytes = Array(mail.utf8)
        let place = MailPlace(mailbox: house.place.mailbox, uidValidity: 8, uid: 1)
        let again = try await house.desk.take(try MailReader.read(bytes), size: bytes.count, at: .next(place))
        #expect(again.outcome == nil)
        // What another node read under the old numbers does not count under the new.
        let old = MailPlace(mailbox: house.place.mailbox, uidValidity: 7, uid: 9)
        let late = try await house.desk.take(
            try MailReader.read(Array(MailUnderTest.mail(to: "desk@exemplo.com.br", "z").utf8)),
            size: 1,
            at: .next(old)
        )
        #expect(late.outcome == nil)
        #expect(try await house.desk.adopt(mailbox: house.place.mailbox, uidValidity: 8, uidNext: 3).lastUID == 1)
    }

    @Test(
        "a mail that ends every attempt is set aside after three, and the next is read",
        arguments: TestDatabase.engines
    )
    func parked(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        #expect(try await house.desk.begin(house.place) == 1)
        #expect(try await house.desk.begin(house.place) == 2)
        #expect(try await house.desk.begin(house.place) == 3)
        // What was the desk's fault is no try of the mail's.
        try await house.desk.putBack(house.place)
        #expect(try await house.desk.begin(house.place) == 3)
        try await house.desk.park(.next(house.place), .tries, size: 5)
        #expect(try await house.log.waiting() == 1)
        let next = MailUnderTest.mail(from: "x@else.com", to: "desk@exemplo.com.br", "y")
        #expect(try await house.take(next, uid: 2) == .refused)
        #expect(try await house.desk.begin(MailPlace(mailbox: house.place.mailbox, uidValidity: 7, uid: 3)) == 1)
    }

    @Test("of an address that nobody has any more no mail and no trouble is kept", arguments: TestDatabase.engines)
    func forgotten(engine: DatabaseEngine) async throws {
        let house = try await MailUnderTest(engine)
        let ticket = try await house.bench.open()
        let to = try house.address(try await house.notice(ticket), of: ticket)
        #expect(try await house.take(MailUnderTest.mail(to: to, "Oi."), uid: 1) == .answered)
        let now = house.bench.now
        try await house.bench.database.write { session in
            try session.execute(
                "INSERT INTO mail_trouble (address, since, returned) VALUES ('maria@example.com', $1, 1), ('x@y.com', $1, 1)",
                [.moment(now)]
            )
        }
        let customers = CustomerDirectory(
            database: house.bench.database,
            clock: house.bench.clock,
            region: Region(.brazil)
        )
        try await customers.removeContact(house.bench.contactID, by: .account(house.bench.ana.id))
        #expect(try await house.log.list().map(\.sender) == [""])
        #expect(try await house.count("mail_trouble") == 1)
        _ = try await house.log.forget(before: now.adding(.seconds(1)))
        #expect(try await house.count("mail_trouble") == 0)
        #expect(try await house.count("mail_in") == 0)
    }

    @Test("what waits is read once more when somebody says so, or dropped", arguments: TestDatabase.engines)
    func again(engine: DatabaseEngine) async throws {
        var house = try await MailUnderTest(engine)
        house.rules.strangers = .hold
        house.rules.takesRequests = true
        let text = MailUnderTest.mail(from: "nova@else.com", to: "desk@exemplo.com.br", id: "w", "Olá")
        #expect(try await house.take(text, uid: 1) == .held)
        let waiting = try #require(try await house.log.list(waiting: true).first)
        #expect(waiting.sender == "nova@else.com" && waiting.subject == "Re: x")
        try await house.bench.database.write { [contact = house.bench.contactID] session in
            try session.execute("UPDATE contact SET email = 'nova@else.com' WHERE id = $1", [.integer(contact)])
        }
        let actor = AuditActor.account(house.bench.ana.id)
        #expect(try await house.log.again(waiting.id, at: house.bench.now, by: actor))
        let wanted = try #require(try await house.desk.wanted(house.place.mailbox).first)
        let read = try MailReader.read(Array(text.utf8))
        #expect(try await house.desk.take(read, size: 1, at: .again(wanted)).outcome == .opened)
        #expect(try await house.desk.take(read, size: 1, at: .again(wanted)).outcome == nil)
        #expect(try await house.log.waiting() == 0)
        #expect(try await !house.log.drop(waiting.id, at: house.bench.now, by: actor))
    }
}
