/// What a PBX, a form or a file gives as a telephone number, reduced to digits and a leading plus.
struct DialledText: Hashable {
    /// The longest text looked at: a number has 15 digits, prefixes of 6 and separators, and a SIP address may follow.
    static let longest = 96
    /// The most digits dialled for one number: `00`, a carrier's two, and E.164's 15, with room for one prefix more.
    static let mostDigits = 22

    /// Whether a plus came before the digits.
    let hasPlus: Bool
    /// ASCII digits only.
    let digits: String

    /// Reads `raw`: nil when it holds letters or marks no telephone number has, or too much or too little.
    ///
    /// What people write around a number (`tel.`, `(WhatsApp)`, the `0xx` of a carrier) is passed over. Separators of every
    /// kind are left out, so that `031/3271-0322` and `(031) 3271.0322` are one number; `tel:` and
    /// `sip:` addresses and an extension (`ramal 12`, `ext. 12`, `;ext=12`) are understood and cut off.
    init?(_ raw: String) {
        guard raw.utf8.count <= Self.longest else { return nil }
        var text = Substring(raw.lowercased())
        if text.hasPrefix("tel:") { text = text.dropFirst(4) }
        for scheme in ["sip:", "sips:"] where text.hasPrefix(scheme) { text = text.dropFirst(scheme.count) }
        // `1130001000@host` and `+551130001000;phone-context=…`: the number ends there.
        text = text.prefix { $0 != "@" && $0 != ";" }
        text = PhoneMarginalia.removed(from: text)
        text = Self.withoutExtension(text)
        var digits = ""
        var hasPlus = false
        for scalar in text.unicodeScalars {
            if ("0"..."9").contains(scalar) {
                digits.unicodeScalars.append(scalar)
            } else if scalar == "+" {
                guard digits.isEmpty, !hasPlus else { return nil }
                hasPlus = true
            } else if !Self.isSeparator(scalar) {
                return nil
            }
        }
        guard !digits.isEmpty, digits.utf8.count <= Self.mostDigits else { return nil }
        self.hasPlus = hasPlus
        self.digits = digits
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "(", ")", "\t", "_", ",", "~", "'", "\"": true
        default: DocumentText.isSeparator(scalar)
        }
    }

    /// `text` up to the word for an extension, when only digits and separators follow it.
    static func withoutExtension(_ text: Substring) -> Substring {
        guard let start = text.firstIndex(where: { $0.isLetter || $0 == "#" }) else { return text }
        let tail = text[start...]
        for word in ["ramal", "ram.", "ext.", "ext", "extensão", "r.", "x", "#"] where tail.hasPrefix(word) {
            let number = tail.dropFirst(word.count).filter { !$0.isWhitespace && !":.)".contains($0) }
            if (1...6).contains(number.utf8.count), number.utf8.allSatisfy(DocumentText.isDigit) {
                return text[..<start]
            }
        }
        return text
    }
}
