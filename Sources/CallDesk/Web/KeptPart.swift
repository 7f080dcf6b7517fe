import DeskCore
import Synchronization

/// A part that looks the same wherever its values are: it has a template of its own, which sees its members and the words of
/// the language and nothing else.
///
/// Its template is rendered once for each of its shapes, which of its members are there, and filled with their texts from
/// then on: a row of a list costs what its texts do. A page shows it by `{{{name}}}`, a list of them by
/// `{{#name}}{{{.}}}{{/name}}`. Its members are parts, lists, texts, numbers and truths; a dictionary's keys are no shape.
protocol KeptPart: PagePart {
    /// A file beside the page's own template, without its ending.
    static var template: String { get }
}

/// What pages and parts look like, by their shape: the values are filled in anew each time, so that nothing is ever out of
/// date.
final class KeptParts: Sendable {
    /// What was used lately, and what was used before that, may each hold as much HTML: some hundred pages without their
    /// rows, and some thousand shapes of a row.
    private static let mostBytes = 2_000_000
    /// A longer one, as the choices of a list of very many people, is made anew: it would push out all others.
    private static let mostOfOne = 65_536

    private struct Key: Hashable, Sendable {
        let part: ObjectIdentifier
        let language: Language
        let signs: [UInt8]
    }

    private struct Kept: Sendable {
        var late: [Key: PartStamp] = [:]
        var before: [Key: PartStamp] = [:]
        var bytes = 0

        mutating func keep(_ stamp: PartStamp, _ key: Key) {
            if late.updateValue(stamp, forKey: key) == nil { bytes += stamp.byteCount + key.signs.count }
            if bytes > KeptParts.mostBytes { (before, late, bytes) = (late, [:], 0) }
        }
    }

    private let kept = Mutex(Kept())

    /// The HTML of parts that one template shows together, of which the last says which template that is.
    ///
    /// `nested` makes the HTML of a kept part within them; `render` shows the template with a mark (`TextMark`) for each of
    /// their texts.
    func html(
        _ parts: [any PagePart],
        in language: Language,
        nested: @escaping (any KeptPart) -> String,
        render: () -> String
    ) -> String {
        let shape = PartShape(of: parts, nested: nested)
        guard let last = parts.last else { return "" }
        let key = Key(part: ObjectIdentifier(type(of: last)), language: language, signs: shape.signs)
        let known = kept.withLock { kept -> PartStamp? in
            if let stamp = kept.late[key] { return stamp }
            guard let stamp = kept.before[key] else { return nil }
            kept.keep(stamp, key)
            return stamp
        }
        if let known { return known.filled(with: shape.texts) }
        // Nobody waits for it: who asks for the same meanwhile makes it too.
        let stamp = PartStamp(render())
        if stamp.byteCount <= Self.mostOfOne { kept.withLock { $0.keep(stamp, key) } }
        return stamp.filled(with: shape.texts)
    }
}

/// A part's HTML with places for its texts.
struct PartStamp: Sendable {
    private struct Piece: Sendable {
        /// What stands before the text.
        var before: String
        /// Which of the part's texts.
        var text: Int
        /// It is HTML already, as that of a part within the part.
        var isHTML: Bool
    }

    private let pieces: [Piece]
    private let end: String
    /// Of the HTML without the texts.
    let byteCount: Int

    /// Reads what a template made of a part with marks for its texts.
    init(_ html: String) {
        var pieces: [Piece] = []
        var rest = html.utf8[...]
        while let mark = TextMark.first(in: rest) {
            pieces.append(Piece(before: String(rest[..<mark.start]) ?? "", text: mark.place, isHTML: mark.isPlain))
            rest = rest[mark.end...]
        }
        self.pieces = pieces
        end = String(rest) ?? ""
        byteCount = pieces.reduce(end.utf8.count) { $0 + $1.before.utf8.count + MemoryLayout<Piece>.size }
    }

    func filled(with texts: [String]) -> String {
        var html = ""
        html.reserveCapacity(texts.reduce(byteCount) { $0 + $1.utf8.count })
        for piece in pieces {
            html += piece.before
            guard texts.indices.contains(piece.text) else { continue }
            html += piece.isHTML ? texts[piece.text] : HTMLSigns.escaped(texts[piece.text])
        }
        html += end
        return html
    }
}
