extension Interview {
    /// Takes an answer to the current question, or to `id` when it is part of the way.
    ///
    /// With `revision`, the prompt's, nothing changes when somebody answered meanwhile; the action says so. What comes
    /// back is what to do, `.save` first; a lone `.refused` when nothing changed.
    public mutating func receive(
        _ answer: Answer,
        to id: PromptID? = nil,
        revision: Int? = nil
    ) -> [InterviewAction] {
        if draft.outcome != nil { return [.refused(.finished)] }
        if let revision, revision != draft.revision { return [.refused(.stale(current: draft.revision))] }
        let current = currentID
        let target = id ?? current
        if isBusy, answer != .confirm || target != current { return [.refused(.busy)] }
        if draft.channel == .keypad, case .keys(let keys) = answer {
            if keys == "0" { return [.handOver] }
            if keys == "*" { return back() }
        }
        guard target == current || plan().contains(where: { $0.id == target }) else {
            return [.refused(.notAsked(target))]
        }
        do {
            let then = try take(answer, target)
            draft.fault = nil
            draft.misses = 0
            if draft.focus == target, staysOn(target) == false { draft.focus = nil }
            return target == .review ? counted(then) : changed(then)
        } catch {
            if target != currentID { draft.focus = target }
            draft.fault = error
            draft.misses += 1
            return changed([.refused(.invalid(error))])
        }
    }

    /// While the customer is being registered or the ticket opened, answers would no longer be part of it.
    var isBusy: Bool { draft.pending == .register || draft.pending == .open }

    /// Whether the question is not through with one answer: walking sections, searching customers.
    private func staysOn(_ id: PromptID) -> Bool {
        switch id {
        case .topic: draft.section != nil || draft.topicQuery != nil
        case .identify: draft.pending == .search || draft.searching || draft.results != nil
        default: false
        }
    }

    private mutating func take(_ answer: Answer, _ id: PromptID) throws(PromptFault) -> [InterviewAction] {
        switch id {
        case .identify: return try takeIdentity(answer)
        case .register: return try takeRegister(answer)
        case .topic:
            try takeTopic(answer)
            return []
        case .verify: return try takeVerification(answer)
        case .review: return try takeReview(answer)
        case .handOver: return [.handOver]
        default: return try takeValue(answer, id)
        }
    }

    /// An answer that is stored as it is.
    private mutating func takeValue(_ answer: Answer, _ id: PromptID) throws(PromptFault) -> [InterviewAction] {
        let question = question(id)
        let value = try read(answer, id, question)
        if let fieldID = id.fieldID, !value.isEmpty {
            guard !evaluated(with: [fieldID: value]).violated.contains(fieldID) else {
                throw PromptFault(.constraint)
            }
        }
        var then = replaced(id)
        if question.kind == .secret, case .text(let secret) = value {
            // Until the vault has it the question stays open: a crash in between asks again and loses no ticket.
            return [.seal(SealRequest(prompt: id, value: secret))]
        }
        draft.answers[id] = StoredAnswer(value, kind: question.kind)
        draft.reopened[id] = nil
        // Said while it is being asked for, not five questions later.
        if let taken = uniqueness(of: id, value) { then.append(.checkUnused(taken)) }
        if draft.registering, registerQuestions.allSatisfy(isAnswered) {
            draft.pending = .register
            then.append(.register(registration))
        }
        return then
    }

    func read(_ answer: Answer, _ id: PromptID, _ question: AnswerReader.Question) throws(PromptFault)
        -> AnswerValue
    {
        let reader = AnswerReader(checks: checks, language: draft.language, today: today)
        if id == .registerDocument { return try readDocument(answer, reader, question) }
        let proposed: Answer = answer == .confirm ? try proposal(id) : answer
        let value = try reader.read(proposed, for: question)
        if id == .registerEmail, let email = value.text, checks.isDepartmental(email) {
            throw PromptFault(.departmentalEmail)
        }
        if Self.names.contains(id), let name = value.text, name.count < 2 { throw PromptFault(.tooShort, limit: 2) }
        return value
    }

    /// Questions for the name of somebody.
    private static let names: Set<PromptID> = [.registerName, .registerPerson, .contactName]

    /// Confirming a question keeps the answer it has, or takes the value it suggests.
    private func proposal(_ id: PromptID) throws(PromptFault) -> Answer {
        if let value = draft.answers[id]?.value, draft.reopened[id] == nil {
            switch value {
            case .text(let text): return .text(text)
            case .list(let ids): return .options(ids)
            case .address(let address): return .address(address)
            case .files(let files): return .files(files)
            case .sealed: throw PromptFault(.required)
            case .empty: return .skip
            }
        }
        guard let suggestion = suggestion(id) else { throw PromptFault(.wrongShape) }
        return .text(suggestion)
    }

    /// A person's or a company's number, Brazilian or Portuguese.
    private func readDocument(_ answer: Answer, _ reader: AnswerReader, _ question: AnswerReader.Question)
        throws(PromptFault) -> AnswerValue
    {
        switch answer {
        case .skip: return .empty
        case .text(let text), .keys(let text), .keysCutShort(let text):
            guard text.utf8.count <= InterviewLimits.rawBytes else {
                throw PromptFault(.tooLong, limit: question.maximumLength)
            }
            let line = AnswerText.line(text)
            if line.isEmpty { return .empty }
            guard let number = checks.cpf(line) ?? checks.cnpj(line) ?? checks.nif(line) else {
                throw PromptFault(AnswerReader.documentFault(line, checks.region))
            }
            return .text(number)
        default: throw PromptFault(.wrongShape)
        }
    }

    /// What of a registration nobody else may have.
    func uniqueness(of id: PromptID, _ value: AnswerValue) -> UnusedCheck? {
        guard case .text(let text) = value else { return nil }
        switch id {
        case .registerEmail: return UnusedCheck(prompt: id, reading: .email(text))
        case .registerDocument: return UnusedCheck(prompt: id, reading: .document(text))
        default: return nil
        }
    }

    /// The secret an answer takes the place of is not needed any more.
    func replaced(_ id: PromptID) -> [InterviewAction] {
        if case .sealed(let reference) = draft.answers[id]?.value { return [.discardSecret(reference: reference)] }
        return []
    }

    private mutating func takeReview(_ answer: Answer) throws(PromptFault) -> [InterviewAction] {
        guard answer == .confirm || answer == .option(Choice.yes) || answer == .text(Choice.yes) else {
            throw PromptFault(.wrongShape)
        }
        // The review may be open while something is unanswered: then that is asked instead.
        guard plan().allSatisfy(\.isAnswered), let action = openAction else {
            draft.focus = nil
            return []
        }
        draft.pending = .open
        return [action]
    }
}
