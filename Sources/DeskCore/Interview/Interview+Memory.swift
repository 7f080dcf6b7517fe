/// Whose answers are remembered: a customer, and the person who speaks for it where one is known.
public struct MemoryOwner: Sendable, Hashable, Codable {
    public var customerID: Int64
    public var contactID: Int64?
}

/// What a person answered before, to be offered when the same is asked again (C3).
public struct RememberedAnswers: Sendable, Hashable, Codable {
    var owner: MemoryOwner
    /// The topic whose questions they fit.
    var topic: String
    /// By field.
    var values: [String: AnswerValue]
}

extension FieldKind {
    /// Whether an answer is a fact of the person and not of what they ask for this time.
    public var isPersonal: Bool {
        switch self {
        case .address, .cep, .phone, .email, .cpf, .cnpj, .cpfOrCnpj, .nif: true
        case .text, .longText, .number, .money, .date, .time, .choice, .choices, .yesNo, .file, .secret: false
        }
    }

    /// Whether a person has one of the kind, whatever the question is called.
    fileprivate var isOnePerPerson: Bool {
        switch self {
        case .address, .cep, .cpf, .cnpj, .cpfOrCnpj, .nif: true
        default: false
        }
    }
}

extension Interview {
    /// Whose earlier answers are wanted now; nil when there is nothing to remember, or it is here already.
    ///
    /// Only who proved who they are is offered what the desk knows of them: an address that a stranger hears is lost.
    var memoryWanted: MemoryOwner? {
        guard draft.outcome == nil, draft.channel != .keypad, let identified = draft.identified,
            IdentityRule.opensRecord(identified.level), let customer = identified.candidate, customer.customerID > 0,
            topic?.fields.contains(where: { $0.kind.isPersonal && $0.calculate == nil }) == true
        else { return nil }
        // Of a company only the same person's answers are theirs.
        guard customer.kind == .person || customer.contactID != nil else { return nil }
        let owner = MemoryOwner(customerID: customer.customerID, contactID: customer.contactID)
        let isHere = draft.remembered?.owner == owner && draft.remembered?.topic == topic?.id
        return isHere ? nil : owner
    }

    /// What the person answered before, newest first; what fits a question of the topic is offered, and taken only when given.
    mutating func received(remembered answers: [FormAnswer], of owner: MemoryOwner) -> [InterviewAction] {
        guard draft.outcome == nil, let topic else { return [] }
        var values: [String: AnswerValue] = [:]
        for field in topic.fields where field.kind.isPersonal && field.calculate == nil {
            let same = answers.first { $0.fieldID == field.id && $0.kind == field.kind }
            let alike = field.kind.isOnePerPerson ? answers.first { $0.kind == field.kind } : nil
            guard let found = same ?? alike, let value = Self.value(found) else { continue }
            values[field.id] = value
        }
        draft.remembered = RememberedAnswers(owner: owner, topic: topic.id, values: values)
        return changed()
    }

    /// The remembered answer to a question nobody has answered yet.
    func remembered(_ id: PromptID) -> AnswerValue? {
        // Whoever was taken for somebody else meanwhile and for the same again has to prove it again.
        guard draft.answers[id] == nil, let field = id.fieldID, let memory = draft.remembered,
            IdentityRule.opensRecord(draft.identified?.level ?? .none),
            memory.topic == topic?.id, let customer, memory.owner.customerID == customer.customerID,
            memory.owner.contactID == customer.contactID
        else { return nil }
        return memory.values[field]
    }

    /// A ticket's answer as the interview keeps it; nil for one that is none of the person's.
    private static func value(_ answer: FormAnswer) -> AnswerValue? {
        guard answer.kind.isPersonal, !answer.value.isEmpty else { return nil }
        guard answer.kind == .address else { return .text(answer.value) }
        let lines = answer.value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == AddressAnswer.parts.count else { return nil }
        var address = AddressAnswer()
        for (part, line) in zip(AddressAnswer.parts, lines) { address[keyPath: part.path] = line }
        return .address(address)
    }
}

extension TicketDirectory {
    /// Tickets whose answers are looked through: what was said long ago has changed since.
    private static let remembered = 20

    /// What a person answered in their last requests, the newest first; after it what is their company's own, from whoever
    /// else speaks for it, where they see every ticket of it anyway.
    func answers(of owner: MemoryOwner) async throws(StoreError) -> [FormAnswer] {
        try await database.read { session in
            let (condition, id) =
                owner.contactID.map { ("contact_id", $0) } ?? ("customer_id", owner.customerID)
            let own = try session.rows(
                "SELECT customer_id, answers FROM ticket WHERE \(condition) = $1 ORDER BY id DESC",
                [.integer(id)],
                limit: Self.remembered
            ).flatMap { row in
                row.integer(0) == owner.customerID
                    ? StoredList.decode([FormAnswer].self, row.text(1)) ?? [] : []
            }
            return try own + Self.companyAnswers(of: owner, in: session)
        }
    }

    /// Addresses and numbers of a company that its people gave in tickets which are not confidential.
    private static func companyAnswers(
        of owner: MemoryOwner,
        in session: any SQLSession
    ) throws(StoreError) -> [FormAnswer] {
        guard let contactID = owner.contactID else { return [] }
        let seesAll = try session.row(
            """
            SELECT 1 FROM person_contact JOIN contact ON contact.id = person_contact.contact_id
            JOIN customer ON customer.id = contact.customer_id
            WHERE person_contact.contact_id = $1 AND person_contact.reach = 'all' AND contact.active = 1
                AND customer.id = $2 AND customer.kind = 'company'
            """,
            [.integer(contactID), .integer(owner.customerID)]
        )
        guard seesAll != nil else { return [] }
        return try session.rows(
            "SELECT answers FROM ticket WHERE customer_id = $1 AND confidential = 0 ORDER BY id DESC",
            [.integer(owner.customerID)],
            limit: remembered
        ).flatMap { row in
            (StoredList.decode([FormAnswer].self, row.text(0)) ?? []).filter(\.isOfCompany)
        }
    }
}

extension FormAnswer {
    /// Whether it is a fact of a company, whoever of its people gave it: where it is, and its number.
    var isOfCompany: Bool {
        switch kind {
        case .address, .cep, .cnpj: true
        case .cpfOrCnpj: CNPJ(value) != nil
        default: false
        }
    }
}
