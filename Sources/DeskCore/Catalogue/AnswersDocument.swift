import CLibXML2

/// The answers as the XML document expressions look at: `/answers/field`, freed with its last user.
///
/// A list is its identifiers one blank apart, an address has its parts as elements, files count, a secret is only there
/// or not.
final class AnswersDocument {
    let pointer: xmlDocPtr
    let root: xmlNodePtr
    private var nodes: [String: xmlNodePtr] = [:]

    /// nil only when memory is short.
    init?(fields: [FormRules.FieldRules], input: FormInput) {
        guard let document = xmlNewDoc(nil) else { return nil }
        guard let root = xmlNewDocNode(document, nil, "answers", nil) else {
            xmlFreeDoc(document)
            return nil
        }
        xmlDocSetRootElement(document, root)
        pointer = document
        self.root = root
        add("desk-today", input.today)
        for (name, value) in input.facts { add(name, value) }
        for field in fields {
            guard let value = input.values[field.id], !value.isEmpty else { continue }
            switch value {
            case .text(let text): add(field.id, text)
            case .list(let ids): add(field.id, ids.joined(separator: " "))
            case .files(let files): add(field.id, String(files.count))
            case .sealed: add(field.id, "sealed")
            case .address(let address): add(field.id, address)
            case .empty: break
            }
        }
    }

    deinit { xmlFreeDoc(pointer) }

    /// Takes a hidden field's answer away.
    func remove(_ field: String) {
        guard let node = nodes.removeValue(forKey: field) else { return }
        xmlUnlinkNode(node)
        xmlFreeNode(node)
    }

    /// Puts a calculated value in.
    func set(_ field: String, to value: String) {
        remove(field)
        if !value.isEmpty { add(field, value) }
    }

    private func add(_ name: String, _ text: String) {
        // A NUL would end the C string early; the rest of the answer must not vanish unseen.
        let safe = text.utf8.contains(0) ? text.filter { $0 != "\0" } : text
        nodes[name] = xmlNewTextChild(root, nil, name, safe)
    }

    private func add(_ name: String, _ address: AddressAnswer) {
        guard let node = xmlNewChild(root, nil, name, nil) else { return }
        for part in AddressAnswer.parts where !address[keyPath: part.path].isEmpty {
            xmlNewTextChild(node, nil, part.name, address[keyPath: part.path])
        }
        nodes[name] = node
    }
}
