/// Whose numbering plan and documents a text is read by.
public struct Region: Sendable, Hashable {
    public enum Country: String, Sendable, Hashable, CaseIterable {
        case brazil = "BR"
        case portugal = "PT"
    }

    public let country: Country
    /// The area code (DDD) of numbers the PBX shows without one; nil when such numbers cannot be completed.
    public let areaCode: String?

    /// A region by its country; an `areaCode` that is none of Brazil's 67 is left out.
    public init(_ country: Country, areaCode: String? = nil) {
        self.country = country
        self.areaCode = country == .brazil ? areaCode.flatMap { BrazilNumbering.isAreaCode($0) ? $0 : nil } : nil
    }

    /// Reads a setting: `BR`, `PT`, or `BR-31` with the area code of the PBX.
    public init?(_ text: String) {
        let parts = text.uppercased().split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let country = parts.first.flatMap({ Country(rawValue: String($0)) }) else { return nil }
        guard parts.count == 2 else {
            self.init(country)
            return
        }
        let code = String(parts[1])
        guard country == .brazil, BrazilNumbering.isAreaCode(code) else { return nil }
        self.init(country, areaCode: code)
    }

    public static let brazil = Region(.brazil)
    public static let portugal = Region(.portugal)
}
