/// What a front end passes in, as it was typed, picked or keyed.
public enum Answer: Sendable, Hashable {
    /// Typed text; for a choice its identifier, its key or its label do as well.
    case text(String)
    /// A number as a program writes it (RFC 8259 §6): a point for the fraction, perhaps an exponent, the same in every
    /// language.
    case number(String)
    /// The identifier of an option or a candidate.
    case option(String)
    case options([String])
    /// Digits, `*` and `#` from a telephone keypad.
    case keys(String)
    /// Keys after which only silence came: perhaps no more than the beginning of what the caller was keying.
    case keysCutShort(String)
    case address(AddressAnswer)
    case files([FileAnswer])
    /// Leave it empty; refused where an answer is required.
    case skip
    /// Yes to what the prompt proposes: the candidate, or the review.
    case confirm
}

/// A postal address in its parts; the first six are what a Brazilian form asks (C3).
public struct AddressAnswer: Sendable, Hashable, Codable {
    public var cep: String
    public var street: String
    public var number: String
    public var complement: String
    public var district: String
    public var city: String
    public var state: String

    public init(
        cep: String = "",
        street: String = "",
        number: String = "",
        complement: String = "",
        district: String = "",
        city: String = "",
        state: String = ""
    ) {
        self.cep = cep
        self.street = street
        self.number = number
        self.complement = complement
        self.district = district
        self.city = city
        self.state = state
    }

    /// The parts by name, as XPath and JSON see them.
    public static let parts: [(name: String, path: any WritableKeyPath<AddressAnswer, String> & Sendable)] = [
        ("cep", \.cep), ("street", \.street), ("number", \.number), ("complement", \.complement),
        ("district", \.district), ("city", \.city), ("state", \.state),
    ]
}

/// A file already stored, as the interview refers to it.
public struct FileAnswer: Sendable, Hashable, Codable, Identifiable {
    /// The attachment's identifier in the store.
    public var id: Int64
    public var name: String
    public var size: Int64

    public init(id: Int64, name: String, size: Int64) {
        self.id = id
        self.name = name
        self.size = size
    }
}
