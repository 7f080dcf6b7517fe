/// Makes values safe for the place they are put in.
enum NoticeEscaping {
    /// For a line of plain text: line ends and other control characters become one space.
    ///
    /// Also drops the characters that turn the direction of text over, with which a name could rewrite the words around it.
    static func line(_ value: String) -> String {
        if isClean(value.utf8, keepingLines: false) { return value }
        var text = ""
        var gap = false
        for scalar in value.unicodeScalars {
            switch scalar.value {
            case 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: continue
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: gap = true
            default:
                if gap && !text.isEmpty { text += " " }
                gap = false
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// For text of several lines: keeps line ends, drops other control characters.
    static func paragraph(_ value: String) -> String {
        if isClean(value.utf8, keepingLines: true) { return value }
        var text = ""
        var lines = value.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        while let first = lines.popFirst() {
            text += line(String(first))
            if !lines.isEmpty { text += "\n" }
        }
        return text
    }

    /// Whether nothing in a text has to be changed or dropped, told by its bytes: most texts are so, and letters with
    /// accents make them no dearer.
    static func isClean(_ bytes: some Collection<UInt8>, keepingLines: Bool) -> Bool {
        // The two bytes before: what is dropped is written in up to three.
        var (first, second) = (UInt8(0), UInt8(0))
        for byte in bytes {
            if byte < 0x80 {
                guard byte >= 0x20 && byte != 0x7F || byte == 0x0A && keepingLines else { return false }
            } else {
                switch (first, second, byte) {
                // U+0080 to U+009F.
                case (_, 0xC2, 0x80...0x9F): return false
                // U+2028 to U+202E, U+2066 to U+2069, U+FEFF.
                case (0xE2, 0x80, 0xA8...0xAE), (0xE2, 0x81, 0xA6...0xA9), (0xEF, 0xBB, 0xBF): return false
                default: break
                }
            }
            (first, second) = (second, byte)
        }
        return true
    }

    /// For HTML text and attribute values in quotes.
    static func html(_ value: some StringProtocol) -> String { HTMLSigns.escaped(paragraph(String(value))) }

    /// A value in a desk's own HTML: its lines stay lines.
    static func htmlLines(_ value: String) -> String { html(value).replacing("\n", with: "<br>") }

    /// The first `limit` characters, with an ellipsis where something was cut.
    static func shortened(_ value: String, to limit: Int) -> String {
        if value.utf8.count <= limit { return value }
        guard value.count > limit else { return value }
        return value.prefix(max(0, limit - 1)) + "…"
    }
}
