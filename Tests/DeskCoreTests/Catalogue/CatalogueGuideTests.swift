import Foundation
import Testing

@testable import DeskCore

@Suite("The authoring guide")
struct CatalogueGuideTests {
    private func guide() throws -> String {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/catalogue.md").standardizedFileURL
        return String(decoding: try Data(contentsOf: page), as: UTF8.self)
    }

    @Test("shows an example that passes the check")
    func example() throws {
        let text = try guide()
        let start = try #require(text.range(of: "```xml\n"))
        let end = try #require(text.range(of: "\n```", range: start.upperBound..<text.endIndex))
        let example = Array(text[start.upperBound..<end.lowerBound].utf8)
        #expect(CatalogueReader.check(example, file: "docs/catalogue.md").map { $0.report(in: .en) } == [])
    }

    @Test("names every kind, function and fact there is")
    func complete() throws {
        let text = try guide()
        let names =
            FieldKind.allCases.map(\.rawValue) + ExpressionFunctions.arity.keys + FieldExpression.facts.keys
            + AddressAnswer.parts.map(\.name)
        for name in names { #expect(text.contains(name), "\(name)") }
    }
}
