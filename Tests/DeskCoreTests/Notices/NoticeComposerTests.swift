import TestSupport
import Testing

@testable import DeskCore

@Suite("Composing notices")
struct NoticeComposerTests {
    let facts = NoticeFacts(
        protocolNumber: "20261121000017-4",
        ticketNumber: "2026-000017",
        topic: "Emissão de notas fiscais",
        summary: "Não foi possível concluir a emissão",
        customerName: "José Conceição",
        priority: "alta",
        due: "24/11/2026 18:00",
        opened: "21/11/2026 04:23"
    )
    let link = "https://ex.br/t/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"

    func composer(_ policy: NoticePolicy = NoticePolicy(), desk: String = "CallDesk") -> NoticeComposer {
        NoticeComposer(shelf: TemplateShelf(), policy: policy, deskName: desk, deskPhone: nil, deskLanguage: .ptBR)
    }

    func compose(_ event: NoticeEvent, _ recipient: NoticeRecipient, desk: String = "CallDesk") throws -> NoticeDraft {
        let subject = NoticeSubject(attendanceID: 1, ticketID: 2, customerID: 3)
        return try #require(
            composer(desk: desk).compose(event, facts: facts, about: subject, to: [recipient]).first
        )
    }

    @Test("days, priorities and departments speak the language of the message, whatever the desk's is")
    func languages() throws {
        var facts = facts
        facts.say(.due) { "due-\($0.rawValue)" }
        facts.say(.priority) { "priority-\($0.rawValue)" }
        let subject = NoticeSubject(attendanceID: 1, ticketID: 2, customerID: 3)
        for language in Language.allCases {
            let recipient = NoticeRecipient(.mail, "ana@exemplo.com.br", name: "Ana", language: language, link: link)
            let draft = try #require(
                composer().compose(.ticketOpened, facts: facts, about: subject, to: [recipient]).first
            )
            #expect(draft.body.contains("due-\(language.rawValue)"))
            #expect(draft.body.contains("priority-\(language.rawValue)"))
            for other in Language.allCases where other != language {
                #expect(!draft.body.contains("due-\(other.rawValue)"))
            }
        }
    }

    @Test(
        "mails say that answers are read where a mailbox is, of a ticket that takes them, and nowhere else",
        arguments: Language.allCases
    )
    func replies(language: Language) throws {
        let mailbox = try #require(EmailAddress("suporte@exemplo.com.br"))
        func body(_ event: NoticeEvent, _ mailbox: EmailAddress?, ticketID: Int64? = 2) throws -> String {
            let composer = NoticeComposer(
                shelf: TemplateShelf(),
                policy: NoticePolicy(),
                deskName: "CallDesk",
                deskPhone: nil,
                deskLanguage: .ptBR,
                mailbox: mailbox
            )
            let recipient = NoticeRecipient(.mail, "ana@exemplo.com.br", name: "Ana", language: language, link: link)
            let subject = NoticeSubject(attendanceID: 1, ticketID: ticketID, customerID: 3)
            return try #require(composer.compose(event, facts: facts, about: subject, to: [recipient]).first).body
        }
        let unread = ["não são lidas", "are not read"]
        let read = ["a sua resposta entra", "your answer joins"]
        func says(_ words: [String], _ text: String) -> Bool { words.contains { text.contains($0) } }
        for event in NoticeEvent.allCases where event != .staffBell {
            #expect(says(unread, try body(event, nil)), "\(event)")
            #expect(!says(read, try body(event, nil)), "\(event)")
            #expect(says(unread, try body(event, mailbox, ticketID: nil)), "\(event)")
            #expect(says(unread, try body(event, mailbox)) == !event.linksTicket, "\(event)")
        }
        #expect(says(read, try body(.ticketAsked, mailbox)))
        #expect(!says(read, try body(.ticketClosed, mailbox)))
        let notice = NoticeTemplateKey(.ticketAsked, .sms, language)
        #expect(StandardTemplates.template(notice).body.contains("{{replies}}") == false)
    }

    @Test("a desk's own HTML keeps the lines of what was written, and none of its signs")
    func lines() throws {
        let composer = composer()
        let key = NoticeTemplateKey(.ticketAnswered, .mail, .ptBR)
        let own = NoticeTemplate(subject: "x", body: "{{ticket}}", html: "<p>{{ticket}}: {{answer}}</p>")
        let parsed = try ParsedTemplate(own, for: key)
        let values: [NoticeVariable: String] = [.ticket: "1017", .answer: "Feito.\n\n<b>Ana</b>\r\nSuporte"]
        #expect(
            parsed.html?.filled(values, escape: NoticeEscaping.htmlLines)
                == "<p>1017: Feito.<br><br>&lt;b&gt;Ana&lt;/b&gt;<br>Suporte</p>"
        )
        let shown = try composer.preview(own, for: key, worstCase: false)
        #expect(shown.html?.contains("<p>1017: ") == true)
    }

    @Test("the SMS with number, protocol and link is one segment, accents given up for it")
    func oneSegment() throws {
        let draft = try compose(.ticketOpened, NoticeRecipient(.sms, "+5531992710322", link: link))
        #expect(draft.segments == 1)
        #expect(draft.body.contains("20261121000017-4"))
        #expect(draft.body.contains("2026-000017"))
        #expect(draft.body.hasSuffix(link))
        #expect(!draft.body.contains("ç"))
    }

    @Test("the customer's name yields before anything the customer needs")
    func nameYields() throws {
        let desk = "Central de Atendimento ao Usuario"
        let short = try compose(.ticketOpened, NoticeRecipient(.sms, "+5531992710322", name: "Ana", link: link))
        #expect(short.body.contains("Ana") && short.segments == 1)
        let long = try compose(
            .ticketOpened,
            NoticeRecipient(.sms, "+5531992710322", name: "Maria", link: link),
            desk: desk
        )
        #expect(!long.body.contains("Maria") && long.segments == 1, "\(long.body)")
        for text in [short.body, long.body] {
            #expect(text.contains("20261121000017-4") && text.contains("2026-000017") && text.contains(link))
        }
    }

    @Test("an organisation is named whole or not at all")
    func wholeNames() throws {
        let name = "Associação dos Moradores do Bairro"
        let draft = try compose(
            .ticketOpened,
            NoticeRecipient(.sms, "+5531992710322", name: name, isCompany: true, link: link),
            desk: "Central de Atendimento"
        )
        #expect(draft.segments == 1)
        #expect(!draft.body.contains("Associacao") && !draft.body.contains("..."), "\(draft.body)")
    }

    @Test("in the worst case protocol, number and link survive in every template", arguments: NoticeTemplateKey.all)
    func worstCase(key: NoticeTemplateKey) throws {
        let preview = try composer().preview(StandardTemplates.template(key), for: key, worstCase: true)
        for variable in key.event.indispensable {
            #expect(preview.body.contains(variable.worstCase(key.language, in: key.event)), "\(variable)")
        }
        if key.channel == .sms { #expect(try #require(preview.segments) <= 2, "\(preview.body)") }
        #expect((preview.subject?.count ?? 0) <= 200)
    }

    @Test("a mail is written in the recipient's language")
    func language() throws {
        let draft = try compose(.ticketOpened, NoticeRecipient(.mail, "ana@example.com", language: .en, link: link))
        #expect(draft.language == .en)
        #expect(draft.subject == "CallDesk: ticket 2026-000017 created, protocol 20261121000017-4")
        #expect(draft.body.contains("Hello José,"))
        #expect(draft.body.contains(link))
        #expect(draft.html == nil)
    }

    @Test(
        "nothing in a value breaks out of a subject, a line or HTML",
        arguments: [
            "x\r\nBcc: all@example.com", "x\u{2028}y\u{0085}z", "a\u{202E}b\u{0000}c", "<script>alert(1)</script>",
            "{{link}}", "\u{1F600}\u{200F}שלום", String(repeating: "é", count: 5000),
        ]
    )
    func hostile(value: String) throws {
        let facts = NoticeFacts(
            protocolNumber: value,
            ticketNumber: value,
            topic: value,
            summary: value,
            customerName: value
        )
        let subject = NoticeSubject(ticketID: 2)
        for channel in NoticeChannel.allCases {
            let draft = try #require(
                composer().compose(
                    .ticketOpened,
                    facts: facts,
                    about: subject,
                    to: [NoticeRecipient(channel, "a@example.com", name: value, link: link)]
                ).first
            )
            let lines = [draft.subject ?? "", draft.recipientName ?? ""] + (channel == .sms ? [draft.body] : [])
            for line in lines {
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E || $0.value == 0x2028 })
            }
            #expect(draft.body.contains(link))
            let page = MailLayout(deskName: value, publicURL: "https://ex.br", language: .ptBR)
                .html(subject: draft.subject ?? "", text: draft.body)
            #expect(!page.contains("<script>"))
        }
    }

    @Test("only our own link becomes a button, whatever a text says")
    func layout() {
        let layout = MailLayout(deskName: "Mesa", publicURL: "https://ex.br", language: .ptBR)
        let html = layout.html(
            subject: "s",
            text: """
                Olá

                Protocolo: 1
                Solicitação: 2 <b>

                https://ex.br/t/abc
                https://ex.br.evil.example/t/abc
                https://ex.br/t/"onclick
                """
        )
        #expect(html.split(separator: "<a href").count == 2)
        #expect(html.contains("<a href=\"https://ex.br/t/abc\""))
        #expect(html.contains("2 &lt;b&gt;</td>"))
        #expect(html.contains("<html lang=\"pt-BR\">"))
    }

    @Test("one event, one subject, one recipient and channel make one key, whatever the letters' case")
    func keys() {
        let subject = NoticeSubject(attendanceID: 1, ticketID: 2)
        let key = subject.dedupeKey(event: .ticketOpened, channel: .mail, recipient: "Ana@Example.com")
        #expect(key == subject.dedupeKey(event: .ticketOpened, channel: .mail, recipient: "ana@example.com"))
        #expect(!key.lowercased().contains("ana"))
        var others: Set<String> = [key]
        others.insert(subject.dedupeKey(event: .ticketOpened, channel: .sms, recipient: "ana@example.com"))
        others.insert(subject.dedupeKey(event: .ticketAnswered, channel: .mail, recipient: "ana@example.com"))
        others.insert(subject.dedupeKey(event: .ticketOpened, channel: .mail, recipient: "bia@example.com"))
        others.insert(
            NoticeSubject(ticketID: 2, occurrence: "7")
                .dedupeKey(event: .ticketOpened, channel: .mail, recipient: "ana@example.com")
        )
        #expect(others.count == 5)
    }
}

