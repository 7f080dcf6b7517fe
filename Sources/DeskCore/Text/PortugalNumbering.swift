/// The Portuguese numbering plan (ANACOM), as far as it decides what a dialled text means.
enum PortugalNumbering {
    enum Reading: Hashable {
        /// Nine digits: 9 mobile, 2 fixed, 30 nomadic.
        case subscriber(String)
        /// 800, 808, 707, 760 and their like: dialled within the country only.
        case service(String, isFree: Bool)
        case short(String)
        case international([String])
        case none
    }

    private static let services = ["800", "802", "808", "809", "707", "708", "760", "761", "762", "884"]

    /// Reads digits dialled or shown in Portugal without a plus; there is no trunk prefix.
    static func read(_ digits: String) -> Reading {
        let count = digits.utf8.count
        if digits.hasPrefix("00") {
            return count >= 10 ? .international([String(digits.dropFirst(2))]) : .none
        }
        if count == 9 { return readNational(digits[...]) }
        if count >= 11 { return .international([digits]) }
        // 112 and 116xxx, 118x, 14xx, 16xxx: services begin with 1.
        if digits.hasPrefix("1"), count == 3 || count == 5 || count == 6 { return .short(digits) }
        return .none
    }

    /// Reads what follows the country code 351.
    static func readNational(_ digits: Substring) -> Reading {
        guard digits.utf8.count == 9 else { return .none }
        if services.contains(where: { digits.hasPrefix($0) }) {
            return .service(String(digits), isFree: digits.hasPrefix("800"))
        }
        return digits.first == "9" || digits.first == "2" || digits.hasPrefix("30")
            ? .subscriber(String(digits)) : .none
    }

    /// As people write any nine digits: `912 345 678`.
    static func display(_ digits: String) -> String {
        "\(digits.prefix(3)) \(digits.dropFirst(3).prefix(3)) \(digits.suffix(3))"
    }
}
