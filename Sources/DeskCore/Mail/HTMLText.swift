/// The text of a mail that comes as HTML alone: what its reader sees, without markup, pictures and addresses of links.
enum HTMLText {
    private static let blocks: Set<String> = [
        "p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article",
        "header", "footer", "address", "dl", "dt", "dd", "form", "body", "blockquote", "hr", "br",
    ]
    /// What stands between these is nobody's to read.
    private static let hidden: Set<String> = ["script", "style", "head", "title", "template", "noscript"]
    /// Quotes of quotes are cut off anyway.
    private static let deepest = 20

    static func read(_ html: String) -> String {
        var text = Lines()
        var skipping: String?
        var rest = Substring(html)
        while let open = rest.firstIndex(of: "<") {
            if skipping == nil { text.add(rest[..<open]) }
            rest = rest[rest.index(after: open)...]
            if rest.hasPrefix("!--") {
                rest = rest.firstRange(of: "-->").map { rest[$0.upperBound...] } ?? ""
                continue
            }
            guard let first = rest.first, first.isLetter || first == "/" || first == "!" || first == "?" else {
                if skipping == nil { text.add("<") }
                continue
            }
            // A tag that never ends hides what is left, as it does for its reader.
            guard let close = rest.firstIndex(of: ">") else { return text.finished }
            let tag = rest[..<close]
            rest = rest[rest.index(after: close)...]
            let isEnd = tag.hasPrefix("/")
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }.lowercased()
            if let hidden = skipping {
                if isEnd, name == hidden { skipping = nil }
                continue
            }
            if hidden.contains(name), !isEnd {
                if !tag.hasSuffix("/") { skipping = name }
            } else if name == "blockquote" {
                text.quote(isEnd ? -1 : 1)
            } else if name == "hr" {
                text.line()
                text.add("________________________________")
                text.line()
            } else if blocks.contains(name) {
                text.line(isParagraph: name == "p" && isEnd)
                if name == "li", !isEnd { text.add("- ") }
            } else if name == "td" || name == "th", isEnd {
                text.add(" ")
            }
        }
        if skipping == nil { text.add(rest) }
        return text.finished
    }

    private struct Lines {
        private var done = ""
        private var line = ""
        private var depth = 0
        private var blank = 0

        mutating func add(_ raw: some StringProtocol) {
            for character in HTMLEntities.read(raw) {
                if character.isWhitespace, character != "\u{A0}" {
                    if !line.isEmpty, line.last != " " { line.append(" ") }
                } else {
                    line.append(character == "\u{A0}" ? " " : character)
                }
            }
        }

        mutating func line(isParagraph: Bool = false) {
            let shown = line.trimmingBlanks
            line = ""
            if shown.isEmpty {
                blank += 1
            } else {
                if !done.isEmpty { done += blank > 1 ? "\n\n" : "\n" }
                if depth > 0 { done += String(repeating: ">", count: depth) + " " }
                done += shown
                blank = 0
            }
            if isParagraph { blank = 2 }
        }

        mutating func quote(_ step: Int) {
            line()
            depth = min(max(0, depth + step), HTMLText.deepest)
        }

        var finished: String {
            var copy = self
            copy.line()
            return copy.done
        }
    }
}

/// Characters written by name or number.
enum HTMLEntities {
    private static let named: [String: Character] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "aacute": "á", "agrave": "à",
        "acirc": "â", "atilde": "ã", "auml": "ä", "ccedil": "ç", "eacute": "é", "egrave": "è", "ecirc": "ê",
        "iacute": "í", "oacute": "ó", "ocirc": "ô", "otilde": "õ", "ouml": "ö", "uacute": "ú", "uuml": "ü",
        "ntilde": "ñ", "Aacute": "Á", "Agrave": "À", "Acirc": "Â", "Atilde": "Ã", "Ccedil": "Ç", "Eacute": "É",
        "Ecirc": "Ê", "Iacute": "Í", "Oacute": "Ó", "Ocirc": "Ô", "Otilde": "Õ", "Uacute": "Ú", "Uuml": "Ü",
        "ordm": "º", "ordf": "ª", "deg": "°", "euro": "€", "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’",
        "ldquo": "“", "rdquo": "”", "hellip": "…", "laquo": "«", "raquo": "»", "bull": "•", "copy": "©", "reg": "®",
        "middot": "·", "sect": "§",
    ]

    static func read(_ raw: some StringProtocol) -> String {
        guard raw.contains("&") else { return String(raw) }
        var text = ""
        var rest = Substring(raw)
        while let mark = rest.firstIndex(of: "&") {
            text += rest[..<mark]
            let tail = rest[rest.index(after: mark)...]
            let name = tail.prefix(10).prefix { $0 != ";" }
            if tail.dropFirst(name.count).first == ";", let character = character(name) {
                text.append(character)
                rest = tail.dropFirst(name.count + 1)
            } else {
                text.append("&")
                rest = tail
            }
        }
        return text + rest
    }

    private static func character(_ name: Substring) -> Character? {
        guard name.hasPrefix("#") else { return named[String(name)] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
        let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap { $0 == 0 ? nil : UnicodeScalar($0) }.map(Character.init)
    }
}
