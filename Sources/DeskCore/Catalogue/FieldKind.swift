/// What a field holds, and so how it is asked, checked and shown.
public enum FieldKind: String, Sendable, Hashable, Codable, CaseIterable {
    case text
    case longText = "long-text"
    case number
    case money
    case date
    case time
    case choice
    case choices
    case yesNo = "yes-no"
    case phone
    case email
    case cpf
    case cnpj
    case cpfOrCnpj = "cpf-or-cnpj"
    case nif
    case cep
    case address
    case file
    case secret

    /// What forms, telephones and calculations have to know of a kind; reading and showing it are `AnswerReader`'s and
    /// `AnswerDisplay`'s.
    public var traits: FieldTraits {
        switch self {
        case .text: FieldTraits(.line(isStored: true))
        case .longText: FieldTraits(.prose)
        case .number:
            FieldTraits(.line(inputMode: "decimal"), keypad: .init(1, 12, .number), decimals: .upTo(6))
        case .money:
            FieldTraits(.line(inputMode: "decimal"), keypad: .init(1, 15, .money), decimals: .always(2))
        case .date: FieldTraits(.line(type: "date", isStored: true), keypad: .init(6, 8, .date))
        case .time: FieldTraits(.line(type: "time", isStored: true), keypad: .init(3, 4, .time))
        case .choice: FieldTraits(.list, keypad: .options)
        case .choices: FieldTraits(.boxes)
        case .yesNo: FieldTraits(.yesNo, keypad: .yesNo)
        case .phone: FieldTraits(.line(type: "tel", inputMode: "tel"), keypad: .init(8, 15))
        case .email: FieldTraits(.line(type: "email", inputMode: "email"))
        case .cpf: FieldTraits(.line(inputMode: "numeric"), keypad: .init(11, 11))
        // A CNPJ may hold letters since July 2026; a keypad cannot give one unambiguously.
        case .cnpj: FieldTraits(.line())
        case .cpfOrCnpj: FieldTraits(.line(), keypad: .init(11, 14))
        case .nif: FieldTraits(.line(inputMode: "numeric"), keypad: .init(9, 9))
        case .cep: FieldTraits(.line(inputMode: "numeric"), keypad: .init(7, 8))
        case .address: FieldTraits(.address)
        case .file: FieldTraits(.file)
        case .secret: FieldTraits(.secret)
        }
    }

    /// Whether an author may bound what is typed: texts are stored as they are written, all else as its kind has it.
    public var hasMaximumLength: Bool { self == .text || self == .longText || self == .secret }

    /// Whether answers are picked from the field's own options.
    public var hasOptions: Bool { self == .choice || self == .choices }

    /// Whether a telephone keypad can give the answer.
    public var canUseKeypad: Bool { traits.keypad != nil }
}

/// What is the same for all fields of a kind, said once for all who ask.
public struct FieldTraits: Sendable, Equatable {
    /// What a form draws the field with.
    public enum Control: Sendable, Equatable {
        /// One line; `type` and `inputMode` as HTML has them, `isStored` when the control takes the canonical value.
        case line(type: String = "text", inputMode: String = "", isStored: Bool = false)
        case prose
        case list
        case boxes
        case yesNo
        case address
        case file
        case secret
    }

    /// What a keypad gives.
    public enum Keypad: Sendable, Equatable {
        /// So many digits at the least and at the most, asked for as `form`.
        case digits(minimum: Int, maximum: Int, form: Keyed)
        /// A key for each option.
        case options
        /// 1 for yes, 2 for no.
        case yesNo

        init(_ minimum: Int, _ maximum: Int, _ form: Keyed = .digits) {
            self = .digits(minimum: minimum, maximum: maximum, form: form)
        }
    }

    /// How a caller is told to key it in; a number and money have a star for the comma.
    public enum Keyed: String, Sendable {
        case number
        case money
        case date
        case time
        case digits

        var hasDecimals: Bool { self == .number || self == .money }
    }

    /// How many digits a calculated number has behind the point.
    public enum Decimals: Sendable, Equatable {
        case upTo(Int)
        case always(Int)
    }

    public var control: Control
    /// Nil when a keypad cannot give the answer.
    public var keypad: Keypad?
    /// Nil for what is no number.
    public var decimals: Decimals?

    init(_ control: Control, keypad: Keypad? = nil, decimals: Decimals? = nil) {
        self.control = control
        self.keypad = keypad
        self.decimals = decimals
    }
}
