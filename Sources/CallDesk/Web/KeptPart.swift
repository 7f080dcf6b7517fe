import DeskCore
import Synchronization

/// A part that looks the same wherever its values are: it has a template of its own, which sees its members and the words of
/// the language and nothing else, and is rendered once as long as it is shown again.
///
/// A page shows it by `{{{name}}}`, a list of them by `{{#name}}{{{.}}}{{/name}}`.
protocol KeptPart: PagePart, Hashable {
    /// A file beside the page's own template, without its ending.
    static var template: String { get }
}

extension KeptPart {
    fileprivate func isSame(as other: any KeptPart) -> Bool { other as? Self == self }
}

/// The HTML of parts, found by their every value and the language: what is found is never out of date.
final class KeptParts: Sendable {
    /// What was shown lately, and what was shown before that, may each be as much HTML: some 800 rows of a list of tickets.
    private static let mostBytes = 1_000_000
    /// A longer part, as the text of a long mail, is made anew: it would push out the rows of many lists.
    private static let mostOfOne = 16_384

    private struct Key: Hashable, Sendable {
        let part: any KeptPart
        let language: Language
        /// Worked out once and by whoever asks, not while others wait.
        let hash: Int

        init(part: any KeptPart, language: Language) {
            self.part = part
            self.language = language
            var hasher = Hasher()
            hasher.combine(ObjectIdentifier(type(of: part)))
            hasher.combine(language)
            part.hash(into: &hasher)
            hash = hasher.finalize()
        }

        static func == (one: Key, other: Key) -> Bool {
            one.hash == other.hash && one.language == other.language && one.part.isSame(as: other.part)
        }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }
    }

    private struct Kept: Sendable {
        var late: [Key: String] = [:]
        var before: [Key: String] = [:]
        var bytes = 0

        mutating func keep(_ html: String, _ key: Key) {
            if late.updateValue(html, forKey: key) == nil { bytes += html.utf8.count }
            if bytes > KeptParts.mostBytes { (before, late, bytes) = (late, [:], 0) }
        }
    }

    private let kept = Mutex(Kept())

    /// The part's HTML, which `render` makes when it is not here.
    func html(_ part: any KeptPart, in language: Language, render: () -> String) -> String {
        let key = Key(part: part, language: language)
        let known = kept.withLock { kept -> String? in
            if let html = kept.late[key] { return html }
            guard let html = kept.before[key] else { return nil }
            kept.keep(html, key)
            return html
        }
        if let known { return known }
        // Nobody waits for it: who asks for the same meanwhile makes it too.
        let html = render()
        if html.utf8.count <= Self.mostOfOne { kept.withLock { $0.keep(html, key) } }
        return html
    }
}
