extension Interview {
    /// Goes back one step: up a section, out of a search, or to the question before.
    ///
    /// No answer is lost. With `revision`, the prompt's, a step that was taken already is not taken again.
    public mutating func back(revision: Int? = nil) -> [InterviewAction] {
        if draft.outcome != nil { return [.refused(.finished)] }
        if let revision, revision != draft.revision { return [.refused(.stale(current: draft.revision))] }
        if isBusy { return [.refused(.busy)] }
        guard canGoBack else { return [] }
        let current = currentID
        draft.fault = nil
        draft.misses = 0
        switch current {
        case .topic where draft.section != nil || draft.topicQuery != nil: topicUp()
        case .identify where isSearchOpen: closeSearch()
        case .registerKind where draft.identified == nil:
            draft.registering = false
            draft.focus = .identify
        default:
            if let previous = previous(of: current) { draft.focus = previous }
        }
        return changed()
    }

    /// Goes to a question of the way; its answer stays until another is given.
    public mutating func goTo(_ id: PromptID) -> [InterviewAction] {
        if draft.outcome != nil { return [.refused(.finished)] }
        if isBusy { return [.refused(.busy)] }
        let isReview = id == .review && plan().allSatisfy(\.isAnswered)
        guard isReview || (id != .register && plan().contains { $0.id == id }) else {
            return [.refused(.notAsked(id))]
        }
        draft.focus = isReview ? nil : id
        draft.fault = nil
        draft.misses = 0
        return changed()
    }

    var canGoBack: Bool {
        if draft.outcome != nil || isBusy { return false }
        let current = currentID
        if current == .topic, draft.section != nil || draft.topicQuery != nil { return true }
        if current == .identify, isSearchOpen { return true }
        return previous(of: current) != nil
    }

    /// Ends the contact without a ticket.
    ///
    /// Sealed secrets are given up.
    public mutating func end(_ reason: EndReason) -> [InterviewAction] {
        if draft.outcome != nil { return [.refused(.finished)] }
        if draft.pending == .open { return [.refused(.busy)] }
        var kept = reason
        if case .other(let text) = reason {
            let line = String(AnswerText.line(text).prefix(InterviewLimits.reason))
            guard !line.isEmpty else { return [.refused(.invalid(PromptFault(.required)))] }
            kept = .other(line)
        }
        var discarded: [InterviewAction] = []
        for (id, answer) in draft.answers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard case .sealed(let reference) = answer.value else { continue }
            draft.answers[id] = nil
            discarded.append(.discardSecret(reference: reference))
        }
        draft.outcome = .withoutTicket(kept)
        draft.pending = nil
        draft.focus = nil
        draft.fault = nil
        return changed(discarded + [.endWithout(kept)])
    }

    /// Takes an ending without a ticket back; answers are where they were.
    public mutating func reconsider() -> [InterviewAction] {
        guard case .withoutTicket = draft.outcome else { return [.refused(.finished)] }
        draft.outcome = nil
        return changed()
    }

    /// What the caller says goes to a ticket that is open already: only a description is asked.
    public mutating func link(to ticket: OpenedTicket) -> [InterviewAction] {
        if draft.outcome != nil { return [.refused(.finished)] }
        if isBusy { return [.refused(.busy)] }
        draft.linkTo = ticket
        draft.focus = nil
        draft.fault = nil
        draft.misses = 0
        return changed()
    }

    /// A new ticket after all; what was answered before is still there.
    public mutating func unlink() -> [InterviewAction] {
        if draft.outcome != nil { return [.refused(.finished)] }
        if isBusy { return [.refused(.busy)] }
        draft.linkTo = nil
        draft.fault = nil
        draft.misses = 0
        return changed()
    }

    /// The new ticket refers to an earlier one (D6); nil takes that back.
    public mutating func refer(to ticketID: Int64?) -> [InterviewAction] {
        if draft.outcome != nil { return [.refused(.finished)] }
        if isBusy { return [.refused(.busy)] }
        draft.refersTo = ticketID
        return changed()
    }

    private var isSearchOpen: Bool {
        let isOpen = draft.pending == .search || draft.results != nil || draft.searching
        return isOpen && (!draft.candidates.isEmpty || draft.results != nil || draft.pending == .search)
    }

    private mutating func closeSearch() {
        let hadResults = draft.results != nil || draft.pending == .search
        draft.results = nil
        draft.pending = nil
        draft.searching = hadResults
        draft.declined = []
        draft.focus = .identify
    }

    private func previous(of id: PromptID) -> PromptID? {
        let items = plan().filter { $0.id != .register }
        guard let index = items.firstIndex(where: { $0.id == id }) else {
            // The review comes after everything.
            return items.last?.id
        }
        return index > 0 ? items[index - 1].id : nil
    }
}
