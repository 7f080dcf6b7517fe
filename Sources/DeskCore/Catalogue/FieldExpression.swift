/// An XPath expression over a form's answers, checked and rewritten so that libxml2 evaluates it in bounded time.
///
/// Authors may use every operator and function of XPath 1.0 on values, our functions (`today()`, `days-from-date(d)`,
/// `selected(list, 'x')`, `count-selected(list)`, `if(test, a, b)`), `.` for the field's own value, and other fields by
/// name: `erro`, `../erro` and `/answers/erro` mean the same. Axes, predicates, wildcards, variables and `//` are left
/// out: no form needs them, and without them no expression can take long.
struct FieldExpression: Equatable {
    /// What libxml2 compiles: every field as `/answers/…`.
    let xpath: String
    /// Fields whose answers it reads, its own value not among them.
    let references: Set<String>
    /// All it reads: fields, its own value, and facts.
    let reads: Set<String>

    /// The day among the answers, which `today()` reads.
    static let today = "desk-today"

    /// What may be read from a field.
    struct Readable {
        var parts: Set<String> = []
        /// Values it can have, when it is a choice.
        var values: Set<String>?
        var isSecret = false
    }

    /// Facts about the conversation an expression may read besides fields.
    static let facts: [String: Readable] = [
        "desk-customer": Readable(values: ["person", "company"]),
        "desk-channel": Readable(values: ["desk", "portal", "keypad"]),
        "desk-language": Readable(values: Set(Language.allCases.map(\.rawValue))),
        "desk-module": Readable(),
    ]

    /// Parses `text`, the expression of `field`; `mayReadItself` for constraints alone.
    init(
        _ text: String,
        of field: String,
        among fields: [String: Readable],
        mayReadItself: Bool
    ) throws(ExpressionFault) {
        let tokens = try ExpressionTokens.split(text)
        var parser = ExpressionParser(tokens: tokens, own: field, fields: fields, mayReadItself: mayReadItself)
        try parser.parse()
        xpath = parser.pieces.joined(separator: " ")
        reads = parser.reads
        references = parser.reads.intersection(fields.keys).subtracting([field])
    }
}

/// Recursive descent over the part of XPath 1.0 that forms use.
private struct ExpressionParser {
    let tokens: [ExpressionToken]
    let own: String
    let fields: [String: FieldExpression.Readable]
    let mayReadItself: Bool
    /// What libxml2 compiles, piece by piece.
    var pieces: [String] = []
    var reads: Set<String> = []
    private var at = 0
    private var depth = 0

    /// What stood on one side of a comparison, to check options.
    private enum Operand {
        case field(String)
        /// A part of an address.
        case part
        case literal(String, offset: Int)
        /// What gives a text whatever it is given.
        case text
        case other

        /// Whether it looks at a node, which is missing while there is no answer.
        var isPath: Bool {
            switch self {
            case .field, .part: true
            case .literal, .text, .other: false
            }
        }

        /// Whether it can only be compared as a text.
        var isText: Bool {
            switch self {
            case .literal, .text: true
            case .field, .part, .other: false
            }
        }
    }

    init(
        tokens: [ExpressionToken],
        own: String,
        fields: [String: FieldExpression.Readable],
        mayReadItself: Bool
    ) {
        self.tokens = tokens
        self.own = own
        self.fields = fields
        self.mayReadItself = mayReadItself
    }

    mutating func parse() throws(ExpressionFault) {
        _ = try binary(0)
        guard current.kind == .end else { throw unexpected() }
    }

    private var current: ExpressionToken { at < tokens.count ? tokens[at] : ExpressionToken(kind: .end, offset: 0) }

    private func unexpected() -> ExpressionFault {
        let problem: ExpressionFault.Problem =
            switch current.kind {
            case .end: .unfinished
            case .name(let text), .number(let text), .sign(let text), .literal(let text): .unexpected(text)
            }
        return ExpressionFault(problem: problem, offset: current.offset)
    }

    private mutating func emit(_ text: String) {
        pieces.append(text)
        at += 1
    }

    private static let levels: [[String]] = [
        ["or"], ["and"], ["=", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "div", "mod"],
    ]

    /// Operators of `level` and tighter; left associative, as XPath 1.0 §3.5 has them.
    private mutating func binary(_ level: Int) throws(ExpressionFault) -> Operand {
        guard level < Self.levels.count else { return try unary() }
        let start = pieces.count
        var left = try binary(level + 1)
        while let sign = currentOperator, Self.levels[level].contains(sign) {
            let signPlace = pieces.count
            emit(sign)
            let right = try binary(level + 1)
            if sign == "=" || sign == "!=" {
                try checkOption(left, right)
                compareAsTexts(left, start..<signPlace, right, (signPlace + 1)..<pieces.count)
            }
            left = .other
        }
        return left
    }

    /// Unanswered is empty, also when it is compared: XPath 1.0 §3.4 lets no comparison with a missing node hold.
    ///
    /// Numbers still compare as numbers, and what counts nodes finds none.
    private mutating func compareAsTexts(
        _ left: Operand,
        _ leftPlace: Range<Int>,
        _ right: Operand,
        _ place: Range<Int>
    ) {
        // The right one first, so that the left one's place still counts.
        if right.isPath, left.isText || left.isPath { asText(place) }
        if left.isPath, right.isText || right.isPath { asText(leftPlace) }
    }

    private mutating func asText(_ place: Range<Int>) {
        pieces.insert(")", at: place.upperBound)
        pieces.insert("string(", at: place.lowerBound)
    }

    private var currentOperator: String? {
        switch current.kind {
        case .sign(let sign): sign
        case .name(let name): ["and", "or", "div", "mod"].contains(name) ? name : nil
        case .literal, .number, .end: nil
        }
    }

