/// The telephone numbers of one cell of a spreadsheet, as people put several into it.
///
/// `(31) 3271-0322 / 98765-4321` is two, the second in the first one's area; `3333-4444/45` is two that differ in their
/// last digits; `031/3271-0322` is one.
enum PhoneCell {
    /// More than a record may have, so that too many are told as such.
    private static let most = CustomerLimits.phones + 1

    /// The numbers as texts a phone can be read from, each with its area code where an earlier one gives it.
    static func numbers(_ cell: String, region: Region) -> [String] {
        var numbers: [String] = []
        var areaCode: String?
        for part in parts(cell, region: region) {
            guard numbers.count < most else { break }
            let number = completed(part, after: numbers.last, areaCode: areaCode, region: region)
            areaCode = PhoneNumber.parse(number, region: region)?.areaCode ?? areaCode
            numbers.append(number)
        }
        return numbers
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
