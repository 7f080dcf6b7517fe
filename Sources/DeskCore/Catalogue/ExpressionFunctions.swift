import CLibXML2

/// The functions an expression may call: XPath 1.0's core on values, and ours.
enum ExpressionFunctions {
    /// How many arguments each takes.
    static let arity: [String: ClosedRange<Int>] = [
        "boolean": 1...1, "not": 1...1, "true": 0...0, "false": 0...0,
        "number": 1...1, "sum": 1...1, "floor": 1...1, "ceiling": 1...1, "round": 1...1, "count": 1...1,
        "string": 1...1, "concat": 2...40, "starts-with": 2...2, "contains": 2...2, "substring-before": 2...2,
        "substring-after": 2...2, "substring": 2...3, "string-length": 1...1, "normalize-space": 1...1,
        "translate": 3...3,
        "today": 0...0, "days-from-date": 1...1, "selected": 2...2, "count-selected": 1...1, "if": 3...3,
    ]

    /// Makes our functions known to `context`; `today()` needs none, it is rewritten to a node.
    static func register(in context: xmlXPathContextPtr) {
        xmlXPathRegisterFunc(context, "days-from-date", daysFromDate)
        xmlXPathRegisterFunc(context, "selected", selected)
        xmlXPathRegisterFunc(context, "count-selected", countSelected)
        xmlXPathRegisterFunc(context, "if", choose)
        xmlXPathRegisterFunc(context, "text-string") { ExpressionFunctions.call($0, $1, xmlXPathStringFunction) }
        xmlXPathRegisterFunc(context, "text-concat") { ExpressionFunctions.call($0, $1, xmlXPathConcatFunction) }
        xmlXPathRegisterFunc(context, "text-starts-with") {
            ExpressionFunctions.call($0, $1, xmlXPathStartsWithFunction)
        }
        xmlXPathRegisterFunc(context, "text-contains") { ExpressionFunctions.call($0, $1, xmlXPathContainsFunction) }
        xmlXPathRegisterFunc(context, "text-substring-before") {
            ExpressionFunctions.call($0, $1, xmlXPathSubstringBeforeFunction)
        }
        xmlXPathRegisterFunc(context, "text-substring-after") {
            ExpressionFunctions.call($0, $1, xmlXPathSubstringAfterFunction)
        }
        xmlXPathRegisterFunc(context, "text-substring", substring)
        xmlXPathRegisterFunc(context, "text-string-length") {
            ExpressionFunctions.call($0, $1, xmlXPathStringLengthFunction)
        }
        xmlXPathRegisterFunc(context, "text-normalize-space") {
            ExpressionFunctions.call($0, $1, xmlXPathNormalizeFunction)
        }
        xmlXPathRegisterFunc(context, "text-translate") { ExpressionFunctions.call($0, $1, xmlXPathTranslateFunction) }
    }

    /// The functions that make text of what they are given, and the ones of ours that stand in for them: XPath writes
    /// 0.1 + 0.2 as 0.30000000000000004 and what cannot be calculated as NaN, which must not reach a form.
    static let ofText: [String: String] = {
        let names = [
            "string", "concat", "starts-with", "contains", "substring-before", "substring-after", "substring",
            "string-length", "normalize-space", "translate",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, "text-\($0)") })
    }()

    /// Those of them whose result is a text too.
    static let givesText: Set<String> = [
        "string", "concat", "substring-before", "substring-after", "substring", "normalize-space", "translate",
    ]

    /// Calls XPath's own function with every number among its arguments as people write it.
    private static func call(_ context: xmlXPathParserContextPtr?, _ count: Int32, _ function: xmlXPathFunction) {
        guard let context, (0...40).contains(count) else { return }
        let arguments = (0..<count).map { _ in valuePop(context) }
        for argument in arguments.reversed() { valuePush(context, written(argument)) }
        function(context, count)
    }

    /// The text is the first argument; where it begins and how long it is are numbers.
    private static let substring: xmlXPathFunction = { context, count in
        guard let context, (2...3).contains(count) else { return }
        let places = (1..<count).map { _ in valuePop(context) }
        valuePush(context, written(valuePop(context)))
        for place in places.reversed() { valuePush(context, place) }
        xmlXPathSubstringFunction(context, count)
    }

    /// A number as its text, anything else as it is.
    private static func written(_ object: xmlXPathObjectPtr?) -> xmlXPathObjectPtr? {
        guard let object, object.pointee.type == XPATH_NUMBER else { return object }
        defer { xmlXPathFreeObject(object) }
        return xmlXPathNewString(CalculatedValue.text(object.pointee.floatval))
    }

    /// XForms' `days-from-date`: days since 1970-01-01, NaN when the text is no date.
    private static let daysFromDate: xmlXPathFunction = { context, count in
        guard let context, count == 1 else { return }
        let day = popString(context).flatMap { CalendarDay(iso: $0) }
        valuePush(context, xmlXPathNewFloat(day.map { Double($0.daysSince1970) } ?? .nan))
    }

    /// Whether a list of choices, its identifiers one blank apart, holds one.
    private static let selected: xmlXPathFunction = { context, count in
        guard let context, count == 2 else { return }
        let wanted = popString(context) ?? ""
        let list = popString(context) ?? ""
        let holds = list.split(separator: " ").contains { $0 == wanted }
        valuePush(context, xmlXPathNewBoolean(holds ? 1 : 0))
    }

    private static let countSelected: xmlXPathFunction = { context, count in
        guard let context, count == 1 else { return }
        let list = popString(context) ?? ""
        valuePush(context, xmlXPathNewFloat(Double(list.split(separator: " ").count)))
    }

    /// XForms' `if`: the second argument when the first holds, else the third.
    private static let choose: xmlXPathFunction = { context, count in
        guard let context, count == 3 else { return }
        let otherwise = valuePop(context)
        let then = valuePop(context)
        let holds = xmlXPathPopBoolean(context) != 0
        valuePush(context, holds ? then : otherwise)
        xmlXPathFreeObject(holds ? otherwise : then)
    }

    private static func popString(_ context: xmlXPathParserContextPtr) -> String? {
        guard let text = xmlXPathPopString(context) else { return nil }
        defer { LibXML.free(text) }
        return String(cString: text)
    }
}
