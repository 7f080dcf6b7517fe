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
    /// A password seems to be in a text: what is to become of it is asked.
    var asksAboutPassword = false
    /// Where the vault has what was taken out of the texts.
    var aside: [String] = []

    /// Notices passwords in texts that would stay readable; they go into the vault, or are asked about.
    mutating func guardPasswords(
        _ form: PortalForm,
        _ interview: Interview,
        _ attendanceID: Int64,
        app: App
    ) async throws {
        let wish = PasswordSpotter.Wish(rawValue: form["passwords"])
        guard wish != .keep else { return }
        for (id, answer) in given {
            guard case .text(let text) = answer, interview.staysReadable(id) else { continue }
            let found = PasswordSpotter.spot(in: text)
            guard !found.isEmpty else { continue }
            guard wish == .seal else {
                asksAboutPassword = true
                faults[id] = PasswordOffer.noticed[form.visit.language]
                given[id] = nil
                continue
            }
            aside += try await app.interviews.sealed(found, of: text, id, attendanceID)
            given[id] = .text(PasswordSpotter.covered(text, found))
        }
    }

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

    /// Fills the parts that are empty from the postal code beside them; what somebody typed stays.
    mutating func fillAddresses(_ form: PortalForm, _ lookup: PostalLookup) async {
        let addresses = given.filter { if case .address = $0.value { true } else { false } }
        let ordered = addresses.sorted { $0.key.rawValue < $1.key.rawValue }
        let known = await lookup.find(
            ordered.compactMap { if case .address(let address) = $0.value { CEP(address.cep) } else { nil } }
        )
        for (id, answer) in ordered {
            guard case .address(var address) = answer, let code = CEP(address.cep), let found = known[code] else {
                continue
            }
            for (part, path) in AddressAnswer.parts where address[keyPath: path].allSatisfy(\.isWhitespace) {
                address[keyPath: path] = found[keyPath: path]
                typed["\(id.rawValue).\(part)"] = [found[keyPath: path]]
            }
            given[id] = .address(address)
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

/// One of the pages a request is made on, as the list above it shows them.
struct OpeningPlace: PagePart {
    var title: String
    /// done, current or ahead.
    var place: String
    var isCurrent: Bool

    /// The pages of an interview, seen from `step`.
    static func all(of interview: Interview, at step: OpeningStep, _ words: Words) -> [OpeningPlace] {
        let shown = OpeningStep.allCases.filter { $0 != .form || !interview.formPrompts.isEmpty }
        let at = shown.firstIndex(of: step) ?? 0
        return shown.enumerated().map { index, one in
            OpeningPlace(
                title: words("open.step.\(Self.key(one))"),
                place: index < at ? "done" : index == at ? "current" : "ahead",
                isCurrent: index == at
            )
        }
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

/// One page of questions of a request.
struct OpeningPage: Page {
    static let template = "open-form"

    struct Line: PagePart {
        var label: String
        var text: String
    }

    var topic: String
    var path: String
    var action: String
    var step: String
    var para: String
    var ref: String?
    var steps: [OpeningPlace]
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
    /// What is to become of a password in a text; asked where one is noticed.
    var passwords: [TicketDeed.Choice]
    var hasPasswords: Bool
    var isBackOffered: Bool
    /// Whether a postal code on the page finds its street.
    var canLookUp: Bool
}

extension OpeningPage {
    init(
        _ interview: Interview,
        _ step: OpeningStep,
        _ answers: OpeningAnswers,
        words: Words,
        action: String,
        para: String,
        ref: String,
        isNew: Bool,
        canLookUp: Bool,
        catalogue: Catalogue
    ) {
        let language = interview.draft.language
        let topic = interview.topic
        self.topic = topic?.title[language] ?? ""
        path = catalogue.path(of: topic, in: language)
        self.action = action
        self.step = step.rawValue
        self.para = para
        self.ref = ref.isEmpty ? nil : ref
        steps = OpeningPlace.all(of: interview, at: step, words)
        reachedAt = interview.customer?.email.map { words("open.reachedAt", ["address": $0]) }
        isFirst = isNew
        guides = isNew ? topic.map { topic in topic.guides.map { GuideLink($0, topic, language) } } ?? [] : []
        hasGuides = !guides.isEmpty
        let prompts = interview.prompts(of: step)
        atHand = isNew ? prompts.compactMap { prompt in prompt.hint.map { Line(label: prompt.label, text: $0) } } : []
        hasAtHand = !atHand.isEmpty
        questions = prompts.map { OpeningQuestion($0, answers, words) }
        message = answers.message
        hasFaults = !answers.faults.isEmpty
        passwords = answers.asksAboutPassword ? PasswordChoice.all(words) : []
        hasPasswords = !passwords.isEmpty
        self.canLookUp = canLookUp && questions.contains(where: \.isAddress)
        isBackOffered = !isNew && step != OpeningStep.first(of: interview)
    }
}

/// The last page of a request: everything that was said, to be looked over and sent.
struct OpeningReviewPage: Page {
    static let template = "open-review"

    struct Line: PagePart {
        var label: String
        var text: String
        /// Where it can be changed; nil when it cannot.
        var href: String?
    }

    var topic: String
    var path: String
    var action: String
    var steps: [OpeningPlace]
    var message: String?
    var lines: [Line]
    var recipients: [String]
    var warnings: [String]
}

extension OpeningReviewPage {
    init(_ interview: Interview, message: String?, words: Words, action: String, catalogue: Catalogue) {
        let language = interview.draft.language
        topic = interview.topic?.title[language] ?? ""
        path = catalogue.path(of: interview.topic, in: language)
        self.action = action
        steps = OpeningPlace.all(of: interview, at: .review, words)
        self.message = message
        lines = interview.reviewed.map { line in
            let step = OpeningStep.allCases.first { $0.asks(line.stage) }
            return Line(
                label: line.label,
                text: line.display.isEmpty ? "—" : line.display,
                href: line.canChange && line.id != .topic
                    ? "\(action)?passo=\(step?.rawValue ?? "")#\(line.id.rawValue)" : nil
            )
        }
        let told = interview.told
        recipients = told.recipients
        warnings = told.warnings
    }
}

extension Catalogue {
    /// Where a topic lies, in words.
    fileprivate func path(of topic: Topic?, in language: Language) -> String {
        topic.map { pathTitles(of: $0, in: language).joined(separator: " › ") } ?? ""
    }
}

/// One question of a page, as the control its kind needs.
struct OpeningQuestion: PagePart {
    struct Choice: PagePart {
        var value: String
        var label: String
        var isChosen: Bool
        var choiceID: String
    }

    struct Part: PagePart {
        var name: String
        var label: String
        var value: String
        var autocomplete: String
        var isOwed: Bool
    }

    struct File: PagePart {
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
}

extension OpeningQuestion {
    init(_ prompt: Prompt, _ answers: OpeningAnswers, _ words: Words) {
        let name = prompt.id.rawValue
        id = name
        label = prompt.label
        hint = prompt.hint
        purpose = prompt.purpose
        fault = answers.faults[prompt.id] ?? (prompt.reopened == nil ? nil : words("open.again"))
        isOwed = prompt.required
        longest = prompt.maximumLength
        let control = (prompt.kind.fieldKind ?? .text).traits.control
        let typed = answers.typed[name]
        // What the person gave before stands in the field; sending the page gives it again.
        let stored = prompt.currentValue ?? prompt.remembered
        let shown = prompt.current ?? (prompt.remembered == nil ? nil : prompt.suggestion)
        if case .line(let type, let mode, let isStored) = control {
            (isLine, self.type, inputMode) = (true, type, mode)
            // Dates and times as their control wants them, what people write in a form of its own as they write it.
            value = typed?.first ?? (isStored ? stored?.text : shown) ?? ""
        } else {
            (isLine, type, inputMode) = (false, "", "")
            value = typed?.first ?? (control == .prose ? stored?.text : shown) ?? ""
        }
        isProse = control == .prose
        isList = control == .list && prompt.options.count > 6
        isRadio = control == .yesNo || control == .list && prompt.options.count <= 6
        isBoxes = control == .boxes
        isAddress = control == .address
        isFile = control == .file
        isSecret = control == .secret
        isKept = if case .sealed = stored { true } else { false }
        let options =
            control == .yesNo
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
            control == .address
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

    private static let autocomplete = [
        "cep": "postal-code", "street": "address-line1", "complement": "address-line2", "district": "address-level3",
        "city": "address-level2", "state": "address-level1",
    ]
}

extension Interview {
    /// The questions of one page.
    func prompts(of step: OpeningStep) -> [Prompt] { way.filter { step.asks($0.stage) } }
}
