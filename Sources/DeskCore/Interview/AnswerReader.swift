/// Turns what was typed, picked or keyed into a canonical value, or says what is wrong with it.
struct AnswerReader {
    /// What is asked for.
    struct Question {
        var kind: FieldKind
        var options: [PromptOption] = []
        var required: Bool
        var maximumLength: Int
    }

    let checks: FieldChecks
    let language: Language
    let today: CalendarDay

    /// The canonical value of `answer`, or `.empty` when nothing was given and nothing is required.
    func read(_ answer: Answer, for question: Question) throws(PromptFault) -> AnswerValue {
        let value = try value(of: answer, for: question)
        if value.isEmpty {
            if question.required { throw PromptFault(.required) }
            return .empty
        }
        return value
    }

    private func value(of answer: Answer, for question: Question) throws(PromptFault) -> AnswerValue {
        switch (answer, question.kind) {
        case (.skip, _): return .empty
        case (.address(let address), .address):
            return try AddressReader(region: checks.region, postalCode: checks.postalCode).read(address)
        case (.files(let files), .file): return try read(files)
        case (.options(let ids), .choices): return try pick(ids, from: question.options)
        case (.option(let id), .choices): return try pick([id], from: question.options)
        case (.text(let text), .choices):
            return try pick(
                text.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == "\n" }).map(String.init),
                from: question.options
            )
        case (.option(let id), .choice): return try pick(id, from: question.options)
        case (.number(let text), .number): return .text(try need(ProgramNumber.number(text), .notANumber))
        case (.number(let text), .money): return .text(try need(ProgramNumber.money(text), .notMoney))
        // A code, a year, a document: the digits are what counts.
        case (.number(let text), _): return try read(text, for: question, keyed: false)
        case (.option(let text), .yesNo), (.text(let text), _), (.keys(let text), _),
            (.keysCutShort(let text), _):
            return try read(text, for: question, keyed: answer.isKeyed)
        default: throw PromptFault(.wrongShape)
        }
    }

    private func read(_ raw: String, for question: Question, keyed: Bool) throws(PromptFault) -> AnswerValue {
        // Measured in bytes first: counting characters of a hostile text is work too.
        guard raw.utf8.count <= InterviewLimits.rawBytes else {
            throw PromptFault(.tooLong, limit: question.maximumLength)
        }
        if question.kind == .secret {
            guard raw.count <= question.maximumLength else {
                throw PromptFault(.tooLong, limit: question.maximumLength)
            }
            return .text(raw)
        }
        let text = question.kind == .longText ? AnswerText.prose(raw) : AnswerText.line(raw)
        if text.isEmpty { return .empty }
        guard text.utf8.count <= question.maximumLength || text.count <= question.maximumLength else {
            throw PromptFault(.tooLong, limit: question.maximumLength)
        }
        if question.kind == .choice { return try pick(keyed ? key(text) : text, from: question.options) }
        return .text(try canonical(text, kind: question.kind, keyed: keyed))
    }

    /// A typed key without its terminator.
    private func key(_ text: String) -> String { text.hasSuffix("#") ? String(text.dropLast()) : text }

    private func canonical(_ text: String, kind: FieldKind, keyed: Bool) throws(PromptFault) -> String {
        let typed = keyed ? key(text) : text
        let numbers = NumberReader(language: language, keyed: keyed)
        let dates = DateReader(today: today)
        switch kind {
        case .number: return try need(numbers.number(typed), .notANumber)
        case .money: return try need(numbers.money(typed), .notMoney)
        case .date: return try need(dates.date(typed)?.iso, .notADate)
        case .time: return try need(dates.time(typed), .notATime)
        case .yesNo: return try need(Self.yesOrNo[TextFolding.fold(typed)], .notYesOrNo)
        case .phone: return try need(checks.phone(typed), .notAPhone)
        case .email: return try need(checks.email(typed), .notAnEmail)
        case .cpf: return try need(checks.cpf(typed), .notACPF)
        case .cnpj: return try need(checks.cnpj(typed), .notACNPJ)
        case .cpfOrCnpj:
            return try need(checks.cpf(typed) ?? checks.cnpj(typed), Self.documentFault(typed, checks.region))
        case .nif: return try need(checks.nif(typed), .notANIF)
        case .cep: return try need(checks.postalCode(typed), .notACEP)
        case .text, .longText: return typed
        case .choice, .choices, .address, .file, .secret: throw PromptFault(.wrongShape)
        }
    }

    /// What a document that does not pass was meant to be, by how many characters it has: a CPF is said to be a wrong CPF.
    static func documentFault(_ text: String, _ region: Region) -> PromptFault.Code {
        switch text.count(where: { $0.isASCII && ($0.isLetter || $0.isNumber) }) {
        case 11: .notACPF
        case 14: .notACNPJ
        case _ where region.country == .portugal: .notANIF
        default: .notADocument
        }
    }

    private func need(_ value: String?, _ code: PromptFault.Code) throws(PromptFault) -> String {
        guard let value else { throw PromptFault(code) }
        return value
    }

    private func pick(_ text: String, from options: [PromptOption]) throws(PromptFault) -> AnswerValue {
        if text.isEmpty { return .empty }
        guard let option = Self.match(text, in: options) else { throw PromptFault(.notAnOption) }
        return .text(option.id)
    }

    private func pick(_ texts: [String], from options: [PromptOption]) throws(PromptFault) -> AnswerValue {
        guard texts.count <= CatalogueLimits.options else { throw PromptFault(.notAnOption) }
        var chosen: Set<String> = []
        for text in texts where !AnswerText.line(text).isEmpty {
            guard let option = Self.match(text, in: options) else { throw PromptFault(.notAnOption) }
            chosen.insert(option.id)
        }
        // In the form's order, so that equal answers are stored equal.
        return .list(options.map(\.id).filter(chosen.contains))
    }

    private func read(_ files: [FileAnswer]) throws(PromptFault) -> AnswerValue {
        guard files.count <= InterviewLimits.files else {
            throw PromptFault(.tooManyFiles, limit: InterviewLimits.files)
        }
        return .files(
            files.map { FileAnswer(id: $0.id, name: String(AnswerText.line($0.name).prefix(255)), size: $0.size) }
        )
    }

    /// The option whose identifier, key or label `text` is; labels count without accents, and only when one alone fits.
    static func match(_ text: String, in options: [PromptOption]) -> PromptOption? {
        let wanted = AnswerText.line(text)
        if let option = options.first(where: { $0.id == wanted }) { return option }
        if let digit = Int(wanted), let option = options.first(where: { $0.digit == digit }) { return option }
        let folded = TextFolding.fold(wanted)
        let named = options.filter { TextFolding.fold($0.label) == folded }
        return named.count == 1 ? named.first : nil
    }

    private static let yesOrNo: [String: String] = [
        "sim": "yes", "s": "yes", "yes": "yes", "y": "yes", "true": "yes", "1": "yes",
        "nao": "no", "n": "no", "no": "no", "false": "no", "2": "no",
    ]
}

extension Answer {
    /// Whether it came from a telephone keypad.
    var isKeyed: Bool {
        switch self {
        case .keys, .keysCutShort: true
        default: false
        }
    }
}
