/// Something that was written in a form that did nothing.
struct UnsentText: Sendable {
    var label: String
    var text: String

    /// Nil for what nobody wrote.
    init?(_ label: String, _ text: String) {
        guard !text.allSatisfy(\.isWhitespace) else { return nil }
        (self.label, self.text) = (label, text)
    }
}

/// Shown in place of a form that did nothing, as its session had ended, say: no page brings back what was typed in it.
struct UnsentPage: Page {
    static let template = "unsent"

    struct Typed: PagePart {
        var place: Int
        var label: String
        var text: String

        static func all(_ texts: [UnsentText]) -> [Typed] {
            texts.enumerated().map { Typed(place: $0, label: $1.label, text: $1.text) }
        }
    }

    var text: String
    /// Where to go on, beside this page.
    var href: String
    var link: String
    var typed: [Typed]
    var hasTyped: Bool
    /// Said where files were chosen.
    var files: String?
}
