/// The parts every element is read with.
extension CatalogueBuilder {
    /// Complains about attributes, children and text that do not belong, and about those that are missing.
    func expect(
        _ element: CatalogueElement,
        attributes: Set<String>,
        children: Set<String>,
        needs: [String] = [],
        requires: [String] = []
    ) {
        for attribute in element.attributes where !attributes.contains(attribute.name) {
            faults.add(.unknownAttribute(attribute.name, element: element.name), at: attribute.position)
        }
        for name in requires where element.attribute(name) == nil {
            faults.add(.missingAttribute(name, element: element.name), at: element.position)
        }
        for child in element.children where !children.contains(child.name) {
            faults.add(.unknownElement(child.name, parent: element.name), at: child.position)
        }
        for name in needs where element.children(name).isEmpty {
            faults.add(.missingElement(name, parent: element.name), at: element.position)
        }
        if !children.isEmpty, !element.text.allSatisfy(\.isWhitespace) {
            faults.add(.strayText(element.name), at: element.position)
        }
    }

    /// The text in children called `name`, one per language; nil when there is none.
    func text(_ parent: CatalogueElement, _ name: String, limit: Int) -> LocalizedText? {
        let elements = parent.children(name)
        guard let first = elements.first else { return nil }
        var texts: [Language: String] = [:]
        for element in elements {
            expect(element, attributes: ["xml:lang"], children: [])
            let language = language(of: element)
            let text = Self.paragraphs(element.text)
            if text.isEmpty { faults.add(.emptyText(name), at: element.position) }
            if text.count > limit { faults.add(.textTooLong(limit), at: element.position) }
            guard let language else { continue }
            if texts[language] != nil { faults.add(.repeatedLanguage(language.rawValue), at: element.position) }
            texts[language] = text
        }
        guard let base = texts[.ptBR] else {
            faults.add(.missingBaseLanguage(name), at: first.position)
            return nil
        }
        return LocalizedText(base, ptPT: texts[.ptPT], en: texts[.en])
    }

    private func language(of element: CatalogueElement) -> Language? {
        guard let attribute = element.attribute("xml:lang") else { return .ptBR }
        guard let language = Language(rawValue: attribute.value) else {
            let allowed = Language.allCases.map(\.rawValue).joined(separator: ", ")
            faults.add(.badValue(attribute: "xml:lang", allowed: allowed), at: attribute.valuePosition)
            return nil
        }
        return language
    }

    /// Line breaks of the file become blanks, empty lines part paragraphs.
    static func paragraphs(_ raw: String) -> String {
        var paragraphs: [String] = []
        var lines: [String] = []
        for line in raw.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = AnswerText.line(String(line))
            if text.isEmpty {
                if !lines.isEmpty { paragraphs.append(lines.joined(separator: " ")) }
                lines = []
            } else {
                lines.append(text)
            }
        }
        if !lines.isEmpty { paragraphs.append(lines.joined(separator: " ")) }
        return paragraphs.joined(separator: "\n\n")
    }

    /// The identifier in `name`, remembered in `lines`; nil when it is missing or wrong.
    func identifier(_ element: CatalogueElement, _ name: String, _ lines: inout [String: Int]) -> String? {
        guard let attribute = element.attribute(name) else { return nil }
        guard Self.isIdentifier(attribute.value) else {
            faults.add(.badIdentifier, at: attribute.valuePosition)
            return nil
        }
        if let line = lines[attribute.value] {
            faults.add(.duplicateIdentifier(attribute.value, firstLine: line), at: attribute.valuePosition)
            return nil
        }
        lines[attribute.value] = attribute.position.line
        return attribute.value
    }

    static func isIdentifier(_ text: String) -> Bool {
        guard (1...CatalogueLimits.identifier).contains(text.utf8.count) else { return false }
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// The key in `digit`, 1 to 9 (0 always reaches a person), not taken by a sibling.
    func digit(_ element: CatalogueElement, _ taken: inout [Int: Int]) -> Int? {
        guard let attribute = element.attribute("digit") else { return nil }
        guard let digit = Int(attribute.value), (1...9).contains(digit), attribute.value.count == 1 else {
            faults.add(.badValue(attribute: "digit", allowed: "1–9"), at: attribute.valuePosition)
            return nil
        }
        if let line = taken[digit] {
            faults.add(.digitClash(digit, firstLine: line), at: attribute.valuePosition)
        } else {
            taken[digit] = attribute.position.line
        }
        return digit
    }

    /// The value of `name` among `allowed`, or `standard` when it is not given.
    func word<Value: RawRepresentable<String>>(
        _ element: CatalogueElement,
        _ name: String,
        among allowed: [Value],
        else standard: Value
    ) -> Value {
        guard let attribute = element.attribute(name) else { return standard }
        if let value = allowed.first(where: { $0.rawValue == attribute.value }) { return value }
        let words = allowed.map(\.rawValue).joined(separator: ", ")
        faults.add(.badValue(attribute: name, allowed: words), at: attribute.valuePosition)
        return standard
    }

    /// Complains when siblings partly have keys: a menu would leave some out.
    func expectAllOrNoDigits(_ elements: [CatalogueElement]) {
        let without = elements.filter { $0.attribute("digit") == nil }
        if !without.isEmpty, without.count < elements.count, let first = without.first {
            faults.add(.someDigitsMissing, at: first.position)
        }
    }
}
