/// The prompting engine: one next question at a time, the same for terminal, browser and telephone keypad.
///
/// It visits the first unanswered relevant item, as VoiceXML's form interpretation algorithm does. A pure value: inputs
/// change it and return what the shell has to do; nothing here waits, reads a clock or touches a database.
///
/// ```swift
/// var interview = Interview(
///     key: UUID().uuidString, catalogue: catalogue, checks: checks, language: .ptBR, channel: .desk,
///     caller: CallerFacts(attendanceID: 7, number: "+5531987654321"), candidates: ranked, today: today
/// )
/// print(interview.prompt.say)                      // “Falo com Maria Silva?”
/// for action in interview.receive(.confirm) { perform(action) }
/// ```
public struct Interview: Sendable {
    /// Everything worth keeping; store it at every `.save`.
    public internal(set) var draft: InterviewDraft
    public let catalogue: Catalogue
    /// The day in the desk's time zone, for dates and `today()`.
    public var today: CalendarDay
    /// Questions the resumed draft has to answer again because the form changed meanwhile.
    public internal(set) var reopenedOnResume: [PromptID] = []

    let checks: FieldChecks
    /// The vault's references of secrets that a newer catalogue does not ask for; destroyed once the draft is kept without.
    var forgotten: [String] = []
    /// What the form's rules say about the answers; follows from `draft`.
    var form = FormState()
    /// What `form` is the answer to; the catalogue of an interview does not change.
    var formInput: (topicID: String, input: FormInput)?

    /// Begins an interview.
    ///
    /// `key` is stable for this interview: requests carry it, so that repeating one does no harm. `candidates` are those
    /// the number may be, from `CandidateRanking.rank`. `topicID` is what the telephone menu already found out; it is
    /// ignored when there is no such topic.
    public init(
        key: String,
        catalogue: Catalogue,
        checks: FieldChecks,
        language: Language,
        channel: InterviewChannel,
        caller: CallerFacts,
        candidates: [Candidate] = [],
        topicID: String? = nil,
        today: CalendarDay
    ) {
        draft = InterviewDraft(
            key: key,
            catalogueVersion: catalogue.version,
            language: language,
            channel: channel,
            caller: caller
        )
        self.catalogue = catalogue
        self.checks = checks
        self.today = today
        // The line may send anything as a name.
        draft.caller.name = caller.name.map { String(AnswerText.line($0).prefix(InterviewLimits.line)) }
        draft.candidates = Self.bounded(candidates)
        if let customer = caller.signedIn {
            draft.identified = Identified(candidate: Self.bounded(customer), level: .verified)
        }
        if let topicID, catalogue.topic(topicID) != nil {
            draft.answers[.topic] = StoredAnswer(.text(topicID), kind: .choice)
        }
        _ = settle()
    }

    /// Takes an interview up again, perhaps with a newer catalogue or on another channel.
    ///
    /// Answers that still fit the form are kept; `reopenedOnResume` names those that do not. Perform `outstanding` next.
    public init(
        resuming draft: InterviewDraft,
        catalogue: Catalogue,
        checks: FieldChecks,
        channel: InterviewChannel? = nil,
        today: CalendarDay
    ) {
        self.draft = draft
        self.catalogue = catalogue
        self.checks = checks
        self.today = today
        if let channel { self.draft.channel = channel }
        // What the caller said to be verified is not stored, so the comparison cannot be repeated.
        if draft.pending == .verify { self.draft.pending = nil }
        if let section = draft.section, catalogue.section(section) == nil { self.draft.section = nil }
        forgotten = settle()
        // What it waited for cannot be asked for any more: its topic has gone, which is asked again.
        if draft.pending == .open, openAction == nil {
            self.draft.pending = nil
            self.draft.fault = PromptFault(.notOpened)
        }
        if draft.catalogueVersion != catalogue.version {
            self.draft.catalogueVersion = catalogue.version
            let lost = Set(draft.answers.keys).subtracting(self.draft.answers.keys)
            let reopened = self.draft.reopened.keys.filter { draft.reopened[$0] == nil }
            reopenedOnResume = lost.union(reopened).sorted { $0.rawValue < $1.rawValue }
        }
    }

    /// Another request in the same contact: who is calling stays known.
    public func another(key: String) -> Interview {
        var next = Interview(
            key: key,
            catalogue: catalogue,
            checks: checks,
            language: draft.language,
            channel: draft.channel,
            caller: draft.caller,
            candidates: draft.candidates,
            today: today
        )
        next.draft.identified = draft.identified
        for id in [PromptID.contact, .contactName, .callerName, .callerPhone] {
            next.draft.answers[id] = draft.answers[id]
        }
        _ = next.settle()
        return next
    }

    /// Speaks another language from now on; answers stay.
    public mutating func speak(_ language: Language) -> [InterviewAction] {
        guard language != draft.language else { return [] }
        draft.language = language
        return changed()
    }

    /// Hands the interview to another front end: from the keypad to the technician.
    public mutating func move(to channel: InterviewChannel) -> [InterviewAction] {
        guard channel != draft.channel else { return [] }
        draft.channel = channel
        return changed()
    }

    /// The topic chosen, when it is one of the catalogue's.
    public var topic: Topic? { draft.answers[.topic]?.value.text.flatMap { catalogue.topic($0) } }

    /// Who the caller is taken for.
    public var customer: Candidate? { draft.identified?.candidate }

    /// A line for lists of drafts: who and what.
    public var title: String {
        let who = customer?.name ?? draft.caller.name ?? draft.caller.number.map(checks.displayPhone)
        return [who, topic?.title[draft.language]].compactMap(\.self).joined(separator: " · ")
    }

    /// Settles, counts the change and asks to keep it.
    mutating func changed(_ then: [InterviewAction] = []) -> [InterviewAction] {
        forgotten += settle()
        return counted(then)
    }

    /// Counts a change that is no answer, so that there is nothing to settle, and asks to keep it.
    mutating func counted(_ then: [InterviewAction]) -> [InterviewAction] {
        draft.revision += 1
        let lost = forgotten
        forgotten = []
        return [.save(draft)] + lost.map { .discardSecret(reference: $0) } + then
    }

    static func bounded(_ candidates: [Candidate]) -> [Candidate] {
        candidates.prefix(InterviewLimits.candidates).map(bounded)
    }

    static func bounded(_ candidate: Candidate) -> Candidate {
        var bounded = candidate
        bounded.people = Array(candidate.people.prefix(InterviewLimits.people))
        return bounded
    }
}

extension Interview: Equatable {
    /// Equal when they would ask the same from here on.
    public static func == (left: Interview, right: Interview) -> Bool {
        left.draft == right.draft && left.catalogue == right.catalogue && left.today == right.today
    }
}
