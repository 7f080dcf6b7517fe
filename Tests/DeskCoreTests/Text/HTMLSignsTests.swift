import DeskCore
import Testing

@Suite("Text in HTML")
struct HTMLSignsTests {
    @Test(
        "what means something to HTML becomes a reference, and nothing else changes",
        arguments: [
            ("", ""), ("São João & Filhos", "São João &amp; Filhos"),
            ("<b a=\"c\" d='e'>", "&lt;b a=&quot;c&quot; d=&#39;e&#39;&gt;"),
            ("&amp;", "&amp;amp;"), ("linha\n\tdois 🙂\u{0}", "linha\n\tdois 🙂\u{0}"),
        ]
    )
    func escaped(text: String, html: String) { #expect(HTMLSigns.escaped(text) == html) }

    @Test(
        "a sign is a sign whatever is written on it: a combining mark, a joiner, a selector of its look",
        arguments: ["\u{301}", "\u{338}", "\u{200D}", "\u{FE0F}", "\u{20E3}", "\u{E0100}"]
    )
    func marked(mark: String) {
        // One character of Swift's, and two of a browser's.
        #expect("\"\(mark)".count == 1)
        #expect(
            HTMLSigns.escaped("a\"\(mark) b='\(mark)<\(mark)>\(mark)&\(mark)").unicodeScalars.elementsEqual(
                "a&quot;\(mark) b=&#39;\(mark)&lt;\(mark)&gt;\(mark)&amp;\(mark)".unicodeScalars
            )
        )
    }
}
