extension Interview {
    /// The one question to put now.
    public var prompt: Prompt { prompt(currentID) }

    /// The question `id` as it stands, when it is part of the way; for pages that show several at once.
    public func prompt(for id: PromptID) -> Prompt? {
        id == currentID || plan().contains { $0.id == id } ? prompt(id) : nil
    }

    /// All questions of the topic's form that are relevant now, answered or not.
    public var formPrompts: [Prompt] { plan().filter { $0.stage == .form }.map { prompt($0.id) } }

    private func prompt(_ id: PromptID) -> Prompt {
        let items = plan()
        let item = items.first { $0.id == id }
        let isCurrent = id == currentID
        let sentence = InterviewWording.sentence(id)
        var prompt = Prompt(
            id: id,
            stage: item?.stage ?? Self.stage(of: id),
            kind: .field(question(id).kind),
            label: sentence.label[draft.language],
            say: sentence.say[draft.language],
            hint: sentence.hint?[draft.language],
            maximumLength: InterviewLimits.line,
            progress: progress(items, at: item?.stage ?? Self.stage(of: id)),
            canGoBack: isCurrent && canGoBack,
            misses: isCurrent ? draft.misses : 0,
            revision: draft.revision
        )
        prompt.reopened = draft.reopened[id]
        prompt.guides = topic?.guides ?? []
        fill(&prompt)
        if isCurrent, let fault = draft.fault {
            prompt.fault = fault
            prompt.error = message(of: fault, at: id)
        }
        return prompt
    }

    private func fill(_ prompt: inout Prompt) {
        switch prompt.id {
        case .identify: fillIdentity(&prompt)
        case .topic: fillTopic(&prompt)
        case .register:
            prompt.kind = .waiting
            prompt.isWaiting = draft.pending == .register
        case .review: fillReview(&prompt)
        case .handOver: prompt.kind = .handOver
        case .done: prompt.kind = .done
        case .verify:
            prompt.kind = .field(.text)
            prompt.isWaiting = draft.pending == .verify
            prompt.keypad = KeypadGrammar(minimum: Self.fewestKeys, maximum: 20)
        default: fillQuestion(&prompt)
        }
    }

    private func fillIdentity(_ prompt: inout Prompt) {
        let language = draft.language
        prompt.options = identityOptions
        prompt.current = customer.map { [$0.contactName, $0.name].compactMap(\.self).joined(separator: " · ") }
        switch identityMode {
        case .confirm(let candidate):
            prompt.kind = .confirmCandidate
            prompt.candidates = [candidate]
            prompt.say = InterviewWording.confirm(candidate, in: language)
            prompt.label = InterviewWording.choose.label[language]
            prompt.keypad = KeypadGrammar(minimum: 1, maximum: 1, choices: ["1": Choice.yes, "2": Choice.no])
        case .choose(let candidates):
            prompt.kind = .chooseCandidate
            prompt.candidates = candidates
            prompt.say = InterviewWording.choose.say[language]
            prompt.label = InterviewWording.choose.label[language]
            prompt.hint = InterviewWording.choose.hint?[language]
            prompt.keypad = choiceGrammar(prompt.options)
        case .search, .waiting:
            prompt.kind = .searchCustomer
            prompt.say = InterviewWording.search.say[language]
            prompt.label = InterviewWording.search.label[language]
            prompt.hint = InterviewWording.search.hint?[language]
            prompt.isWaiting = draft.pending == .search
            prompt.keypad = KeypadGrammar(minimum: Self.fewestKeys, maximum: 20)
            if let query = draft.query { prompt.current = query.text }
        }
    }

    private func fillTopic(_ prompt: inout Prompt) {
        prompt.kind = .topic
        prompt.required = true
        prompt.options = topicOptions
        if allowedSections?.isEmpty == true { prompt.hint = Self.noContractInForce[draft.language] }
        prompt.current = topic?.title[draft.language]
        prompt.currentValue = draft.answers[.topic]?.value
        prompt.keypad = choiceGrammar(prompt.options)
        if let id = draft.section, let section = catalogue.section(id), draft.topicQuery == nil {
            prompt.label = section.title[draft.language]
            prompt.say = section.say?[draft.language] ?? prompt.say
            prompt.trail = (section.path + [section.id]).compactMap { catalogue.section($0) }.map {
                PromptOption(id: $0.id, label: $0.title[draft.language], role: .section, isCurrent: $0.id == section.id)
            }
        }
        if let query = draft.topicQuery { prompt.suggestion = query }
    }

    private func fillReview(_ prompt: inout Prompt) {
        prompt.kind = .review
        prompt.review = reviewLines
        prompt.recipients = recipients
        prompt.warnings = warnings
        prompt.isWaiting = draft.pending == .open
    }

