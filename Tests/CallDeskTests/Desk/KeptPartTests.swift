import DeskCore
import Mustache
import TestSupport
import Testing

@testable import CallDesk

@Suite("Parts that are shown by their shape")
struct KeptPartTests {
    @Test("a row shows what it is, in the language that asks, however often and with whatever beside it")
    func rows() throws {
        let templates = try PageTemplates(of: "pages", words: .shipped())
        func row(_ holder: String?, unread: String? = nil) -> TicketListPage.Row {
            .init(
                id: 1,
                number: "1",
                revision: 1,
                unread: unread,
                cells: [.init(label: "Pessoa", style: "", plain: holder), .init(label: "x", style: "n", plain: "a")]
            )
        }
        func html(_ row: TicketListPage.Row, _ language: Language = .ptBR) -> String {
            templates.html(row, in: language)
        }
        let first = html(row("Ana"))
        #expect(first.contains("<td class=\"\" data-label=\"Pessoa\">Ana</td>"))
        #expect(html(row("Ana")) == first)
        #expect(html(row("Rui")) == first.replacing("Ana", with: "Rui"))
        #expect(html(row(nil)) == first.replacing("Ana", with: ""))
        #expect(html(row("Ana", unread: "2")).contains("class=\"unread\""))
        #expect(html(row("Ana"), .en) != first)
        #expect(html(row("Ana")) == first)
    }

    @Test("a part looks as its template makes it, whatever of it is there and whatever its texts say", arguments: 1...8)
    func likeItsTemplate(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let texts = ["", "Ana", "<b>", "\"\u{301}", "0", "{{name}}", "&amp;", "\u{E000}1&\u{E001}", "é"]
        func text() -> String { texts[Int.random(in: texts.indices, using: &random)] }
        func maybe<Value>(_ value: () -> Value) -> Value? { Bool.random(using: &random) ? value() : nil }
        func several<Value>(_ value: () -> Value) -> [Value] {
            (0..<Int.random(in: 0...2, using: &random)).map { _ in value() }
        }
        let sheet = try Sheet()
        for _ in 0..<400 {
            let part = Sheet.Part(
                isNew: .random(using: &random),
                name: text(),
                note: maybe(text),
                count: maybe { Int64.random(in: -1...1, using: &random) },
                share: Bool.random(using: &random) ? 0.5 : 2,
                tags: several(text),
                numbers: several { Int.random(in: 0...9, using: &random) },
                truths: several { Bool.random(using: &random) },
                inner: maybe { Sheet.Inner(text: text()) },
                tone: maybe { .late },
                rows: several { Sheet.Row(isLate: .random(using: &random), text: text(), below: maybe(text)) }
            )
            let shown = sheet.shown(part)
            #expect(shown == sheet.plain(part))
        }
        // What is told by its shape is made once.
        let before = sheet.made
        for name in ["a", "b", "<c>"] {
            let part = Sheet.Part(isNew: true, name: name, share: 0.25)
            let shown = sheet.shown(part)
            #expect(shown == sheet.plain(part))
        }
        #expect(sheet.made <= before + 1)
    }

    @Test("a part that says its members itself says them as they are declared", arguments: [true, false])
    func told(isWhole: Bool) {
        func maybe(_ text: String) -> String? { isWhole ? text : nil }
        let link = TicketCell.Link(href: "a", text: "b")
        let badge = TicketCell.Badge(tone: maybe("t"), text: isWhole ? "x" : "")
        let special = TicketCell.Special(
            link: isWhole ? link : nil,
            badge: badge,
            text: maybe("c"),
            below: maybe("d"),
            isLate: isWhole
        )
        let cell = TicketCell(label: "l", style: "", plain: maybe("p"), special: isWhole ? special : nil)
        let choice = PageChoice(value: "v", label: "l", isChosen: isWhole)
        let parts: [any ToldPart] = [
            link, badge, special, cell, choice, PageOptions(choices: isWhole ? [choice, choice] : []),
            TicketListPage.Row(id: 1, number: "2", revision: 3, unread: maybe("4"), cells: [cell, cell]),
        ]
        for part in parts {
            let told = PartShape(of: [part]) { _ in "" }
            let encoded = PartShape(of: [Encoded(part: part)]) { _ in "" }
            #expect(told == encoded, "\(type(of: part))")
        }
    }

