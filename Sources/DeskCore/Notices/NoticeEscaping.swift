/// Makes values safe for the place they are put in.
enum NoticeEscaping {
    /// For a line of plain text: line ends and other control characters become one space.
    ///
    /// Also drops the characters that turn the direction of text over, with which a name could rewrite the words around it.
    static func line(_ value: String) -> String {
        if value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return value }
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
        if value.utf8.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A }) { return value }
        var text = ""
        var lines = value.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        while let first = lines.popFirst() {
            text += line(String(first))
            if !lines.isEmpty { text += "\n" }
        }
        return text
    }

    /// For HTML text and attribute values in quotes.
    static func html(_ value: String) -> String {
        let clean = paragraph(value)
        var text: [UInt8] = []
        text.reserveCapacity(clean.utf8.count + 16)
        for byte in clean.utf8 {
            switch byte {
            case UInt8(ascii: "&"): text += "&amp;".utf8
            case UInt8(ascii: "<"): text += "&lt;".utf8
            case UInt8(ascii: ">"): text += "&gt;".utf8
            case UInt8(ascii: "\""): text += "&quot;".utf8
            case UInt8(ascii: "'"): text += "&#39;".utf8
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The first `limit` characters, with an ellipsis where something was cut.
    static func shortened(_ value: String, to limit: Int) -> String {
        if value.utf8.count <= limit { return value }
        guard value.count > limit else { return value }
        return value.prefix(max(0, limit - 1)) + "…"
    }
}
