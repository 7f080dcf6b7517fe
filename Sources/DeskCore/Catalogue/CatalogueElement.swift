import CLibXML2

/// One element of the file as a value, with the places of its parts.
struct CatalogueElement {
    var name: String
    var attributes: [Attribute] = []
    var children: [CatalogueElement] = []
    /// Its own text, the children's not included.
    var text = ""
    var position: SourcePosition

    struct Attribute {
        var name: String
        var value: String
        var position: SourcePosition
        /// The place of the value's first character.
        var valuePosition: SourcePosition
        var source: XMLPositions.Attribute?
    }

    func attribute(_ name: String) -> Attribute? { attributes.first { $0.name == name } }

    func children(_ name: String) -> [CatalogueElement] { children.filter { $0.name == name } }
}

/// Turns libxml2's tree into values, meeting the scanner's positions in document order.
struct ElementBuilder {
    static let namespace = "urn:calldesk:catalogue"
    private static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    private let positions: XMLPositions
    private var next = 0
    /// Where each node of the tree stands, for complaints of the schema.
    private(set) var places: [UnsafeMutableRawPointer: SourcePosition] = [:]

    init(positions: XMLPositions) { self.positions = positions }

    /// The element at `node` and all below it; the scanner has already bounded depth and number.
    mutating func element(_ node: xmlNodePtr) -> CatalogueElement {
        let source = positions.elements.indices.contains(next) ? positions.elements[next] : nil
        next += 1
        let start = source?.start ?? SourcePosition(line: Int(xmlGetLineNo(node)), column: 1)
        places[UnsafeMutableRawPointer(node)] = start
        let foreign = Self.text(node.pointee.ns?.pointee.href) != Self.namespace
        let local = Self.text(node.pointee.name)
        var element = CatalogueElement(name: foreign ? "{…}\(local)" : local, position: start)
        element.attributes = attributes(of: node, source, start)
        var child = node.pointee.children
        while let current = child {
            switch current.pointee.type {
            case XML_ELEMENT_NODE: element.children.append(self.element(current))
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: element.text += Self.text(current.pointee.content)
            default: break
            }
            child = current.pointee.next
        }
        return element
    }

    private func attributes(of node: xmlNodePtr, _ source: XMLPositions.Element?, _ start: SourcePosition)
        -> [CatalogueElement.Attribute]
    {
        var attributes: [CatalogueElement.Attribute] = []
        var next = node.pointee.properties
        while let attribute = next {
            let local = Self.text(attribute.pointee.name)
            let space = attribute.pointee.ns.map { Self.text($0.pointee.href) }
            let name =
                switch space {
                case nil: local
                case Self.xmlNamespace?: "xml:\(local)"
                default: "{…}\(local)"
                }
            let place = source?.attributes[name]
            var value = ""
            var piece = attribute.pointee.children
            while let current = piece {
                value += Self.text(current.pointee.content)
                piece = current.pointee.next
            }
            attributes.append(
                .init(
                    name: name,
                    value: value,
                    position: place?.name ?? start,
                    valuePosition: place?.value ?? start,
                    source: place
                )
            )
            next = attribute.pointee.next
        }
        return attributes
    }

    private static func text(_ bytes: UnsafePointer<xmlChar>?) -> String { bytes.map { String(cString: $0) } ?? "" }

    private static func text(_ bytes: UnsafeMutablePointer<xmlChar>?) -> String {
        bytes.map { String(cString: $0) } ?? ""
    }
}
