import TestSupport
import Testing

@testable import DeskCore

@Suite("Any way through an interview", .timeLimit(.minutes(2)))
struct InterviewPropertyTests {
    /// One random walk: what was done last, for the failure's message.
    private struct Walk {
        var interview: Interview
        var random: SplitMix64
        var history: [String] = []

        mutating func pick<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &random) }

        /// An answer that suits the prompt, or now and then one that does not.
        mutating func answer(to prompt: Prompt) -> Answer {
            if Int.random(in: 0..<8, using: &random) == 0 {
                return pick([
                    .text("\u{0}<b>=1+1"), .skip, .confirm, .option("nada"), .options([]), .address(AddressAnswer()),
                ]) ?? .skip
            }
            if let option = pick(prompt.options), Bool.random(using: &random) { return .option(option.id) }
            switch prompt.kind {
            case .confirmCandidate, .review, .waiting: return .confirm
            case .chooseCandidate: return .option(pick(prompt.options)?.id ?? "skip")
            case .searchCustomer: return pick([.text("Padaria"), .text("52998224725"), .skip, .option("new")]) ?? .skip
            case .topic:
                return pick([.text("erro"), .text("Dúvida"), .option("correcao"), .option("sistema"), .option("up")])
                    ?? .skip
            case .handOver, .done: return .confirm
            case .field(let kind): return field(kind)
            }
        }

        private mutating func field(_ kind: FieldKind) -> Answer {
            switch kind {
            case .text, .longText: pick([.text("um"), .text("dois"), .skip]) ?? .skip
            case .number: pick([.text("3"), .text("40"), .text("0")]) ?? .skip
            case .money: pick([.text("10,00"), .text("20")]) ?? .skip
            case .date: pick([.text("hoje"), .text("1/1/2020"), .text("31/12/2099")]) ?? .skip
            case .yesNo: pick([.text("sim"), .text("não")]) ?? .skip
            case .choices: pick([.options(["a"]), .options(["a", "b"]), .skip]) ?? .skip
            case .phone: .text("31987654321")
            case .email: pick([.text("a@b.co"), .text("financeiro@b.co"), .skip]) ?? .skip
            case .cpfOrCnpj: pick([.text("52998224725"), .skip]) ?? .skip
            case .secret: pick([.text("s3nh4"), .skip]) ?? .skip
            case .address: .address(AddressAnswer(street: "Rua A", city: "BH", state: "mg"))
            case .file: pick([.files([FileAnswer(id: 1, name: "a", size: 1)]), .skip]) ?? .skip
            case .time, .choice, .cpf, .cnpj, .nif, .cep: .skip
            }
        }

        /// Does one random thing and what it asks for; says which question was answered, if one was.
        mutating func step() -> PromptID? {
            let prompt = interview.prompt
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                history.append("back")
                perform(interview.back())
                return nil
            case 1:
                guard let item = pick(interview.plan()) else { return nil }
                history.append("goTo \(item.id)")
                perform(interview.goTo(item.id))
                return nil
            case 2:
                guard let item = pick(interview.plan()), let other = interview.prompt(for: item.id) else { return nil }
                let answer = answer(to: other)
                history.append("\(item.id) ← \(answer)")
                perform(interview.receive(answer, to: item.id))
                return item.id
            default:
                let answer = answer(to: prompt)
                history.append("\(prompt.id) ← \(answer)")
                perform(interview.receive(answer, revision: prompt.revision))
                return prompt.id
            }
        }

        private mutating func perform(_ actions: [InterviewAction]) {
            for action in actions {
                switch action {
                case .search(let query):
                    let found =
                        pick([[], [InterviewFixture.bakery], [InterviewFixture.maria, InterviewFixture.bakery]]) ?? []
                    _ = interview.received(candidates: found, for: query)
                case .register:
                    if Bool.random(using: &random) {
                        _ = interview.received(registered: Candidate(customerID: 9, name: "Novo", kind: .person))
                    } else {
                        _ = interview.received(registrationRefused: PromptFault(.emailTaken), at: .registerEmail)
                    }
                case .checkUnused(let check):
                    if Bool.random(using: &random) { _ = interview.received(used: check) }
                case .verify: _ = interview.received(verified: Bool.random(using: &random))
                case .seal(let request): _ = interview.received(sealed: "cofre-1", for: request.prompt)
                case .open:
                    // The service fails: the interview has to survive that.
                    _ = interview.receivedOpenFailure()
                case .save, .discardSecret, .link, .endWithout, .handOver, .refused: break
                }
            }
        }
    }

    private func walk(_ seed: UInt64) throws -> Walk {
        let candidates = [[InterviewFixture.maria], [InterviewFixture.bakery, InterviewFixture.maria], []]
        let at = Int(seed % 3)
        return Walk(interview: try InterviewFixture.interview(candidates[at]), random: SplitMix64(seed: seed))
    }

    @Test("keeps every answer that is still relevant, clears every hidden one, and can be stored at each step")
    func invariants() throws {
        for round in 0..<24 {
            var walk = try walk(TestSeed.next() &+ UInt64(round))
            for _ in 0..<60 {
                let before = walk.interview
                let answered = walk.step()
                check(before, walk.interview, answered, walk.history)
            }
        }
    }

    private func check(_ before: Interview, _ after: Interview, _ answered: PromptID?, _ history: [String]) {
        let story: Comment = "\(history.suffix(6))"
        let planned = Set(after.plan().map(\.id))
        // Going about loses nothing; answering loses only what is no longer asked.
        for (id, answer) in before.draft.answers where id != answered {
            if answered == nil {
                #expect(after.draft.answers[id] == answer, story)
            } else if after.draft.answers[id] != answer {
                let isOfIdentity =
                    !Set([.contact, .contactName, .callerName, .callerPhone, .verify]).isDisjoint(with: [id])
                    || id.rawValue.hasPrefix("register.")
                #expect(isOfIdentity || !planned.contains(id) || after.topic?.id != before.topic?.id, story)
                #expect(after.draft.answers[id] == nil, story)
            }
        }
        // Hidden fields hold nothing and are not required; calculated ones are never asked.
        for id in after.draft.answers.keys {
            guard let field = id.fieldID else { continue }
            #expect(after.form.relevant.contains(field) && after.topic?.field(field)?.calculate == nil, story)
        }
        #expect(after.form.required.isSubset(of: after.form.relevant), story)
        #expect(Set(after.draft.reopened.keys).isSubset(of: after.draft.answers.keys), story)
        // The prompt is part of the way, and the first unanswered one unless somebody went back.
        let current = after.currentID
        #expect(planned.contains(current) || current == .review, story)
        #expect(after.prompt.revision == after.draft.revision && after.draft.revision >= before.draft.revision, story)
        let isWhole = !after.plan().contains { !$0.isAnswered }
        #expect(current != .review || isWhole, story)
        // Stored and read back it is the same interview, asking the same.
        guard let json = try? after.draft.json(), let read = try? InterviewDraft(json: json) else {
            Issue.record("the snapshot cannot be stored: \(story)")
            return
        }
        let resumed = Interview(
            resuming: read,
            catalogue: after.catalogue,
            checks: InterviewFixture.checks,
            today: InterviewFixture.today
        )
        #expect(resumed == after && resumed.prompt == after.prompt && resumed.reopenedOnResume.isEmpty, story)
        #expect(!json.contains("s3nh4"), story)
    }

    @Test("whoever answers what is asked arrives at the review")
    func arrives() throws {
        for round in 0..<16 {
            var walk = try walk(TestSeed.next() &+ UInt64(round))
            for _ in 0..<30 { _ = walk.step() }
            var steps = 0
            while walk.interview.currentID != .review, steps < 400 {
                _ = walk.step()
                steps += 1
            }
            #expect(steps < 400, "\(walk.history.suffix(10))")
        }
    }
}
