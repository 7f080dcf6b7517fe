/// A Brazilian postal code: 8 digits, the last three of them the place within the district.
public struct CEP: Sendable, Hashable {
    /// The 8 digits.
    public let canonical: String

    /// Reads a postal code as people write it; 00000-000 is none.
    public init?(_ text: String) {
        guard let digits = DocumentText.positions(of: text), digits.count == 8,
            digits.allSatisfy(DocumentText.isDigit), digits.contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        canonical = DocumentText.string(digits)
    }

    /// As people write it: `01310-100`.
    public var formatted: String { "\(canonical.prefix(5))-\(canonical.suffix(3))" }
}
