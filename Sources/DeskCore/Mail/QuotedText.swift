/// Tells what somebody wrote now from the mail they answered, which their program put beneath.
///
/// It is cut only where something of their own is left, and never where answers stand between the quoted lines.
public struct QuotedText: Sendable, Equatable {
    public var fresh: String
    /// What was cut off; nil when nothing was.
    public var quoted: String?

    public init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = Self.start(lines) else {
            (fresh, quoted) = (text.trimmingBlanks, nil)
            return
        }
        let own = lines[..<start].joined(separator: "\n").trimmingBlanks
        guard !own.isEmpty else {
            (fresh, quoted) = (text.trimmingBlanks, nil)
            return
        }
        (fresh, quoted) = (own, lines[start...].joined(separator: "\n").trimmingBlanks)
    }

    /// Where the quoted mail begins.
    private static func start(_ lines: [Substring]) -> Int? {
        // Looked for once: asked of each line anew, a mail of nothing but marks would take hours.
        let tail = quotedTail(lines)
        for index in lines.indices {
            let line = bare(lines[index])
            guard !line.isEmpty else { continue }
            if isSeparator(line) { return index }
            if isRule(line), let next = lines[(index + 1)...].firstIndex(where: { !bare($0).isEmpty }),
                isHeader(lines, at: next)
            {
                return index
            }
            if isHeader(lines, at: index) { return index }
            if let length = attribution(lines, at: index) {
                return isOnlyQuoted(lines[(index + length)...], tail) ? index : nil
            }
            if lines[index].hasPrefix(">"), index >= tail { return index }
        }
        return nil
    }

    /// A line without the marks that programs put around it.
    private static func bare(_ line: Substring) -> Substring {
        var rest = line.prefix(500).drop { $0.isWhitespace || $0 == "*" }
        while let last = rest.last, last.isWhitespace || last == "*" { rest = rest.dropLast() }
        return rest
    }

    /// `-----Mensagem original-----`.
    private static func isSeparator(_ line: Substring) -> Bool {
        guard line.hasPrefix("--"), line.hasSuffix("--") else { return false }
        let words = line.drop { $0 == "-" || $0 == " " }.lowercased()
        return ["mensagem original", "original message", "mensaje original", "mensagem reencaminhada original"]
            .contains { words.hasPrefix($0) }
    }

    /// Outlook's line before the quoted header.
    private static func isRule(_ line: Substring) -> Bool {
        line.count >= 20 && line.allSatisfy { $0 == "_" || $0 == "-" }
    }

    private static let senders = ["de:", "from:"]
    private static let others = [
        "enviado:", "enviada:", "enviado em:", "enviada em:", "sent:", "data:", "date:", "para:", "to:", "assunto:",
        "subject:", "cc:",
    ]

    /// `De: … Enviado: … Para: … Assunto: …`, as Outlook and Apple Mail head what they quote.
    private static func isHeader(_ lines: [Substring], at index: Int) -> Bool {
        guard has(lines[index], senders) else { return false }
        let after = lines[(index + 1)...].prefix(8).prefix { !bare($0).isEmpty }
        return after.count { has($0, others) } >= 2
    }

    private static func has(_ line: Substring, _ labels: [String]) -> Bool {
        // `De:* Suporte` after the stars are gone from the front.
        let text = bare(line).lowercased().replacing("*", with: "")
        return labels.contains { text.hasPrefix($0) }
    }

    private static let begins = ["em ", "no dia ", "a ", "on ", "às ", "el "]
    private static let ends = ["escreveu:", "wrote:", "escreveu (no dia)", "escribió:", "escreveu :"]

    /// How many lines say who wrote when; nil for none.
    ///
    /// Programs break it after some 76 characters.
    private static func attribution(_ lines: [Substring], at index: Int) -> Int? {
        guard begins.contains(where: bare(lines[index]).lowercased().hasPrefix) || lines[index].contains("@") else {
            return nil
        }
        var text = ""
        for (offset, line) in lines[index...].prefix(4).enumerated() {
            let part = bare(line)
            guard !part.isEmpty, !part.hasPrefix(">") else { return nil }
            text += text.isEmpty ? String(part) : " \(part)"
            guard text.count <= 400 else { return nil }
            let lower = text.lowercased()
            if ends.contains(where: lower.hasSuffix) || lower.contains("escreveu (") && lower.hasSuffix("):") {
                // It names a day or an address; `Ana escreveu:` in a story does not.
                return lower.contains("@") || lower.contains(where: \.isNumber) ? offset + 1 : nil
            }
        }
        return nil
    }

    /// Whether nobody wrote between the quoted lines; a program that marks none quotes up to the end.
    private static func isOnlyQuoted(_ lines: ArraySlice<Substring>, _ tail: Int) -> Bool {
        lines.firstIndex { $0.hasPrefix(">") }.map { $0 >= tail } ?? true
    }

    /// From where on every line is quoted or blank.
    private static func quotedTail(_ lines: [Substring]) -> Int {
        (lines.lastIndex { !$0.hasPrefix(">") && !bare($0).isEmpty } ?? -1) + 1
    }
}