    private func fillQuestion(_ prompt: inout Prompt) {
        let language = draft.language
        let question = question(prompt.id)
        prompt.required = question.required
        prompt.options = question.options
        prompt.maximumLength = question.maximumLength
        prompt.suggestion = suggestion(prompt.id)
        if let value = draft.answers[prompt.id]?.value {
            prompt.currentValue = value
            prompt.current = display(value, prompt.id, kind: question.kind)
        } else if let value = remembered(prompt.id) {
            prompt.remembered = value
            // An address has no one line that could be given back.
            if question.kind != .address { prompt.suggestion = display(value, prompt.id, kind: question.kind) }
        }
        prompt.keypad = keypadGrammar(question)
        if let fieldID = prompt.id.fieldID, let field = topic?.field(fieldID) {
            prompt.label = field.label[language]
            prompt.say = field.say[language]
            prompt.hint = field.hint?[language]
            prompt.purpose = field.purpose?[language]
        } else if let own = ownWording(prompt.id) {
            prompt.label = own.label?[language] ?? prompt.label
            prompt.say = own.say?[language] ?? prompt.say
            prompt.hint = own.hint?[language] ?? prompt.hint
        }
        // On the portal it is the customer who reads it.
        if prompt.id == .description, draft.channel == .portal, topic?.description.hint == nil {
            prompt.hint = InterviewWording.ownWords[language]
        }
    }

    private func ownWording(_ id: PromptID) -> TopicPrompt? {
        switch id {
        case .summary: topic?.summary
        case .description: topic?.description
        case .whatChanged: topic?.whatChanged
        case .attachments: topic?.attachments
        default: nil
        }
    }

    /// What a fault says about a question, in the form's own words where it has some; in the interview's language unless told.
    public func message(of fault: PromptFault, at id: PromptID, in language: Language? = nil) -> String {
        let language = language ?? draft.language
        if fault.code == .constraint, let alert = id.fieldID.flatMap({ topic?.field($0)?.alert }) {
            return alert[language]
        }
        return fault.message(in: language)
    }

    /// An answer as people write it.
    func display(_ value: AnswerValue, _ id: PromptID, kind: FieldKind) -> String {
        // Few kinds of answers are options.
        lazy var labels = options(id)
        return AnswerDisplay(language: draft.language, region: checks.region, displayPhone: checks.displayPhone)
            .text(value, kind: kind) { wanted in labels.first { $0.id == wanted }?.label }
    }

    private func choiceGrammar(_ options: [PromptOption]) -> KeypadGrammar? {
        let choices = options.compactMap { option in option.digit.map { (String($0), option.id) } }
        guard !choices.isEmpty else { return nil }
        return KeypadGrammar(minimum: 1, maximum: 1, choices: Dictionary(choices) { first, _ in first })
    }

    private func keypadGrammar(_ question: AnswerReader.Question) -> KeypadGrammar? {
        switch question.kind.traits.keypad {
        case .options: choiceGrammar(question.options)
        case .yesNo: KeypadGrammar(minimum: 1, maximum: 1, choices: ["1": Choice.yes, "2": Choice.no])
        case .digits(let minimum, let maximum, let form):
            KeypadGrammar(minimum: minimum, maximum: maximum, decimal: form.hasDecimals)
        case nil: nil
        }
    }

    private static func stage(of id: PromptID) -> InterviewStage {
        switch id {
        case .done: .done
        case .handOver: .handOver
        default: .review
        }
    }

    private func progress(_ items: [PlanItem], at stage: InterviewStage) -> InterviewProgress {
        let groups: [(InterviewStage, Set<InterviewStage>)] = [
            (.identification, [.identification, .contact]),
            (.topic, [.topic, .verification]),
            (.form, [.form, .summary, .module, .description, .whatChanged, .attachments]),
            (.review, [.review, .handOver, .done]),
        ]
        let steps = groups.map { head, members in
            let own = items.filter { members.contains($0.stage) }
            let state: InterviewProgress.Step.State =
                members.contains(stage)
                ? (draft.outcome == nil ? .current : .done)
                : !own.isEmpty && own.allSatisfy(\.isAnswered) ? .done : .ahead
            return InterviewProgress.Step(
                stage: head,
                title: InterviewWording.stage(head, in: draft.language),
                state: state
            )
        }
        return InterviewProgress(done: items.filter(\.isAnswered).count, total: items.count, steps: steps)
    }

    /// Said where no topic is left to choose.
    private static let noContractInForce = LocalizedText(
        "Nenhum contrato deste cliente está em vigor: nenhum assunto está incluído. Siga sem identificar, ou encerre e oriente.",
        ptPT:
            "Nenhum contrato deste cliente está em vigor: nenhum assunto está incluído. Siga sem identificar, ou termine e oriente.",
        en:
            "None of this customer's contracts is in force: no topic is included. Go on unidentified, or end and advise."
    )
}
