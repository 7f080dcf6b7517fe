import Foundation

/// Writes a text with the default 7-bit alphabet alone, as people do by hand: ação → acao, “sim” → "sim".
enum SMSTransliteration {
    /// `text` with every character the default alphabet lacks replaced where something stands for it.
    ///
    /// What the alphabet has stays (é, à, Ç); what nothing stands for stays too, and the text then needs UCS-2.
    static func apply(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if SMSAlphabet.gsm7[scalar] != nil {
                plain.append(scalar)
            } else if let sign = signs[scalar] {
                plain.append(contentsOf: sign.unicodeScalars)
            } else {
                plain.append(contentsOf: base(of: scalar))
            }
        }
        return String(plain)
    }

    /// The letter under the accents, when the alphabet has it.
    private static func base(of scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        let parts = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
        if parts.count > 1, let letter = parts.first, SMSAlphabet.gsm7[letter] != nil {
            return String(letter).unicodeScalars
        }
        return String(scalar).unicodeScalars
    }

    /// Typographic signs word processors put in, and what people type instead.
    private static let signs: [Unicode.Scalar: String] = [
        "“": "\"", "”": "\"", "„": "\"", "«": "\"", "»": "\"", "‘": "'", "’": "'", "‚": "'", "´": "'", "`": "'",
        "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "−": "-", "…": "...", "•": "-", "·": ".",
        "º": "o", "ª": "a", "°": "o", "¹": "1", "²": "2", "³": "3", "½": "1/2", "¼": "1/4", "¾": "3/4", "×": "x",
        "÷": "/", "©": "(c)", "®": "(r)", "™": "(tm)", "→": "->", "←": "<-", "≥": ">=", "≤": "<=", "ß": "ss",
        "\u{A0}": " ", "\u{2007}": " ", "\u{2009}": " ", "\u{202F}": " ", "\t": " ", "\u{AD}": "", "\u{200B}": "",
        "\u{200D}": "", "\u{FEFF}": "", "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE",
    ]
}
