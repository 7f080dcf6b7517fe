/// Reads one topic with its form.
struct TopicReader {
    let builder: CatalogueBuilder
    private var faults: FaultList { builder.faults }

    init(builder: CatalogueBuilder) { self.builder = builder }

    private enum Truth: String, CaseIterable { case `true`, `false` }

    private static let attributes: Set<String> = [
        "id", "department", "priority", "digit", "identity", "first-answer", "solution", "hours",
        "type", "confidential",
    ]
    private static let children: Set<String> = [
        "title", "say", "keywords", "guide", "field", "module", "step", "summary", "description", "what-changed",
        "attachments",
    ]

    /// The topic and the rules of its form; nil rules only with a fault.
    mutating func read(_ element: CatalogueElement, id: String, path: [String], digit: Int?) -> (Topic, FormRules?)? {
        builder.expect(
            element,
            attributes: Self.attributes,
            children: Self.children,
            needs: ["title"],
            requires: ["id", "department"]
        )
        for name in ["summary", "description", "what-changed", "attachments"] {
            for extra in element.children(name).dropFirst() {
                faults.add(.repeatedElement(name, parent: "topic"), at: extra.position)
            }
        }
        var form = FormReader(builder: builder)
        let fields = form.read(element.children("field"))
        let rules = faults.isEmpty ? form.rules(fields) : nil
        if faults.isEmpty, rules == nil { faults.add(.expressionRefused, at: element.position) }
        let modules = modules(element.children("module"))
        let steps = steps(element.children("step"))
        let topic = Topic(
            id: id,
            title: builder.text(element, "title", limit: CatalogueLimits.wording) ?? LocalizedText(id),
            say: builder.text(element, "say", limit: CatalogueLimits.wording),
            keywords: keywords(element),
            path: path,
            department: element.attribute("department")?.value ?? "",
            priority: builder.word(element, "priority", among: TopicPriority.allCases, else: .normal),
            serviceLevel: serviceLevel(element),
            digit: digit,
            identity: identity(element),
            fields: fields,
            modules: modules,
            guides: guides(element.children("guide")),
            summary: prompt(element, "summary") ?? .standard,
            description: prompt(element, "description") ?? .standard,
            whatChanged: prompt(element, "what-changed"),
            attachments: prompt(element, "attachments"),
            type: builder.word(element, "type", among: TicketType.allCases, else: .request),
            isConfidential: builder.word(element, "confidential", among: Truth.allCases, else: .false) == .true,
            steps: steps
        )
        return (topic, rules)
    }

    private func keywords(_ element: CatalogueElement) -> [String] {
        var keywords: [String] = []
        for list in element.children("keywords") {
            builder.expect(list, attributes: ["xml:lang"], children: [])
            if list.text.count > CatalogueLimits.prose {
                faults.add(.textTooLong(CatalogueLimits.prose), at: list.position)
            }
            keywords += list.text.split { $0 == "," || $0 == ";" }.map { AnswerText.line(String($0)) }.filter {
                !$0.isEmpty
            }
        }
        return keywords
    }

    private func prompt(_ element: CatalogueElement, _ name: String) -> TopicPrompt? {
        guard let prompt = element.children(name).first else { return nil }
        builder.expect(prompt, attributes: [], children: ["label", "say", "hint"])
        return TopicPrompt(
            label: builder.text(prompt, "label", limit: CatalogueLimits.wording),
            say: builder.text(prompt, "say", limit: CatalogueLimits.wording),
            hint: builder.text(prompt, "hint", limit: CatalogueLimits.prose)
        )
    }

    private func identity(_ element: CatalogueElement) -> IdentityLevel {
        guard let attribute = element.attribute("identity") else { return .none }
        switch attribute.value {
        case "none": return .none
        case "known": return .known
        case "verified": return .verified
        default:
            faults.add(.badValue(attribute: "identity", allowed: "none, known, verified"), at: attribute.valuePosition)
            return .none
        }
    }

    private func serviceLevel(_ element: CatalogueElement) -> ServiceLevel {
        let counting = builder.word(
            element,
            "hours",
            among: [ServiceTerm.Counting.business, .calendar],
            else: .business
        )
        let level = ServiceLevel(
            firstAnswer: term(element, "first-answer", counting),
            solution: term(element, "solution", counting)
        )
        if level.alwaysAnswersAfterSolution, let attribute = element.attribute("first-answer") {
            faults.add(.answerAfterSolution, at: attribute.valuePosition)
        }
        return level
    }

    /// `30min`, `4h` or `2d`.
    private func term(_ element: CatalogueElement, _ name: String, _ counting: ServiceTerm.Counting) -> ServiceTerm? {
        guard let attribute = element.attribute(name) else { return nil }
        guard let term = ServiceTerm(attribute.value, counting: counting) else {
            faults.add(.badValue(attribute: name, allowed: "30min, 4h, 2d"), at: attribute.valuePosition)
            return nil
        }
        return term
    }

    private func modules(_ elements: [CatalogueElement]) -> [TopicModule] {
        var lines: [String: Int] = [:]
        var digits: [Int: Int] = [:]
        builder.expectAllOrNoDigits(elements)
        if elements.count > CatalogueLimits.options {
            faults.add(
                .tooMany("module", limit: CatalogueLimits.options),
                at: elements[CatalogueLimits.options].position
            )
        }
        return elements.compactMap { element in
            builder.expect(
                element,
                attributes: ["id", "digit"],
                children: ["label"],
                needs: ["label"],
                requires: ["id"]
            )
            let digit = builder.digit(element, &digits)
            let label = builder.text(element, "label", limit: CatalogueLimits.wording)
            guard let id = builder.identifier(element, "id", &lines), let label else { return nil }
            return TopicModule(id: id, label: label, digit: digit)
        }
    }

    private func steps(_ elements: [CatalogueElement]) -> [TopicStep] {
        var lines: [String: Int] = [:]
        if elements.count > CatalogueLimits.options {
            faults.add(
                .tooMany("step", limit: CatalogueLimits.options),
                at: elements[CatalogueLimits.options].position
            )
        }
        return elements.compactMap { element in
            builder.expect(element, attributes: ["id"], children: ["label"], needs: ["label"], requires: ["id"])
            let label = builder.text(element, "label", limit: CatalogueLimits.wording)
            guard let id = builder.identifier(element, "id", &lines), let label else { return nil }
            return TopicStep(id: id, label: label)
        }
    }

    private func guides(_ elements: [CatalogueElement]) -> [Guide] {
        elements.enumerated().map { index, element in
            builder.expect(element, attributes: ["kind", "href"], children: ["title", "text"], needs: ["title"])
            let link = element.attribute("href")
            if let link, !Self.isWebLink(link.value) { faults.add(.badLink, at: link.valuePosition) }
            let text = builder.text(element, "text", limit: CatalogueLimits.prose)
            if text == nil, link == nil { faults.add(.missingElement("text", parent: "guide"), at: element.position) }
            return Guide(
                id: index + 1,
                kind: builder.word(element, "kind", among: Guide.Kind.allCases, else: .procedure),
                title: builder.text(element, "title", limit: CatalogueLimits.wording) ?? LocalizedText(""),
                text: text,
                url: link?.value
            )
        }
    }

    /// http or https with a host and nothing that could end an attribute or a header.
    private static func isWebLink(_ text: String) -> Bool {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            let rest = text.utf8.dropFirst(scheme.utf8.count)
            guard let first = rest.first, first != UInt8(ascii: "/"), text.utf8.count <= 2_000 else { return false }
            return rest.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
        }
        return false
    }
}
