import Testing

@testable import DeskCore

@Suite("Who is calling: what was typed once is not typed again, and faults are said where they are made")
struct IdentificationTests {
    private func interview() throws -> Interview {
        try InterviewFixture.interview([], checks: .standard(region: Region(.brazil)))
    }

    @Test(
        "a document with a wrong digit is said to be one, instead of nobody being found",
        arguments: [
            ("529.982.247-24", .notACPF), ("11.222.333/0001-82", .notACNPJ), ("12.ABC.345/01DE-36", .notACNPJ),
            ("00000000000", .notACPF),
        ] as [(String, PromptFault.Code)]
    )
    func mistyped(_ text: String, _ code: PromptFault.Code) throws {
        var interview = try interview()
        _ = interview.receive(.text(text))
        #expect(interview.prompt.id == .identify)
        #expect(interview.prompt.fault == PromptFault(code))
        #expect(interview.outstanding.isEmpty, "nothing is looked for")
    }

    @Test(
        "what was looked for fills the question of a registration that it can only belong to",
        arguments: [
            ("maria@exemplo.com.br", .registerEmail, "maria@exemplo.com.br"),
            ("529.982.247-25", .registerDocument, "52998224725"), ("Maria da Luz", .registerName, "Maria da Luz"),
            ("(31) 98765-4321", .registerPhone, "+5531987654321"),
        ] as [(String, PromptID, String)]
    )
    func carried(_ text: String, _ id: PromptID, _ value: String) throws {
        var interview = try interview()
        _ = interview.receive(.text(text))
        let query = try #require(interview.draft.query)
        _ = interview.received(candidates: [], for: query)
        _ = interview.receive(.option("new"))
        _ = interview.receive(.option("person"))
        #expect(interview.prompt(for: id)?.suggestion == value)
        let others: [PromptID] = [.registerName, .registerDocument, .registerEmail]
        for other in others where other != id { #expect(interview.prompt(for: other)?.suggestion == nil) }
    }

    @Test("an address or document that another has is said at its own question, and the question is asked again")
    func used() throws {
        var interview = try interview()
        _ = interview.receive(.option("new"))
        _ = interview.receive(.option("person"))
        _ = interview.receive(.text("Maria da Luz"))
        let document = interview.receive(.text("529.982.247-25"))
        let check = try #require(document.compactMap(\.unusedCheck).first)
        #expect(check.reading == .document("52998224725"))
        _ = interview.received(used: check)
        #expect(interview.prompt.id == .registerDocument)
        #expect(interview.prompt.fault == PromptFault(.documentTaken))
        _ = interview.receive(.skip)
        let email = interview.receive(.text("maria@exemplo.com.br"))
        _ = interview.received(used: try #require(email.compactMap(\.unusedCheck).first))
        #expect(interview.prompt.id == .registerEmail)
        #expect(interview.prompt.fault == PromptFault(.emailTaken))
        #expect(interview.prompt.current == "maria@exemplo.com.br", "what was typed stays to be corrected")
        _ = interview.receive(.text("maria.luz@exemplo.com.br"))
        #expect(interview.prompt.id == .registerPhone)
        // Said late, when the question was answered otherwise meanwhile, it changes nothing.
        #expect(interview.received(used: check).isEmpty)
    }

    @Test("topics are found while one types, numbered, and nothing is taken by it")
    func typing() throws {
        var interview = try InterviewFixture.interview([InterviewFixture.maria])
        _ = interview.receive(.confirm)
        let found = interview.topics(matching: "err sist")
        #expect(found.map(\.id) == ["erro"])
        #expect(found.map(\.digit) == [1])
        #expect(interview.topics(matching: "  ").isEmpty)
        #expect(interview.topics(matching: String(repeating: "a ", count: 20_000)).isEmpty)
        #expect(interview.draft.topicQuery == nil)
        _ = interview.receive(.text("Erro no sistema"))
        #expect(interview.prompt.id == .topic, "a name given in full is shown before it is taken")
        #expect(interview.prompt.options.map(\.id) == ["erro", "up"])
    }
}

extension InterviewAction {
    fileprivate var unusedCheck: UnusedCheck? { if case .checkUnused(let check) = self { check } else { nil } }
}