    private mutating func unary() throws(ExpressionFault) -> Operand {
        var isNegative = false
        while current.kind == .sign("-") {
            isNegative = true
            emit("-")
        }
        let operand = try primary()
        return isNegative ? .other : operand
    }

    private mutating func primary() throws(ExpressionFault) -> Operand {
        switch current.kind {
        case .literal(let text):
            let offset = current.offset
            emit(text.utf8.contains(UInt8(ascii: "'")) ? "\"\(text)\"" : "'\(text)'")
            return .literal(text, offset: offset)
        case .number(let text):
            guard text.split(separator: ".", omittingEmptySubsequences: false).count <= 2 else { throw unexpected() }
            emit(text)
            return .other
        case .sign("("):
            var inner = Operand.other
            try nested { parser throws(ExpressionFault) in inner = try parser.binary(0) }
            return inner
        case .name(let name) where at + 1 < tokens.count && tokens[at + 1].kind == .sign("("):
            try call(name)
            return name == "today" || ExpressionFunctions.givesText.contains(name) ? .text : .other
        case .name, .sign("."), .sign(".."), .sign("/"):
            return try path()
        case .sign, .end:
            throw unexpected()
        }
    }

    /// `( body )`, counting depth because libxml2 recurses for it.
    private mutating func nested(
        _ body: (inout ExpressionParser) throws(ExpressionFault) -> Void
    ) throws(ExpressionFault) {
        depth += 1
        guard depth <= CatalogueLimits.expressionDepth else {
            throw ExpressionFault(problem: .tooDeep(CatalogueLimits.expressionDepth), offset: current.offset)
        }
        emit("(")
        try body(&self)
        guard current.kind == .sign(")") else { throw unexpected() }
        emit(")")
        depth -= 1
    }

    private mutating func call(_ name: String) throws(ExpressionFault) {
        let offset = current.offset
        guard let arity = ExpressionFunctions.arity[name] else {
            throw ExpressionFault(problem: .unknownFunction(name), offset: offset)
        }
        if name == "today" {
            reads.insert(FieldExpression.today)
            emit("string(/answers/\(FieldExpression.today))")
            guard current.kind == .sign("("), at + 1 < tokens.count, tokens[at + 1].kind == .sign(")") else {
                throw ExpressionFault(problem: .wrongArguments(function: name, expected: "0"), offset: offset)
            }
            at += 2
            return
        }
        emit(ExpressionFunctions.ofText[name] ?? name)
        var arguments: [Operand] = []
        try nested { parser throws(ExpressionFault) in
            if parser.current.kind == .sign(")") { return }
            arguments.append(try parser.binary(0))
            while parser.current.kind == .sign(",") {
                parser.emit(",")
                arguments.append(try parser.binary(0))
            }
        }
        guard arity.contains(arguments.count) else {
            let expected = arity.lowerBound == arity.upperBound ? "\(arity.lowerBound)" : "\(arity.lowerBound)–…"
            throw ExpressionFault(problem: .wrongArguments(function: name, expected: expected), offset: offset)
        }
        if name == "selected", arguments.count == 2 { try checkOption(arguments[0], arguments[1]) }
    }

    /// `.`, `name`, `../name`, `/answers/name`, each with `/part` behind it for an address.
    private mutating func path() throws(ExpressionFault) -> Operand {
        let start = current.offset
        if current.kind == .sign(".") {
            guard mayReadItself else { throw ExpressionFault(problem: .ownValue, offset: start) }
            reads.insert(own)
            emit("/answers/\(own)")
            return .field(own)
        }
        if current.kind == .sign("..") {
            at += 1
            try skipSlash()
        } else if current.kind == .sign("/") {
            at += 1
            guard current.kind == .name("answers") else { throw unexpected() }
            at += 1
            try skipSlash()
        }
        guard case .name(let name) = current.kind else { throw unexpected() }
        guard let readable = fields[name] ?? FieldExpression.facts[name] else {
            throw ExpressionFault(problem: .unknownField(name), offset: current.offset)
        }
        if name == own, !mayReadItself { throw ExpressionFault(problem: .itself(name), offset: current.offset) }
        if readable.isSecret, name != own { throw ExpressionFault(problem: .secret(name), offset: current.offset) }
        reads.insert(name)
        emit("/answers/\(name)")
        guard current.kind == .sign("/") else { return .field(name) }
        at += 1
        guard case .name(let part) = current.kind else { throw unexpected() }
        guard readable.parts.contains(part) else {
            let problem: ExpressionFault.Problem =
                readable.parts.isEmpty ? .noPart(field: name, part: part) : .unknownPart(field: name, part: part)
            throw ExpressionFault(problem: problem, offset: current.offset)
        }
        pieces[pieces.count - 1] += "/\(part)"
        at += 1
        return .part
    }

    private mutating func skipSlash() throws(ExpressionFault) {
        guard current.kind == .sign("/") else { throw unexpected() }
        at += 1
    }

    /// `field = 'x'`, either way round: 'x' must be one of the field's options, or empty.
    private func checkOption(_ left: Operand, _ right: Operand) throws(ExpressionFault) {
        let pair: (String, String, Int)? =
            switch (left, right) {
            case (.field(let field), .literal(let text, let offset)): (field, text, offset)
            case (.literal(let text, let offset), .field(let field)): (field, text, offset)
            default: nil
            }
        guard let (field, text, offset) = pair, !text.isEmpty else { return }
        guard let values = (fields[field] ?? FieldExpression.facts[field])?.values, !values.contains(text) else {
            return
        }
        throw ExpressionFault(problem: .notAnOption(field: field, value: text), offset: offset)
    }
}
