extension Interview {
    /// How the question “who is calling?” stands.
    enum IdentityMode: Equatable {
        case confirm(Candidate)
        case choose([Candidate])
        case search
        case waiting
    }

    var identityMode: IdentityMode {
        if draft.pending == .search { return .waiting }
        if let results = draft.results, let first = results.first {
            return results.count == 1 ? .confirm(first) : .choose(results)
        }
        if draft.searching { return .search }
        let left = draft.candidates.filter { !draft.declined.contains($0.id) }
        switch CandidateRanking.standing(of: left) {
        case .nobody: return .search
        case .leader(let candidate): return .confirm(candidate)
        case .tie: return .choose(left)
        }
    }

    mutating func takeIdentity(_ answer: Answer) throws(PromptFault) -> [InterviewAction] {
        switch answer {
        case .skip: settleOn(nil)
        case .confirm:
            guard case .confirm(let candidate) = identityMode else { throw PromptFault(.notAnOption) }
            settleOn(candidate)
        case .option(let id): return try takeIdentityOption(id)
        case .keys(let keys): return try takeIdentityKeys(keys.hasSuffix("#") ? String(keys.dropLast()) : keys)
        case .keysCutShort(let keys):
            let then = try takeIdentityKeys(keys)
            if draft.pending == .search { draft.isCutShort = true }
            return then
        case .text(let text), .number(let text): return try takeIdentityText(text)
        case .options, .address, .files: throw PromptFault(.wrongShape)
        }
        return []
    }

    private mutating func takeIdentityOption(_ id: String) throws(PromptFault) -> [InterviewAction] {
        switch (id, identityMode) {
        case (Choice.yes, .confirm(let candidate)): settleOn(candidate)
        case (Choice.no, .confirm(let candidate)): decline([candidate])
        case (Choice.no, .choose(let candidates)): decline(candidates)
        case (Choice.search, _):
            draft.searching = true
            draft.results = nil
            draft.pending = nil
        case (Choice.new, _) where draft.channel == .desk:
            if draft.identified?.candidate != nil { draft.linkTo = nil }
            draft.identified = nil
            draft.registering = true
            draft.pending = nil
        case (Choice.skip, _): settleOn(nil)
        case (_, .confirm(let candidate)) where candidate.id == id: settleOn(candidate)
        case (_, .choose(let candidates)):
            guard let candidate = candidates.first(where: { $0.id == id }) else { throw PromptFault(.notAnOption) }
            settleOn(candidate)
        default: throw PromptFault(.notAnOption)
        }
        return []
    }

    /// A key of the menu, or digits long enough to be a document, contract or phone.
    private mutating func takeIdentityKeys(_ keys: String) throws(PromptFault) -> [InterviewAction] {
        if let option = identityOptions.first(where: { $0.digit.map(String.init) == keys }) {
            return try takeIdentityOption(option.id)
        }
        guard keys.utf8.count >= Self.fewestKeys else {
            throw identityMode == .search
                ? PromptFault(.tooShort, limit: Self.fewestKeys) : PromptFault(.notAnOption)
        }
        return try takeIdentityText(keys)
    }

    /// No document, contract or phone is shorter; a slip of the finger is not worth a search.
    static let fewestKeys = 4

    /// Yes, no, the number of a line shown, or else something to search for.
    private mutating func takeIdentityText(_ raw: String) throws(PromptFault) -> [InterviewAction] {
        guard raw.utf8.count <= InterviewLimits.rawBytes else {
            throw PromptFault(.tooLong, limit: InterviewLimits.line)
        }
        let line = AnswerText.line(raw)
        guard !line.isEmpty else { throw PromptFault(.nothingToSearch) }
        guard line.count <= InterviewLimits.line else { throw PromptFault(.tooLong, limit: InterviewLimits.line) }
        if let option = AnswerReader.match(line, in: identityOptions) { return try takeIdentityOption(option.id) }
        if let fault = mistypedDocument(line) { throw PromptFault(fault) }
        let query = CustomerQuery(line, checks: checks)
        guard !query.readings.isEmpty else { throw PromptFault(.nothingToSearch) }
        draft.query = query
        draft.isCutShort = nil
        draft.results = nil
        draft.searching = true
        draft.pending = .search
        return [.search(query)]
    }

