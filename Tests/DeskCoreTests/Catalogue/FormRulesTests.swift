import Testing

@testable import DeskCore

@Suite("Rules of a form")
struct FormRulesTests {
    /// A form of the fields written, evaluated over `values`.
    private func evaluate(
        _ fields: String,
        _ values: [String: AnswerValue],
        facts: [String: String] = [:]
    ) throws -> FormState {
        let catalogue = try CatalogueReader.read(Array(Self.catalogue(fields).utf8), file: "x")
        let rules = try #require(catalogue.rules(for: "t"))
        return rules.evaluate(FormInput(values: values, facts: facts, today: "2026-11-21"))
    }

    static func catalogue(_ fields: String) -> String {
        """
        <catalogue xmlns="urn:calldesk:catalogue"><title>T</title><department id="d"><name>D</name></department>
        <section id="s"><title>S</title><topic id="t" department="d"><title>T</title>\(fields)</topic></section></catalogue>
        """
    }

    private func field(_ id: String, _ kind: String = "text", _ attributes: String = "", items: [String] = []) -> String
    {
        let options = items.map { "<item value=\"\($0)\"><label>\($0)</label></item>" }.joined()
        return
            "<field id=\"\(id)\" kind=\"\(kind)\" \(attributes)><label>\(id)</label><say>\(id)?</say>\(options)</field>"
    }

    private func calculated(_ id: String, _ kind: String, _ expression: String) -> String {
        "<field id=\"\(id)\" kind=\"\(kind)\" calculate=\"\(expression)\"><label>\(id)</label></field>"
    }

    @Test("without expressions everything is relevant and nothing required")
    func plain() throws {
        #expect(try evaluate(field("a") + field("b"), [:]) == FormState(relevant: ["a", "b"]))
    }

    @Test("a hidden field's answer does not keep others in view")
    func chain() throws {
        let form =
            field("a", "yes-no") + field("b", "text", "relevant=\"a = 'yes'\"")
            + field("c", "text", "relevant=\"b = 'x'\"")
        #expect(try evaluate(form, ["a": .text("yes"), "b": .text("x")]).relevant == ["a", "b", "c"])
        #expect(try evaluate(form, ["a": .text("no"), "b": .text("x")]).relevant == ["a"])
    }

    @Test("hidden is not required")
    func hiddenNotRequired() throws {
        let form = field("a", "yes-no") + field("b", "text", "relevant=\"a = 'yes'\" required=\"true()\"")
        #expect(try evaluate(form, ["a": .text("no")]).required == [])
        #expect(try evaluate(form, ["a": .text("yes")]).required == ["b"])
    }

    @Test("fields may be named plainly, by parent or by full path, in any order of the form")
    func paths() throws {
        let form =
            field("x", "text", "relevant=\"z = '1'\"") + field("y", "text", "relevant=\"../z = '1'\"")
            + field("w", "text", "relevant=\"/answers/z = '1'\"") + field("z")
        #expect(try evaluate(form, ["z": .text("1")]).relevant == ["x", "y", "w", "z"])
        #expect(try evaluate(form, ["z": .text("2")]).relevant == ["z"])
    }

