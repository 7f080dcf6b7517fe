import TestSupport
import Testing

@testable import DeskCore

@Suite("Notice templates")
struct TemplateTests {
    @Test("each of ours can be used, in every language", arguments: NoticeTemplateKey.all)
    func standard(key: NoticeTemplateKey) throws {
        _ = try ParsedTemplate(StandardTemplates.template(key), for: key)
    }

    @Test(
        "each of ours is read without holes, with every variable and with hardly any",
        arguments: NoticeTemplateKey.all
    )
    func filled(key: NoticeTemplateKey) throws {
        let parsed = try ParsedTemplate(StandardTemplates.template(key), for: key)
        var full: [NoticeVariable: String] = [:]
        for variable in key.event.variables { full[variable] = variable.sample(key.language, in: key.event) }
        let bare = full.filter { key.event.indispensable.contains($0.key) || $0.key == .desk }
        for values in [full, bare] {
            for text in [parsed.body, parsed.subject].compactMap(\.self) {
                let filled = text.filled(values, escape: { $0 })
                #expect(!filled.contains("{{") && !filled.contains("}}"))
                #expect(!filled.contains(", ,") && !filled.contains(" ."), "\(filled)")
            }
        }
    }

    @Test(
        "a moment is until when, a length of time for how long, as the samples show them",
        arguments: NoticeTemplateKey.all
    )
    func validity(key: NoticeTemplateKey) throws {
        guard key.event.variables.contains(.validity) else { return }
        let parsed = try ParsedTemplate(StandardTemplates.template(key), for: key)
        let sample = NoticeVariable.validity.sample(key.language, in: key.event)
        let filled = parsed.body.filled([.validity: sample], escape: { $0 })
        let wrong = key.event.linksTicket ? ["por", "durante", "for", "vale"] : ["até", "until", "em", "on"]
        for word in wrong { #expect(!filled.contains("\(word) \(sample)"), "\(filled)") }
    }

    @Test("the three languages say the same: no template is shared by mistake")
    func languages() {
        for event in NoticeEvent.allCases {
            for channel in NoticeChannel.allCases {
                let texts = Language.allCases.map {
                    StandardTemplates.template(NoticeTemplateKey(event, channel, $0)).body
                }
                #expect(texts[0] != texts[2] && texts[1] != texts[2], "\(event) \(channel)")
            }
        }
    }

    @Test("sections appear with their variable, inverted ones without it")
    func sections() throws {
        let text = try TemplateText(
            "a{{#link}}[{{ link }}]{{/link}}{{^link}}none{{/link}}b",
            part: "body",
            allowed: [.link]
        )
        #expect(text.filled([.link: "x"], escape: { $0 }) == "a[x]b")
        #expect(text.filled([:], escape: { $0 }) == "anoneb")
        #expect(text.filled([.link: ""], escape: { $0 }) == "anoneb")
    }

    @Test(
        "a fault is told with its place",
        arguments: [
            ("Olá {{nome}}", 1, 5, TemplateFault.Kind.unknownVariable("nome")),
            ("a\nb {{desk", 2, 3, .unclosedTag), ("{{#desk}}x", 1, 11, .unclosedSection("desk")),
            ("x{{/desk}}", 1, 2, .unexpectedClose("desk")), ("{{#desk}}{{/link}}", 1, 10, .unexpectedClose("link")),
            ("{{answer}}", 1, 1, .unknownVariable("answer")),
        ]
    )
    func faults(source: String, line: Int, column: Int, kind: TemplateFault.Kind) {
        #expect(throws: TemplateFault(part: "body", line: line, column: column, kind: kind)) {
            try TemplateText(source, part: "body", allowed: [.desk, .link])
        }
    }

    @Test("sections cannot be nested without end, nor texts be endless")
    func bounds() {
        let deep = String(repeating: "{{#desk}}", count: 100_000)
        #expect(throws: TemplateFault.self) { try TemplateText(deep, part: "body", allowed: [.desk]) }
        let nested = String(repeating: "{{#desk}}", count: 9) + String(repeating: "{{/desk}}", count: 9)
        #expect(throws: TemplateFault.self) { try TemplateText(nested, part: "body", allowed: [.desk]) }
        let long = String(repeating: "ã", count: 15_000)
        #expect(throws: TemplateFault.self) { try TemplateText(long, part: "body", allowed: []) }
    }

