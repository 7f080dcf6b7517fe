/// Lays a mail's text out as HTML: paragraphs, `label: value` lines as a table, our own link as a button.
///
/// Done when the mail is sent, not when it is written, so that the outbox keeps each text once. Styles are inline and few:
/// mail clients throw the rest away.
public struct MailLayout: Sendable, Equatable {
    public var deskName: String
    /// Only links below this address become buttons: whatever a customer or technician wrote stays text.
    public var publicURL: String
    /// Of a mail that does not say its own.
    public var language: Language

    public init(deskName: String, publicURL: String, language: Language) {
        self.deskName = deskName
        self.publicURL = publicURL
        self.language = language
    }

    /// `language`: the one the mail is written in, which screen readers read it aloud in.
    public func html(subject: String, text: String, in language: Language? = nil) -> String {
        let language = language ?? self.language
        let button = NoticeWords("Abrir", "Abrir", "Open")[language]
        var html = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
            <title>\(NoticeEscaping.html(subject))</title></head>
            <body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
            <div style="max-width:560px;margin:0 auto">
            <p style="font-weight:600;border-bottom:3px solid #0b6e4f;padding-bottom:8px">\(NoticeEscaping.html(deskName))</p>

            """
        html.reserveCapacity(html.utf8.count + text.utf8.count * 2)
        var lines: [Line] = []
        for text in Self.lines(text) {
            if Self.isBlank(text) {
                paragraph(lines, button: button, into: &html)
                lines = []
            } else {
                lines.append(Line(text: text, fact: fact(text), isLink: isLink(text)))
            }
        }
        paragraph(lines, button: button, into: &html)
        return html + "</div></body></html>\n"
    }

    /// The text's lines; one whose only line ends are line feeds, as ours are, is not looked at by characters.
    private static func lines(_ text: String) -> [Substring] {
        guard NoticeEscaping.isClean(text.utf8, keepingLines: true) else {
            return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        }
        return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
    }

    private static func isBlank(_ line: Substring) -> Bool {
        // Most lines tell by their first letter.
        if let first = line.utf8.first, (0x21..<0x7F).contains(first) { return false }
        return line.allSatisfy(\.isWhitespace)
    }

    /// A line and what it can be, looked at once.
    private struct Line {
        let text: Substring
        let fact: (label: Substring, value: Substring)?
        let isLink: Bool
    }

    private func paragraph(_ lines: [Line], button: String, into html: inout String) {
        let tables = Self.tables(lines)
        var index = 0
        while index < lines.count {
            let rest = lines[index...]
            if tables[index] > 0 {
                html += "<table style=\"margin:16px 0;border-spacing:0\">\n"
                for (label, value) in rest.prefix(tables[index]).compactMap(\.fact) {
                    html += """
                        <tr><td style="padding:2px 16px 2px 0;opacity:.75">\(NoticeEscaping.html(label))</td>\
                        <td style="padding:2px 0;font-weight:600">\(NoticeEscaping.html(value))</td></tr>

                        """
                }
                html += "</table>\n"
                index += tables[index]
            } else if !lines[index].isLink {
                let end = rest.indices.first { lines[$0].isLink || tables[$0] > 0 } ?? lines.endIndex
                let prose = lines[index..<end].map { NoticeEscaping.html($0.text) }
                html += "<p>\(prose.joined(separator: "<br>\n"))</p>\n"
                index = end
            } else {
                let url = NoticeEscaping.html(lines[index].text)
                html += """
                    <p><a href="\(url)" style="display:inline-block;padding:12px 20px;border-radius:6px;\
                    background:#0b6e4f;color:#fff;text-decoration:none;font-weight:600">\(button)</a></p>
                    <p style="font-size:13px;word-break:break-all">\(url)</p>

                    """
                index += 1
            }
        }
    }

    /// How many lines from each on make a table: two facts and more, or one that is ours; 0 for none.
    ///
    /// A single “Atenção: desligue o modem” in an answer is a sentence, and so is the line that says a mail is automatic.
    private static func tables(_ lines: [Line]) -> [Int] {
        var counts = [Int](repeating: 0, count: lines.count)
        var facts = 0
        for (index, line) in lines.enumerated().reversed() {
            facts = line.fact == nil ? 0 : facts + 1
            let isAlone = facts == 1 && !ownLabels.contains(line.fact.map { String($0.label) } ?? "")
            counts[index] = isAlone ? 0 : facts
        }
        return counts
    }

    /// Labels of our templates that may stand alone.
    private static let ownLabels: Set<String> = [
        "Protocolo", "Protocol", "Chamado", "Pedido", "Ticket", "Código", "Code", "Situação", "Status", "Motivo",
        "Reason",
    ]

    /// A short label, a colon, a value; nothing with a link in it.
    private func fact(_ line: Substring) -> (label: Substring, value: Substring)? {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), !line.utf8.hasLink else { return nil }
        let label = line[..<colon]
        let value = Substring(line.utf8[line.utf8.index(after: colon)...].drop { $0 == UInt8(ascii: " ") })
        // No label has fewer bytes than characters.
        let isLong = label.utf8.count > 28 && label.count > 28
        return label.isEmpty || isLong || value.isEmpty ? nil : (label, value)
    }

    private func isLink(_ line: Substring) -> Bool {
        let (bytes, base) = (line.utf8, publicURL.utf8)
        guard !publicURL.isEmpty, bytes.starts(with: base) else { return false }
        let rest = bytes.dropFirst(base.count)
        guard rest.first == UInt8(ascii: "/") else { return false }
        // Nearly every link is plain ASCII, which tells by its bytes.
        if rest.allSatisfy({ (0x21..<0x7F).contains($0) }) {
            return !rest.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "<") }
        }
        return !line.contains { $0.isWhitespace || $0 == "\"" || $0 == "<" }
    }
}

extension Substring.UTF8View {
    /// Whether `://` stands in it, as in every address.
    fileprivate var hasLink: Bool {
        var rest = self[...]
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            rest = rest[rest.index(after: colon)...]
            if rest.starts(with: "//".utf8) { return true }
        }
        return false
    }
}
