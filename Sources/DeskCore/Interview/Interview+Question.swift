extension Interview {
    /// What kind of answer a question takes; for those that are stored as they come.
    func question(_ id: PromptID) -> AnswerReader.Question {
        if let fieldID = id.fieldID, let field = topic?.field(fieldID) { return question(field) }
        let line = InterviewLimits.line
        switch id {
        case .registerKind, .contact:
            return .init(kind: .choice, options: options(id), required: true, maximumLength: line)
        case .module, .product: return .init(kind: .choice, options: options(id), required: true, maximumLength: line)
        case .registerName, .registerPerson, .contactName, .summary:
            return .init(kind: .text, required: true, maximumLength: line)
        case .registerDocument:
            return .init(
                kind: checks.region.country == .portugal ? .nif : .cpfOrCnpj,
                required: false,
                maximumLength: 40
            )
        case .registerEmail: return .init(kind: .email, required: false, maximumLength: 254)
        case .registerPhone, .callerPhone: return .init(kind: .phone, required: false, maximumLength: 40)
        case .description: return .init(kind: .longText, required: true, maximumLength: InterviewLimits.prose)
        case .whatChanged: return .init(kind: .longText, required: false, maximumLength: 4_000)
        case .attachments: return .init(kind: .file, required: false, maximumLength: InterviewLimits.files)
        default: return .init(kind: .text, required: false, maximumLength: line)
        }
    }

    private func question(_ field: Field) -> AnswerReader.Question {
        .init(
            kind: field.kind,
            options: options(field.prompt),
            required: form.required.contains(field.id),
            maximumLength: field.maximumLength
        )
    }

    /// What can be chosen, for the questions that are stored as they come.
    func options(_ id: PromptID) -> [PromptOption] {
        let language = draft.language
        let current = draft.answers[id]?.value
        func isCurrent(_ id: String) -> Bool {
            switch current {
            case .text(let text): text == id
            case .list(let ids): ids.contains(id)
            default: false
            }
        }
        if let fieldID = id.fieldID, let field = topic?.field(fieldID) {
            return numbered(
                field.options.map {
                    .init(
                        id: $0.id,
                        label: $0.label[language],
                        role: .value,
                        digit: $0.digit,
                        isCurrent: isCurrent($0.id)
                    )
                }
            )
        }
        switch id {
        case .registerKind:
            return numbered(
                [
                    .init(
                        id: Candidate.Kind.person.rawValue,
                        label: InterviewWording.person(in: language),
                        role: .value
                    ),
                    .init(
                        id: Candidate.Kind.company.rawValue,
                        label: InterviewWording.company(in: language),
                        role: .value
                    ),
                ].map { (option: PromptOption) in
                    var option = option
                    option.isCurrent = isCurrent(option.id)
                    return option
                }
            )
        case .contact:
            let people = (customer?.people ?? []).map { person in
                PromptOption(
                    id: String(person.id),
                    label: person.name,
                    detail: person.role,
                    role: .value,
                    isCurrent: isCurrent(String(person.id))
                )
            }
            return numbered(people + [action(Choice.other)])
        case .module:
            return numbered(
                (topic?.modules ?? []).map {
                    .init(
                        id: $0.id,
                        label: $0.label[language],
                        role: .value,
                        digit: $0.digit,
                        isCurrent: isCurrent($0.id)
                    )
                }
            )
        case .product:
            let none = InterviewWording.noProduct[language]
            return products.map { PromptOption(id: $0, label: $0, role: .value, isCurrent: isCurrent($0)) }
                + [PromptOption(id: Choice.none, label: none, role: .value, isCurrent: isCurrent(Choice.none))]
        default: return []
        }
    }

    /// What the question “who is calling?” offers.
    var identityOptions: [PromptOption] {
        let others =
            [action(Choice.search)] + (draft.channel == .desk ? [action(Choice.new)] : []) + [action(Choice.skip)]
        switch identityMode {
        case .confirm: return numbered([action(Choice.yes), action(Choice.no)]) + others
        case .choose(let candidates):
            let people = candidates.map { candidate in
                PromptOption(
                    id: candidate.id,
                    label: [candidate.contactName, candidate.name].compactMap(\.self).joined(separator: " · "),
                    detail: candidate.reasons.map { $0.text(in: draft.language) }.joined(separator: ", "),
                    role: .candidate,
                    isCurrent: candidate.id == customer?.id
                )
            }
            return numbered(people) + [action(Choice.no)] + others
        case .search: return others.filter { $0.id != Choice.search }
        case .waiting: return []
        }
    }

    /// What the topic question offers.
    var topicOptions: [PromptOption] {
        let isInside = draft.section != nil || draft.topicQuery != nil
        return options(for: topicChoices) + (isInside ? [action(Choice.up)] : [])
    }

    func options(for choices: [TopicChoice]) -> [PromptOption] {
        let chosen = draft.answers[.topic]?.value.text
        return choices.map { choice in
            PromptOption(
                id: choice.node.id,
                label: choice.title,
                detail: choice.detail,
                role: choice.isTopic ? .topic : .section,
                digit: choice.digit,
                isCurrent: choice.node.id == chosen
            )
        }
    }

    /// A value known from elsewhere, to be confirmed.
    func suggestion(_ id: PromptID) -> String? {
        switch id {
        case .registerPhone: searched { if case .phone(let number) = $0 { number } else { nil } } ?? draft.caller.number
        case .callerPhone: draft.caller.number
        case .registerName: searched { if case .name = $0 { draft.query?.text } else { nil } }
        case .registerDocument: searched { if case .document(let number) = $0 { number } else { nil } }
        case .registerEmail: searched { if case .email(let address) = $0 { address } else { nil } }
        case .callerName, .registerPerson: draft.caller.name
        default: nil
        }
    }

    /// What was typed to find the customer, where it can only be this: it is not typed again to register one.
    private func searched(_ part: (CustomerQuery.Reading) -> String?) -> String? {
        guard let readings = draft.query?.readings else { return nil }
        let sure = readings.filter {
            if case .contract = $0 { false } else if case .protocolNumber = $0 { false } else { true }
        }
        return sure.count == 1 ? sure.first.flatMap(part) : nil
    }

    func action(_ id: String) -> PromptOption {
        PromptOption(id: id, label: InterviewWording.actions[id]?[draft.language] ?? id, role: .action)
    }

    /// Options without keys get 1, 2, 3… when a keypad has enough of them.
    private func numbered(_ options: [PromptOption]) -> [PromptOption] {
        guard options.count <= 9, options.allSatisfy({ $0.digit == nil }) else { return options }
        return options.enumerated().map { index, option in
            var option = option
            option.digit = index + 1
            return option
        }
    }
}

extension Interview.TopicChoice {
    /// Whether it ends the walk.
    var isTopic: Bool {
        if case .topic = node { true } else { false }
    }
}