    @Test("what the customer needs cannot be edited away")
    func indispensable() {
        let key = NoticeTemplateKey(.ticketOpened, .sms, .ptBR)
        #expect(throws: TemplateFault(part: "body", line: 1, column: 1, kind: .missingVariable("protocol"))) {
            try ParsedTemplate(NoticeTemplate(body: "{{ticket}} {{link}}"), for: key)
        }
        let mail = NoticeTemplateKey(.ticketOpened, .mail, .ptBR)
        let body = "{{ticket}} {{protocol}} {{link}}"
        #expect(throws: TemplateFault(part: "subject", line: 1, column: 1, kind: .missingSubject)) {
            try ParsedTemplate(NoticeTemplate(subject: " ", body: body), for: mail)
        }
        #expect(throws: TemplateFault.self) {
            try ParsedTemplate(NoticeTemplate(subject: "x", body: body, html: "<b>{{ticket}}</b>"), for: mail)
        }
    }

    @Test(
        "what the customer needs may stand in a section of its own, not in another's",
        arguments: [
            ("{{#ticket}}Chamado {{ticket}}{{/ticket}}", true), ("{{#agent}}{{ticket}}{{/agent}}", false),
            ("{{^agent}}{{ticket}}{{/agent}}", false), ("{{^ticket}}{{ticket}}{{/ticket}}", false),
            ("{{#agent}}{{agent}}: {{ticket}}{{/agent}}{{^agent}}{{ticket}}{{/agent}}", true),
            ("{{#agent}}{{#ticket}}{{ticket}}{{/ticket}}{{/agent}}", false),
            ("{{#agent}}{{agent}}{{/agent}} {{ticket}}", true),
        ]
    )
    func certain(body: String, isTaken: Bool) {
        let key = NoticeTemplateKey(.ticketAnswered, .sms, .ptBR)
        let parsed = try? ParsedTemplate(NoticeTemplate(body: body), for: key)
        #expect((parsed != nil) == isTaken)
    }

    @Test("edited words are used at once, survive a restart, and give way to ours again")
    func shelf() async throws {
        let database = try await TestDatabase.make()
        let shelf = TemplateShelf()
        let key = NoticeTemplateKey(.verificationCode, .sms, .en)
        let mine = NoticeTemplate(body: "Code {{code}}")
        let moment = TestClock().now
        #expect(try await shelf.save(mine, for: key, by: nil, at: moment, in: database) == nil)
        #expect(shelf.template(key) == mine && shelf.isEdited(key))
        // Two who opened the page together: the second is told, and the first's words stay.
        await #expect(throws: ContentTag.Stale()) {
            let (late, old) = (NoticeTemplate(body: "{{code}}!"), StandardTemplates.template(key).tag)
            _ = try await shelf.save(late, for: key, of: old, by: nil, at: moment, in: database)
        }
        #expect(try await shelf.save(mine, for: key, of: mine.tag, by: nil, at: moment, in: database) == nil)
        let second = TemplateShelf()
        #expect(try await second.reload(from: database).isEmpty)
        #expect(second.template(key) == mine)
        let fault = try await shelf.save(NoticeTemplate(body: "{{cod}}"), for: key, by: nil, at: moment, in: database)
        #expect(fault?.kind == .unknownVariable("cod"))
        #expect(shelf.template(key) == mine)
        try await shelf.restore(key, in: database)
        #expect(shelf.template(key) == StandardTemplates.template(key) && !shelf.isEdited(key))
    }

    @Test("a saved template that has become unusable is told and ours is used")
    func rejected() async throws {
        let database = try await TestDatabase.make()
        _ = try await database.write { session in
            try session.execute(
                "INSERT INTO template (name, channel, language, body, updated_at) VALUES ($1, $2, $3, $4, $5)",
                ["verification_code", "sms", "en", "no variable at all", 1]
            )
        }
        let shelf = TemplateShelf()
        let rejected = try await shelf.reload(from: database)
        #expect(rejected.map(\.key) == [NoticeTemplateKey(.verificationCode, .sms, .en)])
        #expect(!shelf.isEdited(NoticeTemplateKey(.verificationCode, .sms, .en)))
    }
}