    @Test(
        "only what is stored as it is written takes a longest length",
        arguments: FieldKind.allCases.filter { !$0.hasOptions }
    )
    func lengths(kind: FieldKind) {
        let source = Self.catalogue(field("a", kind.rawValue, "max-length=\"11\""))
        let isStoredAsWritten = kind == .text || kind == .longText || kind == .secret
        #expect(
            CatalogueReader.check(Array(source.utf8), file: "x").map(\.problem)
                == (isStoredAsWritten ? [] : [.lengthNotPossible(kind.rawValue)])
        )
    }

    @Test("what is unanswered is empty, also when it is compared")
    func unanswered() throws {
        let form =
            field("a") + field("n", "number") + field("onde", "address")
            + field("none", "text", "relevant=\"a = ''\" required=\"'' = a\"")
            + field("other", "text", "relevant=\"a != 'x'\"") + field("same", "text", "relevant=\"a = onde/city\"")
            + field("some", "text", "relevant=\"(a) != ''\"") + field("zero", "text", "relevant=\"n = 0\"")
            + field("few", "text", "relevant=\"n &lt; 5\"") + field("count", "text", "relevant=\"count(a) = 0\"")
        let blank = try evaluate(form, [:])
        #expect(blank.relevant == ["a", "n", "onde", "none", "other", "same", "count"])
        #expect(blank.required == ["none"])
        let given = try evaluate(form, ["a": .text("x"), "n": .text("0")])
        #expect(given.relevant == ["a", "n", "onde", "some", "zero", "few"])
        let city = try evaluate(form, ["a": .text("y"), "onde": .address(AddressAnswer(city: "y"))])
        #expect(city.relevant == ["a", "n", "onde", "other", "same", "some"])
    }

    @Test("a constraint sees its own value as a dot, and others by name")
    func constraint() throws {
        let form = field("a", "number") + field("b", "number", "constraint=\". &gt; a and . &lt; 10\"")
        #expect(try evaluate(form, ["a": .text("3"), "b": .text("5")]).violated == [])
        #expect(try evaluate(form, ["a": .text("3"), "b": .text("2")]).violated == ["b"])
        #expect(try evaluate(form, ["a": .text("3"), "b": .text("11")]).violated == ["b"])
        // Nothing given breaks no constraint; `required` asks for it.
        #expect(try evaluate(form, ["a": .text("3")]).violated == [])
    }

    @Test("dates are counted, choices looked into, tests chosen between")
    func functions() throws {
        let form =
            field("d", "date", "constraint=\"days-from-date(.) &lt;= days-from-date(today())\"")
            + field("m", "choices", "constraint=\"count-selected(.) = 2\"", items: ["um", "dois", "tres"])
            + field("r", "text", "relevant=\"selected(m, 'dois')\"")
            + calculated("f", "text", "if(selected(m, 'um'), concat('a', '-', 'b'), 'c')")
        let past = try evaluate(form, ["d": .text("2026-11-21"), "m": .list(["um", "dois"])])
        #expect(past.violated == [])
        #expect(past.relevant == ["d", "m", "r", "f"])
        #expect(past.calculated == ["f": "a-b"])
        let future = try evaluate(form, ["d": .text("2026-11-22"), "m": .list(["tres"])])
        #expect(future.violated == ["d", "m"])
        #expect(future.relevant == ["d", "m", "f"])
        #expect(future.calculated == ["f": "c"])
    }

    @Test("calculations go in order of dependence, amounts without exponent or endless decimals")
    func calculations() throws {
        let form =
            calculated("total", "money", "net + tax") + calculated("tax", "money", "net * 0.1") + field("net", "money")
            + calculated("nothing", "number", "net div 0") + calculated("big", "money", "net * 100000000")
        let state = try evaluate(form, ["net": .text("33.33")])
        #expect(state.calculated["tax"] == "3.33")
        #expect(state.calculated["total"] == "36.66")
        #expect(state.calculated["nothing"] == "")
        #expect(state.calculated["big"] == "3333000000.00")
        #expect(try evaluate(form, [:]).calculated["total"] == "")
    }

    @Test(
        "what cannot be calculated and what binary numbers leave behind never reach a text",
        arguments: [
            ("concat('total ', a - b)", "", ""), ("a - b", "", "0.2"), ("string(a - b)", "", "0.2"),
            ("concat('x', a div 0)", "", ""), ("translate(a - b, '.', ',')", "", "0,2"),
            ("substring(a - b, 1, 3)", "", "0.2"), ("substring-before(a - b, '.')", "", "0"),
            ("normalize-space(a * 0.1 + b * 0.2)", "", "29.99"), ("concat('', string-length(a - b))", "1", "3"),
            ("if(a > b, concat('a mais: ', a - b), 'nada')", "nada", "a mais: 0.2"),
            ("concat('n ', number('x'))", "", ""), ("concat(a * 100000000, '')", "", "10010000000"),
        ]
    )
    func texts(expression: String, without: String, with: String) throws {
        let form =
            field("a", "money") + field("b", "money")
            + calculated("t", "text", expression.replacing(">", with: "&gt;"))
        #expect(try evaluate(form, [:]).calculated["t"] == without)
        let both = try evaluate(form, ["a": .text("100.10"), "b": .text("99.90")])
        let expected = expression.hasPrefix("concat('total") ? "total 0.2" : with
        #expect(both.calculated["t"] == expected)
    }

    @Test("parts of an address and facts of the conversation can be read")
    func partsAndFacts() throws {
        let form =
            field("onde", "address") + field("a", "text", "relevant=\"onde/state = 'MG'\"")
            + field("b", "text", "relevant=\"desk-customer = 'company'\"")
            + field("c", "text", "relevant=\"desk-channel = 'portal'\"")
        let here = AnswerValue.address(AddressAnswer(street: "R", city: "BH", state: "MG"))
        let state = try evaluate(form, ["onde": here], facts: ["desk-customer": "company", "desk-channel": "desk"])
        #expect(state.relevant == ["onde", "a", "b"])
    }

    @Test("answers full of markup, quotes and entities are only text")
    func hostileAnswers() throws {
        let form = field("a") + field("b", "text", "relevant=\"a = 'x'\"") + field("c", "text", "constraint=\". = a\"")
        for text in [
            "' or '1'='1", "</a><b>x</b>", "&amp;&lt;x", "]]>", "x\0y", "\u{FFFF}",
            String(repeating: "é", count: 20_000),
        ] {
            let state = try evaluate(form, ["a": .text(text), "c": .text(text)])
            #expect(state.relevant == ["a", "c"])
            #expect(state.violated == [])
        }
    }

    @Test("evaluating from many tasks at once gives every one its own answer", .timeLimit(.minutes(5)))
    func concurrent() async throws {
        let form =
            field("a", "number") + calculated("b", "number", "a * 2") + field("c", "text", "relevant=\"a &gt; 50\"")
        let catalogue = try CatalogueReader.read(Array(Self.catalogue(form).utf8), file: "x")
        let rules = try #require(catalogue.rules(for: "t"))
        await withTaskGroup(of: Bool.self) { group in
            for number in 1...200 {
                group.addTask {
                    let state = rules.evaluate(
                        FormInput(values: ["a": .text("\(number)")], facts: [:], today: "2026-11-21")
                    )
                    return state.calculated["b"] == "\(number * 2)" && state.relevant.contains("c") == (number > 50)
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
