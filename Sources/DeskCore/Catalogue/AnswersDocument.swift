import CLibXML2

/// The answers as the XML document expressions look at: `/answers/field`, freed with its last user.
///
/// A list is its identifiers one blank apart, an address has its parts as elements, files count, a secret is only there
/// or not.
final class AnswersDocument {
    let pointer: xmlDocPtr
    let root: xmlNodePtr
    /// By the field's place in the form; nil where there is nothing.
    private var nodes: [xmlNodePtr?]

    /// Of the answers those in `reads`, the fields and facts that some expression looks at; nil only when memory is short.
    init?(fields: [FormRules.FieldRules], input: FormInput, reads: Set<String>) {
        guard let document = xmlNewDoc(nil) else { return nil }
        guard let root = xmlNewDocNode(document, nil, "answers", nil) else {
            xmlFreeDoc(document)
            return nil
        }
        xmlDocSetRootElement(document, root)
        pointer = document
        self.root = root
        nodes = Array(repeating: nil, count: fields.count)
        if reads.contains(FieldExpression.today) { _ = add(FieldExpression.today, input.today) }
        for (name, value) in input.facts where reads.contains(name) { _ = add(name, value) }
        for (index, field) in fields.enumerated() where reads.contains(field.id) {
            guard let value = input.values[field.id], !value.isEmpty else { continue }
            switch value {
            case .text(let text): nodes[index] = add(field.id, text)
            case .list(let ids): nodes[index] = add(field.id, ids.joined(separator: " "))
            case .files(let files): nodes[index] = add(field.id, String(files.count))
            case .sealed: nodes[index] = add(field.id, "sealed")
            case .address(let address): nodes[index] = add(field.id, address)
            case .empty: break
            }
        }
    }

    deinit { xmlFreeDoc(pointer) }

    /// Takes the answer of a hidden field away, `index` being its place in the form.
    func remove(_ index: Int) {
        guard let node = nodes[index] else { return }
        nodes[index] = nil
        xmlUnlinkNode(node)
        xmlFreeNode(node)
    }

    /// Puts a calculated value in.
    func set(_ index: Int, _ field: String, to value: String) {
        remove(index)
        if !value.isEmpty { nodes[index] = add(field, value) }
    }

    private func add(_ name: String, _ text: String) -> xmlNodePtr? {
        // A NUL would end the C string early; the rest of the answer must not vanish unseen.
        let safe = text.utf8.contains(0) ? text.filter { $0 != "\0" } : text
        return xmlNewTextChild(root, nil, name, safe)
    }

    private func add(_ name: String, _ address: AddressAnswer) -> xmlNodePtr? {
        guard let node = xmlNewChild(root, nil, name, nil) else { return nil }
        for part in AddressAnswer.parts where !address[keyPath: part.path].isEmpty {
            xmlNewTextChild(node, nil, part.name, address[keyPath: part.path])
        }
        return node
    }
}
