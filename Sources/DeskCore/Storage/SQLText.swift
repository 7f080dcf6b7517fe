extension String {
    /// This text without the character U+0000, which PostgreSQL cannot keep; U+FFFD stands where it was, on both engines.
    var storable: String {
        guard utf8.contains(0) else { return self }
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars { kept.append(scalar.value == 0 ? "\u{FFFD}" : scalar) }
        return String(kept)
    }
}

extension SQLValue {
    /// This value as either engine gives it back.
    var kept: SQLValue { if case .text(let text) = self { .text(text.storable) } else { self } }
}

/// The placeholders `$1`, `$2`, … of a statement.
enum SQLPlaceholders {
    /// The highest number in `sql`; what stands in single quotes is text.
    static func count(in sql: String) -> Int {
        var highest = 0
        var number: Int?
        var isQuoted = false
        for byte in sql.utf8 {
            switch byte {
            case UInt8(ascii: "'"):
                isQuoted.toggle()
                number = nil
            case UInt8(ascii: "$") where !isQuoted: number = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                // No engine takes more than 65,535.
                number = number.map { min($0 * 10 + Int(byte - UInt8(ascii: "0")), 100_000) }
                highest = max(highest, number ?? 0)
            default: number = nil
            }
        }
        return highest
    }
}
