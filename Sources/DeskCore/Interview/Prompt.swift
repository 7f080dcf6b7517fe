/// What kind of control a prompt needs.
public enum PromptKind: Sendable, Hashable {
    /// Confirm the one likely caller: yes, no, or search.
    case confirmCandidate
    /// Choose among several; none is preselected.
    case chooseCandidate
    /// Type a document, e-mail, name, contract, protocol or phone.
    case searchCustomer
    /// Pick or search a topic.
    case topic
    /// A question of the desk or of the topic's form.
    case field(FieldKind)
    /// Look everything over and confirm.
    case review
    /// Something outside is awaited.
    case waiting
    /// The keypad's part is over.
    case handOver
    case done

    /// The kind of the field that is asked for; nil when none is.
    public var fieldKind: FieldKind? { if case .field(let kind) = self { kind } else { nil } }
}

/// One thing to choose in a prompt.
public struct PromptOption: Sendable, Hashable, Identifiable {
    public enum Role: String, Sendable, Hashable {
        case value
        case candidate
        case section
        case topic
        /// Search, register, skip, another person…
        case action
    }

    public var id: String
    public var label: String
    /// A second line: the reasons, the section path.
    public var detail: String?
    public var role: Role
    public var digit: Int?
    public var isCurrent: Bool

    public init(
        id: String,
        label: String,
        detail: String? = nil,
        role: Role,
        digit: Int? = nil,
        isCurrent: Bool = false
    ) {
        self.id = id
        self.label = label
        self.detail = detail
        self.role = role
        self.digit = digit
        self.isCurrent = isCurrent
    }
}

/// What a telephone keypad may send for a prompt.
public struct KeypadGrammar: Sendable, Hashable {
    /// Fewest and most keys of one answer, without the terminator.
    public var minimum: Int
    public var maximum: Int
    /// Keys that choose at once, with the option each stands for; empty when digits are typed.
    public var choices: [String: String]
    /// `#` ends a typed answer.
    public var terminator: String
    /// `*` stands for the decimal comma where there is one.
    public var decimal: Bool

    public init(minimum: Int, maximum: Int, choices: [String: String] = [:], decimal: Bool = false) {
        self.minimum = minimum
        self.maximum = maximum
        self.choices = choices
        terminator = "#"
        self.decimal = decimal
    }
}

/// How far an interview has got.
public struct InterviewProgress: Sendable, Hashable {
    public struct Step: Sendable, Hashable {
        public enum State: String, Sendable, Hashable { case done, current, ahead }
        public var stage: InterviewStage
        public var title: String
        public var state: State
    }

    public var done: Int
    public var total: Int
    public var steps: [Step]
}

/// One line of the review, a link back to its question.
public struct ReviewLine: Sendable, Hashable, Identifiable {
    public var id: PromptID
    public var stage: InterviewStage
    public var label: String
    public var display: String
    /// Calculated values cannot be changed.
    public var canChange: Bool
}

/// What to ask next, with all a front end needs to ask it.
public struct Prompt: Sendable, Hashable, Identifiable {
    public var id: PromptID
    public var stage: InterviewStage
    public var kind: PromptKind
    public var label: String
    /// The sentence to say to the caller.
    public var say: String
    public var hint: String?
    /// Why the desk asks (LGPD).
    public var purpose: String?
    public var options: [PromptOption] = []
    /// The sections that lead to what a topic question shows, the outermost first.
    public var trail: [PromptOption] = []
    public var candidates: [Candidate] = []
    public var required = false
    /// The answer so far, as people write it.
    public var current: String?
    public var currentValue: AnswerValue?
    /// What to show in the empty field: a value known from elsewhere, taken only when confirmed.
    public var suggestion: String?
    /// What the same person answered before (C3), to be taken only when given again.
    public var remembered: AnswerValue?
    public var fault: PromptFault?
    /// `fault` in the interview's language.
    public var error: String?
    public var reopened: ReopenReason?
    public var maximumLength: Int
    public var keypad: KeypadGrammar?
    public var guides: [Guide] = []
    public var review: [ReviewLine] = []
    /// Where confirmations will go once the ticket exists, as people write it; in the review.
    public var recipients: [String] = []
    /// What the technician should know before creating, such as an unidentified caller or a contract without SMS.
    public var warnings: [String] = []
    public var progress: InterviewProgress
    public var canGoBack: Bool
    public var isWaiting = false
    /// Wrong answers in a row, for “after three tries”.
    public var misses: Int
    /// To be handed back with the answer.
    public var revision: Int
}
