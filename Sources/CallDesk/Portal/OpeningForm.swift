import DeskCore
import HTTPTypes

/// The pages of a request: the topic's form, the rest that every ticket has, and the look over all of it.
enum OpeningStep: String, Sendable, CaseIterable {
    case form = "formulario"
    case details = "detalhes"
    case review = "revisao"

    /// Why a draft that was given up ended.
    static let discarded = "discarded"

    private static let detailStages: Set<InterviewStage> = [
        .summary, .module, .description, .whatChanged, .attachments,
    ]

    func asks(_ stage: InterviewStage) -> Bool {
        switch self {
        case .form: stage == .form
        case .details: Self.detailStages.contains(stage)
        case .review: false
        }
    }

    /// Where a new request begins: topics without a form of their own begin with the rest.
    static func first(of interview: Interview) -> OpeningStep { interview.formPrompts.isEmpty ? .details : .form }

    /// Where the first question stands that is still open; the review when none is.
    static func next(of interview: Interview, after step: OpeningStep? = nil) -> OpeningStep {
        let stage = interview.prompt.stage
        let open = allCases.first { $0.asks(stage) } ?? .review
        // Who changes an answer from the review comes back to what follows, not to the top.
        guard open == .review, step == .form else { return open }
        return .details
    }

    func before(_ interview: Interview) -> OpeningStep {
        switch self {
        case .review: .details
        case .details, .form: Self.first(of: interview)
        }
    }
}

/// What a page of a request sent: the answers, and what is wrong with them.
struct OpeningAnswers {
    var given: [PromptID: Answer] = [:]
    /// What was typed, to stand in the page again.
    var typed: [String: [String]] = [:]
    var faults: [PromptID: String] = [:]
    /// What concerns the whole page.
    var message: String?

    /// Reads the answers to the questions a page says it asked; files are kept before anything is judged.
    mutating func read(
        _ form: PortalForm,
        _ interview: Interview,
        _ attendanceID: Int64,
        skippingEmpty: Bool,
        app: App
    ) async throws {
        for (name, value) in form.fields { typed[name, default: []].append(value) }
        for name in form.all("pergunta").prefix(FormFields.most) {
            let id = PromptID(rawValue: name)
            guard let prompt = interview.prompt(for: id), case .field(let kind) = prompt.kind else { continue }
            switch kind {
            case .file: try await files(form, prompt, attendanceID, app: app)
            case .secret:
                // Left empty, the one that is kept stays.
                if !form[name].isEmpty || prompt.currentValue == nil { keep(id, text(form[name]), skippingEmpty) }
            case .choices:
                let chosen = form.all(name).filter { !$0.isEmpty }
                keep(id, chosen.isEmpty ? .skip : .options(chosen), skippingEmpty)
            case .choice, .yesNo:
                keep(id, form[name].isEmpty ? .skip : .option(form[name]), skippingEmpty)
            case .address:
                var address = AddressAnswer()
                for (part, path) in AddressAnswer.parts { address[keyPath: path] = form["\(name).\(part)"] }
                keep(id, address == AddressAnswer() ? .skip : .address(address), skippingEmpty)
            default: keep(id, text(form[name]), skippingEmpty)
            }
        }
    }

    private func text(_ text: String) -> Answer { text.allSatisfy(\.isWhitespace) ? .skip : .text(text) }

    private mutating func keep(_ id: PromptID, _ answer: Answer, _ skippingEmpty: Bool) {
        if skippingEmpty, answer == .skip { return }
        given[id] = answer
    }

    /// The files of a question: those that were there and stay, and those chosen now; a refused one is named.
    private mutating func files(
        _ form: PortalForm,
        _ prompt: Prompt,
        _ attendanceID: Int64,
        app: App
    ) async throws {
        let name = prompt.id.rawValue
        var kept: [FileAnswer] = []
        if case .files(let files) = prompt.currentValue {
            let dropped = Set(form.all("\(name).remover"))
            kept = files.filter { !dropped.contains(String($0.id)) }
        }
        for file in form.files where file.field == name {
            do {
                let stored = try await app.attachments.add(
                    Array(file.bytes),
                    name: file.name,
                    to: attendanceID,
                    by: nil
                )
                kept.append(FileAnswer(id: stored.id, name: stored.name, size: stored.size))
            } catch let error as AttachmentError {
                let problem = ProblemTranslation.problem(for: error)
                guard problem.status.kind == .clientError else { throw error }
                let text = problem.errors.first?.message ?? problem.detail ?? problem.title
                faults[prompt.id] = "\(AttachmentStore.shownName(file.name)): \(text[form.visit.language])"
            }
        }
        given[prompt.id] = kept.isEmpty ? .skip : .files(kept)
    }
}

