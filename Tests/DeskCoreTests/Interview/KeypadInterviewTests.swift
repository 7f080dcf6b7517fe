import Testing

@testable import DeskCore

@Suite("Interviews by telephone keypad")
struct KeypadInterviewTests {
    @Test("the caller confirms, walks the sections, answers what keys can answer, and is put through")
    func whole() throws {
        var run = Transcript(try InterviewFixture.interview(channel: .keypad))
        #expect(run.interview.prompt.keypad?.choices == ["1": "yes", "2": "no"])
        run.say(.keys("1"))
        #expect(run.interview.prompt.keypad?.choices == ["1": "sistema", "2": "faturas"])
        run.say(.keys("1"))
        run.say(.keys("2"))
        run.say(.keys("1"))
        run.say(.keys("12#"))
        #expect(run.interview.prompt.kind == .handOver)
        #expect(
            run.lines == [
                "identify: Falo com Maria Silva?", "topic: Em que posso ajudar?", "topic: Dúvida, um. Erro, dois.",
                "field.parado: O trabalho parou?", "field.pessoas: Quantas pessoas?",
            ]
        )
        // The technician who takes over is asked only what is missing.
        _ = run.interview.move(to: .desk)
        #expect(run.interview.prompt.id == .field("mensagem"))
        #expect(run.interview.prompt(for: .field("pessoas"))?.current == "12")
    }

    @Test("a document by keys finds the customer, and three misses are counted")
    func document() throws {
        var run = Transcript(try InterviewFixture.interview([], channel: .keypad))
        run.say(.keys("52998224725#"))
        let query = try #require(run.interview.draft.query)
        #expect(query.readings.contains(.document("52998224725")))
        run.note(run.interview.received(candidates: [], for: query))
        #expect(run.interview.prompt.misses == 1)
        run.say(.keys("52998224725#"))
        run.note(run.interview.received(candidates: [], for: query))
        #expect(run.interview.prompt.misses == 1 || run.interview.prompt.misses == 2)
        run.say(.skip)
        #expect(run.interview.prompt.id == .topic)
    }

    @Test("keys that silence ended find somebody, and prove nothing")
    func cutShort() throws {
        var found = InterviewFixture.maria
        found.reasons = [.contract, .document, .openTickets(1)]
        for isCutShort in [true, false] {
            var interview = try InterviewFixture.interview([], channel: .keypad)
            _ = interview.receive(isCutShort ? .keysCutShort("52998224725") : .keys("52998224725#"))
            let query = try #require(interview.draft.query)
            _ = interview.received(candidates: [found], for: query)
            // What is stored meanwhile does not forget it.
            #expect(try InterviewDraft(json: interview.draft.json()) == interview.draft)
            #expect(
                interview.prompt.candidates.first?.reasons
                    == (isCutShort ? [.keypad, .openTickets(1)] : [.contract, .document, .openTickets(1)])
            )
            _ = interview.receive(.confirm)
            #expect(interview.draft.identified?.level == (isCutShort ? .known : .verified))
        }
    }

    @Test("zero always reaches a person, star goes back, nonsense is refused politely")
    func zeroAndStar() throws {
        var interview = try InterviewFixture.interview(channel: .keypad)
        #expect(interview.receive(.keys("0")) == [.handOver])
        #expect(interview.receive(.keys("9")).contains { $0.isSearchOrInvalid })
        _ = interview.receive(.keys("1"))
        _ = interview.receive(.keys("1"))
        #expect(interview.draft.section == "sistema")
        _ = interview.receive(.keys("*"))
        #expect(interview.draft.section == nil)
        #expect(interview.receive(.keys("7")).contains(.refused(.invalid(PromptFault(.notAnOption)))))
        #expect(interview.receive(.keys("0")) == [.handOver])
    }

    @Test("amounts use the star as comma, dates eight digits, times four")
    func grammars() throws {
        let reader = AnswerReader(checks: InterviewFixture.checks, language: .ptBR, today: InterviewFixture.today)
        func read(_ keys: String, _ kind: FieldKind) throws -> AnswerValue {
            try reader.read(.keys(keys), for: .init(kind: kind, required: true, maximumLength: 40))
        }
        #expect(try read("1234*56#", .money) == .text("1234.56"))
        #expect(try read("21112026", .date) == .text("2026-11-21"))
        #expect(try read("0905#", .time) == .text("09:05"))
        #expect(try read("2", .yesNo) == .text("no"))
    }
}

extension InterviewAction {
    fileprivate var isSearchOrInvalid: Bool {
        switch self {
        case .search, .refused(.invalid): true
        default: false
        }
    }
}
