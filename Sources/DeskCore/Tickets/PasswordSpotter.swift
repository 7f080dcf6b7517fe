/// Notices a password that is typed where it would stay readable: in a reply, a note, an answer, a description.
///
/// It looks for a word that names one (“senha”, “password”, “PIN” …) and what is given right behind it. That it notices too
/// much costs a question to whoever types; that it notices too little is as it was. Nothing it finds is logged.
public enum PasswordSpotter {
    /// What is done with a noticed password.
    public enum Wish: String, Sendable, CaseIterable {
        /// It goes into the vault, and dots stand in the text.
        case seal
        /// It is none, or it may be read: the text stays as it is.
        case keep
    }

    /// What stands in a text in place of a password in the vault.
    public static let dots = "•••••"

    /// Nobody types more at once.
    public static let usual = 10

    /// The passwords of a text, in order, at most so many.
    public static func spot(in text: String, most: Int = usual) -> [Range<String.Index>] {
        guard mayName(text) else { return [] }
        var found: [Range<String.Index>] = []
        var rest = text.startIndex
        while found.count < most, rest < text.endIndex, let match = text[rest...].firstMatch(of: pattern) {
            let (_, name, blank, value) = match.output
            let isFound = blank == nil ? isPassword(value) : isPlainly(value)
            // What merely follows the word may be another such word itself.
            rest = isFound || blank == nil ? match.range.upperBound : name.endIndex
            if isFound { found.append(value.startIndex..<value.endIndex) }
        }
        return found
    }

    /// A text with dots for what `spot` found.
    public static func covered(_ text: String, _ ranges: [Range<String.Index>]) -> String {
        var covered = ""
        var rest = text.startIndex
        for range in ranges {
            covered += text[rest..<range.lowerBound]
            covered += dots
            rest = range.upperBound
        }
        return covered + text[rest...]
    }

    /// A naming word, at most three words of whose it is, a sign or “é”, and one run of other characters; or the run right
    /// behind the word, as people write “usuário ana senha Gato2026”.
    ///
    /// Every repetition is bounded, so that no text makes it slow.
    // SAFETY: a regular expression is never changed once it is made; its type only does not say so.
    nonisolated(unsafe) private static let pattern =
        /(?i)\b(senhas?|passwords?|passwd|pwd|palavras?-passe|contrase(?:ñ|n)a|pin)(?:(?:[ \t]{1,3}(?!é\b|eh\b|is\b)[\p{L}-]{1,20}){0,3}[ \t]{0,3}(?::|=|->|→|[ \t](?:é|eh|is)\b:?)[ \t]{0,5}|([ \t]{1,3}))["'“]?([^\s"'”]{4,128})/

    /// What each naming word has in it, in small letters.
    private static let marks = ["senha", "passw", "pwd", "passe", "contrase", "pin"].map { Array($0.utf8) }

    /// Whether a naming word may stand in a text: nearly all have none, and are not worth the expression's walk.
    private static func mayName(_ text: String) -> Bool {
        // Letters become small; a sign that becomes a letter costs a walk for nothing at the most.
        let small = text.utf8.map { $0 | 0x20 }
        return marks.contains { mark in
            var rest = small[...]
            while let start = rest.firstIndex(of: mark[0]) {
                if small[start...].starts(with: mark) { return true }
                rest = small[(start + 1)...]
            }
            return false
        }
    }

    /// Whether it looks like one: mere words of a sentence do not (“senha: esqueci”), what mixes kinds of signs does.
    private static func isPassword(_ value: Substring) -> Bool {
        let value = bare(value)
        // Dots and stars are what stands where one was.
        guard value.count >= 4, !value.hasPrefix("•••"), !value.hasPrefix("***") else { return false }
        let hasDigit = value.contains(where: \.isNumber)
        let hasSign = value.dropLast().contains { !$0.isLetter && !$0.isNumber && $0 != "-" }
        let hasCapitalInside = value.dropFirst().contains(where: \.isUppercase)
        return hasDigit || hasSign || hasCapitalInside
    }

    /// Whether it is plainly one, without a sign before it: letters and digits in one run, or four digits and more.
    ///
    /// An address is none.
    private static func isPlainly(_ value: Substring) -> Bool {
        guard isPassword(value), value.contains(where: \.isNumber) else { return false }
        if let at = value.firstIndex(of: "@"), value[at...].contains(".") { return false }
        return value.contains(where: \.isLetter) || bare(value).allSatisfy(\.isNumber)
    }

    /// Without what ends a sentence behind it.
    private static func bare(_ value: Substring) -> Substring {
        value.last.map { ".,;)".contains($0) } == true ? value.dropLast() : value
    }
}
