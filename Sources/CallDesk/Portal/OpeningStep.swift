import DeskCore

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

extension Interview {
    /// The questions of one page.
    func prompts(of step: OpeningStep) -> [Prompt] { way.filter { step.asks($0.stage) } }
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