    @Test("what is kept is bounded: a shape that was not shown for long is made anew, and is the same")
    func bounded() {
        let kept = KeptParts()
        var made = 0
        func html(_ count: Int, bytes: Int = 60_000) -> String {
            let part = Names(names: Array(repeating: "x", count: count))
            return kept.html([part], in: .ptBR) { _ in
                ""
            } render: {
                made += 1
                return "\(count)" + String(repeating: "x", count: bytes)
            }
        }
        let first = html(0)
        #expect(html(0) == first)
        #expect(made == 1)
        // Shown again and again it stays, however many others come.
        for other in 1...160 {
            _ = html(other)
            #expect(html(0) == first)
        }
        #expect(made == 161)
        for other in 161...260 { _ = html(other) }
        #expect(html(0) == first)
        #expect(made >= 261)
        // One long part would push out the rows of many lists.
        let before = made
        #expect(html(500, bytes: 70_000) == html(500, bytes: 70_000))
        #expect(made == before + 2)
    }
}

/// A part as the compiler has it told.
private struct Encoded: PagePart {
    var part: any PagePart

    func encode(to encoder: any Encoder) throws { try part.encode(to: encoder) }
}

private struct Names: KeptPart {
    static let template = "none"

    var names: [String]
}

/// A template that asks each kind of member in each way, and its parts.
private final class Sheet {
    struct Inner: KeptPart {
        static let template = "none"
        var text: String
    }

    enum Tone: String, Encodable { case late }

    struct Row: PagePart {
        var isLate: Bool
        var text: String
        var below: String?
    }

    struct Part: KeptPart {
        static let template = "none"
        var isNew = false
        var name: String
        var note: String?
        var count: Int64?
        var share: Double
        var tags: [String] = []
        var numbers: [Int] = []
        var truths: [Bool] = []
        var inner: Inner?
        var tone: Tone?
        var rows: [Row] = []
    }

    private let kept = KeptParts()
    private let template: MustacheTemplate
    private(set) var made = 0

    init() throws {
        PageText.register()
        template = try MustacheTemplate(
            string: PageText.pragma + """
                {{#isNew}}N{{/isNew}}{{^isNew}}-{{/isNew}}{{name}}|{{#note}}({{.}}{{name}}){{/note}}{{^note}}?{{/note}}\
                {{#count}}#{{.}}{{/count}}{{^count}}0{{/count}}{{share}}{{#tags}}{{.}};{{/tags}}{{^tags}}!{{/tags}}\
                {{#numbers}}{{.}},{{/numbers}}{{#truths}}{{.}}{{/truths}}{{#tone}}{{.}}{{name}}{{/tone}}\
                {{#rows}}[{{#isLate}}L{{/isLate}}{{text}}{{#below}}<br>{{.}}{{count}}{{/below}}{{name}}]{{/rows}}\
                {{{inner}}}{{&name}}{{#inner}}i{{/inner}}
                """
        )
    }

    private func html(_ part: any KeptPart) -> String {
        (part as? Inner).map { $0.text.isEmpty ? "" : "<b>\(HTMLSigns.escaped($0.text))</b>" } ?? ""
    }

    private func render(_ part: Part, marks: TextMark.Count?) -> String {
        let values = PageMembers(keeper: { ShownText(renderText: self.html($0)) }, marks: marks)
        values.take(part)
        return template.render(values)
    }

    func plain(_ part: Part) -> String { render(part, marks: nil) }

    func shown(_ part: Part) -> String {
        kept.html([part], in: .ptBR) {
            self.html($0)
        } render: {
            self.made += 1
            return self.render(part, marks: TextMark.Count())
        }
    }
}
