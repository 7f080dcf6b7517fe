/// Reads numbers as programs write them (RFC 8259 §6), in the form and within the bounds that `NumberReader` gives.
enum ProgramNumber {
    /// At most 12 digits before and 6 after the point, as typed numbers have.
    static func number(_ text: String) -> String? { read(text, decimals: 6, mayBeNegative: true) }

    /// Two decimals, never negative.
    static func money(_ text: String) -> String? {
        read(text, decimals: 2, mayBeNegative: false).map { number in
            let parts = number.split(separator: ".")
            let cents = parts.count > 1 ? String(parts[1]) : ""
            return "\(parts[0]).\(cents)\(String(repeating: "0", count: 2 - cents.count))"
        }
    }

    /// `1.23456789E7` → `12345678.9`, digit by digit: a binary number between would not be what was sent.
    private static func read(_ text: String, decimals: Int, mayBeNegative: Bool) -> String? {
        // 17 digits, a sign, a point and an exponent are what programs write; more is none of theirs.
        guard text.utf8.count <= 60 else { return nil }
        let halves = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
        // Within bounds before any arithmetic: the least of all integers has no magnitude, and asking for it ends the process.
        guard halves.count <= 2, let exponent = halves.count == 2 ? Int(halves[1]) : 0, (-40...40).contains(exponent)
        else { return nil }
        var mantissa = halves[0]
        let isNegative = mantissa.hasPrefix("-")
        if isNegative { mantissa = mantissa.dropFirst() }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard whole.utf8.allSatisfy(DocumentText.isDigit), fraction.utf8.allSatisfy(DocumentText.isDigit),
            parts.count == 1 || !fraction.isEmpty
        else {
            return nil
        }
        let zeros = String(repeating: "0", count: abs(exponent))
        let written = String(whole) + fraction
        let digits = exponent < 0 ? zeros + written : written + zeros
        let point = (exponent < 0 ? zeros.count : 0) + whole.count + exponent
        let before = digits.prefix(point).drop { $0 == "0" }
        let after = String(digits.dropFirst(point).reversed().drop { $0 == "0" }.reversed())
        guard before.count <= 12, after.count <= decimals else { return nil }
        let magnitude = (before.isEmpty ? "0" : String(before)) + (after.isEmpty ? "" : "." + after)
        guard isNegative, magnitude != "0" else { return magnitude }
        return mayBeNegative ? "-\(magnitude)" : nil
    }
}
