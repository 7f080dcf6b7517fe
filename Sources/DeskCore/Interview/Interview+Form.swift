/// What became of answers that were given together.
public struct FormReceipt: Sendable, Hashable {
    /// An answer that is not kept, and why.
    public struct Refused: Sendable, Hashable {
        public var id: PromptID
        public var fault: PromptFault
    }

    /// What to do, `.save` first; a lone `.refused` when nothing was taken.
    public var actions: [InterviewAction] = []
    /// In the order of the way.
    public var refused: [Refused] = []
}

extension Interview {
    /// Takes all answers of a form at once, as a program gives them: the same checks as one by one, the rules looked at once.
    ///
    /// An answer to a question that is not asked as things then stand is lost, as it is for everybody. A question that
    /// `answers` does not name is left as it is. Nothing is taken while the interview waits for something, or once it is over.
    public mutating func receive(form answers: [PromptID: Answer]) -> FormReceipt {
        if draft.outcome != nil { return FormReceipt(actions: [.refused(.finished)]) }
        if isBusy { return FormReceipt(actions: [.refused(.busy)]) }
        let (before, owed) = (draft.answers, forgotten)
        var faults: [PromptID: PromptFault] = [:]
        var seals: [InterviewAction] = []
        for (id, answer) in answers where id.isStored {
            do {
                seals += try store(answer, id)
            } catch {
                // What was there stays, as with one answer at a time.
                faults[id] = error
            }
        }
        let unread = Set(faults.keys)
        _ = changed()
        for (id, stored) in draft.answers {
            guard let fieldID = id.fieldID, answers[id] != nil, !unread.contains(id) else { continue }
            // As with one answer at a time: what breaks a rule, or is owed, is not kept.
            if stored.value.isEmpty, form.required.contains(fieldID) { faults[id] = PromptFault(.required) }
            if form.violated.contains(fieldID) { faults[id] = PromptFault(.constraint) }
        }
        for id in faults.keys where !unread.contains(id) {
            // A password that is kept is not given up for nothing in its place.
            if case .sealed = before[id]?.value { draft.answers[id] = before[id] } else { draft.answers[id] = nil }
            draft.reopened[id] = nil
        }
        // Rules that looked at an answer which is gone again are asked again.
        if !faults.isEmpty { _ = settle() }
        let asked = plan()
        for id in answers.keys where id.isStored && !asked.contains(where: { $0.id == id }) {
            draft.answers[id] = nil
        }
        let isAsked = { (action: InterviewAction) in
            if case .seal(let request) = action { asked.contains { $0.id == request.prompt } } else { true }
        }
        let kept = Self.references(draft.answers)
        let lost = owed + Self.references(before).subtracting(kept).sorted()
        forgotten = []
        return FormReceipt(
            actions: [.save(draft)] + lost.map { .discardSecret(reference: $0) } + seals.filter(isAsked),
            refused: asked.compactMap { item in faults[item.id].map { FormReceipt.Refused(id: item.id, fault: $0) } }
        )
    }

    /// The questions in the place of whose answers a form would put others, from a page that is older than they are.
    ///
    /// Nothing is taken. What nobody has answered yet is overwritten by nothing.
    public func overwritten(by answers: [PromptID: Answer]) -> Set<PromptID> {
        var tried = self
        _ = tried.receive(form: answers)
        return Set(
            answers.keys.filter { id in
                guard let now = draft.answers[id]?.value, !now.isEmpty else { return false }
                // A secret is sealed after all the rest; whether it is the same nobody can see.
                if case .sealed = now, case .text = answers[id] { return true }
                return tried.draft.answers[id]?.value != now
            }
        )
    }

    /// Reads an answer and keeps it, without asking the rules.
    private mutating func store(_ answer: Answer, _ id: PromptID) throws(PromptFault) -> [InterviewAction] {
        var question = question(id)
        // Whether a field is owed follows from the answers that come with it.
        if id.fieldID != nil { question.required = false }
        let value = try read(answer, id, question)
        if question.kind == .secret, case .text(let secret) = value {
            return [.seal(SealRequest(prompt: id, value: secret))]
        }
        draft.answers[id] = StoredAnswer(value, kind: question.kind)
        draft.reopened[id] = nil
        return []
    }

    /// Where the vault has what was answered.
    private static func references(_ answers: [PromptID: StoredAnswer]) -> Set<String> {
        Set(answers.values.compactMap { if case .sealed(let reference) = $0.value { reference } else { nil } })
    }
}

extension PromptID {
    /// Whether its answer is kept as it comes; the others search, register, walk or end the interview.
    var isStored: Bool {
        if fieldID != nil { return true }
        switch self {
        case .callerName, .callerPhone, .contact, .contactName, .summary, .module, .product, .description, .whatChanged,
            .attachments:
            return true
        default:
            return false
        }
    }
}
