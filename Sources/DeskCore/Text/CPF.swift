/// A Brazilian person's tax number: 11 digits, the last two of them check digits.
public struct CPF: Sendable, Hashable {
    /// The 11 digits.
    public let canonical: String

    /// Reads a CPF as people write it; nil when the length or a check digit is wrong, or all digits are the same.
    public init?(_ text: String) {
        guard let digits = DocumentText.positions(of: text), digits.count == 11,
            digits.allSatisfy(DocumentText.isDigit), !DocumentText.isUniform(digits),
            digits[9] == Modulo11.digit(of: digits[..<9], weights: Self.firstWeights),
            digits[10] == Modulo11.digit(of: digits[..<10], weights: Self.secondWeights)
        else { return nil }
        canonical = DocumentText.string(digits)
    }

    private static let firstWeights = Array((2...10).reversed())
    private static let secondWeights = Array((2...11).reversed())

    /// As people write it: `529.982.247-25`.
    public var formatted: String {
        let text = Array(canonical)
        return "\(String(text[0..<3])).\(String(text[3..<6])).\(String(text[6..<9]))-\(String(text[9...]))"
    }

    /// For lists: `***.982.247-**`.
    public var masked: String {
        let text = Array(canonical)
        return "***.\(String(text[3..<6])).\(String(text[6..<9]))-**"
    }
}
