/// A fault in a template, where it is and what to do.
public struct TemplateFault: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        case unknownVariable(String)
        case unclosedTag
        case unclosedSection(String)
        case unexpectedClose(String)
        case tooLong(limit: Int)
        case tooDeep
        case missingSubject
        case missingBody
        /// The text would drop what the customer needs.
        case missingVariable(String)
    }

    public var part: String
    public var line: Int
    public var column: Int
    public var kind: Kind

    public var description: String { sentence(.en) }

    public func sentence(_ language: Language) -> String {
        let place = NoticeWords(
            "\(part), linha \(line), coluna \(column)",
            "\(part), linha \(line), coluna \(column)",
            "\(part), line \(line), column \(column)"
        )[language]
        return "\(place): \(words[language])"
    }

    private var words: NoticeWords {
        switch kind {
        case .unknownVariable(let name):
            NoticeWords(
                "“\(name)” não existe aqui; use uma das variáveis da lista",
                "“\(name)” não existe aqui; use uma das variáveis da lista",
                "“\(name)” does not exist here; use one of the variables listed"
            )
        case .unclosedTag:
            NoticeWords("falta “}}” depois de “{{”", "falta “}}” depois de “{{”", "“{{” without its “}}”")
        case .unclosedSection(let name):
            NoticeWords("falta “{{/\(name)}}”", "falta “{{/\(name)}}”", "“{{/\(name)}}” is missing")
        case .unexpectedClose(let name):
            NoticeWords(
                "“{{/\(name)}}” não fecha nada",
                "“{{/\(name)}}” não fecha nada",
                "“{{/\(name)}}” closes nothing"
            )
        case .tooLong(let limit):
            NoticeWords(
                "texto longo demais; o limite é \(limit) caracteres",
                "texto demasiado longo; o limite é \(limit) caracteres",
                "too long; the limit is \(limit) characters"
            )
        case .tooDeep:
            NoticeWords("seções demais umas nas outras", "demasiadas secções encaixadas", "sections nested too deeply")
        case .missingSubject:
            NoticeWords("falta o assunto do e-mail", "falta o assunto do e-mail", "a mail needs a subject")
        case .missingBody: NoticeWords("falta o texto", "falta o texto", "the text is missing")
        case .missingVariable(let name):
            NoticeWords(
                "falta “{{\(name)}}”: sem isso o aviso não serve ao cliente",
                "falta “{{\(name)}}”: sem isso o aviso não serve ao cliente",
                "“{{\(name)}}” is missing: without it the notice is of no use"
            )
        }
    }
}

/// A text with `{{variable}}`, `{{#variable}}…{{/variable}}` (only when there is one) and `{{^variable}}…{{/variable}}`
/// (only when there is none), parsed once and filled in many times.
struct TemplateText: Sendable, Equatable {
    private indirect enum Piece: Sendable, Equatable {
        case literal(String)
        case variable(NoticeVariable)
        case section(NoticeVariable, whenPresent: Bool, [Piece])
    }

    /// Long enough for a mail with a page of fine print; a bound because templates come from a form.
    static let longest = 20_000
    /// Sections in sections; nobody needs more, and the parser recurses.
    private static let deepest = 8

    private let pieces: [Piece]
    let variables: Set<NoticeVariable>

    static let empty = TemplateText()

    private init() {
        pieces = []
        variables = []
    }

    /// Reads a template's text; `part` says which (`subject`, `body`, `html`), for the fault.
    init(_ source: String, part: String, allowed: Set<NoticeVariable>) throws(TemplateFault) {
        var reader = Reader(source: source, part: part, allowed: allowed)
        guard source.utf8.count <= Self.longest else { throw reader.fault(.tooLong(limit: Self.longest)) }
        pieces = try reader.pieces(closing: nil, depth: 0)
        variables = reader.seen
    }

    /// The variables whose values are in the text whatever else there is or is not.
    var certain: Set<NoticeVariable> { Self.certain(pieces) }

