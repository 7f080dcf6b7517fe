/// Reads a topic's fields and checks that their expressions make sense together.
struct FormReader {
    let builder: CatalogueBuilder
    private var faults: FaultList { builder.faults }
    /// Rewritten expressions, by field.
    private var rules: [String: FormRules.FieldRules] = [:]
    private var order: [Int] = []

    init(builder: CatalogueBuilder) { self.builder = builder }

    private static let attributes: Set<String> = [
        "id", "kind", "relevant", "required", "constraint", "calculate", "keypad", "max-length",
    ]

    mutating func read(_ elements: [CatalogueElement]) -> [Field] {
        if elements.count > CatalogueLimits.fields {
            faults.add(.tooMany("field", limit: CatalogueLimits.fields), at: elements[CatalogueLimits.fields].position)
        }
        var lines: [String: Int] = [:]
        var fields: [(Field, CatalogueElement)] = []
        for element in elements.prefix(CatalogueLimits.fields) {
            if let field = field(element, &lines) { fields.append((field, element)) }
        }
        expressions(fields)
        return fields.map(\.0)
    }

    /// The rules of the fields read, compiled; nil when libxml2 refuses one.
    func rules(_ fields: [Field]) -> FormRules? {
        FormRules(fields: fields.compactMap { rules[$0.id] }, order: order)
    }

    private func field(_ element: CatalogueElement, _ lines: inout [String: Int]) -> Field? {
        let calculate = element.attribute("calculate")
        builder.expect(
            element,
            attributes: Self.attributes,
            children: ["label", "say", "hint", "alert", "purpose", "item"],
            needs: calculate == nil ? ["label", "say"] : ["label"],
            requires: ["id", "kind"]
        )
        let kind = builder.word(element, "kind", among: FieldKind.allCases, else: .text)
        if calculate != nil { expectAlone(element) }
        let keypad = flag(element, "keypad")
        if keypad, !kind.canUseKeypad, let place = element.attribute("keypad")?.position {
            faults.add(.keypadNotPossible(kind.rawValue), at: place)
        }
        let alert = builder.text(element, "alert", limit: CatalogueLimits.wording)
        if alert != nil, element.attribute("constraint") == nil, let place = element.children("alert").first?.position {
            faults.add(.alertWithoutConstraint, at: place)
        }
        let options = options(element, kind)
        let label = builder.text(element, "label", limit: CatalogueLimits.wording)
        let say = builder.text(element, "say", limit: CatalogueLimits.wording)
        let hint = builder.text(element, "hint", limit: CatalogueLimits.prose)
        let purpose = builder.text(element, "purpose", limit: CatalogueLimits.wording)
        let length = maximumLength(element, kind)
        guard let id = builder.identifier(element, "id", &lines) else { return nil }
        if id.hasPrefix("desk-") || id == "answers" {
            faults.add(.reservedIdentifier(id), at: element.attribute("id")?.valuePosition ?? element.position)
        }
        return Field(
            id: id,
            kind: kind,
            label: label ?? LocalizedText(id),
            say: say ?? label ?? LocalizedText(id),
            hint: hint,
            options: options,
            relevant: element.attribute("relevant")?.value,
            required: element.attribute("required")?.value,
            constraint: element.attribute("constraint")?.value,
            calculate: calculate?.value,
            alert: alert,
            purpose: purpose,
            keypad: keypad,
            maximumLength: length
        )
    }

    /// A calculated field is never asked: what only makes sense for a question is a mistake.
    private func expectAlone(_ element: CatalogueElement) {
        for name in ["required", "constraint", "keypad"] {
            if let attribute = element.attribute(name) { faults.add(.calculateAlone(name), at: attribute.position) }
        }
    }

    private func flag(_ element: CatalogueElement, _ name: String) -> Bool {
        guard let attribute = element.attribute(name) else { return false }
        switch attribute.value {
        case "yes": return true
        case "no": return false
        default:
            faults.add(.badValue(attribute: name, allowed: "yes, no"), at: attribute.valuePosition)
            return false
        }
    }

