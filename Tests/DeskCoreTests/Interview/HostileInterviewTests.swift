import Testing

@testable import DeskCore

@Suite("Hostile answers", .timeLimit(.minutes(5)))
struct HostileInterviewTests {
    @Test("an endless answer is refused with its limit, whatever the question")
    func endless() throws {
        let endless = String(repeating: "a", count: 100_000)
        var interview = try InterviewFixture.interview(topicID: "erro")
        for question in ["identify", "field.mensagem", "field.quando", "summary", "description"] {
            let actions = interview.receive(.text(endless), to: PromptID(rawValue: question))
            if question == "identify" { _ = interview.receive(.confirm, to: .identify) }
            guard case .refused(.invalid(let fault)) = actions.last else {
                Issue.record("\(question) took 100 kB")
                continue
            }
            #expect(fault.code == .tooLong)
        }
        _ = interview.receive(.text(String(repeating: "é\u{301}", count: 400_000)), to: .field("mensagem"))
        #expect(try interview.draft.json().utf8.count < 10_000)
    }

    @Test("control characters and direction tricks are taken out, line ends made one")
    func controls() throws {
        var interview = try InterviewFixture.interview(topicID: "erro")
        _ = interview.receive(.confirm)
        _ = interview.receive(.text("a\u{0}b\u{1B}[31m\u{202E}c\u{200B}\r\nd"), to: .field("mensagem"))
        #expect(interview.draft.answers[.field("mensagem")]?.value == .text("a b [31mc d"))
        _ = interview.receive(.text("\r\n\n a\r\r\r\rb \u{2028}\tc \u{7}\n"), to: .description)
        #expect(interview.draft.answers[.description]?.value == .text("a\n\nb\n\tc"))
    }

    @Test(
        "markup, formulas and SQL are only text, kept as given",
        arguments: [
            "<script>alert(1)</script>", "=HYPERLINK(\"http://x\")", "'; DROP TABLE ticket; --", "${7*7}", "%s%n",
            "{{x}}",
        ]
    )
    func markup(_ text: String) throws {
        var interview = try InterviewFixture.interview(topicID: "erro")
        _ = interview.receive(.confirm)
        _ = interview.receive(.text(text), to: .field("mensagem"))
        #expect(interview.draft.answers[.field("mensagem")]?.value == .text(text))
        let back = try InterviewDraft(json: interview.draft.json())
        #expect(back == interview.draft)
    }

    @Test("answers of the wrong shape are refused for every kind of question")
    func shapes() {
        let reader = AnswerReader(checks: InterviewFixture.checks, language: .ptBR, today: InterviewFixture.today)
        let shapes: [Answer] = [
            .option("x"), .options(["x"]), .address(AddressAnswer(street: "x")),
            .files([FileAnswer(id: 1, name: "x", size: 1)]),
            .confirm, .text("\u{0}"), .text("☃"), .keys("#"), .keys("**"),
        ]
        for kind in FieldKind.allCases {
            for shape in shapes {
                let question = AnswerReader.Question(kind: kind, required: true, maximumLength: 10)
                if let value = try? reader.read(shape, for: question) {
                    #expect(!value.isEmpty, "\(kind) took \(shape)")
                }
            }
        }
    }

    @Test("too many files, options and parts are refused")
    func tooMany() {
        let reader = AnswerReader(checks: InterviewFixture.checks, language: .ptBR, today: InterviewFixture.today)
        let files = (0..<1_000).map { FileAnswer(id: Int64($0), name: "x", size: 1) }
        #expect(throws: PromptFault(.tooManyFiles, limit: InterviewLimits.files)) {
            try reader.read(.files(files), for: .init(kind: .file, required: false, maximumLength: 10))
        }
        #expect(throws: PromptFault(.notAnOption)) {
            try reader.read(
                .options(Array(repeating: "x", count: 10_000)),
                for: .init(kind: .choices, required: false, maximumLength: 10)
            )
        }
        #expect(throws: PromptFault(.tooLong, limit: InterviewLimits.line)) {
            try reader.read(
                .address(AddressAnswer(street: String(repeating: "x", count: 5_000))),
                for: .init(kind: .address, required: false, maximumLength: 10)
            )
        }
    }

    @Test("a damaged or oversized snapshot is an error, and its text is not in the message")
    func snapshots() throws {
        for text in ["", "{}", "[]", "null", "{\"key\":1}", String(repeating: "[", count: 5_000), "segredo"] {
            #expect(throws: InterviewDraftError.notASnapshot) { try InterviewDraft(json: text) }
        }
        #expect(throws: InterviewDraftError.tooLarge) {
            try InterviewDraft(json: String(repeating: " ", count: InterviewLimits.draftBytes + 1))
        }
        for error: InterviewDraftError in [.tooLarge, .notASnapshot, .notWritable] {
            #expect(!error.description.contains("segredo"))
        }
    }

    @Test("what happens when nobody waits for it does nothing")
    func unasked() throws {
        var interview = try InterviewFixture.interview()
        let before = interview
        let query = CustomerQuery(text: "x", readings: [.name("x")])
        #expect(interview.received(candidates: [InterviewFixture.maria], for: query).isEmpty)
        #expect(interview.received(registered: InterviewFixture.maria).isEmpty)
        #expect(interview.received(registrationRefused: PromptFault(.emailTaken), at: nil).isEmpty)
        #expect(interview.received(verified: true).isEmpty)
        #expect(interview.received(opened: OpenedTicket(ticketID: 1, number: "1", protocolNumber: nil)).isEmpty)
        #expect(interview.receivedOpenFailure().isEmpty)
        #expect(interview.received(sealed: "r", for: .summary) == [.discardSecret(reference: "r")])
        #expect(interview == before)
    }
}
