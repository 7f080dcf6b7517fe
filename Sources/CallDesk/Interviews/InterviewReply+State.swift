import DeskCore

extension InterviewReply {
    /// The interview as it stands, in its own language.
    init(_ state: InterviewState) {
        let interview = state.interview
        let language = interview.draft.language
        let prompt = interview.prompt
        attendance = Contact(
            id: state.attendance.id,
            protocol: state.attendance.protocolNumber,
            groups: SpokenDigits.grouped(state.attendance.protocolNumber).split(separator: " ").map(String.init),
            channel: state.attendance.channel.rawValue,
            state: state.attendance.state.rawValue,
            callID: state.attendance.callID,
            customerID: state.attendance.customerID,
            identity: state.attendance.identity.word
        )
        topic = interview.topic?.title[language]
        revision = interview.draft.revision
        link = interview.draft.linkTo.map { Link(ticketID: $0.ticketID, number: $0.number) }
        self.prompt = Question(prompt, language: language)
        progress = Progress(
            done: prompt.progress.done,
            total: prompt.progress.total,
            steps: prompt.progress.steps.map {
                .init(stage: $0.stage.rawValue, title: $0.title, state: $0.state.rawValue)
            }
        )
        outcome = Outcome(state, language: language)
    }
}

extension InterviewReply.Question {
    fileprivate init(_ prompt: Prompt, language: Language) {
        var field: String?
        let kind: String
        switch prompt.kind {
        case .confirmCandidate: kind = "confirm_candidate"
        case .chooseCandidate: kind = "choose_candidate"
        case .searchCustomer: kind = "search_customer"
        case .topic: kind = "topic"
        case .field(let type):
            kind = "field"
            field = type.rawValue
        case .review: kind = "review"
        case .waiting: kind = "waiting"
        case .handOver: kind = "hand_over"
        case .done: kind = "done"
        }
        self.init(
            id: prompt.id.rawValue,
            stage: prompt.stage.rawValue,
            kind: kind,
            field: field,
            label: prompt.label,
            say: prompt.say,
            hint: prompt.hint,
            purpose: prompt.purpose,
            options: prompt.options.map(InterviewReply.Option.init),
            trail: prompt.trail.isEmpty ? nil : prompt.trail.map(InterviewReply.Option.init),
            candidates: prompt.candidates.map { .init($0, language: language) },
            required: prompt.required,
            current: prompt.current,
            suggestion: prompt.suggestion,
            remembered: prompt.remembered == nil ? nil : true,
            error: prompt.error,
            reopened: prompt.reopened?.rawValue,
            maximumLength: prompt.maximumLength,
            guides: prompt.guides.map {
                .init(title: $0.title[language], text: $0.text?[language], url: $0.url)
            },
            review: prompt.review.map {
                .init(
                    prompt: $0.id.rawValue,
                    stage: $0.stage.rawValue,
                    label: $0.label,
                    display: $0.display,
                    canChange: $0.canChange
                )
            },
            recipients: prompt.recipients,
            files: prompt.files,
            fileLimit: prompt.kind == .field(.file) ? AttachmentStore.largest : nil,
            address: prompt.address,
            warnings: prompt.warnings,
            canGoBack: prompt.canGoBack,
            waiting: prompt.isWaiting,
            misses: prompt.misses
        )
    }
}

extension InterviewReply.Option {
    fileprivate init(_ option: PromptOption) {
        self.init(
            id: option.id,
            label: option.label,
            detail: option.detail,
            role: option.role.rawValue,
            digit: option.digit,
            current: option.isCurrent
        )
    }
}

extension InterviewReply.Person {
    init(_ candidate: Candidate, language: Language) {
        self.init(
            id: candidate.id,
            customerID: candidate.customerID,
            contactID: candidate.contactID,
            name: candidate.name,
            contactName: candidate.contactName,
            kind: candidate.kind.rawValue,
            document: candidate.documentMasked,
            reasons: candidate.reasons.map { $0.text(in: language) },
            openTickets: candidate.openTickets,
            lastCallAt: candidate.lastCallAt.map(ISOTime.string),
            sms: candidate.smsState.rawValue
        )
    }
}

extension InterviewReply.Outcome {
    fileprivate init?(_ state: InterviewState, language: Language) {
        if let ticket = state.ticket {
            let isLinked = state.attendance.outcome == .linked
            self.init(
                kind: isLinked ? "linked" : "opened",
                ticketID: ticket.id,
                ticketNumber: ticket.number,
                priority: (TopicPriority(rawValue: ticket.priority)?.title[language]) ?? ticket.priority,
                reason: nil
            )
            return
        }
        guard case .withoutTicket(let reason) = state.interview.draft.outcome else { return nil }
        var words = EndReason.title(of: reason.code, in: language)
        if case .other(let text) = reason { words = text }
        self.init(kind: "ended", ticketID: nil, ticketNumber: nil, priority: nil, reason: words)
    }
}

extension Prompt {
    fileprivate var files: [InterviewAnswerBody.File]? {
        guard case .files(let files) = currentValue else { return nil }
        return files.map { .init(id: $0.id, name: $0.name, size: $0.size) }
    }

    fileprivate var address: [String: String]? {
        guard case .address(let address) = currentValue ?? remembered else { return nil }
        return Dictionary(uniqueKeysWithValues: AddressAnswer.parts.map { ($0.name, address[keyPath: $0.path]) })
    }
}