    /// A document with a wrong digit is said to be one, instead of nobody being found: what is written as a CPF or CNPJ, or
    /// has as many digits and can be no telephone.
    private func mistypedDocument(_ line: String) -> PromptFault.Code? {
        guard checks.cpf(line) == nil, checks.cnpj(line) == nil, checks.nif(line) == nil else { return nil }
        let isCPF = line.wholeMatch(of: /\d{3}\.\d{3}\.\d{3}-?\d{2}/) != nil
        let isCNPJ = line.wholeMatch(of: /[0-9A-Za-z]{2}\.[0-9A-Za-z]{3}\.[0-9A-Za-z]{3}\/[0-9A-Za-z]{4}-?\d{2}/) != nil
        if isCPF { return .notACPF }
        if isCNPJ { return .notACNPJ }
        guard line.allSatisfy(\.isASCIIDigit), checks.phone(line) == nil else { return nil }
        return line.count == 11 ? .notACPF : nil
    }

    private mutating func decline(_ candidates: [Candidate]) {
        if draft.results != nil {
            draft.results = nil
            draft.searching = true
        } else {
            // Bounded by the number of candidates.
            draft.declined += candidates.map(\.id).filter { !draft.declined.contains($0) }
        }
    }

    /// Takes the caller for `candidate`, nil for unknown; what was said about somebody else goes.
    private mutating func settleOn(_ candidate: Candidate?) {
        let before = draft.identified
        let isSame = before != nil && before?.candidate?.id == candidate?.id
        if !isSame {
            for id in [PromptID.contact, .contactName, .verify] { drop(id) }
            if candidate != nil {
                drop(.callerName)
                drop(.callerPhone)
            }
        }
        // A product is chosen among a customer's own; another contact of theirs chooses among the same.
        if before?.candidate?.customerID != candidate?.customerID { drop(.product) }
        // A ticket that was chosen among somebody's is none of somebody else's; of a stranger it is kept and looked at.
        if let earlier = before?.candidate?.customerID, earlier != candidate?.customerID { draft.linkTo = nil }
        let proven = candidate?.reasons.contains { $0.provesIdentity } ?? false
        let level: IdentityLevel = candidate == nil ? .none : proven ? .verified : .known
        draft.identified = Identified(candidate: candidate, level: isSame ? max(level, before?.level ?? level) : level)
        draft.registering = false
        draft.searching = false
        draft.results = nil
        draft.pending = nil
    }

    private mutating func drop(_ id: PromptID) {
        draft.answers[id] = nil
        draft.reopened[id] = nil
    }

    mutating func takeRegister(_ answer: Answer) throws(PromptFault) -> [InterviewAction] {
        guard answer == .confirm else { throw PromptFault(.wrongShape) }
        draft.pending = .register
        return [.register(registration)]
    }

    /// What was taken down for a new customer.
    var registration: RegistrationRequest {
        func text(_ id: PromptID) -> String? { draft.answers[id]?.value.text }
        let kind = text(.registerKind).flatMap(Candidate.Kind.init) ?? .person
        return RegistrationRequest(
            kind: kind,
            name: text(.registerName) ?? "",
            person: kind == .company ? text(.registerPerson) : nil,
            document: text(.registerDocument),
            email: text(.registerEmail),
            phone: text(.registerPhone),
            language: draft.language,
            key: draft.key
        )
    }

    mutating func takeVerification(_ answer: Answer) throws(PromptFault) -> [InterviewAction] {
        switch answer {
        case .skip:
            draft.answers[.verify] = StoredAnswer(.empty, kind: .text)
            return []
        case .text(let raw), .keys(let raw), .keysCutShort(let raw):
            guard raw.utf8.count <= InterviewLimits.rawBytes else {
                throw PromptFault(.tooLong, limit: InterviewLimits.line)
            }
            let query = CustomerQuery(raw.hasSuffix("#") ? String(raw.dropLast()) : raw, checks: checks)
            guard let customer, !query.readings.isEmpty else { throw PromptFault(.nothingToSearch) }
            draft.pending = .verify
            return [.verify(VerificationRequest(customerID: customer.customerID, query: query))]
        default: throw PromptFault(.wrongShape)
        }
    }
}

extension Candidate {
    /// The same customer, found by keys that may be the beginning of somebody else's number.
    var unproven: Candidate {
        var candidate = self
        candidate.reasons = reasons.map { $0.provesIdentity ? .keypad : $0 }
        // A document and a contract of the same digits would be said twice.
        if let first = candidate.reasons.firstIndex(of: .keypad) {
            candidate.reasons = candidate.reasons.enumerated().filter { $0.offset <= first || $0.element != .keypad }
                .map(\.element)
        }
        return candidate
    }
}

extension CandidateReason {
    /// Whether the caller gave something only they or the desk should know.
    var provesIdentity: Bool {
        switch self {
        case .document, .contract, .protocolNumber, .signedIn: true
        default: false
        }
    }
}