/// One page of a request, ready for its template.
struct OpeningPage {
    struct Line {
        var label: String
        var text: String
        var href: String?
    }

    struct Step {
        var title: String
        var place: String
        var isCurrent: Bool
    }

    var topic: String
    var path: String
    var action: String
    var step: String
    var para: String
    var ref: String?
    var steps: [Step]
    /// Where the confirmation goes.
    var reachedAt: String?
    var guides: [GuideLink]
    var hasGuides: Bool
    /// What to have at hand, before the first question.
    var atHand: [Line]
    var hasAtHand: Bool
    var isFirst: Bool
    var questions: [OpeningQuestion]
    var message: String?
    var hasFaults: Bool
    var lines: [Line]
    var recipients: [String]
    var warnings: [String]
    var isBackOffered: Bool

    init(
        _ interview: Interview,
        _ step: OpeningStep,
        _ answers: OpeningAnswers,
        words: Words,
        action: String,
        para: String,
        ref: String,
        isNew: Bool,
        catalogue: Catalogue
    ) {
        let language = interview.draft.language
        let topic = interview.topic
        self.topic = topic?.title[language] ?? ""
        path = topic.map { catalogue.pathTitles(of: $0, in: language).joined(separator: " › ") } ?? ""
        self.action = action
        self.step = step.rawValue
        self.para = para
        self.ref = ref.isEmpty ? nil : ref
        let shown = OpeningStep.allCases.filter { $0 != .form || !interview.formPrompts.isEmpty }
        let at = shown.firstIndex(of: step) ?? 0
        steps = shown.enumerated().map { index, one in
            Step(
                title: words("open.step.\(Self.key(one))"),
                place: index < at ? "done" : index == at ? "current" : "ahead",
                isCurrent: index == at
            )
        }
        reachedAt = interview.customer?.email.map { words("open.reachedAt", ["address": $0]) }
        isFirst = isNew
        guides = isNew ? topic.map { topic in topic.guides.map { GuideLink($0, topic, language) } } ?? [] : []
        hasGuides = !guides.isEmpty
        let prompts = interview.prompts(of: step)
        let hints =
            isNew ? prompts.compactMap { prompt in prompt.hint.map { Line(label: prompt.label, text: $0) } } : []
        atHand = hints
        hasAtHand = !hints.isEmpty
        questions = prompts.map { OpeningQuestion($0, answers, words) }
        message = answers.message
        hasFaults = !answers.faults.isEmpty
        lines =
            step == .review
            ? interview.reviewed.map { line in
                Line(
                    label: line.label,
                    text: line.display.isEmpty ? "—" : line.display,
                    href: line.canChange && line.id != .topic
                        ? "\(action)?passo=\(OpeningStep.allCases.first { $0.asks(line.stage) }?.rawValue ?? "")#\(line.id.rawValue)"
                        : nil
                )
            } : []
        recipients = step == .review ? interview.told.recipients : []
        warnings = step == .review ? interview.told.warnings : []
        isBackOffered = !isNew && step != OpeningStep.first(of: interview)
    }

    /// The name of a step in the locale files.
    static func key(_ step: OpeningStep) -> String {
        switch step {
        case .form: "form"
        case .details: "details"
        case .review: "review"
        }
    }
}

/// One question of a page, as the control its kind needs.
struct OpeningQuestion {
    struct Choice {
        var value: String
        var label: String
        var isChosen: Bool
        var choiceID: String
    }

    struct Part {
        var name: String
        var label: String
        var value: String
        var autocomplete: String
        var isOwed: Bool
    }

