import Testing

@testable import DeskCore

@Suite("The shelf of catalogues")
struct CatalogueShelfTests {
    private func bytes(_ title: String) -> [UInt8] {
        Array(FormRulesTests.catalogue("<say>\(title)</say>").utf8)
    }

    private func shelf(_ title: String) throws -> CatalogueShelf {
        CatalogueShelf(try CatalogueReader.read(bytes(title), file: "x"))
    }

    @Test("a change is taken up, and the form before stays readable under its version")
    func change() throws {
        let shelf = try shelf("um")
        let old = shelf.current.version
        let verdict = try shelf.take(bytes("dois"), file: "x")
        #expect(verdict == .taken(version: CatalogueVersion.of(bytes("dois"))))
        #expect(shelf.current.topic("t")?.say?.ptBR == "dois")
        #expect(shelf.catalogue(version: old)?.topic("t")?.say?.ptBR == "um")
        #expect(try shelf.take(bytes("dois"), file: "x") == .unchanged)
        #expect(shelf.catalogue(version: "nenhuma") == nil)
    }

    @Test("a faulty file is refused, said, and the old catalogue stays; a good one clears the fault")
    func faulty() throws {
        let shelf = try shelf("um")
        let version = shelf.current.version
        #expect(throws: CatalogueFaults.self) { try shelf.take(Array("<catalogue>".utf8), file: "c.xml") }
        #expect(shelf.current.version == version)
        #expect(shelf.faults.first?.file == "c.xml")
        #expect(try shelf.take(bytes("um"), file: "x") == .unchanged)
        #expect(shelf.faults.isEmpty)
    }

    @Test("going back to an earlier file makes it current again")
    func backAndForth() throws {
        let shelf = try shelf("um")
        let first = shelf.current.version
        _ = try shelf.take(bytes("dois"), file: "x")
        _ = try shelf.take(bytes("um"), file: "x")
        #expect(shelf.current.version == first)
        #expect(shelf.catalogue(version: CatalogueVersion.of(bytes("dois"))) != nil)
    }

    @Test("memory is bounded, and what the store brings back is at hand")
    func bounded() throws {
        let shelf = try shelf("0")
        let first = shelf.current
        for number in 1...60 { _ = try shelf.take(bytes("\(number)"), file: "x") }
        #expect(shelf.catalogue(version: first.version) == nil)
        shelf.remember(first)
        #expect(shelf.catalogue(version: first.version) == first)
    }
}

@Suite("Words for faults")
struct CatalogueFaultWordingTests {
    private let problems: [CatalogueFault.Problem] = [
        .empty, .tooLarge(1), .notUTF8, .doctype, .tooDeep(1), .tooManyElements(1), .tooManyAttributes(1),
        .notWellFormed("x"), .schema("x"), .schemaMissing, .wrongRoot("x"), .unknownElement("x", parent: "y"),
        .unknownAttribute("x", element: "y"), .missingAttribute("x", element: "y"), .missingElement("x", parent: "y"),
        .repeatedElement("x", parent: "y"), .strayText("x"), .badValue(attribute: "x", allowed: "y"), .badIdentifier,
        .reservedIdentifier("x"), .duplicateIdentifier("x", firstLine: 1), .emptyText("x"), .textTooLong(1),
        .repeatedLanguage("x"), .missingBaseLanguage("x"), .tooMany("x", limit: 1), .badLink, .answerAfterSolution,
        .unknownDepartment("x"),
        .emptySection("x"), .digitClash(1, firstLine: 1), .someDigitsMissing, .unreachableByKeypad("x"), .tooFewOptions,
        .optionsNotAllowed("x"), .keypadNotPossible("x"), .lengthNotPossible("x"), .calculateAlone("x"),
        .alertWithoutConstraint, .cycle(["x"]),
        .expressionEmpty, .expressionTooLong(1), .expressionTooDeep(1), .expressionOpenLiteral,
        .expressionUnexpected("x"), .expressionUnfinished, .unknownFunction("x"), .wrongArguments("x", expected: "1"),
        .unknownField("x"), .unknownPart(field: "x", part: "y"), .ownValue, .readsItself("x"),
        .notAnOption(field: "x", value: "y"), .readsSecret("x"),
    ]

    @Test("say what is wrong and what to do, in every language")
    func complete() {
        let fallback = CatalogueFaultWording.message(.expressionRefused)
        for problem in problems + [.expressionRefused] {
            let message = CatalogueFaultWording.message(problem)
            let remedy = CatalogueFaultWording.remedy(problem)
            #expect(message.en != nil && remedy.en != nil)
            for language in Language.allCases {
                #expect(message[language].hasSuffix("."), "\(message[language])")
                #expect(remedy[language].hasSuffix("."), "\(remedy[language])")
            }
            if problem != .expressionRefused { #expect(message != fallback, "\(problem)") }
        }
    }
}