@Suite("Who is told")
struct NoticePolicyTests {
    let mobile = NoticeAudience.Phone(e164: "+5531992710322", takesSMS: true)
    let fixed = NoticeAudience.Phone(e164: "+553132710322", takesSMS: false)

    func reasons(_ audience: NoticeAudience, _ event: NoticeEvent = .ticketOpened) -> [NoticeChannel: WithheldReason] {
        let decision = NoticePolicy().decide(event, for: audience)
        return Dictionary(decision.withheld.map { ($0.channel, $0.reason) }) { first, _ in first }
    }

    @Test("each way of not being told has its reason")
    func withheld() {
        #expect(reasons(.nobody) == [.mail: .noCustomer, .sms: .noCustomer])
        let bare = NoticeAudience(isIdentified: true)
        #expect(reasons(bare) == [.mail: .noEmail, .sms: .contractWithoutSMS])
        let contracted = NoticeAudience(isIdentified: true, phones: [fixed], smsInContract: true)
        #expect(reasons(contracted) == [.mail: .noEmail, .sms: .noMobileNumber])
        #expect(reasons(contracted, .ticketClosed)[.sms] == .channelOff)
        let unconfigured = NoticePolicy(configured: [.mail]).decide(.ticketOpened, for: contracted)
        #expect(unconfigured.withheld.map(\.reason) == [.noEmail, .noSender])
    }

