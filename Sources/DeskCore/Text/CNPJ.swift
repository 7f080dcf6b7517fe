/// A Brazilian company's tax number: 12 digits or letters (IN RFB 2.229/2024) and two check digits.
///
/// A letter is worth its ASCII code less 48 in the check (A is 17), so the old numeric numbers keep their digits.
public struct CNPJ: Sendable, Hashable {
    /// The 14 positions, letters in upper case.
    public let canonical: String

    /// Reads a CNPJ as people write it; nil when the length or a check digit is wrong, or all positions are the same.
    public init?(_ text: String) {
        guard let positions = DocumentText.positions(of: text), positions.count == 14,
            positions[12...].allSatisfy(DocumentText.isDigit), !DocumentText.isUniform(positions),
            positions[12] == Modulo11.digit(of: positions[..<12], weights: Self.firstWeights),
            positions[13] == Modulo11.digit(of: positions[..<13], weights: Self.secondWeights)
        else { return nil }
        canonical = DocumentText.string(positions)
    }

    private static let firstWeights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    private static let secondWeights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]

    /// Whether it has letters, so that it cannot be keyed on a telephone.
    public var isAlphanumeric: Bool { canonical.utf8.contains { !DocumentText.isDigit($0) } }

    /// As people write it: `12.ABC.345/01DE-35`.
    public var formatted: String {
        let text = Array(canonical)
        let root = "\(String(text[0..<2])).\(String(text[2..<5])).\(String(text[5..<8]))"
        return "\(root)/\(String(text[8..<12]))-\(String(text[12...]))"
    }

    /// For lists: `**.ABC.345/****-**`.
    public var masked: String {
        let text = Array(canonical)
        return "**.\(String(text[2..<5])).\(String(text[5..<8]))/****-**"
    }
}
