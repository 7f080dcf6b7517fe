import DeskCore
import Testing

@testable import CallDesk

@Suite("Templates of pages")
struct PageTemplateTests {
    private static let hostile = "</td><script>x</script>\"\u{301} onfocus='a'\u{338} & {{words.a}} {{{csrf}}}"

    @Test(
        "a text of the language stands in its template, escaped; what is not there or looks like a tag is left to be asked for",
        arguments: [
            (
                "<p title=\"{{words.a.b}}\">{{x}} {{words.a.b}}</p>",
                "<p title=\"A &amp; &quot;B&quot;\">{{x}} A &amp; &quot;B&quot;</p>"
            ),
            ("{{words.no}}{{words.a.b}}", "{{words.no}}A &amp; &quot;B&quot;"), ("{{{words.a.b}}}", "{{{words.a.b}}}"),
            ("{{words.tag}}", "{{words.tag}}"),
            ("{{page.words}} words.a.b {{words.a.b", "{{page.words}} words.a.b {{words.a.b"),
            ("{{words.a.b}}{{words.a.b}}", "A &amp; &quot;B&quot;A &amp; &quot;B&quot;"),
        ]
    )
    func filled(template: String, text: String) {
        #expect(PageTemplates.filled(template, with: ["a.b": "A & \"B\"", "tag": "{{csrf}}"]) == text)
    }

    @Test("every page reads in every language as with its texts looked up one by one", arguments: Language.allCases)
    func same(language: Language) throws {
        let words = try WordLibrary.shipped()
        let tree = words[language].tree
        let surroundings = PortalSamples.surroundings(words[language])
        let looked = try PageTemplates(of: "portal"), filled = try PageTemplates(of: "portal", words: words)
        for page in PortalSamples.all {
            let text = filled.html(page, below: "page", beside: surroundings, in: language)
            #expect(text.contains("</html>"))
            #expect(!text.contains("{{"))
            // What is kept sees no words but those that stand in its template.
            guard !(page is RequestListPages.RequestListPage) else { continue }
            #expect(text == looked.html(page, below: "page", beside: surroundings, in: language))
        }
        let desk = try PageTemplates(of: "pages", words: words), plain = try PageTemplates(of: "pages")
        for page in PageSamples.all {
            let text = desk.html(page, beside: PartSurroundings(words: tree), in: language)
            #expect(text.contains("</html>"))
            #expect(!text.contains("{{"))
            if page is TicketListPage || page is TicketPage || page is CallListPage || page is AttendanceListPage {
                continue
            }
            #expect(text == plain.html(page, beside: PartSurroundings(words: tree), in: language))
        }
    }

    @Test("what somebody wrote ends no attribute, opens no element and is no tag, in a page and in a part that is kept")
    func hostile() throws {
        let templates = try PageTemplates(of: "pages", words: .shipped())
        let row = CallListPage.Row(
            started: Self.hostile,
            name: Self.hostile,
            number: Self.hostile,
            direction: Self.hostile,
            length: "1 s",
            outcome: Self.hostile,
            tone: Self.hostile,
            protocol: Self.hostile,
            holder: Self.hostile,
            ticket: Self.hostile,
            transfers: Self.hostile,
            recording: Self.hostile,
            why: Self.hostile
        )
        let html = templates.html(CallListPage(q: Self.hostile, rows: [row], hasRows: true), in: .en)
        #expect(
            html.contains("&lt;/td&gt;&lt;script&gt;x&lt;/script&gt;&quot;\u{301} onfocus=&#39;a&#39;\u{338} &amp;")
        )
        #expect(!html.contains("<script>x"))
        // As a browser reads it, and not by Swift's characters.
        for sign in ["\"", "'"] {
            for mark in ["\u{301}", "\u{338}"] {
                #expect(!Array(html.utf8).contains(Array((sign + mark).utf8)))
            }
        }
    }
}
