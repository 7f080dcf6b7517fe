import Foundation
import Testing

@testable import DeskCore

/// Files of Tests/Fixtures/catalogue, found from this file.
enum CatalogueFixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/catalogue").standardizedFileURL

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static func names(in subfolder: String) -> [String] {
        let path = folder.appending(path: subfolder).path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".xml") }.sorted()
    }
}

@Suite("Faults of a catalogue")
struct CatalogueFaultTests {
    /// Each `x.xml` has an `x.txt` with one line a fault: `line:column: message`.
    @Test("are all found, each at its line and column", arguments: CatalogueFixtures.names(in: "faults"))
    func everyFault(_ name: String) throws {
        let bytes = try CatalogueFixtures.bytes("faults/\(name)")
        let expected = try String(
            decoding: CatalogueFixtures.bytes("faults/\(name.dropLast(4)).txt"),
            as: UTF8.self
        )
        let found = CatalogueReader.check(bytes, file: name).map { "\($0.line):\($0.column): \($0.message(in: .en))\n" }
        #expect(found.joined() == expected)
        #expect(throws: CatalogueFaults.self) { try CatalogueReader.read(bytes, file: name) }
    }
}
