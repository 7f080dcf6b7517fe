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

/// Shown in place of a form that was sent when its session had ended: no page brings back what was typed in it.
struct UnsentPage: Page {
    static let template = "unsent"

    struct Typed: PagePart {
        var place: Int
        var label: String
        var text: String
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
