extension InterviewDesk {
    /// A customer's request as its first page asks it; nothing is kept yet.
    ///
    /// - Throws: `StoreError` when what the person answered before cannot be read.
    public func preview(_ topicID: String, by customer: Candidate, language: Language) async throws -> Interview {
        var interview = interview(
            topicID,
            by: customer,
            attendanceID: nil,
            key: "preview",
            refersTo: nil,
            language: language
        )
        if let owner = interview.memoryWanted {
            _ = interview.received(remembered: try await directory.answers(of: owner), of: owner)
        }
        return interview
    }

    /// Begins a customer's request on the portal: who they are is known, and what they ask for is chosen.
    ///
    /// `refersTo`: an earlier ticket of theirs that is over (D6). `key`: names the wish, which begins once however often it
    /// comes.
    /// - Returns: the interview, and whether it begins with this wish.
    /// - Throws: `InterviewDeskError.keyReused`, `StoreError`.
    public func request(
        _ topicID: String,
        by customer: Candidate,
        refersTo: Int64? = nil,
        once key: String? = nil,
        language: Language
    ) async throws -> (state: InterviewState, isNew: Bool) {
        guard
            let (attendance, isNew) = try await attendances.begin(
                channel: .portal,
                accountID: nil,
                key: key,
                digest: "portal \(topicID) \(customer.customerID) \(refersTo ?? 0)"
            )
        else { throw InterviewDeskError.keyReused }
        if !isNew {
            let isBegun = try await drafts.find(attendanceID: attendance.id) != nil
            if isBegun || attendance.state == .ended {
                return (try await state(attendanceID: attendance.id, by: nil, language: language), false)
            }
        }
        let interview = interview(
            topicID,
            by: customer,
            attendanceID: attendance.id,
            key: newKey(),
            refersTo: refersTo,
            language: language
        )
        let work = Work(attendance: attendance, interview: interview, author: nil, stored: nil)
        do {
            return (try await perform([.save(interview.draft)], on: work), isNew)
        } catch StoreError.refused(let reason) where reason is DraftConflict {
            // The same page sent twice at once: the other's draft is as good as ours.
            return (try await state(attendanceID: attendance.id, by: nil, language: language), false)
        }
    }

    private func interview(
        _ topicID: String,
        by customer: Candidate,
        attendanceID: Int64?,
        key: String,
        refersTo: Int64?,
        language: Language
    ) -> Interview {
        var interview = Interview(
            key: key,
            catalogue: catalogue(),
            checks: checks,
            language: language,
            channel: .portal,
            caller: CallerFacts(attendanceID: attendanceID, signedIn: customer),
            topicID: topicID,
            today: today
        )
        interview.draft.refersTo = refersTo
        return interview
    }

    /// Takes the answers of a page that asks several questions; those that do not pass are told, the others are kept.
    ///
    /// `aside`: where the vault has passwords that were taken out of them. `revision`: the draft the page was made of, over
    /// which it is kept; any other changes nothing, and the state says so. Nil for what goes over any.
    public func answer(
        form answers: [PromptID: Answer],
        aside references: [String] = [],
        revision: Int? = nil,
        attendanceID: Int64
    ) async throws -> (state: InterviewState, refused: [FormReceipt.Refused]) {
        var refused: [FormReceipt.Refused] = []
        let state = try await step(attendanceID, nil) { interview in
            if let revision, revision != interview.draft.revision {
                return [.refused(.stale(current: interview.draft.revision))]
            }
            interview.keepAside(references)
            let receipt = interview.receive(form: answers)
            refused = receipt.refused
            return receipt.actions
        }
        return (state, refused)
    }
}

extension Interview {
    /// Every question there is to ask as things stand, in order, answered or not; for pages that show several at once.
    public var way: [Prompt] { plan().compactMap { prompt(for: $0.id) } }

    /// Every answer in order, each a link back to its question.
    public var reviewed: [ReviewLine] { reviewLines }

    /// Where confirmations will go, and what to know before it is sent.
    public var told: (recipients: [String], warnings: [String]) { (recipients, warnings) }
}

extension StoredDraft {
    /// What is asked for in it; nil when that is not chosen, or the draft cannot be read.
    public var topicID: String? { (try? InterviewDraft(json: body))?.answers[.topic]?.value.text }
}

extension DraftDesk {
    /// Requests that a customer's contacts have begun on the portal and not sent, the last touched first.
    public func list(contacts: [Int64], limit: Int = 20) async throws(StoreError) -> [StoredDraft] {
        guard !contacts.isEmpty else { return [] }
        let list = contacts.prefix(100).map(String.init).joined(separator: ", ")
        let columns = StoredDraft.columns.split(separator: ", ").map { "draft.\($0)" }.joined(separator: ", ")
        return try await database.read { session in
            try session.rows(
                """
                SELECT \(columns) FROM draft JOIN attendance ON attendance.id = draft.attendance_id
                WHERE attendance.contact_id IN (\(list)) AND attendance.channel = 'portal'
                    AND attendance.state = 'open' ORDER BY draft.updated_at DESC
                """,
                [],
                limit: min(max(1, limit), 200)
            ).map { row throws(StoreError) in try StoredDraft(row: row) }
        }
    }
}

extension CustomerDirectory {
    /// A contact who is signed in, as the interview takes them; nil when there is no such customer any more.
    public func signedIn(customerID: Int64, contactID: Int64) async throws(StoreError) -> Candidate? {
        guard let card = try await card(customerID) else { return nil }
        var candidate = Candidate(card, contactID: contactID, region: region)
        candidate.reasons = [.signedIn]
        candidate.score = CandidateReason.signedIn.points
        return candidate
    }
}
