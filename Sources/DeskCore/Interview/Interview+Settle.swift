extension Interview {
    /// Brings the answers in line with the form after a change: hidden fields lose theirs, broken ones are asked again.
    ///
    /// Returns the vault references of secrets that are no longer part of the answers.
    mutating func settle() -> [String] {
        var discarded: [String] = []
        settleTopic()
        settleProduct()
        dropForeignAnswers(&discarded)
        evaluateForm()
        let topic = topic
        for (id, answer) in draft.answers {
            guard let fieldID = id.fieldID else { continue }
            let isAsked = form.relevant.contains(fieldID) && topic?.field(fieldID)?.calculate == nil
            if !isAsked { drop(id, answer, &discarded) }
        }
        for (id, answer) in draft.answers {
            guard let fieldID = id.fieldID else { continue }
            let isOwing = answer.value.isEmpty && form.required.contains(fieldID)
            if form.violated.contains(fieldID) || isOwing {
                if draft.reopened[id] == nil { draft.reopened[id] = .dependency }
            } else if draft.reopened[id] == .dependency {
                draft.reopened[id] = nil
            }
        }
        draft.reopened = draft.reopened.filter { draft.answers[$0.key] != nil }
        return discarded
    }

    /// What the rules say about the answers as they stand, with `values` put over them.
    func evaluated(with values: [String: AnswerValue] = [:]) -> FormState {
        guard let (rules, input) = asked(with: values) else { return FormState() }
        return rules.evaluate(input)
    }

    /// The form's rules and what they are asked about; nil without a topic.
    private func asked(with values: [String: AnswerValue] = [:]) -> (rules: FormRules, input: FormInput)? {
        guard let topic, let rules = catalogue.rules(for: topic.id) else { return nil }
        var given: [String: AnswerValue] = [:]
        for field in topic.fields {
            // Left empty is for the rules what was never asked.
            if let value = draft.answers[field.prompt]?.value, !value.isEmpty { given[field.id] = value }
        }
        given.merge(values) { _, new in new }
        var facts = ["desk-channel": draft.channel.rawValue, "desk-language": draft.language.rawValue]
        facts["desk-customer"] = customer?.kind.rawValue
        facts["desk-module"] = draft.answers[.module]?.value.text
        return (rules, FormInput(values: given, facts: facts, today: today.iso))
    }

    /// Asks the rules again, unless they have answered the very same for this topic already.
    private mutating func evaluateForm() {
        let topicID = topic?.id
        guard let (rules, input) = asked() else {
            (form, formInput) = (FormState(), nil)
            return
        }
        if let formInput, formInput.topicID == topicID, formInput.input == input { return }
        form = rules.evaluate(input)
        // What hides a field takes its answer away before anything else looks at it: the rules say the same without it.
        var seen = input
        seen.values = input.values.filter { form.relevant.contains($0.key) }
        formInput = topicID.map { (topicID: $0, input: seen) }
    }

    private mutating func settleTopic() {
        guard let topicID = draft.answers[.topic]?.value.text else { return }
        guard let topic = catalogue.topic(topicID) else {
            draft.answers[.topic] = nil
            draft.reopened[.topic] = nil
            return
        }
        if !catalogue.allows(topic, sections: allowedSections) {
            draft.reopened[.topic] = .contract
        } else if draft.reopened[.topic] == .contract {
            draft.reopened[.topic] = nil
        }
    }

    /// A product that the customer does not have is asked for anew: they were taken for somebody else, or it left the contract.
    private mutating func settleProduct() {
        guard let chosen = draft.answers[.product]?.value.text, chosen != Choice.none, !products.contains(chosen) else {
            return
        }
        draft.answers[.product] = nil
        draft.reopened[.product] = nil
    }

    var allowedSections: Set<String>? { customer?.allowedSections.map(Set.init) }

    /// Answers of another form go, but for those the new form asks in the same way.
    private mutating func dropForeignAnswers(_ discarded: inout [String]) {
        let topic = topic
        for (id, answer) in draft.answers {
            guard let fieldID = id.fieldID else { continue }
            guard let field = topic?.field(fieldID), fits(answer, field) else {
                drop(id, answer, &discarded)
                continue
            }
        }
        if let module = draft.answers[.module]?.value.text, let topic,
            !topic.modules.contains(where: { $0.id == module })
        {
            draft.answers[.module] = nil
        }
    }

    private func fits(_ answer: StoredAnswer, _ field: Field) -> Bool {
        guard answer.kind == field.kind else { return false }
        switch answer.value {
        case .text(let text) where field.kind == .choice: return field.options.contains { $0.id == text }
        case .text(let text):
            // Measured as it was typed; a phone or a date is stored longer than people write it.
            guard field.kind.hasMaximumLength else { return true }
            return text.utf8.count <= field.maximumLength || text.count <= field.maximumLength
        case .list(let ids): return ids.allSatisfy { id in field.options.contains { $0.id == id } }
        case .address, .files, .sealed, .empty: return true
        }
    }

    private mutating func drop(_ id: PromptID, _ answer: StoredAnswer, _ discarded: inout [String]) {
        draft.answers[id] = nil
        draft.reopened[id] = nil
        if case .sealed(let reference) = answer.value { discarded.append(reference) }
    }
}
