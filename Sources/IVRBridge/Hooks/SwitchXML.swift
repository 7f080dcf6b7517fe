import CLibXML2

/// An element of a CDR, read by libxml2: no entity is expanded and nothing is fetched.
struct SwitchXML {
    /// A CDR has five levels; the deepest application log some more.
    private static let deepest = 32
    /// A leg has a thousand elements at the most.
    private static let most = 20_000

    var name: String
    var text = ""
    var children: [SwitchXML] = []

    func child(_ name: String) -> SwitchXML? { children.first { $0.name == name } }

    private static let started: Void = xmlInitParser()

    /// nil for what is no XML.
    static func parse(_ bytes: [UInt8]) -> SwitchXML? {
        _ = started
        let options = Int32(
            XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
                | XML_PARSE_RECOVER.rawValue
        )
        // What is no UTF-8 becomes U+FFFD: the switch says UTF-8 and passes on what the caller sent.
        var clean = String(decoding: bytes, as: UTF8.self)
        let document = clean.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                xmlReadMemory($0.baseAddress, Int32(clamping: $0.count), nil, "UTF-8", options)
            }
        }
        guard let document else { return nil }
        defer { xmlFreeDoc(document) }
        // A document with a type declaration is no CDR: nothing in it may define entities.
        guard document.pointee.intSubset == nil, let root = xmlDocGetRootElement(document) else { return nil }
        var left = most
        let cdr = element(root, depth: 0, left: &left)
        return cdr?.name == "cdr" ? cdr : nil
    }

    private static func element(_ node: xmlNodePtr, depth: Int, left: inout Int) -> SwitchXML? {
        guard depth < deepest, left > 0, let name = node.pointee.name else { return nil }
        left -= 1
        var found = SwitchXML(name: String(cString: name))
        var next = node.pointee.children
        while let child = next {
            switch child.pointee.type {
            case XML_ELEMENT_NODE:
                if let inner = element(child, depth: depth + 1, left: &left) { found.children.append(inner) }
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
                if let content = child.pointee.content { found.text += String(cString: content) }
            default: break
            }
            next = child.pointee.next
        }
        return found
    }
}
