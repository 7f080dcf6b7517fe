/// An e-mail address as people copy it out of their mail: with a name and angle brackets, with `mailto:`, between quotation
/// marks, with the comma that parted it from the next one.
///
/// `"Souza, Ana" <ana@example.com>` is Ana Souza's address, in the order she is filed in. Only what is certain is left out:
/// a blank within an address is a slip of the hand and no name before one.
public struct WrittenAddress: Sendable, Hashable {
    /// What stands before the angle brackets, without its quotation marks.
    public let name: String?
    public let address: EmailAddress

    /// A name, an address and what is put around both.
    private static let longest = 2 * EmailAddress.longest + TextLimits.name

    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        if let address = EmailAddress(text) {
            self.init(name: nil, address: address)
            return
        }
        let rest = Self.bare(Self.withoutRemark(text[...]))
        // A line break parts two things; what is on one line is one.
        guard rest.contains("@"), !rest.contains(where: \.isNewline) else { return nil }
        if rest.last == ">", let open = rest.lastIndex(of: "<") {
            let inside = rest[rest.index(after: open)...].dropLast()
            guard let address = Self.address(inside) else { return nil }
            let name = String(Self.bare(rest[..<open]))
            // An address before the brackets is the same one again, or a second one.
            if name.contains("@"), EmailAddress(name) != address { return nil }
            let isName = name.contains(where: \.isLetter) && !name.contains("@") && !name.contains("<")
            self.init(name: isName ? name : nil, address: address)
        } else {
            guard let address = Self.address(rest) else { return nil }
            self.init(name: nil, address: address)
        }
    }

    private init(name: String?, address: EmailAddress) {
        self.name = name
        self.address = address
    }

    /// Whether a text holds more than one address, each as people write it.
    public static func areSeveral(_ text: String) -> Bool {
        guard text.utf8.count <= 4 * longest, text.count(where: { $0 == "@" }) > 1 else { return false }
        var rest = text
        for word in [" ou ", " e ", " or ", " and "] { rest = rest.replacing(word, with: ";") }
        let parts = rest.split { ";,|/".contains($0) || $0.isWhitespace }
        return parts.count(where: { WrittenAddress(String($0)) != nil }) > 1
    }

    private static func address(_ text: Substring) -> EmailAddress? {
        var rest = bare(text)
        for label in ["mailto:", "e-mail:", "email:", "mail:"] where rest.lowercased().hasPrefix(label) {
            rest = bare(rest.dropFirst(label.count))
        }
        return EmailAddress(String(rest))
    }

    /// Without a remark in brackets behind it: `ana@example.com (trabalho)`.
    private static func withoutRemark(_ text: Substring) -> Substring {
        let rest = bare(text)
        guard rest.last == ")", let open = rest.lastIndex(of: "("), !rest[open...].contains("@") else { return rest }
        return rest[..<open]
    }

    /// Without the marks and blanks that stand around a copied address.
    private static func bare(_ text: Substring) -> Substring {
        var rest = text
        while let first = rest.first, isAround(first) { rest.removeFirst() }
        while let last = rest.last, isAround(last) || last == "." { rest.removeLast() }
        return rest
    }

    private static func isAround(_ character: Character) -> Bool {
        character.isWhitespace || "\"'“”‘’«»;,:".contains(character)
    }
}
