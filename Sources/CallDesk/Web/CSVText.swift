/// Rows as spreadsheets read them (RFC 4180), parted by semicolons as in Brazil and Portugal.
///
/// By bytes, as they read: a quote or a semicolon with a combining mark behind it ends a field all the same, though to Swift
/// both are one character that is neither.
enum CSVText {
    static func line(_ fields: [String]) -> String { fields.map(field).joined(separator: ";") }

    /// RFC 4180 quoting; what would begin a formula in a spreadsheet gets an apostrophe in front, but for a telephone number,
    /// which is none.
    static func field(_ text: String) -> String {
        var bytes: [UInt8] = beginsFormula(text) ? [UInt8(ascii: "'")] : []
        bytes.append(contentsOf: text.utf8)
        guard bytes.contains(where: isSign) else { return String(decoding: bytes, as: UTF8.self) }
        var quoted = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(bytes.count + 8)
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }

    /// `=`, `+`, `-` and `@`, in full width too, and the tab and line ends that spreadsheets skip to one (OWASP, CSV Injection).
    private static func beginsFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        switch first {
        case "+": return text.utf8.count == 1 || !text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        case "=", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": return true
        default: return false
        }
    }

    /// What parts fields, rows or quotes; a line ends for some programs at a vertical tab or a form feed too.
    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ";"), UInt8(ascii: "\""), 0x0A...0x0D: true
        default: false
        }
    }
}
