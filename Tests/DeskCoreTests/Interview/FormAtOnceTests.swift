import TestSupport
import Testing

@testable import DeskCore

@Suite("A whole form at once", .timeLimit(.minutes(2)))
struct FormAtOnceTests {
    private func asked(_ topic: String) throws -> Interview {
        var interview = try InterviewFixture.interview([InterviewFixture.bakery], topicID: topic)
        _ = interview.receive(.skip, to: .identify)
        return interview
    }

    private func answer(to prompt: Prompt, _ random: inout SplitMix64) -> Answer {
        let isLow = Bool.random(using: &random)
        switch prompt.kind {
        case .field(.number): return .text(isLow ? "3" : "40")
        case .field(.money): return .text("\(Int.random(in: 1...900, using: &random)),00")
        case .field(.date): return .text(isLow ? "hoje" : "1/1/2020")
        case .field(.yesNo): return .option(isLow ? "yes" : "no")
        case .field(.choices): return isLow ? .options(["a", "b"]) : .skip
        case .field(.choice): return .option(prompt.options.randomElement(using: &random)?.id ?? "")
        case .field(.phone): return .text("31987654321")
        case .field(.secret), .field(.file): return .skip
        default: return .text("texto \(Int.random(in: 0..<9, using: &random))")
        }
    }

    @Test("leaves the same answers as the questions one by one", arguments: ["erro", "duvida", "correcao"])
    func same(topic: String) throws {
        var random = SplitMix64(seed: TestSeed.next())
        for _ in 0..<30 {
            var stepwise = try asked(topic)
            var given: [PromptID: Answer] = [:]
            for _ in 0..<40 where stepwise.prompt.id != .review {
                let prompt = stepwise.prompt
                let answer = answer(to: prompt, &random)
                let actions = stepwise.receive(answer)
                if !actions.contains(where: { if case .refused = $0 { true } else { false } }) {
                    given[prompt.id] = answer
                }
            }
            #expect(stepwise.prompt.id == .review)
            var whole = try asked(topic)
            let receipt = whole.receive(form: given)
            #expect(receipt.refused.isEmpty)
            #expect(whole.draft.answers == stepwise.draft.answers, "\(given)")
            #expect(whole.prompt.id == .review)
        }
    }

    @Test("names every wrong answer in the order of the way, in the form's own words, and keeps the others")
    func faults() throws {
        var interview = try asked("erro")
        let receipt = interview.receive(form: [
            .field("mensagem"): .skip, .field("quando"): .text("31/12/2099"), .field("parado"): .option("yes"),
            .field("pessoas"): .text("muitas"), .summary: .text("x"), .module: .option("nenhum"),
        ])
        #expect(receipt.refused.map(\.id.rawValue) == ["field.mensagem", "field.quando", "field.pessoas", "module"])
        #expect(
            receipt.refused.map { interview.message(of: $0.fault, at: $0.id, in: .ptBR) }[1]
                == "O dia não pode estar no futuro."
        )
        #expect(interview.draft.answers[.field("parado")]?.value == .text("yes"))
        #expect(interview.draft.answers[.field("quando")] == nil)
        #expect(interview.prompt.id == .callerName)
    }

    @Test("an answer to a hidden question is lost, and a password behind one is not asked for the vault")
    func hidden() throws {
        var interview = try asked("erro")
        let answers: [PromptID: Answer] = [
            .field("parado"): .option("yes"), .field("pessoas"): .text("3"), .field("senha"): .text("s3nh4"),
            .field("grave"): .text("tudo"), .whatChanged: .skip, .verify: .text("x"),
        ]
        let receipt = interview.receive(form: answers)
        #expect(receipt.refused.isEmpty)
        #expect(interview.draft.answers[.field("grave")] == nil)
        #expect(receipt.actions.count == 1)
        var open = try asked("erro")
        let sealed = open.receive(form: [.field("parado"): .option("no"), .field("senha"): .text("s3nh4")])
        #expect(sealed.actions.last == .seal(SealRequest(prompt: .field("senha"), value: "s3nh4")))
        #expect(open.draft.answers[.field("senha")] == nil)
    }

    @Test("keeps the password there is where a wrong one, or nothing where one is owed, comes in its place")
    func passwordKept() throws {
        var interview = try asked("erro")
        let senha = PromptID.field("senha")
        _ = interview.receive(form: [.field("parado"): .option("no"), senha: .text("boa")])
        _ = interview.received(sealed: "cofre-1", for: senha)
        let long = String(repeating: "x", count: InterviewLimits.secret + 1)
        let wrong = interview.receive(form: [senha: .text(long), .summary: .text("Não entra")])
        #expect(wrong.refused.map(\.id) == [senha])
        #expect(interview.draft.answers[senha]?.value == .sealed("cofre-1"))
        #expect(!wrong.actions.contains(.discardSecret(reference: "cofre-1")))
        let hidden = interview.receive(form: [.field("parado"): .option("yes")])
        #expect(hidden.actions.contains(.discardSecret(reference: "cofre-1")))
        let catalogue = try InterviewFixture.catalogue {
            $0.replacing("relevant=\"parado = 'no'\"", with: "required=\"parado = 'no'\"")
        }
        var owed = try InterviewFixture.interview(topicID: "erro", catalogue: catalogue)
        _ = owed.receive(form: [.field("parado"): .option("no")])
        _ = owed.received(sealed: "cofre-2", for: senha)
        let skipped = owed.receive(form: [senha: .skip])
        #expect(skipped.refused.map(\.fault) == [PromptFault(.required)])
        #expect(owed.draft.answers[senha]?.value == .sealed("cofre-2"))
        #expect(!skipped.actions.contains(.discardSecret(reference: "cofre-2")))
    }

    @Test("takes nothing once the interview is over")
    func over() throws {
        var interview = try asked("duvida")
        _ = interview.end(.wrongNumber)
        let before = interview
        #expect(interview.receive(form: [.summary: .text("x")]).actions == [.refused(.finished)])
        #expect(interview == before)
    }
}
