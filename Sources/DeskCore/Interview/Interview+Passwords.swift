extension Interview {
    /// Whether an answer to a question stays in the ticket as a text that everybody there reads.
    public func staysReadable(_ id: PromptID) -> Bool {
        guard id != .verify, let kind = prompt(for: id)?.kind.fieldKind else { return false }
        return kind == .text || kind == .longText
    }

    /// Keeps where the vault has what was taken out of an answer; the ticket gets it as an answer of its own.
    public mutating func keepAside(_ references: [String]) {
        guard !references.isEmpty else { return }
        // Ten of a text and a few dozen texts: more is no handing over.
        draft.aside = Array(((draft.aside ?? []) + references).prefix(100))
    }

    /// Passwords that were typed into other answers, as the ticket shows them.
    var asideAnswers: [FormAnswer] {
        (draft.aside ?? []).enumerated().map { index, reference in
            FormAnswer(
                fieldID: "aside-\(index + 1)",
                kind: .secret,
                label: Self.asideLabel[draft.language],
                display: AnswerDisplay.secret,
                value: reference
            )
        }
    }

    /// Whether an answer is a password that was taken out of another.
    static func isAside(_ answer: FormAnswer) -> Bool {
        answer.kind == .secret && answer.fieldID.hasPrefix("aside-")
    }

    static let asideLabel = LocalizedText(
        "Senha tirada do texto",
        ptPT: "Palavra-passe tirada do texto",
        en: "Password taken out of the text"
    )
}

extension InterviewDesk {
    /// Takes an answer in which a password may have been typed.
    ///
    /// `passwords`: what is to become of it; nil notices it, and nothing is stored.
    /// - Returns: the state, refused as `.password` when one was noticed.
    public func answer(
        _ answer: Answer,
        to prompt: PromptID,
        revision: Int,
        passwords wish: PasswordSpotter.Wish?,
        attendanceID: Int64,
        by author: TicketAuthor?
    ) async throws -> InterviewState {
        guard wish != .keep, case .text(let text) = answer else {
            return try await self.answer(answer, to: prompt, revision: revision, attendanceID: attendanceID, by: author)
        }
        let found = PasswordSpotter.spot(in: text)
        guard !found.isEmpty else {
            return try await self.answer(answer, to: prompt, revision: revision, attendanceID: attendanceID, by: author)
        }
        // Before anything is shown or sealed: whose contact it is says the interview's own step only later.
        _ = try await hold(attendanceID, for: author)
        var state = try await state(attendanceID: attendanceID, by: author, language: .ptBR)
        guard state.interview.draft.outcome == nil, state.interview.staysReadable(prompt) else {
            return try await self.answer(answer, to: prompt, revision: revision, attendanceID: attendanceID, by: author)
        }
        guard wish == .seal else {
            state.refusal = .password
            return state
        }
        let references = try await sealed(found, of: text, prompt, attendanceID)
        let covered = Answer.text(PasswordSpotter.covered(text, found))
        return try await step(attendanceID, author) { interview in
            interview.keepAside(references)
            return interview.receive(covered, to: prompt, revision: revision)
        }
    }

    /// Puts what was found in a text into the vault, for the ticket the contact will have.
    public func sealed(
        _ found: [Range<String.Index>],
        of text: String,
        _ prompt: PromptID,
        _ attendanceID: Int64
    ) async throws -> [String] {
        var references: [String] = []
        for range in found {
            references.append(
                try await vault.seal(String(text[range]), field: prompt.rawValue, attendanceID: attendanceID)
            )
        }
        return references
    }
}
