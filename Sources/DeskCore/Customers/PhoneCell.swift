/// The telephone numbers of one cell of a spreadsheet, as people put several into it.
///
/// `(31) 3271-0322 / 98765-4321` is two, the second in the first one's area; `3333-4444/45` is two that differ in their
/// last digits; `031/3271-0322` is one.
enum PhoneCell {
    /// More than a record may have, so that too many are told as such.
    private static let most = CustomerLimits.phones + 1

    /// A text that a phone can be read from, and the words beside it: whose it is, whom to ask for.
    struct Entry: Hashable {
        var number: String
        var label: String?
    }

    /// The numbers, each with its area code where an earlier one gives it.
    static func entries(_ cell: String, region: Region) -> [Entry] {
        var entries: [Entry] = []
        var areaCode: String?
        for part in parts(cell, region: region) {
            guard entries.count < most else { break }
            // Words alone are about the number before them: `… / recado com a Ana`.
            if !part.contains(where: \.isNumber), let last = entries.indices.last {
                let words = [entries[last].label, Self.label(part[...])].compactMap(\.self).joined(separator: "; ")
                entries[last].label = words.isEmpty ? nil : CleanText.line(words, longest: CustomerLimits.number)
                continue
            }
            var entry = parted(part, region: region)
            entry.number = completed(entry.number, after: entries.last?.number, areaCode: areaCode, region: region)
            areaCode = PhoneNumber.parse(entry.number, region: region)?.areaCode ?? areaCode
            entries.append(entry)
        }
        return entries
    }

    /// `(11) 98765-4321 falar com Ana` and `(11) 3333-4444 ramal 22` are a number and words about it.
    private static func parted(_ text: String, region: Region) -> Entry {
        let lower = Substring(text.lowercased())
        let bare = DialledText.withoutExtension(lower)
        if bare.endIndex < lower.endIndex, isNumber(bare, region: region) {
            return Entry(number: String(bare), label: Self.label(lower[bare.endIndex...]))
        }
        let whole = Entry(number: text, label: nil)
        guard text.utf8.count <= DialledText.longest + TextLimits.line, !isNumber(text[...], region: region) else {
            return whole
        }
        let tokens = text.split(whereSeparator: \.isWhitespace)
        guard let first = tokens.firstIndex(where: { $0.contains(where: \.isASCIIDigit) }),
            let last = tokens.lastIndex(where: { $0.contains(where: \.isASCIIDigit) })
        else { return whole }
        let number = tokens[first...last].joined(separator: " ")
        guard isNumber(number[...], region: region) else { return whole }
        let words = (tokens[..<first] + tokens[(last + 1)...]).joined(separator: " ")
        guard let label = Self.label(words[...]) else { return whole }
        return Entry(number: number, label: label)
    }

    /// Words without the marks around them, on one line; nil where there are none, or too many for a label.
    private static func label(_ text: Substring) -> String? {
        var words = text.drop { !$0.isLetter }
        while let last = words.last, !last.isLetter, !last.isNumber, last != ")" { words.removeLast() }
        return words.isEmpty ? nil : CleanText.line(String(words), longest: CustomerLimits.number)
    }

    private static func parts(_ cell: String, region: Region) -> [String] {
        guard !SpreadsheetText.isRounded(cell) else { return [cell] }
        var rest = cell
        for word in [" / ", " ou ", " e ", " or ", " and ", " & "] { rest = rest.replacing(word, with: ";") }
        return rest.split { ";,|\n\r".contains($0) }.flatMap { split($0, region: region) }
            .filter { $0.contains { !$0.isWhitespace } }
    }

    /// Parts a text that is more than one number: at a slash, a dash or an opening bracket behind a whole number.
    private static func split(_ text: Substring, region: Region) -> [String] {
        guard text.utf8.count <= DialledText.longest,
            PhoneNumber.parse(String(text), region: region)?.isComplete != true || text.contains("/")
        else { return [String(text)] }
        for index in text.indices.dropFirst() where "/-(+".contains(text[index]) {
            let before = text[..<index]
            let after = text[index...].drop { "/- ".contains($0) }
            // A dash parts numbers only with blanks around it.
            if text[index] == "-", before.last != " " { continue }
            guard isNumber(before, region: region), after.contains(where: \.isNumber) else { continue }
            if text[index] != "/", !isNumber(after, region: region) { continue }
            return [String(before)] + split(after, region: region)
        }
        return [String(text)]
    }

    private static func isNumber(_ text: Substring, region: Region) -> Bool {
        guard let number = PhoneNumber.parse(String(text), region: region) else { return false }
        return number.isComplete || number.kind == .mobile || number.kind == .fixed
    }

    private static func completed(_ text: String, after earlier: String?, areaCode: String?, region: Region) -> String {
        let digits = text.filter(\.isASCIIDigit)
        if let earlier, (1...4).contains(digits.utf8.count), text.allSatisfy({ $0.isASCIIDigit || $0.isWhitespace }) {
            let whole = earlier.filter { $0.isASCIIDigit || $0 == "+" }
            if whole.utf8.count >= 8 { return String(whole.dropLast(digits.utf8.count)) + digits }
        }
        guard let areaCode, let number = PhoneNumber.parse(text, region: region), !number.isComplete,
            number.kind == .mobile || number.kind == .fixed
        else { return text }
        return "(\(areaCode)) \(number.lookup)"
    }
}
