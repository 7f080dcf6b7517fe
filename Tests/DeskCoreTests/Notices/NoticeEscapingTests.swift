import Testing

@testable import DeskCore

@Suite("Values in notices")
struct NoticeEscapingTests {
    /// What no line may hold: control characters, other line ends, and what turns the direction of text over.
    static let unwanted: [ClosedRange<UInt32>] = [
        0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF...0xFEFF,
    ]

    @Test("a text is left alone exactly where it has none of what is taken out, alone or among other letters")
    func clean() {
        for number in UInt32(0)...0x2_FFFF {
            guard let scalar = Unicode.Scalar(number) else { continue }
            let isUnwanted = Self.unwanted.contains { $0.contains(number) }
            for text in [String(scalar), "ã\(scalar)é", "\u{2027}\(scalar)€"] {
                #expect(NoticeEscaping.isClean(text.utf8, keepingLines: false) != isUnwanted, "U+\(number)")
                let isKept = !isUnwanted || number == 0x0A
                #expect(NoticeEscaping.isClean(text.utf8, keepingLines: true) == isKept, "U+\(number)")
            }
        }
    }

    @Test(
        "values go into HTML as text, odd characters and all",
        arguments: [
            ("Solicitação registrada", "Solicitação registrada"),
            ("<b>\"Tom & Jerry's\"</b>", "&lt;b&gt;&quot;Tom &amp; Jerry&#39;s&quot;&lt;/b&gt;"),
            ("é\u{202E}<x>\u{7}y", "é&lt;x&gt; y"), ("a\nb\u{0}c", "a\nb c"), ("", ""),
        ]
    )
    func html(value: String, escaped: String) {
        #expect(NoticeEscaping.html(value) == escaped)
        #expect(NoticeEscaping.html(value[...]) == escaped)
    }
}
