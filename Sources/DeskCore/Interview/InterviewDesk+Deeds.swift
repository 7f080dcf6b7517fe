/// Doing what the interview asks for.
extension InterviewDesk {
    /// Performs actions in order; what comes back may ask for more.
    func perform(_ actions: [InterviewAction], on start: Work) async throws -> InterviewState {
        var work = start
        var waiting = actions
        // An answer leads to a handful of actions; the bound only guards against an interview that never settles.
        var left = 32
        while left > 0 {
            left -= 1
            if waiting.isEmpty {
                guard work.ticket == nil, let owner = work.interview.memoryWanted else { break }
                waiting += work.interview.received(remembered: try await directory.answers(of: owner), of: owner)
                continue
            }
            let action = waiting.removeFirst()
            switch action {
            case .save(let draft):
                // An interview that is over is its attendance's outcome now; the draft has gone with it.
                if draft.outcome == nil || work.ticket == nil { try await save(draft, &work) }
            case .search(let query):
                let found = try await customers.search(query.without(work.attendance))
                waiting += work.interview.received(candidates: found, for: query)
            case .register(let request):
                switch try await customers.register(request) {
                case .success(let candidate): waiting += work.interview.received(registered: candidate)
                case .failure(let refusal):
                    waiting += work.interview.received(registrationRefused: refusal.fault, at: refusal.prompt)
                }
            case .checkUnused(let check):
                let query = CustomerQuery(text: "", readings: [check.reading])
                if try await !customers.search(query).isEmpty { waiting += work.interview.received(used: check) }
            case .verify(let request):
                waiting += work.interview.received(verified: try await isProof(request, work.attendance.id))
            case .seal(let request):
                waiting += try await seal(request, &work)
            case .discardSecret(let reference):
                try await vault.discard(reference)
            case .open(let request):
                waiting += try await open(request, &work)
            case .link(let link):
                waiting += try await join(link, &work)
            case .endWithout(let reason):
                try await finish(reason, &work)
            case .handOver:
                break
            case .refused(let refusal):
                work.refusal = refusal
            }
        }
        return work.state
    }

    private func save(_ draft: InterviewDraft, _ work: inout Work) async throws {
        let title = work.interview.title
        try await drafts.save(
            attendanceID: work.attendance.id,
            accountID: work.author?.accountID,
            over: work.stored,
            revision: Int64(draft.revision),
            body: try draft.json(),
            stage: work.interview.prompt.stage.rawValue,
            title: title
        )
        work.stored = Int64(draft.revision)
        guard let identified = draft.identified else { return }
        let (customer, level) = (identified.candidate, identified.level)
        let isSame =
            customer?.customerID == work.attendance.customerID && customer?.contactID == work.attendance.contactID
        if !isSame || level != work.attendance.identity {
            try await attendances.identify(
                work.attendance.id,
                customerID: customer?.customerID,
                contactID: customer?.contactID,
                level: level
            )
            work.attendance.customerID = customer?.customerID
            work.attendance.contactID = customer?.contactID
            work.attendance.identity = customer == nil ? .none : level
        }
    }

    /// Whether what the caller said proves who they are: something of the customer's record, or the code sent to it.
    func isProof(_ request: VerificationRequest, _ attendanceID: Int64) async throws -> Bool {
        var said = request
        if let attendance = try await attendances.find(attendanceID) { said.query = said.query.without(attendance) }
        if try await customers.verify(said) { return true }
        let now = clock.now
        return try await attendances.database.write { session in
            try IdentityCodes.take(
                request.query.text,
                attendanceID: attendanceID,
                customerID: request.customerID,
                at: now,
                in: session
            )
        }
    }

    private func seal(_ request: SealRequest, _ work: inout Work) async throws -> [InterviewAction] {
        do {
            let reference = try await vault.seal(
                request.value,
                field: request.prompt.rawValue,
                attendanceID: work.attendance.id
            )
            return work.interview.received(sealed: reference, for: request.prompt)
        } catch is VaultError {
            return work.interview.receivedSealFailure(for: request.prompt)
        }
    }

    private func open(_ request: TicketRequest, _ work: inout Work) async throws -> [InterviewAction] {
        let author = work.author
        return try await conclude(&work) { try await tickets.open(request, by: author) }
    }

    private func join(_ link: TicketLink, _ work: inout Work) async throws -> [InterviewAction] {
        let (id, author) = (work.attendance.id, work.author)
        return try await conclude(&work) { try await tickets.link(link, attendanceID: id, by: author) }
    }

    /// The last step; whatever comes in its way, the interview is free again with all that was typed.
    private func conclude(
        _ work: inout Work,
        _ deed: () async throws -> TicketOpening
    ) async throws -> [InterviewAction] {
        do {
            return taken(try await deed(), &work)
        } catch StoreError.refused(let reason) where reason is TicketRefusal {
            return work.interview.receivedOpenFailure((reason as? TicketRefusal).flatMap { PromptFault($0) })
        } catch let error as StoreError where error.isTransient {
            return work.interview.receivedOpenFailure()
        } catch {
            // What nobody foresaw is told as it is; a draft that cannot be kept either is no second thing to tell.
            for case .save(let draft) in work.interview.receivedOpenFailure() { try? await save(draft, &work) }
            throw error
        }
    }

    private func taken(_ opening: TicketOpening, _ work: inout Work) -> [InterviewAction] {
        work.ticket = opening.ticket
        work.attendance = opening.attendance
        return work.interview.received(
            opened: OpenedTicket(
                ticketID: opening.ticket.id,
                number: opening.ticket.number,
                protocolNumber: opening.attendance.protocolNumber
            )
        )
    }

    private func finish(_ reason: EndReason, _ work: inout Work) async throws {
        var words: String?
        if case .other(let text) = reason { words = text }
        let ended = try await attendances.end(
            work.attendance.id,
            outcome: AttendanceOutcome(rawValue: reason.code) ?? .other,
            reason: words,
            by: work.author?.accountID
        )
        if let ended { work.attendance = ended }
    }
}
