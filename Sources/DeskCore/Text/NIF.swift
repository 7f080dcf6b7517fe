/// A Portuguese tax number: 9 digits, the last of them a check digit.
public struct NIF: Sendable, Hashable {
    /// The 9 digits.
    public let canonical: String

    /// Reads a NIF as people write it, with or without the country code `PT` of VAT numbers.
    ///
    /// The first digit must be one that is given out: 1 to 3 persons, 45 non-residents, 5 companies, 6 public bodies,
    /// 7 to 9 others. Which second digits follow 7 and 9 keeps changing, so those are left to the check digit.
    public init?(_ text: String) {
        guard var digits = DocumentText.positions(of: text) else { return nil }
        if digits.starts(with: "PT".utf8) { digits.removeFirst(2) }
        guard digits.count == 9, digits.allSatisfy(DocumentText.isDigit),
            Self.isGiven(first: digits[0], second: digits[1]),
            digits[8] == Modulo11.digit(of: digits[..<8], weights: Self.weights)
        else { return nil }
        canonical = DocumentText.string(digits)
    }

    private static let weights = Array((2...9).reversed())

    private static func isGiven(first: UInt8, second: UInt8) -> Bool {
        switch first {
        case UInt8(ascii: "0"): false
        case UInt8(ascii: "4"): second == UInt8(ascii: "5")
        default: true
        }
    }

    /// As people write it: `501 423 435`.
    public var formatted: String {
        let text = Array(canonical)
        return "\(String(text[0..<3])) \(String(text[3..<6])) \(String(text[6...]))"
    }

    /// For lists: `*** 423 ***`.
    public var masked: String {
        let text = Array(canonical)
        return "*** \(String(text[3..<6])) ***"
    }
}
