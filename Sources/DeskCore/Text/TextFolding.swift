import Foundation

/// Text without case, accents and spare blanks, so that “Emissão  de NOTA” is found by “emissao de nota”.
public enum TextFolding {
    /// `text` in lower case, without diacritics, each run of blanks or control characters one space, none at the ends.
    ///
    /// Same input, same output on every machine: no locale takes part. Ligatures become letters (“ß” → “ss”, “æ” → “ae”).
    public static func fold(_ text: String) -> String { plain(text) ?? anything(text) }

    /// `fold` for any text, letter by letter.
    static func anything(_ text: String) -> String {
        // Letters past Latin Extended-A (Vietnamese, Greek…) are rare here: only they pay for the full decomposition.
        let needsDecomposition = text.unicodeScalars.contains { $0.value >= 0x180 }
        let source = needsDecomposition ? text.decomposedStringWithCanonicalMapping : text
        var folded = String()
        folded.reserveCapacity(source.utf8.count)
        var owesSpace = false
        for scalar in source.unicodeScalars {
            if isBlank(scalar) {
                owesSpace = !folded.isEmpty
                continue
            }
            if isMark(scalar) { continue }
            if owesSpace {
                folded.append(" ")
                owesSpace = false
            }
            append(scalar, to: &folded)
        }
        return folded
    }

    /// The words of `text` after folding: runs of letters and digits, everything else separates.
    public static func words(_ text: String) -> [String] {
        var folded = fold(text)
        return folded.withUTF8 { plainWords($0) } ?? anyWords(folded)
    }

    /// `words` of a folded text with letters of any alphabet.
    static func anyWords(_ folded: String) -> [String] {
        var words: [String] = []
        var word = String()
        for scalar in folded.unicodeScalars {
            if isWordPart(scalar) {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                words.append(word)
                word = String()
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        // Nearly all of a folded text; the properties of others are looked up in tables.
        if scalar.value < 0x80 {
            return (0x61...0x7A).contains(scalar.value) || (0x30...0x39).contains(scalar.value)
                || (0x41...0x5A).contains(scalar.value)
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value <= 0x20 || scalar.value == 0x7F { return true }
        if scalar.value < 0x80 { return false }
        return scalar.value <= 0xA0 || scalar.properties.isWhitespace
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return true
        default: return false
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to folded: inout String) {
        let value = scalar.value
        if value < 0x80 {
            let isUpper = value >= 0x41 && value <= 0x5A
            folded.unicodeScalars.append(isUpper ? Unicode.Scalar(UInt8(value) + 0x20) : scalar)
        } else if value >= 0xC0, value < 0x180, let base = latin[Int(value - 0xC0)] {
            folded.append(base)
        } else {
            folded.append(scalar.properties.lowercaseMapping)
        }
    }

    /// Letters of Latin-1 and Latin Extended-A, from U+00C0 on, with the plain letters they fold to.
    private static let latin: [String?] = {
        let ligatures: [Unicode.Scalar: String] = [
            "ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d",
            "ð": "d", "Ð": "d", "ł": "l", "Ł": "l", "þ": "th", "Þ": "th", "ħ": "h", "Ħ": "h", "ı": "i",
            "ŧ": "t", "Ŧ": "t", "ŋ": "n", "Ŋ": "n", "ĳ": "ij", "Ĳ": "ij", "ĸ": "k", "ŉ": "n", "ŀ": "l", "Ŀ": "l",
            "ſ": "s",
        ]
        return (UInt32(0xC0)..<0x180).map { value in
            guard let scalar = Unicode.Scalar(value) else { return nil }
            if let known = ligatures[scalar] { return known }
            let parts = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
            guard parts.count > 1, let base = parts.first else { return nil }
            return base.properties.lowercaseMapping
        }
    }()
}