    struct File {
        var id: Int64
        /// The question it answers.
        var owner: String
        var name: String
        var size: String
    }

    var id: String
    var label: String
    var hint: String?
    var purpose: String?
    var fault: String?
    var isOwed: Bool
    var value: String
    var longest: Int

    var isLine: Bool
    var type: String
    var inputMode: String
    var isProse: Bool
    var isList: Bool
    var isRadio: Bool
    var isBoxes: Bool
    var isAddress: Bool
    var isFile: Bool
    var isSecret: Bool
    /// A secret is kept already.
    var isKept: Bool
    var choices: [Choice]
    var parts: [Part]
    var files: [File]
    var fileKinds: String

    init(_ prompt: Prompt, _ answers: OpeningAnswers, _ words: Words) {
        let name = prompt.id.rawValue
        id = name
        label = prompt.label
        hint = prompt.hint
        purpose = prompt.purpose
        fault = answers.faults[prompt.id] ?? (prompt.reopened == nil ? nil : words("open.again"))
        isOwed = prompt.required
        longest = prompt.maximumLength
        let kind: FieldKind = if case .field(let kind) = prompt.kind { kind } else { .text }
        let typed = answers.typed[name]
        let stored = prompt.currentValue
        value = typed?.first ?? Self.text(stored, prompt, kind)
        isLine = ![.longText, .choice, .choices, .yesNo, .address, .file, .secret].contains(kind)
        (type, inputMode) = Self.control(kind)
        isProse = kind == .longText
        isList = kind == .choice && prompt.options.count > 6
        isRadio = kind == .yesNo || kind == .choice && prompt.options.count <= 6
        isBoxes = kind == .choices
        isAddress = kind == .address
        isFile = kind == .file
        isSecret = kind == .secret
        isKept = if case .sealed = stored { true } else { false }
        let options =
            kind == .yesNo
            ? [("yes", words("open.yes")), ("no", words("open.no"))] : prompt.options.map { ($0.id, $0.label) }
        choices = options.enumerated().map { index, option in
            let isChosen =
                typed?.contains(option.0)
                ?? {
                    if case .list(let ids) = stored { return ids.contains(option.0) }
                    return stored?.text == option.0
                }()
            return Choice(value: option.0, label: option.1, isChosen: isChosen, choiceID: "\(name)-\(index)")
        }
        parts =
            kind == .address
            ? AddressAnswer.parts.map { part, path in
                let own: String = if case .address(let address) = stored { address[keyPath: path] } else { "" }
                return Part(
                    name: "\(name).\(part)",
                    label: words("open.address.\(part)"),
                    value: answers.typed["\(name).\(part)"]?.first ?? own,
                    autocomplete: Self.autocomplete[part] ?? "off",
                    isOwed: prompt.required && part != "complement" && part != "number" && part != "district"
                )
            } : []
        if case .files(let kept) = stored {
            files = kept.map { File(id: $0.id, owner: name, name: $0.name, size: ByteCount.text($0.size)) }
        } else {
            files = []
        }
        fileKinds = AttachmentStore.accepted
    }

    /// What stands in the field: dates as their control wants them, everything else as people write it.
    private static func text(_ value: AnswerValue?, _ prompt: Prompt, _ kind: FieldKind) -> String {
        switch kind {
        case .date, .time, .longText, .text: value?.text ?? ""
        default: prompt.current ?? ""
        }
    }

    private static func control(_ kind: FieldKind) -> (String, String) {
        switch kind {
        case .date: ("date", "")
        case .time: ("time", "")
        case .email: ("email", "email")
        case .phone: ("tel", "tel")
        case .number, .money: ("text", "decimal")
        case .cpf, .nif, .cep: ("text", "numeric")
        default: ("text", "text")
        }
    }

    private static let autocomplete = [
        "cep": "postal-code", "street": "address-line1", "complement": "address-line2", "district": "address-level3",
        "city": "address-level2", "state": "address-level1",
    ]
}

extension Interview {
    /// The questions of one page.
    func prompts(of step: OpeningStep) -> [Prompt] { way.filter { step.asks($0.stage) } }
}
