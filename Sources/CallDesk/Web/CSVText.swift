/// Rows as spreadsheets read them (RFC 4180), parted by semicolons as in Brazil and Portugal.
enum CSVText {
    static func line(_ fields: [String]) -> String { fields.map(field).joined(separator: ";") }

    /// RFC 4180 quoting; a leading `=`, `+`, `-` or `@` is kept from becoming a formula in a spreadsheet, but for a telephone
    /// number, which is none.
    static func field(_ text: String) -> String {
        var value = text
        let isNumber =
            value.hasPrefix("+") && value.count > 1 && value.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
        if let first = value.first, "=+-@\t\r".contains(first), !isNumber { value = "'" + value }
        guard value.contains(where: { $0 == ";" || $0 == "\"" || $0.isNewline }) else { return value }
        return "\"" + value.replacing("\"", with: "\"\"") + "\""
    }
}
