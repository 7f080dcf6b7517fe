/// Builds the catalogue from its elements, finding every fault on the way.
struct CatalogueBuilder {
    let source: CatalogueSource
    let faults: FaultList
    var departments: [Department] = []
    var sections: [Section] = []
    var topics: [Topic] = []
    var rules: [String: FormRules] = [:]
    /// Where each identifier was first used; sections and topics share one space, because a menu offers both.
    private var departmentLines: [String: Int] = [:]
    private var nodeLines: [String: Int] = [:]
    /// Departments that are asked for, checked once all are known.
    private var departmentUses: [(id: String, at: SourcePosition)] = []

    init(source: CatalogueSource, faults: FaultList) {
        self.source = source
        self.faults = faults
    }

    /// The catalogue; nil when the root is not one or anything is wrong.
    mutating func build(version: String) -> Catalogue? {
        let root = source.root
        guard root.name == "catalogue" else {
            faults.add(.wrongRoot(root.name), at: root.position)
            return nil
        }
        expect(
            root,
            attributes: [],
            children: ["title", "department", "section"],
            needs: ["title", "department", "section"]
        )
        let title = text(root, "title", limit: CatalogueLimits.wording) ?? LocalizedText("")
        for element in root.children("department") { department(element) }
        var roots: [CatalogueNode] = []
        var digits: [Int: Int] = [:]
        for element in root.children("section") {
            if let section = section(element, path: [], keypadAbove: true, digits: &digits) {
                roots.append(.section(section.id))
            }
        }
        for use in departmentUses where departmentLines[use.id] == nil {
            faults.add(.unknownDepartment(use.id), at: use.at)
        }
        guard faults.isEmpty else { return nil }
        return Catalogue(
            version: version,
            title: title,
            departments: departments,
            roots: roots,
            sections: sections,
            topics: topics,
            rules: rules
        )
    }

    private mutating func department(_ element: CatalogueElement) {
        expect(element, attributes: ["id"], children: ["name"], needs: ["name"], requires: ["id"])
        guard let id = identifier(element, "id", &departmentLines) else { return }
        departments.append(
            Department(id: id, name: text(element, "name", limit: CatalogueLimits.wording) ?? LocalizedText(id))
        )
    }

    /// Depth is bounded by the scanner before anything gets here.
    private mutating func section(
        _ element: CatalogueElement,
        path: [String],
        keypadAbove: Bool,
        digits: inout [Int: Int]
    ) -> Section? {
        expect(
            element,
            attributes: ["id", "digit"],
            children: ["title", "say", "section", "topic"],
            needs: ["title"],
            requires: ["id"]
        )
        let id = identifier(element, "id", &nodeLines)
        let digit = digit(element, &digits)
        let inner = path + [id ?? ""]
        // A wrong key is one fault; its topics are not to blame for it too.
        let hasKeypad = keypadAbove && element.attribute("digit") != nil
        var innerDigits: [Int: Int] = [:]
        var children: [CatalogueNode] = []
        let topicsBefore = topics.count
        for child in element.children {
            if child.name == "section" {
                if let section = section(child, path: inner, keypadAbove: hasKeypad, digits: &innerDigits) {
                    children.append(.section(section.id))
                }
            } else if child.name == "topic" {
                if let topic = topic(child, path: inner, keypadAbove: hasKeypad, digits: &innerDigits) {
                    children.append(.topic(topic.id))
                }
            }
        }
        let holdsTopic = topics.count > topicsBefore || element.children.contains { $0.name == "topic" }
        if !holdsTopic, !element.children.contains(where: { $0.name == "section" }) {
            faults.add(.emptySection(id ?? ""), at: element.position)
        }
        guard let id else { return nil }
        let section = Section(
            id: id,
            title: text(element, "title", limit: CatalogueLimits.wording) ?? LocalizedText(id),
            say: text(element, "say", limit: CatalogueLimits.wording),
            digit: digit,
            path: path,
            children: children
        )
        sections.append(section)
        return section
    }

    private mutating func topic(
        _ element: CatalogueElement,
        path: [String],
        keypadAbove: Bool,
        digits: inout [Int: Int]
    ) -> Topic? {
        let id = identifier(element, "id", &nodeLines)
        let digit = digit(element, &digits)
        if digit != nil, !keypadAbove, let place = element.attribute("digit")?.position {
            faults.add(.unreachableByKeypad(id ?? ""), at: place)
        }
        var reader = TopicReader(builder: self)
        guard let (topic, rules) = reader.read(element, id: id ?? "", path: path, digit: digit) else { return nil }
        if let department = element.attribute("department") {
            departmentUses.append((department.value, department.valuePosition))
        }
        guard let id else { return nil }
        topics.append(topic)
        self.rules[id] = rules
        return topic
    }
}
