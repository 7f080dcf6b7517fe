/// One thing wrong with a catalogue: where it is, what it is, and what to do.
public struct CatalogueFault: Error, Sendable, Hashable {
    public var file: String
    public var line: Int
    /// In characters, from 1.
    public var column: Int
    public var problem: Problem

    public init(file: String, line: Int, column: Int, problem: Problem) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
    }

    /// Everything that can be wrong.
    public enum Problem: Sendable, Hashable {
        // The file
        case empty
        case tooLarge(Int)
        case notUTF8
        case doctype
        case tooDeep(Int)
        case tooManyElements(Int)
        case tooManyAttributes(Int)
        /// libxml2's own words.
        case notWellFormed(String)
        case schema(String)
        case schemaMissing
        // Structure
        case wrongRoot(String)
        case unknownElement(String, parent: String)
        case unknownAttribute(String, element: String)
        case missingAttribute(String, element: String)
        case missingElement(String, parent: String)
        case repeatedElement(String, parent: String)
        case strayText(String)
        // Values
        case badValue(attribute: String, allowed: String)
        case badIdentifier
        case reservedIdentifier(String)
        case duplicateIdentifier(String, firstLine: Int)
        case emptyText(String)
        case textTooLong(Int)
        case repeatedLanguage(String)
        case missingBaseLanguage(String)
        case tooMany(String, limit: Int)
        case badLink
        case answerAfterSolution
        // Sense
        case unknownDepartment(String)
        case emptySection(String)
        case digitClash(Int, firstLine: Int)
        case someDigitsMissing
        case unreachableByKeypad(String)
        case tooFewOptions
        case optionsNotAllowed(String)
        case keypadNotPossible(String)
        case lengthNotPossible(String)
        case calculateAlone(String)
        case alertWithoutConstraint
        case cycle([String])
        // Expressions
        case expressionEmpty
        case expressionTooLong(Int)
        case expressionTooDeep(Int)
        case expressionOpenLiteral
        case expressionUnexpected(String)
        case expressionUnfinished
        case unknownFunction(String)
        case wrongArguments(String, expected: String)
        case unknownField(String)
        case unknownPart(field: String, part: String)
        case ownValue
        case readsItself(String)
        case notAnOption(field: String, value: String)
        case readsSecret(String)
        case expressionRefused
    }

    public func message(in language: Language) -> String { CatalogueFaultWording.message(problem)[language] }

    /// What to do about it.
    public func remedy(in language: Language) -> String { CatalogueFaultWording.remedy(problem)[language] }

    public var message: String { message(in: .ptBR) }
    public var remedy: String { remedy(in: .ptBR) }

    /// `file:line:column: what. What to do.`, as editors and terminals link to it.
    public func report(in language: Language) -> String {
        "\(file):\(line):\(column): \(message(in: language)) \(remedy(in: language))"
    }
}

extension CatalogueFault: CustomStringConvertible {
    public var description: String { report(in: .ptBR) }
}

/// Why a catalogue is refused: every fault found, in the order of the file.
public struct CatalogueFaults: Error, Sendable, Hashable, CustomStringConvertible {
    public let faults: [CatalogueFault]

    public init(_ faults: [CatalogueFault]) { self.faults = faults }

    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

extension CatalogueFault.Problem {
    /// The problem an expression has, as a catalogue's.
    init(_ fault: ExpressionFault.Problem) {
        switch fault {
        case .empty: self = .expressionEmpty
        case .tooLong(let limit): self = .expressionTooLong(limit)
        case .tooDeep(let limit): self = .expressionTooDeep(limit)
        case .openLiteral: self = .expressionOpenLiteral
        case .unexpected(let text): self = .expressionUnexpected(String(text.prefix(40)))
        case .unfinished: self = .expressionUnfinished
        case .unknownFunction(let name): self = .unknownFunction(name)
        case .wrongArguments(let name, let expected): self = .wrongArguments(name, expected: expected)
        case .unknownField(let name): self = .unknownField(name)
        case .unknownPart(let field, let part), .noPart(let field, let part):
            self = .unknownPart(field: field, part: part)
        case .ownValue: self = .ownValue
        case .itself(let name): self = .readsItself(name)
        case .notAnOption(let field, let value): self = .notAnOption(field: field, value: value)
        case .secret(let field): self = .readsSecret(field)
        case .refusedByEngine: self = .expressionRefused
        }
    }
}
