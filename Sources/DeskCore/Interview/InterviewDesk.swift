import Foundation

/// Runs interviews over their stored drafts: loads, applies one input, does what is asked for, saves, returns the state.
///
/// Browser, terminal, API and keypad all come through here, so that they cannot disagree. Two inputs at once meet at the
/// draft's revision: one is kept, the other gets the current question back.
public struct InterviewDesk: Sendable {
    let attendances: AttendanceDesk
    private let calls: CallDirectory
    let drafts: DraftDesk
    private let tickets: TicketDesk
    let directory: TicketDirectory
    private let customers: InterviewCustomers
    let vault: SecretVault
    let catalogue: @Sendable () -> Catalogue
    let checks: FieldChecks
    private let clock: DeskClock
    private let timeZone: TimeZone
    let newKey: @Sendable () -> String

    public init(
        attendances: AttendanceDesk,
        calls: CallDirectory,
        drafts: DraftDesk,
        tickets: TicketDesk,
        directory: TicketDirectory,
        customers: InterviewCustomers,
        vault: SecretVault,
        catalogue: @escaping @Sendable () -> Catalogue,
        checks: FieldChecks,
        clock: DeskClock,
        timeZone: TimeZone,
        newKey: @escaping @Sendable () -> String = { UUID().uuidString }
    ) {
        self.attendances = attendances
        self.calls = calls
        self.drafts = drafts
        self.tickets = tickets
        self.directory = directory
        self.customers = customers
        self.vault = vault
        self.catalogue = catalogue
        self.checks = checks
        self.clock = clock
        self.timeZone = timeZone
        self.newKey = newKey
    }

    // MARK: - Inputs

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
            var work = try resume(stored, attendance, author, nil)
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
        let attendance = try await attendances.begin(channel: .walkIn, accountID: author?.accountID)
        guard let earlier else { return try await begin(attendanceID: attendance.id, by: author, language: language) }
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
        return try await perform([.save(interview.draft)], on: work)
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

    /// The interview as it stands, changing nothing.
    public func state(attendanceID: Int64, by author: TicketAuthor?, language: Language) async throws -> InterviewState
    {
        guard let attendance = try await attendances.find(attendanceID) else {
            throw InterviewDeskError.noSuchAttendance
        }
        guard let stored = try await drafts.find(attendanceID: attendanceID) else {
            return try await finished(attendance, language, .desk)
        }
        return try resume(stored, attendance, author, nil).state
    }

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

    public func back(attendanceID: Int64, by author: TicketAuthor?) async throws -> InterviewState {
        try await step(attendanceID, author) { $0.back() }
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
        return try resume(stored, attendance, author, nil).interview.topics(matching: words)
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
    public func link(to ticketID: Int64?, attendanceID: Int64, by author: TicketAuthor?) async throws -> InterviewState
    {
        guard let ticketID else { return try await step(attendanceID, author) { $0.unlink() } }
        guard let ticket = try await directory.find(ticketID) else { throw TicketRefusal.noSuchTicket }
        let opened = OpenedTicket(ticketID: ticket.id, number: ticket.number, protocolNumber: nil)
        return try await step(attendanceID, author) { $0.link(to: opened) }
    }

    /// Speaks another language from now on.
    public func speak(_ language: Language, attendanceID: Int64, by author: TicketAuthor?) async throws
        -> InterviewState
    {
        try await step(attendanceID, author) { $0.speak(language) }
    }

    // MARK: - Doing what the interview asks for

    /// One interview in hand.
    struct Work {
        var attendance: Attendance
        var interview: Interview
        var author: TicketAuthor?
        /// The revision in the database; nil when none is stored.
        var stored: Int64?
        var ticket: Ticket?
        var refusal: InterviewRefusal?

        var outstanding: [InterviewAction] { interview.outstanding }
        var state: InterviewState {
            InterviewState(attendance: attendance, interview: interview, ticket: ticket, refusal: refusal)
        }
    }

    func step(
        _ attendanceID: Int64,
        _ author: TicketAuthor?,
        _ input: (inout Interview) -> [InterviewAction]
    ) async throws -> InterviewState {
        let attendance = try await hold(attendanceID, for: author)
        guard let stored = try await drafts.find(attendanceID: attendanceID) else {
            guard attendance.state == .ended else { throw InterviewDeskError.noSuchAttendance }
            throw InterviewDeskError.ended
        }
        var work = try resume(stored, attendance, author, nil)
        let actions = input(&work.interview)
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
    ) throws -> Work {
        let interview = Interview(
            resuming: try InterviewDraft(json: stored.body),
            catalogue: catalogue(),
            checks: checks,
            channel: channel,
            today: today
        )
        return Work(attendance: attendance, interview: interview, author: author, stored: stored.revision)
    }

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
        do {
            let opening = try await tickets.open(request, by: work.author)
            return taken(opening, &work)
        } catch let error where error.isTransient {
            return work.interview.receivedOpenFailure()
        }
    }

    private func join(_ link: TicketLink, _ work: inout Work) async throws -> [InterviewAction] {
        do {
            let opening = try await tickets.link(link, attendanceID: work.attendance.id, by: work.author)
            return taken(opening, &work)
        } catch let error where error.isTransient {
            return work.interview.receivedOpenFailure()
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

    // MARK: - Contacts

    /// The contact, taken for the technician when nobody holds it.
    private func hold(_ attendanceID: Int64, for author: TicketAuthor?) async throws -> Attendance {
        guard var attendance = try await attendances.find(attendanceID) else {
            throw InterviewDeskError.noSuchAttendance
        }
        guard let author, attendance.state == .open else { return attendance }
        if attendance.accountID == nil {
            attendance.accountID = try await attendances.claim(attendanceID, by: author.accountID)
        }
        if let holder = attendance.accountID, holder != author.accountID {
            throw InterviewDeskError.heldByAnother(accountID: holder)
        }
        return attendance
    }

    /// A contact that is over, shown as the end of its interview.
    private func finished(
        _ attendance: Attendance,
        _ language: Language,
        _ channel: InterviewChannel
    ) async throws -> InterviewState {
        guard attendance.state == .ended else { throw InterviewDeskError.noSuchAttendance }
        let ticket = try await directory.list(attendanceID: attendance.id).last
        var interview = Interview(
            key: "ended-\(attendance.id)",
            catalogue: catalogue(),
            checks: checks,
            language: language,
            channel: channel,
            caller: CallerFacts(attendanceID: attendance.id),
            today: today
        )
        let code = attendance.outcome?.rawValue ?? "other"
        _ = interview.end(EndReason(code: code, text: attendance.reason ?? code) ?? .other(code))
        return InterviewState(attendance: attendance, interview: interview, ticket: ticket, refusal: nil)
    }

    var today: CalendarDay {
        let now = clock.now
        let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
        return CalendarDay(now, offsetMinutes: timeZone.secondsFromGMT(for: date) / 60) ?? .epoch
    }
}
