import CLibXML2
import Foundation

/// Our RELAX NG schema, which editors use too, applied by libxml2.
enum CatalogueSchema {
    /// The schema's text, read once; empty when the program was installed without its resources.
    private static let source: [UInt8] = CatalogueResources.bytes("catalogue.rng") ?? []

    static var isMissing: Bool { source.isEmpty }

    /// What the schema has against `document`.
    static func complaints(about document: xmlDocPtr) -> [LibXMLComplaint] {
        guard !isMissing else { return [] }
        let (verdict, complaints) = LibXML.collectingComplaints { validate(document) }
        if verdict != 0, complaints.isEmpty {
            return [LibXMLComplaint(line: 1, column: 1, message: "invalid", node: nil)]
        }
        return complaints
    }

    /// 0 when valid.
    private static func validate(_ document: xmlDocPtr) -> Int32 {
        source.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard let parser = xmlRelaxNGNewMemParserCtxt(start, Int32(buffer.count)) else { return -1 }
            defer { xmlRelaxNGFreeParserCtxt(parser) }
            guard let schema = xmlRelaxNGParse(parser) else { return -1 }
            defer { xmlRelaxNGFree(schema) }
            guard let validation = xmlRelaxNGNewValidCtxt(schema) else { return -1 }
            defer { xmlRelaxNGFreeValidCtxt(validation) }
            return xmlRelaxNGValidateDoc(validation, document)
        }
    }
}

/// Files of the catalogue that come with the program.
public enum CatalogueResources {
    /// The catalogue that comes with the program; nil when it was installed without its resources.
    public static var shipped: [UInt8]? { bytes("catalogue.xml") }

    /// Looks beside the program and beside the tests; the generated accessor would end the process instead.
    static func bytes(_ name: String) -> [UInt8]? {
        let bundle = "CallDesk_DeskCore.resources/Resources/catalogue/\(name)"
        var folders = [Bundle.main.bundleURL]
        if let program = Bundle.main.executableURL {
            folders.append(program.resolvingSymlinksInPath().deletingLastPathComponent())
        }
        if let resources = Bundle.main.resourceURL { folders.append(resources) }
        for folder in folders {
            if let data = try? Data(contentsOf: folder.appendingPathComponent(bundle)) { return Array(data) }
        }
        return nil
    }
}
