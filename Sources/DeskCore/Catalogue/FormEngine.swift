import CLibXML2

/// libxml2's side of a form's rules: compiled expressions and the context they run in.
///
/// Used by one thread at a time.
struct FormEngine: ~Copyable {
    private let context: xmlXPathContextPtr
    private var compiled: [Compiled]
    /// What any of them reads: the rest of a form, mostly its texts, need not become a document.
    private let reads: Set<String>

    /// One field's compiled expressions.
    private struct Compiled {
        var relevant: xmlXPathCompExprPtr?
        var required: xmlXPathCompExprPtr?
        var constraint: xmlXPathCompExprPtr?
        var calculate: xmlXPathCompExprPtr?

        var all: [xmlXPathCompExprPtr] { [relevant, required, constraint, calculate].compactMap(\.self) }
    }

    init?(fields: [FormRules.FieldRules]) {
        _ = LibXML.started
        guard let context = xmlXPathNewContext(nil) else { return nil }
        context.pointee.error = LibXML.ignore
        ExpressionFunctions.register(in: context)
        var compiled: [Compiled] = []
        var isWhole = true
        func compile(_ expression: FieldExpression?) -> xmlXPathCompExprPtr? {
            guard let expression else { return nil }
            let compiled = xmlXPathCtxtCompile(context, expression.xpath)
            if compiled == nil { isWhole = false }
            return compiled
        }
        for field in fields {
            compiled.append(
                Compiled(
                    relevant: compile(field.relevant),
                    required: compile(field.required),
                    constraint: compile(field.constraint),
                    calculate: compile(field.calculate)
                )
            )
        }
        guard isWhole else {
            for expression in compiled.flatMap(\.all) { xmlXPathFreeCompExpr(expression) }
            xmlXPathFreeContext(context)
            return nil
        }
        self.context = context
        self.compiled = compiled
        reads = Set(fields.flatMap(\.all).flatMap(\.reads))
    }

    deinit {
        for expression in compiled.flatMap(\.all) { xmlXPathFreeCompExpr(expression) }
        xmlXPathFreeContext(context)
    }

    /// One pass over an answers document: relevance and calculation in order of dependence, then what must hold.
    func evaluate(fields: [FormRules.FieldRules], order: [Int], input: FormInput) -> FormState {
        guard let document = AnswersDocument(fields: fields, input: input, reads: reads) else {
            return FormState(relevant: Set(fields.map(\.id)))
        }
        context.pointee.doc = document.pointer
        context.pointee.node = document.root
        defer {
            context.pointee.doc = nil
            context.pointee.node = nil
            // libxml2 holds plain pointers into it until here, which the optimizer cannot see.
            withExtendedLifetime(document) {}
        }
        var state = FormState(relevant: Set(minimumCapacity: fields.count))
        for index in order where fields.indices.contains(index) {
            let field = fields[index]
            guard truth(of: compiled[index].relevant) ?? true else {
                document.remove(index)
                continue
            }
            state.relevant.insert(field.id)
            if let calculate = compiled[index].calculate {
                let value = CalculatedValue.canonical(text(of: calculate) ?? "", kind: field.kind)
                state.calculated[field.id] = value
                if reads.contains(field.id) { document.set(index, field.id, to: value) }
            }
        }
        for (index, field) in fields.enumerated() where state.relevant.contains(field.id) {
            if truth(of: compiled[index].required) == true { state.required.insert(field.id) }
            let hasValue = input.values[field.id].map { !$0.isEmpty } ?? false
            if hasValue, truth(of: compiled[index].constraint) == false { state.violated.insert(field.id) }
        }
        return state
    }

    /// nil when there is no expression or it could not be evaluated.
    private func truth(of expression: xmlXPathCompExprPtr?) -> Bool? {
        guard let expression else { return nil }
        limit()
        switch xmlXPathCompiledEvalToBoolean(expression, context) {
        case 0: return false
        case 1: return true
        default: return nil
        }
    }

    private func text(of expression: xmlXPathCompExprPtr) -> String? {
        limit()
        guard let object = xmlXPathCompiledEval(expression, context) else { return nil }
        defer { xmlXPathFreeObject(object) }
        if object.pointee.type == XPATH_NUMBER { return CalculatedValue.text(object.pointee.floatval) }
        guard let text = xmlXPathCastToString(object) else { return nil }
        defer { LibXML.free(text) }
        return String(cString: text)
    }

    /// The next evaluation may take so many steps.
    private func limit() {
        context.pointee.opLimit = CatalogueLimits.expressionOperations
        context.pointee.opCount = 0
    }
}

/// What a calculation gives, in the form the field's kind is stored in.
enum CalculatedValue {
    static func canonical(_ text: String, kind: FieldKind) -> String {
        let traits = kind.traits
        if let decimals = traits.decimals {
            guard let number = Double(text), number.isFinite, abs(number) < bound else { return "" }
            return fixed(number, decimals)
        }
        if traits.control == .yesNo {
            return text == "true" || text == "yes" ? "yes" : text == "false" || text == "no" ? "no" : ""
        }
        return text.contains(nothing) ? "" : String(text.prefix(CatalogueLimits.longestText))
    }

    /// Twelve digits before the point, as many as an answer may have.
    private static let bound = 1e12
    /// Stands in a text for a number that could not be calculated, and empties it.
    ///
    /// “total ” alone says nothing. It is a code point without a meaning, which no keyboard types.
    private static let nothing: Character = "\u{F7D0}"

    /// A number within a text: at the most six digits behind the point, and no trace of the binary number it was.
    static func text(_ number: Double) -> String {
        number.isFinite && abs(number) < bound ? fixed(number, .upTo(6)) : String(nothing)
    }

    /// `number` without exponent; libxml2 writes one past a thousand million.
    private static func fixed(_ number: Double, _ wanted: FieldTraits.Decimals) -> String {
        let (decimals, keepZeros) =
            switch wanted {
            case .upTo(let most): (most, false)
            case .always(let all): (all, true)
            }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = Int64((abs(number) * scale).rounded())
        let unit = Int64(scale)
        var fraction = String(scaled % unit)
        fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
        if !keepZeros { fraction = String(fraction.reversed().drop { $0 == "0" }.reversed()) }
        let sign = number < 0 && scaled != 0 ? "-" : ""
        return fraction.isEmpty ? "\(sign)\(scaled / unit)" : "\(sign)\(scaled / unit).\(fraction)"
    }
}
