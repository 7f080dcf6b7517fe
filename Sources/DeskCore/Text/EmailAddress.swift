/// An e-mail address in the one form the desk stores, compares and sends to.
///
/// Only what real mail systems take: ASCII, no quoted local part, no address literal, a domain with a dot. A domain with
/// accents is kept in the ASCII form that mail systems send it in (`xn--…`). Nothing that passes can break a mail header
/// or an SMTP line.
public struct EmailAddress: Sendable, Hashable {
    /// RFC 5321 §4.5.3.1.3: a path has 256 octets, two of them the angle brackets.
    public static let longest = 254

    /// The whole address in lower case.
    public let canonical: String

    /// Reads an address; blanks around it do not count.
    public init?(_ text: String) {
        guard text.utf8.count <= 2 * Self.longest else { return nil }
        let typed = Self.trimmed(text).lowercased()
        let domain = typed.drop { $0 != "@" }.dropFirst()
        let address =
            domain.utf8.allSatisfy { $0 < 0x80 }
            ? typed : InternationalDomain.ascii(domain).map { "\(typed.prefix { $0 != "@" })@\($0)" } ?? typed
        guard address.utf8.count <= Self.longest else { return nil }
        let halves = address.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, Self.isLocalPart(halves[0]), Self.isDomain(halves[1]) else { return nil }
        canonical = address
    }

    public var localPart: String { String(canonical.prefix { $0 != "@" }) }
    public var domain: String { String(canonical.drop { $0 != "@" }.dropFirst()) }

    /// For lists: `m…@example.com`.
    public var masked: String { "\(canonical.prefix(1))…@\(domain)" }

    private static func trimmed(_ text: String) -> Substring {
        var rest = Substring(text)
        while let first = rest.unicodeScalars.first, isBlank(first) { rest.unicodeScalars.removeFirst() }
        while let last = rest.unicodeScalars.last, isBlank(last) { rest.unicodeScalars.removeLast() }
        return rest
    }

    /// Spaces, tabs, and what pages put around a copied address; a line break is no blank.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\u{A0}", "\u{200B}"..."\u{200F}", "\u{202A}"..."\u{202E}", "\u{2060}", "\u{FEFF}": true
        default: false
        }
    }

    private static func isLocalPart(_ local: Substring) -> Bool {
        (1...64).contains(local.utf8.count) && !local.hasPrefix(".") && !local.hasSuffix(".") && !local.contains("..")
            && local.utf8.allSatisfy { isAlphanumeric($0) || marks.contains($0) }
    }

    private static let marks = Set("!#$%&'*+-/=?^_`{|}~.".utf8)

    private static func isDomain(_ domain: Substring) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(isLabel), let last = labels.last else { return false }
        return last.utf8.count >= 2 && !last.utf8.allSatisfy(DocumentText.isDigit)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        DocumentText.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
