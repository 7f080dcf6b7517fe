/// What people write around a telephone number, and what Brazil printed in it: a word for what it is, a remark in brackets,
/// `0xx` where a carrier was to be chosen.
enum PhoneMarginalia {
    /// `text`, in lower case, without them.
    static func removed(from text: Substring) -> Substring {
        // A caller id has neither letters nor asterisks: nothing to look for.
        guard text.contains(where: { $0.isLetter || $0 == "*" }) else { return text }
        let bare = withoutRemarks(withoutCarrier(text))
        return withoutLastWords(withoutFirstWords(bare))
    }

    /// `(0xx11)`, `0 XX 11`, `0**11`, `(xx11)`: the place of the carrier's two digits, which nobody dials any more.
    private static func withoutCarrier(_ text: Substring) -> Substring {
        for mark in ["(xx)", "(**)", "xx", "**"] {
            guard let range = text.firstRange(of: mark) else { continue }
            let before = text[..<range.lowerBound].filter(\.isASCIIDigit)
            let after = text[range.upperBound...].filter(\.isASCIIDigit)
            guard ["", "0", "55", "550"].contains(String(before)), after.utf8.count >= 8 else { return text }
            return text.replacing(mark, with: " ", maxReplacements: 1)
        }
        return text
    }

    /// Brackets without a digit: `(WhatsApp)`, `(recado com a Ana)`.
    private static func withoutRemarks(_ text: Substring) -> Substring {
        var rest = text
        while let open = rest.lastIndex(where: { $0 == "(" || $0 == "[" }),
            let close = rest[open...].firstIndex(where: { $0 == ")" || $0 == "]" }),
            rest[open...close].contains(where: \.isLetter), !rest[open...close].contains(where: \.isNumber)
        {
            rest = rest[..<open] + " " + rest[rest.index(after: close)...]
        }
        return rest
    }

    private static func withoutFirstWords(_ text: Substring) -> Substring {
        guard let number = text.firstIndex(where: { $0.isNumber || $0 == "+" || $0 == "(" }) else { return text }
        return areWords(text[..<number]) ? text[number...] : text
    }

    private static func withoutLastWords(_ text: Substring) -> Substring {
        guard let last = text.lastIndex(where: \.isNumber) else { return text }
        let after = text.index(after: last)
        return areWords(text[after...].drop { $0 == ")" }) ? text[..<after] : text
    }

    /// Whether nothing but words for a telephone stand there.
    private static func areWords(_ text: Substring) -> Bool {
        TextFolding.words(String(text)).allSatisfy(words.contains)
    }

    /// Without accents and in lower case, as `TextFolding` gives them.
    private static let words: Set<String> = [
        "c", "casa", "cel", "celular", "cell", "com", "comercial", "contacto", "contato", "empresa", "escritorio",
        "fax",
        "fixo", "fone", "fones", "home", "m", "mobile", "movel", "n", "no", "nr", "num", "numero", "office", "p",
        "phone",
        "principal", "rec", "recado", "recados", "res", "residencia", "residencial", "t", "tel", "telef", "telefone",
        "telefones", "telem", "telemovel", "telm", "tim", "tlf", "tlm", "trab", "trabalho", "vivo", "claro", "oi",
        "voz",
        "whats", "whatsapp", "work", "wpp", "zap", "zapzap",
    ]
}
