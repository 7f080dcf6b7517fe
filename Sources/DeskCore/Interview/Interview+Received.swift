extension Interview {
    /// What a search found, in any order; ignored when something else was searched meanwhile.
    public mutating func received(candidates: [Candidate], for query: CustomerQuery) -> [InterviewAction] {
        guard draft.outcome == nil, draft.pending == .search, draft.query == query else { return [] }
        draft.pending = nil
        if candidates.isEmpty {
            draft.results = nil
            draft.searching = true
            let isMistyped = checks.protocolNumber(query.text) == .mistyped
            draft.fault = PromptFault(isMistyped ? .protocolMistyped : .nobodyFound)
            draft.misses += 1
        } else {
            draft.results = Self.bounded(draft.isCutShort == true ? candidates.map(\.unproven) : candidates)
            draft.fault = nil
            draft.misses = 0
        }
        return changed()
    }

    /// Candidates found after the interview began: the line told the number late.
    public mutating func received(callerCandidates candidates: [Candidate]) -> [InterviewAction] {
        guard draft.outcome == nil, draft.identified == nil else { return [] }
        draft.candidates = Self.bounded(candidates)
        return changed()
    }

    /// The customer is registered.
    public mutating func received(registered customer: Candidate) -> [InterviewAction] {
        guard draft.outcome == nil, draft.pending == .register else { return [] }
        draft.pending = nil
        draft.registering = false
        draft.searching = false
        draft.results = nil
        draft.focus = nil
        draft.fault = nil
        var candidate = Self.bounded(customer)
        if !candidate.reasons.contains(.registered) { candidate.reasons.append(.registered) }
        draft.identified = Identified(candidate: candidate, level: .known)
        // Whoever is new has no ticket yet.
        draft.linkTo = nil
        // They live in the customer's record now; two copies would drift apart.
        for id in [
            PromptID.registerKind, .registerName, .registerPerson, .registerDocument, .registerEmail, .registerPhone,
        ] {
            draft.answers[id] = nil
        }
        return changed()
    }

    /// What was given for a new customer is another's: the question says so and is asked again.
    public mutating func received(used check: UnusedCheck) -> [InterviewAction] {
        guard draft.outcome == nil, draft.registering, draft.pending == nil,
            registerQuestions.contains(check.prompt), isAnswered(check.prompt),
            uniqueness(of: check.prompt, draft.answers[check.prompt]?.value ?? .empty) == check
        else { return [] }
        draft.reopened[check.prompt] = .dependency
        draft.focus = check.prompt
        draft.fault = check.fault
        draft.misses += 1
        return changed()
    }

    /// The customer could not be registered; `id` is the answer to change, nil to try again as it is.
    public mutating func received(registrationRefused fault: PromptFault, at id: PromptID?) -> [InterviewAction] {
        guard draft.outcome == nil, draft.pending == .register else { return [] }
        draft.pending = nil
        draft.fault = fault
        draft.misses += 1
        draft.focus = nil
        if let id, registerQuestions.contains(id) { draft.reopened[id] = .dependency }
        return changed()
    }

    /// Whether what the caller said matches the record.
    public mutating func received(verified: Bool) -> [InterviewAction] {
        guard draft.outcome == nil, draft.pending == .verify else { return [] }
        draft.pending = nil
        if verified {
            draft.identified?.level = .verified
            draft.answers[.verify] = nil
            draft.fault = nil
            draft.misses = 0
            if draft.focus == .verify { draft.focus = nil }
        } else {
            draft.fault = PromptFault(.notVerified)
            draft.misses += 1
        }
        return changed()
    }

    /// The caller proved to be this customer besides the question for it; nobody else is raised by that, nor a stranger.
    public mutating func receivedProof(of customerID: Int64) -> [InterviewAction] {
        guard draft.outcome == nil, draft.identified?.candidate?.customerID == customerID,
            draft.identified?.level != .verified
        else { return [] }
        draft.identified?.level = .verified
        draft.answers[.verify] = nil
        if draft.focus == .verify { draft.focus = nil }
        return changed()
    }

    /// The vault has a secret; `reference` finds it.
    ///
    /// When nobody waits for it any more it is to be destroyed.
    public mutating func received(sealed reference: String, for id: PromptID) -> [InterviewAction] {
        guard draft.outcome == nil, let fieldID = id.fieldID, topic?.field(fieldID)?.kind == .secret,
            plan().contains(where: { $0.id == id })
        else { return [.discardSecret(reference: reference)] }
        var then: [InterviewAction] = []
        if case .sealed(let old) = draft.answers[id]?.value, old != reference {
            then.append(.discardSecret(reference: old))
        }
        draft.answers[id] = StoredAnswer(.sealed(reference), kind: .secret)
        draft.reopened[id] = nil
        if draft.focus == id { draft.focus = nil }
        draft.fault = nil
        draft.misses = 0
        return changed(then)
    }

    /// The vault did not take a secret; the question is asked again.
    public mutating func receivedSealFailure(for id: PromptID) -> [InterviewAction] {
        guard draft.outcome == nil, plan().contains(where: { $0.id == id }) else { return [] }
        draft.focus = id
        draft.fault = PromptFault(.notSealed)
        return changed()
    }

    /// The ticket exists, or was added to.
    public mutating func received(opened ticket: OpenedTicket) -> [InterviewAction] {
        guard draft.outcome == nil, draft.pending == .open else { return [] }
        draft.pending = nil
        draft.focus = nil
        draft.fault = nil
        draft.outcome = draft.linkTo == nil ? .opened(ticket) : .linked(ticket)
        return changed()
    }

    /// The ticket could not be opened or added to; everything is kept for another try.
    ///
    /// `fault`: why, where the same try would be refused again.
    public mutating func receivedOpenFailure(_ fault: PromptFault? = nil) -> [InterviewAction] {
        guard draft.outcome == nil, draft.pending == .open else { return [] }
        draft.pending = nil
        draft.fault = fault ?? PromptFault(draft.linkTo == nil ? .notOpened : .notLinked)
        return changed()
    }

    /// What was asked for before a crash and never answered: perform it again, it does no harm twice.
    public var outstanding: [InterviewAction] {
        switch draft.pending {
        case .search: draft.query.map { [.search($0)] } ?? []
        case .register: [.register(registration)]
        case .open: openAction.map { [$0] } ?? []
        case .verify, nil: []
        }
    }
}