    @Test("SMS goes to every registered mobile once, and only with a contract that has it")
    func everyPhone() {
        let second = NoticeAudience.Phone(e164: "+5521987654321", takesSMS: true)
        let toll = NoticeAudience.Phone(e164: nil, takesSMS: true)
        let audience = NoticeAudience(
            isIdentified: true,
            mailboxes: [.init(address: "a@example.com"), .init(address: "A@example.com")],
            phones: [mobile, fixed, second, mobile, toll],
            smsInContract: true
        )
        let decision = NoticePolicy().decide(.ticketOpened, for: audience)
        #expect(decision.recipients.map(\.address) == ["a@example.com", "+5531992710322", "+5521987654321"])
        #expect(decision.withheld.isEmpty)
    }

    @Test("a customer with a hundred numbers gets no mailing")
    func bounded() {
        let phones = (0..<100).map { NoticeAudience.Phone(e164: "+55319\(10_000_000 + $0)", takesSMS: true) }
        let audience = NoticeAudience(
            isIdentified: true,
            mailboxes: [.init(address: "a@example.com")],
            phones: phones,
            smsInContract: true
        )
        let decision = NoticePolicy(mostRecipients: 5).decide(.ticketOpened, for: audience)
        #expect(decision.recipients.filter { $0.channel == .sms }.count == 5)
        #expect(decision.withheld.map(\.reason) == [.tooManyRecipients])
    }

    @Test("every state and reason has words in every language")
    func words() {
        for language in Language.allCases {
            #expect(Set(NoticeState.allCases.map { $0.title(language) }).count == NoticeState.allCases.count)
            #expect(Set(WithheldReason.allCases.map { $0.text(language) }).count == WithheldReason.allCases.count)
            #expect(Set(NoticeEvent.allCases.map { $0.title(language) }).count == NoticeEvent.allCases.count)
        }
    }
}
