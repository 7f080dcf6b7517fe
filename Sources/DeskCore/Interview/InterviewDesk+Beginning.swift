/// How an interview begins: at a contact, without a call, or for another request of the same contact.
extension InterviewDesk {
    /// Begins a contact's interview, or takes it up where it was left.
    ///
    /// `author`: who runs it; the contact becomes theirs when nobody holds it.
    /// - Throws: `InterviewDeskError`, `StoreError`.
    public func begin(
        attendanceID: Int64,
        by author: TicketAuthor?,
        language: Language,
        channel: InterviewChannel = .desk
    ) async throws -> InterviewState {
        let attendance = try await hold(attendanceID, for: author)
        if let stored = try await drafts.find(attendanceID: attendanceID) {
            var work = try await resume(stored, attendance, author, nil)
            // What the caller keyed goes on at the technician's screen, and the other way round.
            let moved = work.interview.move(to: channel)
            do {
                return try await perform(moved + work.outstanding, on: work)
            } catch StoreError.refused(let reason) where reason is DraftConflict {
                return try await state(attendanceID: attendanceID, by: author, language: language)
            }
        }
        if attendance.state == .ended { return try await finished(attendance, language, channel) }
        var facts = CallerFacts(attendanceID: attendanceID)
        var candidates: [Candidate] = []
        if let callID = attendance.callID, let call = try await calls.find(callID) {
            facts.number = call.number
            facts.name = call.callerName
            if let number = call.number { candidates = try await customers.candidates(number) }
        }
        let interview = Interview(
            key: newKey(),
            catalogue: catalogue(),
            checks: checks,
            language: language,
            channel: channel,
            caller: facts,
            candidates: candidates,
            topicID: attendance.topic,
            today: today
        )
        let work = Work(attendance: attendance, interview: interview, author: author, stored: nil)
        do {
            return try await perform([.save(interview.draft)], on: work)
        } catch StoreError.refused(let reason) where reason is DraftConflict {
            // Two tabs began at once: the other's draft is as good as ours.
            return try await state(attendanceID: attendanceID, by: author, language: language)
        }
    }

    /// Begins a contact that is no call, with its own protocol number.
    ///
    /// `earlier`: a ticket that the request will refer to (D6); its customer is offered, and still asked about.
    public func walkIn(
        by author: TicketAuthor?,
        language: Language,
        refersTo earlier: Ticket? = nil
    ) async throws -> InterviewState {
        try await walkIn(once: nil, by: author, language: language, refersTo: earlier).state
    }

    /// The same for a wish that may come again: `key` names it, and gives the contact that it began.
    ///
    /// - Returns: the interview, and whether its contact is a new one.
    /// - Throws: `InterviewDeskError`, `StoreError`.
    public func walkIn(
        once key: String?,
        by author: TicketAuthor?,
        language: Language,
        refersTo earlier: Ticket? = nil
    ) async throws -> (state: InterviewState, isNew: Bool) {
        guard
            let (attendance, isNew) = try await attendances.begin(
                channel: .walkIn,
                accountID: author?.accountID,
                key: key,
                digest: "walk-in \(earlier?.id ?? 0)"
            )
        else { throw InterviewDeskError.keyReused }
        let isBegun = isNew ? false : try await drafts.find(attendanceID: attendance.id) != nil
        guard let earlier, attendance.state != .ended, !isBegun else {
            return (try await begin(attendanceID: attendance.id, by: author, language: language), isNew)
        }
        var candidates: [Candidate] = []
        if earlier.customerID != nil, let first = try await attendances.find(earlier.attendanceID) {
            let query = CustomerQuery(text: "", readings: [.protocolNumber(first.protocolNumber)])
            candidates = try await customers.search(query).filter { $0.customerID == earlier.customerID }.map {
                // That the desk looked at their ticket says nothing about who is talking.
                var candidate = $0
                candidate.reasons = []
                return candidate
            }
        }
        var interview = Interview(
            key: newKey(),
            catalogue: catalogue(),
            checks: checks,
            language: language,
            channel: .desk,
            caller: CallerFacts(attendanceID: attendance.id),
            candidates: candidates,
            today: today
        )
        interview.draft.refersTo = earlier.id
        let work = Work(attendance: attendance, interview: interview, author: author, stored: nil)
        do {
            return (try await perform([.save(interview.draft)], on: work), isNew)
        } catch StoreError.refused(let reason) where reason is DraftConflict {
            return (try await state(attendanceID: attendance.id, by: author, language: language), isNew)
        }
    }

    /// Another request under the same protocol number; who is calling stays known.
    ///
    /// Asked twice, or while an interview is under way, it gives the one that is there.
    /// - Throws: `InterviewDeskError`, `StoreError`.
    public func another(attendanceID: Int64, by author: TicketAuthor?, language: Language) async throws
        -> InterviewState
    {
        guard let attendance = try await attendances.find(attendanceID) else {
            throw InterviewDeskError.noSuchAttendance
        }
        if author != nil, attendance.isCustomersOwn { throw TicketRefusal.notSent }
        // An ended contact is still its holder's: nobody begins a request in another's name.
        if let author, let holder = attendance.accountID, holder != author.accountID {
            throw InterviewDeskError.heldByAnother(accountID: holder)
        }
        if try await drafts.find(attendanceID: attendanceID) != nil {
            return try await state(attendanceID: attendanceID, by: author, language: language)
        }
        var facts = CallerFacts(attendanceID: attendanceID)
        if let customerID = attendance.customerID {
            let query = CustomerQuery(text: "", readings: [.protocolNumber(attendance.protocolNumber)])
            facts.signedIn = try await customers.search(query).first { $0.customerID == customerID }
        }
        var interview = Interview(
            key: newKey(),
            catalogue: catalogue(),
            checks: checks,
            language: language,
            channel: .desk,
            caller: facts,
            today: today
        )
        // That a protocol number finds the customer is no proof of who calls: they are as sure as they were.
        interview.draft.identified?.level = attendance.identity
        let work = Work(attendance: attendance, interview: interview, author: author, stored: nil)
        do {
            return try await perform([.save(interview.draft)], on: work)
        } catch StoreError.refused(let reason) where reason is DraftConflict {
            return try await state(attendanceID: attendanceID, by: author, language: language)
        }
    }
}
