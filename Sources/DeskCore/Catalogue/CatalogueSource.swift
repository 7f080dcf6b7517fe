import CLibXML2

/// The file as elements, after everything that has to hold before its meaning matters.
struct CatalogueSource {
    let root: CatalogueElement
    let positions: XMLPositions
    private let schemaComplaints: [(SourcePosition, CatalogueFault.Problem)]

    /// nil, with faults added, when the file is not well-formed XML within the limits.
    init?(_ given: [UInt8], _ faults: FaultList) {
        let start = SourcePosition(line: 1, column: 1)
        let bytes = given.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(given.dropFirst(3)) : given
        guard bytes.contains(where: { $0 > 0x20 }) else {
            faults.add(.empty, at: start)
            return nil
        }
        guard bytes.count <= CatalogueLimits.bytes else {
            faults.add(.tooLarge(CatalogueLimits.bytes), at: start)
            return nil
        }
        if let place = Self.firstNotUTF8(bytes) {
            faults.add(.notUTF8, at: place)
            return nil
        }
        positions = XMLPositions(bytes)
        if let refusal = positions.refusal {
            faults.add(refusal.problem, at: refusal.at)
            return nil
        }
        let (document, complaints) = LibXML.collectingComplaints { Self.parse(bytes) }
        defer { if let document { xmlFreeDoc(document) } }
        guard let document, complaints.isEmpty, let node = xmlDocGetRootElement(document) else {
            for complaint in complaints.isEmpty ? [LibXMLComplaint(line: 1, column: 1, message: "")] : complaints {
                let place = SourcePosition(line: max(complaint.line, 1), column: max(complaint.column, 1))
                faults.add(.notWellFormed(Self.words(complaint.message)), at: place)
            }
            return nil
        }
        var builder = ElementBuilder(positions: positions)
        root = builder.element(node)
        schemaComplaints = CatalogueSchema.complaints(about: document).map { complaint in
            let known = complaint.node.flatMap { builder.places[$0] }
            let place = known ?? SourcePosition(line: max(complaint.line, 1), column: 1)
            return (place, .schema(Self.words(complaint.message)))
        }
        if CatalogueSchema.isMissing { faults.add(.schemaMissing, at: start) }
    }

    func addSchemaComplaints(to faults: FaultList) {
        for (place, problem) in schemaComplaints { faults.add(problem, at: place) }
    }

    /// No network, no external files, no entities put in; libxml2's own limits on depth and size stay on.
    private static func parse(_ bytes: [UInt8]) -> xmlDocPtr? {
        let options = Int32(bitPattern: XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue)
        return bytes.withUnsafeBytes { buffer in
            xmlReadMemory(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(buffer.count),
                "catalogue",
                "UTF-8",
                options
            )
        }
    }

    private static func words(_ message: String) -> String {
        String(AnswerText.line(message).prefix(200)).trimmingSuffix(while: { $0 == "." || $0 == " " })
    }

    private static func firstNotUTF8(_ bytes: [UInt8]) -> SourcePosition? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var place = SourcePosition(line: 1, column: 1)
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: line, as: UTF8.self) == nil {
                // What decodes before the first replacement character is good.
                let text = String(decoding: line, as: UTF8.self).unicodeScalars
                place.column = text.prefix { $0 != "\u{FFFD}" }.count + 1
                return place
            }
            place.line += 1
        }
        return place
    }
}

extension String {
    /// The text without the characters at its end that `matches` holds for.
    func trimmingSuffix(while matches: (Character) -> Bool) -> String {
        var kept = Substring(self)
        while let last = kept.last, matches(last) { kept.removeLast() }
        return String(kept)
    }
}