    private static func certain(_ pieces: [Piece]) -> Set<NoticeVariable> {
        var found: Set<NoticeVariable> = []
        // What one section says when there is something, and another when there is not, is always said.
        var sections: [NoticeVariable: (present: Set<NoticeVariable>, absent: Set<NoticeVariable>)] = [:]
        for piece in pieces {
            switch piece {
            case .literal: break
            case .variable(let variable): found.insert(variable)
            case .section(let variable, let whenPresent, let inner):
                let said = certain(inner)
                if whenPresent {
                    sections[variable, default: ([], [])].present.formUnion(said)
                } else {
                    sections[variable, default: ([], [])].absent.formUnion(said)
                }
            }
        }
        for (variable, said) in sections {
            found.formUnion(said.present.intersection(said.absent.union([variable])))
        }
        return found
    }

    /// Fills the variables in; `escape` makes a value safe for where the text goes.
    func filled(_ values: [NoticeVariable: String], escape: (String) -> String) -> String {
        var text = ""
        Self.fill(pieces, values, escape, into: &text)
        return text
    }

    private static func fill(
        _ pieces: [Piece],
        _ values: [NoticeVariable: String],
        _ escape: (String) -> String,
        into text: inout String
    ) {
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .variable(let variable): text += escape(values[variable] ?? "")
            case .section(let variable, let whenPresent, let inner):
                let present = values[variable].map { !$0.isEmpty } ?? false
                if present == whenPresent { fill(inner, values, escape, into: &text) }
            }
        }
    }

    private struct Reader {
        let source: String
        let part: String
        let allowed: Set<NoticeVariable>
        var position: String.Index
        var seen: Set<NoticeVariable> = []

        init(source: String, part: String, allowed: Set<NoticeVariable>) {
            self.source = source
            self.part = part
            self.allowed = allowed
            position = source.startIndex
        }

        func fault(_ kind: TemplateFault.Kind) -> TemplateFault {
            let before = source[..<position]
            let line = before.count(where: \.isNewline) + 1
            let column =
                (before.lastIndex(where: \.isNewline).map { before.distance(from: $0, to: position) }
                    ?? before.count + 1)
            return TemplateFault(part: part, line: line, column: column, kind: kind)
        }

        mutating func pieces(closing: NoticeVariable?, depth: Int) throws(TemplateFault) -> [Piece] {
            if depth > TemplateText.deepest { throw fault(.tooDeep) }
            var pieces: [Piece] = []
            while let open = source[position...].firstRange(of: "{{") {
                if open.lowerBound > position { pieces.append(.literal(String(source[position..<open.lowerBound]))) }
                position = open.lowerBound
                guard let close = source[open.upperBound...].firstRange(of: "}}") else { throw fault(.unclosedTag) }
                let tag = source[open.upperBound..<close.lowerBound].trimmed
                switch tag.first {
                case "#", "^":
                    let variable = try variable(tag.dropFirst().trimmed)
                    position = close.upperBound
                    let inner = try self.pieces(closing: variable, depth: depth + 1)
                    pieces.append(.section(variable, whenPresent: tag.first == "#", inner))
                case "/":
                    let name = tag.dropFirst().trimmed
                    guard let closing, closing.rawValue == name else { throw fault(.unexpectedClose(String(name))) }
                    position = close.upperBound
                    return pieces
                default:
                    pieces.append(.variable(try variable(tag)))
                    position = close.upperBound
                }
            }
            if position < source.endIndex { pieces.append(.literal(String(source[position...]))) }
            position = source.endIndex
            if let closing { throw fault(.unclosedSection(closing.rawValue)) }
            return pieces
        }

        private mutating func variable(_ name: Substring) throws(TemplateFault) -> NoticeVariable {
            guard let variable = NoticeVariable(rawValue: String(name)), allowed.contains(variable) else {
                // A name out of a form can be anything: it is shown, but not at any length.
                throw fault(.unknownVariable(String(name.prefix(40))))
            }
            seen.insert(variable)
            return variable
        }
    }
}

extension Substring {
    /// Without spaces and line ends at both ends.
    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
