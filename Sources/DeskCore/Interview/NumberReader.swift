/// Reads numbers and amounts as people of each language write them; gives them with a point and no grouping.
struct NumberReader {
    let language: Language
    /// On a keypad `*` is the decimal comma.
    let keyed: Bool

    /// At most 12 digits before and 6 after the point: beyond that a double no longer holds them all.
    func number(_ text: String) -> String? { read(text, decimals: 6, mayBeNegative: true) }

    /// Two decimals, never negative; a currency sign in front is dropped.
    func money(_ text: String) -> String? {
        var amount = Substring(text)
        for sign in ["R$", "€", "$", "EUR", "BRL"] where amount.hasPrefix(sign) {
            amount = amount.dropFirst(sign.count)
        }
        if amount.hasSuffix("€") { amount = amount.dropLast() }
        guard let number = read(String(amount), decimals: 2, mayBeNegative: false) else { return nil }
        let parts = number.split(separator: ".")
        let cents = parts.count > 1 ? String(parts[1]) : ""
        return "\(parts[0]).\(cents)\(String(repeating: "0", count: 2 - cents.count))"
    }

    private func read(_ text: String, decimals: Int, mayBeNegative: Bool) -> String? {
        var digits = text.filter { $0 != " " && $0 != "\u{A0}" }
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        guard !digits.isEmpty, digits.count <= 40, mayBeNegative || !isNegative else { return nil }
        if keyed { digits = digits.replacing("*", with: ",") }
        guard let (whole, fraction) = split(digits) else { return nil }
        guard (whole + fraction).allSatisfy(\.isASCIIDigit), !(whole + fraction).isEmpty else { return nil }
        let trimmedWhole = String(whole.drop { $0 == "0" })
        let trimmedFraction = String(fraction.reversed().drop { $0 == "0" }.reversed())
        guard trimmedWhole.count <= 12, trimmedFraction.count <= decimals else { return nil }
        let magnitude =
            (trimmedWhole.isEmpty ? "0" : trimmedWhole) + (trimmedFraction.isEmpty ? "" : "." + trimmedFraction)
        return isNegative && magnitude != "0" ? "-" + magnitude : magnitude
    }

    /// Digits before and after the decimal sign, the grouping gone; nil when the signs make no sense.
    private func split(_ text: String) -> (whole: String, fraction: String)? {
        let commas = text.filter { $0 == "," }.count
        let points = text.filter { $0 == "." }.count
        guard let decimal = decimalSign(in: text, commas: commas, points: points) else {
            return ungroup(text).map { ($0, "") }
        }
        let parts = text.split(separator: decimal, omittingEmptySubsequences: false)
        guard parts.count == 2, let whole = ungroup(String(parts[0])) else { return nil }
        return (whole, String(parts[1]))
    }

    /// Which sign is the decimal one, nil for none.
    private func decimalSign(in text: String, commas: Int, points: Int) -> Character? {
        if keyed { return commas > 0 ? "," : nil }
        switch (commas, points) {
        case (0, 0): return nil
        case (1..., 1...):
            // Both: the later one is decimal, whatever the language.
            return text.last { $0 == "," || $0 == "." }
        default:
            let sign: Character = commas > 0 ? "," : "."
            let expected: Character = language == .en ? "." : ","
            if sign == expected { return sign }
            // “1.234” groups in Portuguese; “10.5” and “0.125” can only be decimal.
            let tail = text.drop { $0 != sign }.dropFirst()
            return commas + points == 1 && (tail.count != 3 || text.hasPrefix("0")) ? sign : nil
        }
    }

    /// `1.234.567` → `1234567`; nil when the groups are not of three, or the first says nothing.
    private func ungroup(_ text: String) -> String? {
        let groups = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        guard groups.count > 1 else { return text }
        guard let first = groups.first, (1...3).contains(first.count), first.first != "0",
            groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return groups.joined()
    }
}
