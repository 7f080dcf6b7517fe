import Foundation

/// How long the texts people type may be, each with its reason.
public enum TextLimits {
    /// A name: the longest registered company names have some 150 characters.
    public static let name = 200
    /// A short answer, a label, a title: one line on any screen.
    public static let line = 200
    /// A postal address on one to four lines.
    public static let address = 400
    /// Notes on a customer: a page.
    public static let notes = 4_000
    /// A description: a pasted log of some 250 lines.
    public static let prose = 20_000
    /// A search: longer ones find nothing.
    public static let query = 200
}

/// Text from people and wires made fit to store: composed, without control characters, bounded.
public enum CleanText {
    /// One line: line breaks and runs of blanks become one space, ends are trimmed.
    ///
    /// - Returns: nil when more than `longest` characters (Unicode scalars, so that stacked accents count) are left.
    public static func line(_ raw: String, longest: Int = TextLimits.line) -> String? {
        guard isReadable(raw, longest: longest) else { return nil }
        var clean = String.UnicodeScalarView()
        var owesSpace = false
        for scalar in raw.precomposedStringWithCanonicalMapping.unicodeScalars {
            if isBlank(scalar) || isLineBreak(scalar) {
                owesSpace = !clean.isEmpty
            } else if !isForbidden(scalar) {
                if owesSpace { clean.append(" ") }
                owesSpace = false
                clean.append(scalar)
            }
        }
        return clean.count <= longest ? String(clean) : nil
    }

    /// Several lines: every kind of line break becomes `\n`, tabs stay as spaces, ends are trimmed.
    ///
    /// - Returns: nil when more than `longest` characters are left.
    public static func prose(_ raw: String, longest: Int = TextLimits.prose) -> String? {
        guard isReadable(raw, longest: longest) else { return nil }
        var clean = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in raw.precomposedStringWithCanonicalMapping.unicodeScalars {
            if isLineBreak(scalar) {
                if scalar != "\n" || !afterReturn { clean.append("\n") }
            } else if scalar == "\t" {
                clean.append(" ")
            } else if !isForbidden(scalar) {
                clean.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        while let last = clean.last, isBlank(last) || isLineBreak(last) { clean.removeLast() }
        let trimmed = clean.drop { isBlank($0) || isLineBreak($0) }
        return trimmed.count <= longest ? String(trimmed) : nil
    }

    /// The first `longest` characters on one line, with `…` for what is left out; for names from a PBX and the like.
    public static func shortened(_ raw: String, to longest: Int) -> String {
        let most = max(1, longest)
        // Stacked accents are bounded as well: four scalars a character and some room to trim.
        let head = String(String.UnicodeScalarView(raw.unicodeScalars.prefix(4 * most + 64)))
        let clean = line(head, longest: .max) ?? ""
        return clean.unicodeScalars.count <= most
            ? clean : String(String.UnicodeScalarView(clean.unicodeScalars.prefix(most - 1))) + "…"
    }

    /// Text many times over its bound is refused before any work is done on it.
    private static func isReadable(_ raw: String, longest: Int) -> Bool {
        longest >= 1 << 40 || raw.utf8.count <= 16 * longest + 256
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{A0}"
            || (scalar.value > 0x7F && scalar.properties.isWhitespace)
                && !isLineBreak(scalar)
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// Control characters, marks that reverse the direction of what follows, and code points that are no text.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFEFF, 0x200B: true
        default: scalar.properties.isNoncharacterCodePoint
        }
    }
}
