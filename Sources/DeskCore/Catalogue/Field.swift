/// One of the answers a choice offers.
public struct FieldOption: Sendable, Hashable, Identifiable {
    /// The canonical value.
    public let id: String
    public let label: LocalizedText
    /// How the telephone offers it, before its key: “Se não abre”; nil reads the label.
    public let say: LocalizedText?
    public let digit: Int?

    public init(id: String, label: LocalizedText, say: LocalizedText? = nil, digit: Int?) {
        self.id = id
        self.label = label
        self.say = say
        self.digit = digit
    }
}

/// One question of a topic's form.
///
/// One object for all who look at it, as its topic is.
public final class Field: Sendable, Hashable, Identifiable {
    public let id: String
    /// The question that asks it: made once, as every answer to a form looks for it several times.
    public let prompt: PromptID
    public let kind: FieldKind
    public let label: LocalizedText
    /// The sentence to ask aloud.
    public let say: LocalizedText
    /// Where the customer finds the information (E3).
    public let hint: LocalizedText?
    public let options: [FieldOption]
    /// XPath over the answers, as the author wrote it; nil means always.
    public let relevant: String?
    /// XPath over the answers; nil means never.
    public let required: String?
    /// XPath that must hold for an answer, `.` being the answer.
    public let constraint: String?
    /// XPath that gives the value; such a field is never asked.
    public let calculate: String?
    /// What to tell the technician when `constraint` does not hold.
    public let alert: LocalizedText?
    /// Why the desk may ask this (LGPD, GDPR).
    public let purpose: LocalizedText?
    /// Whether the telephone menu asks it too.
    public let keypad: Bool
    /// The longest answer in characters, at most `CatalogueLimits.longestText`.
    public let maximumLength: Int

    public init(
        id: String,
        kind: FieldKind,
        label: LocalizedText,
        say: LocalizedText,
        hint: LocalizedText? = nil,
        options: [FieldOption] = [],
        relevant: String? = nil,
        required: String? = nil,
        constraint: String? = nil,
        calculate: String? = nil,
        alert: LocalizedText? = nil,
        purpose: LocalizedText? = nil,
        keypad: Bool = false,
        maximumLength: Int
    ) {
        self.id = id
        prompt = .field(id)
        self.kind = kind
        self.label = label
        self.say = say
        self.hint = hint
        self.options = options
        self.relevant = relevant
        self.required = required
        self.constraint = constraint
        self.calculate = calculate
        self.alert = alert
        self.purpose = purpose
        self.keypad = keypad
        self.maximumLength = maximumLength
    }

    public static func == (left: Field, right: Field) -> Bool {
        left === right
            || left.id == right.id && left.kind == right.kind && left.label == right.label && left.say == right.say
                && left.hint == right.hint && left.options == right.options && left.relevant == right.relevant
                && left.required == right.required && left.constraint == right.constraint
                && left.calculate == right.calculate && left.alert == right.alert && left.purpose == right.purpose
                && left.keypad == right.keypad && left.maximumLength == right.maximumLength
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
