import TestSupport
import Testing

@testable import DeskCore

@Suite("Expressions of a form")
struct FieldExpressionTests {
    private let fields: [String: FieldExpression.Readable] = [
        "a": .init(), "tipo-2": .init(values: ["um", "dois"]), "onde": .init(parts: ["city"]),
        "senha": .init(isSecret: true),
    ]

    @Test(
        "become paths libxml2 reads in bounded time",
        arguments: [
            ("tipo-2 = 'um'", "string( /answers/tipo-2 ) = 'um'"),
            ("'um'=../tipo-2", "'um' = string( /answers/tipo-2 )"),
            ("(a)!=tipo-2 = a", "string( ( /answers/a ) ) != string( /answers/tipo-2 ) = /answers/a"),
            ("a = 1 and a != today()", "/answers/a = 1 and string( /answers/a ) != string(/answers/desk-today)"),
            ("not(/answers/a)", "not ( /answers/a )"),
            ("onde/city!=\"o'b\"", "string( /answers/onde/city ) != \"o'b\""),
            ("today()", "string(/answers/desk-today)"),
            ("a div 2 mod 3*-a", "/answers/a div 2 mod 3 * - /answers/a"),
            ("(a or a)and a", "( /answers/a or /answers/a ) and /answers/a"),
            (".5 + 1.", ".5 + 1."),
        ]
    )
    func rewritten(_ text: String, _ xpath: String) throws {
        #expect(try FieldExpression(text, of: "own", among: fields, mayReadItself: false).xpath == xpath)
    }

    @Test("name what they read, their own value aside")
    func references() throws {
        let expression = try FieldExpression(
            ". > a and own > onde/city",
            of: "own",
            among: fields.merging(["own": .init()]) { first, _ in first },
            mayReadItself: true
        )
        #expect(expression.references == ["a", "onde"])
        #expect(expression.reads == ["a", "onde", "own"])
    }

    @Test(
        "that reach outside the answers are refused",
        arguments: [
            "//a", "/", "/answers", "/answers/*", "*", "../..", "a/..", "a[1]", "@a", "$a", "a|a", "child::a",
            "self::node()",
            "id('x')", "document('x')", "current()", "a a", "a =", "= a", "()", "a)", "(a", "concat(a)", "a,a", "'a",
            "1.2.3", "a#b",
            "processing-instruction()", "text()", "comment()", "position()", "last()", "name(a)", "lang('x')",
            "answers/a",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: ExpressionFault.self) {
            try FieldExpression(text, of: "own", among: fields, mayReadItself: false)
        }
    }

    @Test("random text never ends the process, and what is accepted libxml2 compiles", arguments: [UInt64](1...4))
    func random(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "a", "tipo-2", "'um'", "1", "(", ")", "and", "or", "not(", "=", "!=", "<", "+", "-", "*", "div", ".", "..",
            "/", "//", ",",
            "concat(", "if(", "today()", "count(", "sum(", "\"", "'", "[", "]", " ", "é", "substring(", "number(",
        ]
        var accepted = 0
        for _ in 0..<5_000 {
            let count = Int.random(in: 1...9, using: &random)
            let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined(
                separator: " "
            )
            guard let expression = try? FieldExpression(text, of: "a", among: fields, mayReadItself: true) else {
                continue
            }
            accepted += 1
            let rules = FormRules(fields: [.init(id: "a", kind: .text, relevant: expression)], order: [0])
            #expect(rules != nil, "\(text) → \(expression.xpath)")
            _ = rules?.evaluate(FormInput(values: ["a": .text("um")], facts: [:], today: "2026-11-21"))
        }
        #expect(accepted > 0)
    }
}
