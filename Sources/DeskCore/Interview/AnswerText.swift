import Foundation

extension Character {
    /// One of 0–9; other scripts' digits do not count in documents and phone numbers.
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

/// Makes typed text fit to be stored: composed, without control characters or direction tricks, trimmed.
enum AnswerText {
    /// One line: blanks and line ends become single spaces.
    static func line(_ raw: String) -> String {
        if isClean(raw, allowsRuns: false) { return raw }
        var text = String.UnicodeScalarView()
        var owesSpace = false
        for scalar in bounded(raw).precomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.properties.isWhitespace || isControl(scalar) {
                owesSpace = !text.isEmpty
            } else if !isInvisible(scalar) {
                if owesSpace { text.append(" ") }
                owesSpace = false
                text.append(scalar)
            }
        }
        return String(text)
    }

    /// Several lines: line ends become `\n`, at most two in a row; tabs stay, blanks before a line end go.
    static func prose(_ raw: String) -> String {
        if isClean(raw, allowsRuns: true) { return raw }
        let unified = bounded(raw).replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(
            of: "\r",
            with: "\n"
        )
        var text = String.UnicodeScalarView()
        var blanks = String.UnicodeScalarView()
        var lineEnds = 0
        for scalar in unified.precomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar == "\n" || scalar.value == 0x2028 || scalar.value == 0x2029 {
                lineEnds += 1
                blanks.removeAll()
            } else if scalar.properties.isWhitespace {
                blanks.append(scalar)
            } else if !isControl(scalar), !isInvisible(scalar) {
                if !text.isEmpty {
                    text.append(contentsOf: repeatElement("\n", count: min(lineEnds, 2)))
                    text.append(contentsOf: blanks)
                }
                lineEnds = 0
                blanks.removeAll()
                text.append(scalar)
            }
        }
        return String(text)
    }

    /// Whether a text is already what would become of it: most are, and looking costs a tenth of making it anew.
    ///
    /// Letters of Latin without marks of their own (before U+0300) are composed, and blank spaces are the only blanks.
    /// `allowsRuns`: whether several spaces in a row stay.
    private static func isClean(_ raw: String, allowsRuns: Bool) -> Bool {
        guard raw.utf8.count <= InterviewLimits.rawBytes else { return false }
        // As if a blank stood before it: none may begin it.
        var wasBlank = true
        for scalar in raw.unicodeScalars {
            if scalar == " " {
                if wasBlank, !allowsRuns || scalar == raw.unicodeScalars.first { return false }
                wasBlank = true
            } else if scalar.value <= 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.value >= 0x300 {
                return false
            } else {
                wasBlank = false
            }
        }
        return !wasBlank || raw.isEmpty
    }

    /// What is looked at of `raw`: nobody types more, and normalising is not free.
    private static func bounded(_ raw: String) -> String {
        raw.utf8.count <= InterviewLimits.rawBytes ? raw : String(raw.prefix(InterviewLimits.rawBytes / 4))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// Zero-width and direction-changing characters, which make a text read otherwise than it is; not the joiners of emoji.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        default: false
        }
    }
}
