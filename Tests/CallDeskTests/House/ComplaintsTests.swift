import Foundation
import Testing

@Suite("What people say of such desks")
struct ComplaintsTests {
    @Test("every test that the list of complaints names is there")
    func named() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let list = try String(contentsOf: root.appending(path: "docs/complaints.md"), encoding: .utf8)
        let names = list.matches(of: /\| `([^`]+)` \|/).map { String($0.1) }
        #expect(names.count > 20)
        let files = FileManager.default.enumerator(at: root.appending(path: "Tests"), includingPropertiesForKeys: nil)
        var sources = ""
        while let file = files?.nextObject() as? URL {
            let name = file.lastPathComponent
            if name.hasSuffix("Tests.swift") || name.hasPrefix("test_") && name.hasSuffix(".py") {
                sources += try String(contentsOf: file, encoding: .utf8)
            }
        }
        for name in names {
            let isThere = sources.contains("\"\(name)\"") || sources.contains("def \(name)(")
            #expect(isThere, "no test is called \(name) any more")
        }
    }
}