    private func maximumLength(_ element: CatalogueElement, _ kind: FieldKind) -> Int {
        let standard =
            switch kind {
            case .longText: 4_000
            case .secret: InterviewLimits.secret
            default: InterviewLimits.line
            }
        guard let attribute = element.attribute("max-length") else { return standard }
        guard kind.hasMaximumLength else {
            faults.add(.lengthNotPossible(kind.rawValue), at: attribute.position)
            return standard
        }
        let limit = kind == .secret ? InterviewLimits.secret : CatalogueLimits.longestText
        guard let length = Int(attribute.value), (1...limit).contains(length),
            attribute.value.allSatisfy(\.isASCIIDigit)
        else {
            faults.add(.badValue(attribute: "max-length", allowed: "1–\(limit)"), at: attribute.valuePosition)
            return standard
        }
        return length
    }

    private func options(_ element: CatalogueElement, _ kind: FieldKind) -> [FieldOption] {
        let items = element.children("item")
        guard kind.hasOptions else {
            if let first = items.first { faults.add(.optionsNotAllowed(kind.rawValue), at: first.position) }
            return []
        }
        if items.count < 2 { faults.add(.tooFewOptions, at: element.position) }
        if items.count > CatalogueLimits.options {
            faults.add(.tooMany("item", limit: CatalogueLimits.options), at: items[CatalogueLimits.options].position)
        }
        builder.expectAllOrNoDigits(items)
        var lines: [String: Int] = [:]
        var digits: [Int: Int] = [:]
        return items.prefix(CatalogueLimits.options).compactMap { item in
            builder.expect(
                item,
                attributes: ["value", "digit"],
                children: ["label", "say"],
                needs: ["label"],
                requires: ["value"]
            )
            let digit = builder.digit(item, &digits)
            let label = builder.text(item, "label", limit: CatalogueLimits.wording)
            guard let value = builder.identifier(item, "value", &lines), let label else { return nil }
            let say = builder.text(item, "say", limit: CatalogueLimits.wording)
            return FieldOption(id: value, label: label, say: say, digit: digit)
        }
    }

    /// Checks and rewrites every expression, then finds the order to evaluate them in.
    private mutating func expressions(_ fields: [(Field, CatalogueElement)]) {
        let readable = Dictionary(
            fields.map { field, _ in
                (
                    field.id,
                    FieldExpression.Readable(
                        parts: field.kind == .address ? Set(AddressAnswer.parts.map(\.name)) : [],
                        values: field.kind.hasOptions
                            ? Set(field.options.map(\.id)) : field.kind == .yesNo ? ["yes", "no"] : nil,
                        isSecret: field.kind == .secret
                    )
                )
            }
        ) { first, _ in first }
        var reads: [String: Set<String>] = [:]
        for (field, element) in fields {
            var found: [String: FieldExpression] = [:]
            for name in ["relevant", "required", "constraint", "calculate"] {
                guard let attribute = element.attribute(name) else { continue }
                do {
                    found[name] = try FieldExpression(
                        attribute.value,
                        of: field.id,
                        among: readable,
                        mayReadItself: name == "constraint"
                    )
                } catch {
                    let place =
                        attribute.source.map {
                            builder.source.positions.place(ofCharacter: error.offset, in: $0)
                        } ?? attribute.valuePosition
                    faults.add(CatalogueFault.Problem(error.problem), at: place)
                }
            }
            reads[field.id] = (found["relevant"]?.references ?? []).union(found["calculate"]?.references ?? [])
            rules[field.id] = FormRules.FieldRules(
                id: field.id,
                kind: field.kind,
                relevant: found["relevant"],
                required: found["required"],
                constraint: found["constraint"],
                calculate: found["calculate"]
            )
        }
        switch FormOrder.find(fields.map(\.0.id), reads: reads) {
        case .order(let order): self.order = order
        case .cycle(let names):
            let element = fields.first { $0.0.id == names.first }?.1
            let place = element?.attribute("relevant") ?? element?.attribute("calculate")
            faults.add(.cycle(names), at: place?.position ?? element?.position ?? SourcePosition(line: 1, column: 1))
        }
    }
}
