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
            if file.lastPathComponent.hasSuffix("Tests.swift") {
                sources += try String(contentsOf: file, encoding: .utf8)
            }
        }
        for name in names { #expect(sources.contains("\"\(name)\""), "no test is called so any more") }
    }
}
