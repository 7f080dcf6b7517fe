/// One lexical piece of an XPath expression, with its place.
struct ExpressionToken: Equatable {
    enum Kind: Equatable {
        case name(String)
        case literal(String)
        case number(String)
        /// Operators, brackets, `.`, `..`, `/` and the comma.
        case sign(String)
        case end
    }

    let kind: Kind
    /// Characters before it in the expression.
    let offset: Int
}

/// What is wrong with an expression, and at which character.
struct ExpressionFault: Error, Equatable {
    enum Problem: Equatable {
        case empty
        case tooLong(Int)
        case tooDeep(Int)
        case openLiteral
        case unexpected(String)
        case unfinished
        case unknownFunction(String)
        case wrongArguments(function: String, expected: String)
        case unknownField(String)
        case unknownPart(field: String, part: String)
        case noPart(field: String, part: String)
        case ownValue
        case itself(String)
        case notAnOption(field: String, value: String)
        case secret(String)
        case refusedByEngine
    }

    let problem: Problem
    let offset: Int
}

/// Splits an expression into tokens by the lexical rules of XPath 1.0, §3.7.
struct ExpressionTokens {
    private let text: [Unicode.Scalar]
    private var at = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    /// All tokens with `.end` last, or the fault at the first character that starts none.
    static func split(_ text: String) throws(ExpressionFault) -> [ExpressionToken] {
        let count = text.unicodeScalars.count
        guard count <= CatalogueLimits.expression else {
            throw ExpressionFault(problem: .tooLong(CatalogueLimits.expression), offset: 0)
        }
        var scanner = ExpressionTokens(text)
        var tokens: [ExpressionToken] = []
        repeat { tokens.append(try scanner.next()) } while tokens.last?.kind != .end
        if tokens.count == 1 { throw ExpressionFault(problem: .empty, offset: 0) }
        return tokens
    }

    private var current: Unicode.Scalar? { at < text.count ? text[at] : nil }
    private var following: Unicode.Scalar? { at + 1 < text.count ? text[at + 1] : nil }

    private mutating func next() throws(ExpressionFault) -> ExpressionToken {
        while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { at += 1 }
        let start = at
        guard let scalar = current else { return ExpressionToken(kind: .end, offset: start) }
        if Self.isDigit(scalar) || (scalar == "." && following.map(Self.isDigit) == true) {
            return ExpressionToken(kind: .number(take { Self.isDigit($0) || $0 == "." }), offset: start)
        }
        if Self.startsName(scalar) {
            return ExpressionToken(kind: .name(take(while: Self.continuesName)), offset: start)
        }
        if scalar == "'" || scalar == "\"" {
            at += 1
            let literal = take { $0 != scalar }
            guard current != nil else { throw ExpressionFault(problem: .openLiteral, offset: start) }
            at += 1
            return ExpressionToken(kind: .literal(literal), offset: start)
        }
        for sign in ["!=", "<=", ">=", "..", "//", "::"] where sign.unicodeScalars.elementsEqual(text[at...].prefix(2))
        {
            at += 2
            return ExpressionToken(kind: .sign(sign), offset: start)
        }
        guard "+-=<>*/().,[]|@$".unicodeScalars.contains(scalar) else {
            throw ExpressionFault(problem: .unexpected(String(scalar)), offset: start)
        }
        at += 1
        return ExpressionToken(kind: .sign(String(scalar)), offset: start)
    }

    private mutating func take(while matches: (Unicode.Scalar) -> Bool) -> String {
        var taken = String.UnicodeScalarView()
        while let scalar = current, matches(scalar) {
            taken.append(scalar)
            at += 1
        }
        return String(taken)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic
    }

    private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        startsName(scalar) || isDigit(scalar) || scalar == "-" || scalar == "."
    }
}
