import DeskCore
import Foundation
import Mustache
import Testing

@testable import CallDesk

@Suite("Every tag of a page means a member of its type")
struct PageTagTests {
    private static func templates(_ folder: String = "pages") throws -> [String: String] {
        let files = try House.files("Sources/CallDesk/Resources/\(folder)", ["mustache"])
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
            me: .init(id: 1, name: "Ana", initials: "A", role: "Atendente"),
            nav: [.init(href: "/desk", label: "Atendimento", isCurrent: true)]
        )
    }

    @Test(
        "every tag of every template, partials and sections included, is a member of what it is rendered with",
        arguments: ["pages", "portal", "plain"]
    )
    func tags(folder: String) throws {
        let templates = try Self.templates(folder)
        var walk = TagWalk(templates)
        switch folder {
        case "portal":
            let surroundings = PortalSamples.surroundings(
                try WordLibrary(folder: WebResources.folder("locales"))[.ptBR]
            )
            for page in PortalSamples.all { walk.walk(page, surroundings, .below) }
        case "plain": for page in PageSamples.plain { walk.walk(page, nil) }
        default:
            let surroundings = try Self.surroundings()
            for page in PageSamples.all { walk.walk(page, surroundings) }
        }
        walk.finish()
        #expect(walk.faults == [])
        #expect(Set(templates.keys).subtracting(walk.walked) == [], "no page is rendered with these")
    }

    @Test("every folder of templates is walked")
    func folders() throws {
        let files = try House.files("Sources", ["mustache"])
        let folders = Set(files.compactMap { $0.path.split(separator: "/").dropLast().last.map(String.init) })
        #expect(folders == ["pages", "portal", "plain"])
    }

    @Test("no page is written in a program's text")
    func noneByHand() throws {
        // A mail is laid out from text that operators write; what a switch is answered is XML.
        let laid: Set = ["Sources/DeskCore/Notices/MailLayout.swift"]
        for file in try House.files("Sources") where !laid.contains(file.path) {
            for line in file.text.split(separator: "\n")
            where line.utf8.contains(UInt8(ascii: "<")) && !line.drop(while: { $0 == " " }).hasPrefix("//") {
                #expect(
                    line.firstMatch(of: /<(html|head|body|div|main|h[1-6]|p|ul|li|table|tr|td|form|button|a)[ >]/)
                        == nil
                )
            }
        }
    }

    @Test("every page that the sources know has its sample")
    func samples() throws {
        let known = try House.files("Sources/CallDesk").flatMap { file in
            file.text.matches(of: /struct (\w+): (?:\w+, )*Page\b/).map { String($0.1) }
        }
        let samples = PageSamples.all + PortalSamples.all + PageSamples.plain
        #expect(Set(known) == Set(samples.map { String(describing: type(of: $0)) }))
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
            ("{{{q}}}", "'q' is shown as it is and is no part that is kept"),
            ("{{q}}{{#rows}}{{{.}}}{{/rows}}", "'.' is shown as it is and is no part that is kept"),
            ("{{&q}}", "'q' is shown as it is and is no part that is kept"),
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
        let members = PageMembers(Outer(parts: [Inner(text: "", number: nil), Inner(text: "a", number: 1)]))
        let template = try MustacheTemplate(
            string: "{{#parts}}[{{#text}}{{.}}{{/text}}{{^text}}-{{/text}}{{number}}]{{/parts}}"
        )
        #expect(template.render(members) == "[-][a1]")
    }
}
