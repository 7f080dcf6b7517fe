import DeskCore

/// Runs the desk's own interview over a program's answers: the same questions, checks and rules as for a technician.
///
/// A pure value: answers are given to the questions they belong to, all at once; everything else is left empty, and what
/// the interview refuses becomes faults of the fields.
struct TicketForm {
    private(set) var interview: Interview
    private(set) var faults: [FieldFault] = []
    /// Passwords to be put into the vault before the ticket is opened.
    private(set) var secrets: [SealRequest] = []

    /// More fields than this no body of ours names wrongly by accident.
    private static let mostFaults = 50

    init(interview: Interview) { self.interview = interview }

    /// Gives every answer of the order to its question.
    mutating func fill(_ order: TicketOrder, files: [Attachment]) {
        if let refersTo = order.refersTo { _ = interview.refer(to: refersTo) }
        guard let topic = topic(order) else { return }
        var answers: [PromptID: Answer] = [:]
        if interview.customer == nil {
            _ = interview.receive(.skip, to: .identify)
            answers[.callerName] = order.callerName.map { .text($0) } ?? .skip
            answers[.callerPhone] = order.callerPhone.map { .text($0) } ?? .skip
        }
        for (id, answer) in fields(topic, order.answers, files) { answers[id] = answer }
        answers[.summary] = order.summary.map { .text($0) } ?? .skip
        answers[.module] = order.module.map { .option($0) } ?? .skip
        answers[.description] = order.description.map { .text($0) } ?? .skip
        answers[.whatChanged] = order.whatChanged.map { .text($0) } ?? .skip
        answers[.attachments] = files.isEmpty ? .skip : .files(files.map(\.answer))
        let receipt = interview.receive(form: answers)
        for refused in receipt.refused {
            note(
                Self.member(refused.id),
                LocalizedText { interview.message(of: refused.fault, at: refused.id, in: $0) }
            )
        }
        for case .seal(let request) in receipt.actions { secrets.append(request) }
    }

    /// The vault has a secret.
    mutating func sealed(_ request: SealRequest, as reference: String) {
        _ = interview.received(sealed: reference, for: request.prompt)
    }

    /// The vault has passwords that were taken out of the order's texts; the ticket shows them as answers of their own.
    mutating func keepAside(_ references: [String]) { interview.keepAside(references) }

    /// The ticket as the interview leaves it; nil with something still to be asked, which `faults` then name.
    mutating func request() -> TicketRequest? {
        for action in interview.receive(.confirm, to: .review) {
            if case .open(let request) = action { return request }
        }
        if faults.isEmpty {
            let prompt = interview.prompt
            note(Self.member(prompt.id), FieldText.missing)
        }
        return nil
    }

    private mutating func topic(_ order: TicketOrder) -> Topic? {
        guard let topic = interview.topic else {
            note(
                "topic",
                LocalizedText(
                    "Não há assunto com este identificador; veja /api/v1/topics.",
                    ptPT: "Não há assunto com este identificador; veja /api/v1/topics.",
                    en: "There is no topic with this identifier; see /api/v1/topics."
                )
            )
            return nil
        }
        if let sections = interview.customer?.allowedSections,
            !interview.catalogue.allows(topic, sections: Set(sections))
        {
            note(
                "topic",
                LocalizedText(
                    "O contrato do cliente não inclui este assunto.",
                    ptPT: "O contrato do cliente não inclui este assunto.",
                    en: "The customer's contract does not include this topic."
                )
            )
            return nil
        }
        return topic
    }

    /// The answers of the form's own fields by question; what cannot be one becomes a fault.
    private mutating func fields(_ topic: Topic, _ answers: [String: JSONValue], _ files: [Attachment]) -> [PromptID:
        Answer]
    {
        for name in answers.keys.sorted() where topic.field(name) == nil {
            note("answers.\(name.filter { !$0.isNewline }.prefix(60))", FieldText.unknown)
        }
        var given: [PromptID: Answer] = [:]
        for field in topic.fields {
            if field.calculate != nil {
                if answers[field.id] != nil { note("answers.\(field.id)", Self.calculated) }
            } else if let answer = AnswerJSON.answer(answers[field.id], kind: field.kind, files: files) {
                given[field.prompt] = answer
            } else {
                note("answers.\(field.id)", FieldText.wrongKind)
            }
        }
        return given
    }

    /// What the body calls a question.
    private static func member(_ id: PromptID) -> String {
        switch id {
        case .callerName: "caller_name"
        case .callerPhone: "caller_phone"
        default: id.fieldID.map { "answers.\($0)" } ?? id.rawValue
        }
    }

    private mutating func note(_ name: String, _ message: LocalizedText) {
        if faults.count < Self.mostFaults { faults.append(FieldFault(name, message)) }
    }

    private static let calculated = LocalizedText(
        "Este campo é calculado; não o envie.",
        ptPT: "Este campo é calculado; não o envie.",
        en: "This field is calculated; do not send it."
    )
}

/// JSON values as the interview's answers.
enum AnswerJSON {
    /// What a value means for a kind of field; nil when its JSON kind cannot be one.
    static func answer(_ value: JSONValue?, kind: FieldKind, files: [Attachment]) -> Answer? {
        switch value {
        case nil, .null: return .skip
        case .string(let text): return kind == .choices ? .options([text]) : .text(text)
        case .number(let text): return .number(text)
        case .bool(let truth): return kind == .yesNo ? .option(truth ? "yes" : "no") : nil
        case .array(let items): return kind == .file ? fileAnswer(items, files) : options(items)
        case .object(let parts): return kind == .address ? address(parts) : nil
        }
    }

    private static func options(_ items: [JSONValue]) -> Answer? {
        let ids = items.compactMap(\.string)
        return ids.count == items.count ? .options(ids) : nil
    }

    /// Files by the ids their upload gave; only those of the same attendance are known.
    private static func fileAnswer(_ items: [JSONValue], _ files: [Attachment]) -> Answer? {
        let found = items.compactMap { item in files.first { $0.id == item.integer } }
        return found.count == items.count ? .files(found.map(\.answer)) : nil
    }

    private static func address(_ parts: [String: JSONValue]) -> Answer? {
        var address = AddressAnswer()
        var known = 0
        for (name, path) in AddressAnswer.parts {
            guard let value = parts[name] else { continue }
            known += 1
            if value == .null { continue }
            guard let text = value.string else { return nil }
            address[keyPath: path] = text
        }
        return known == parts.count ? .address(address) : nil
    }
}

extension Attachment {
    /// The file as an answer names it.
    var answer: FileAnswer { FileAnswer(id: id, name: name, size: size) }
}
