/// What is said to an interview under way; each leads to a state of it.
extension InterviewDesk {
    /// Takes one answer; `revision` is the one its question carried, an older one changes nothing.
    public func answer(
        _ answer: Answer,
        to prompt: PromptID,
        revision: Int,
        attendanceID: Int64,
        by author: TicketAuthor?
    ) async throws -> InterviewState {
        try await step(attendanceID, author) { $0.receive(answer, to: prompt, revision: revision) }
    }

    /// Goes back one question; with `revision`, the one its question carried, once however often it is asked.
    public func back(revision: Int? = nil, attendanceID: Int64, by author: TicketAuthor?) async throws
        -> InterviewState
    {
        try await step(attendanceID, author) { $0.back(revision: revision) }
    }

    public func goTo(_ prompt: PromptID, attendanceID: Int64, by author: TicketAuthor?) async throws -> InterviewState {
        try await step(attendanceID, author) { $0.goTo(prompt) }
    }

    /// Topics that fit words which are still being typed, the best first; only what the customer's contract opens.
    ///
    /// Changes nothing: what is found is shown, and taken by an answer.
    /// - Throws: `InterviewDeskError` for an attendance that is none or is over.
    public func topics(_ words: String, attendanceID: Int64, by author: TicketAuthor?) async throws -> [PromptOption] {
        guard let attendance = try await attendances.find(attendanceID) else {
            throw InterviewDeskError.noSuchAttendance
        }
        guard let stored = try await drafts.find(attendanceID: attendanceID) else { throw InterviewDeskError.ended }
        return try await resume(stored, attendance, author, nil).interview.topics(matching: words)
    }

    /// “Não é essa pessoa”: who is calling is asked again.
    public func reconsider(attendanceID: Int64, by author: TicketAuthor?) async throws -> InterviewState {
        try await step(attendanceID, author) { $0.reconsider() }
    }

    /// Ends the contact without a ticket.
    public func end(_ reason: EndReason, attendanceID: Int64, by author: TicketAuthor?) async throws -> InterviewState {
        try await step(attendanceID, author) { $0.end(reason) }
    }

    /// “Vincular a este”: the contact adds to a ticket that is open already; nil takes it back.
    ///
    /// - Throws: `TicketRefusal` for a ticket that is none, that has ended, or that is another customer's.
    public func link(to ticketID: Int64?, attendanceID: Int64, by author: TicketAuthor?) async throws -> InterviewState
    {
        guard let ticketID else { return try await step(attendanceID, author) { $0.unlink() } }
        guard let ticket = try await directory.find(ticketID) else { throw TicketRefusal.noSuchTicket }
        // What is said lands in the one that counts.
        let counted = try await directory.survivor(of: ticket)
        guard !counted.state.isOver else { throw TicketRefusal.over(counted.state) }
        let opened = OpenedTicket(ticketID: ticket.id, number: ticket.number, protocolNumber: nil)
        return try await step(attendanceID, author) { interview in
            if let known = interview.customer?.customerID, let owner = counted.customerID, known != owner {
                throw TicketRefusal.anotherCustomer
            }
            return interview.link(to: opened)
        }
    }

    /// Speaks another language from now on.
    public func speak(_ language: Language, attendanceID: Int64, by author: TicketAuthor?) async throws
        -> InterviewState
    {
        try await step(attendanceID, author) { $0.speak(language) }
    }

    func step(
        _ attendanceID: Int64,
        _ author: TicketAuthor?,
        _ input: (inout Interview) throws -> [InterviewAction]
    ) async throws -> InterviewState {
        let attendance = try await hold(attendanceID, for: author)
        guard let stored = try await drafts.find(attendanceID: attendanceID) else {
            guard attendance.state == .ended else { throw InterviewDeskError.noSuchAttendance }
            throw InterviewDeskError.ended
        }
        var work = try await resume(stored, attendance, author, nil)
        let actions = try input(&work.interview)
        do {
            return try await perform(actions, on: work)
        } catch StoreError.refused(let reason) where reason is DraftConflict {
            var current = try await state(
                attendanceID: attendanceID,
                by: author,
                language: work.interview.draft.language
            )
            current.refusal = .stale(current: current.interview.draft.revision)
            return current
        }
    }

    func resume(
        _ stored: StoredDraft,
        _ attendance: Attendance,
        _ author: TicketAuthor?,
        _ channel: InterviewChannel?
    ) async throws -> Work {
        var draft = try InterviewDraft(json: stored.body)
        // A record that was made part of another since: the interview goes on with the one that stays.
        if let known = draft.identified?.candidate, let renewed = try await customers.renewed(known) {
            draft.identified?.candidate = renewed
        }
        let interview = Interview(
            resuming: draft,
            catalogue: catalogue(),
            checks: checks,
            channel: channel,
            today: today
        )
        return Work(attendance: attendance, interview: interview, author: author, stored: stored.revision)
    }
}
