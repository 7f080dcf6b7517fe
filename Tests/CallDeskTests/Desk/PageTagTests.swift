import DeskCore
import Foundation
import Mustache
import Testing

@testable import CallDesk

@Suite("Every tag of a page means a member of its type")
struct PageTagTests {
    private static func templates() throws -> [String: String] {
        let files = try House.files("Sources/CallDesk/Resources/pages", ["mustache"])
        return Dictionary(
            uniqueKeysWithValues: files.map { file in
                (((file.path as NSString).lastPathComponent as NSString).deletingPathExtension, file.text)
            }
        )
    }

    private static func surroundings() throws -> PageSurroundings {
        let words = try WordLibrary(folder: WebResources.folder("locales"))
        return PageSurroundings(
            language: "pt-BR",
            theme: "dark",
            title: "Título",
            deskName: "Central",
            words: words[.ptBR].tree,
            csrf: "staff.x",
            assets: .init(sheet: "a", icons: "b", icon: "c", script: "d", words: "e"),
            me: .init(name: "Ana", initials: "A", role: "Atendente"),
            nav: [.init(href: "/desk", label: "Atendimento", isCurrent: true)]
        )
    }

    @Test("every tag of every template, partials and sections included, is a member of what it is rendered with")
    func tags() throws {
        let templates = try Self.templates()
        let surroundings = try Self.surroundings()
        var walk = TagWalk(templates)
        for page in PageSamples.all { walk.walk(page, surroundings) }
        #expect(walk.faults == [])
        #expect(Set(templates.keys).subtracting(walk.walked) == [], "no page is rendered with these")
    }

    @Test("every page that the sources know has its sample")
    func samples() throws {
        let known = try House.files("Sources/CallDesk").flatMap { file in
            file.text.matches(of: /struct (\w+): (?:\w+, )*Page\b/).map { String($0.1) }
        }
        #expect(Set(known) == Set(PageSamples.all.map { String(describing: type(of: $0)) }))
    }

    @Test(
        "what is misspelt, empty, unclosed or shown by nobody is found",
        arguments: [
            ("{{q}}{{#rows}}{{nmae}}{{/rows}}", "nothing is called 'nmae'"),
            ("{{q}}{{#rows}}{{words.no.such}}{{/rows}}", "nothing is called 'words.no.such'"),
            ("{{q}}{{^rows}}{{hnit}}{{/rows}}", "nothing is called 'hnit'"),
            ("{{q}}{{> other}}", "there is no template 'other'"),
            ("{{q}}{{#rows}}", "a tag is not closed"), ("{{q}}{{/rows}}", "a tag is not closed"),
            ("{{q}}{{#rows}}{{.}}{{/rows}}", "'.' is no text"),
            ("{{q}}{{#next}}{{.}}{{/next}}", "the sample has nothing in 'next'"),
            ("{{#rows}}{{id}}{{/rows}}", "no tag shows 'q'"),
            ("{{q}}", "no tag shows 'rows.document'"),
        ]
    )
    func found(template: String, fault: String) throws {
        var walk = TagWalk(["customers": template])
        let row = CustomerListPage.Row(id: 1, name: "Ana", document: "1", isCompany: false)
        walk.walk(CustomerListPage(q: "a", rows: [row], hasRows: true), try Self.surroundings())
        #expect(walk.faults.contains { $0.hasSuffix(fault) }, "\(walk.faults)")
    }

    @Test("an empty text and what is not there are nothing to a section, and hide what stands outside")
    func nothing() throws {
        struct Inner: PagePart {
            var text: String
            var number: Int?
        }
        struct Outer: PagePart {
            var text = "outside"
            var number = 7
            var parts: [Inner]
        }
        let members = PageMembers.of(Outer(parts: [Inner(text: "", number: nil), Inner(text: "a", number: 1)]))
        let template = try MustacheTemplate(
            string: "{{#parts}}[{{#text}}{{.}}{{/text}}{{^text}}-{{/text}}{{number}}]{{/parts}}"
        )
        #expect(template.render(members) == "[-][a1]")
    }
}
