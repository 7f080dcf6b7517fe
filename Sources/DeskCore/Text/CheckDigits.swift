/// Reading of documents that people write with dots, dashes and blanks.
enum DocumentText {
    /// The longest spelling looked at: the longest document has 18 characters with its separators; more is no document.
    static let longest = 40

    /// The letters and digits of `text` in upper case, or nil when it holds anything but them and separators.
    ///
    /// Only ASCII letters and digits count: look-alikes from other scripts are refused, not guessed.
    static func positions(of text: String) -> [UInt8]? {
        guard text.utf8.count <= longest else { return nil }
        return positions(ofNumber: text)
    }

    /// The same of a number whose length the caller has bounded.
    static func positions(ofNumber text: String) -> [UInt8]? {
        var positions: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9", "A"..."Z": positions.append(UInt8(truncatingIfNeeded: scalar.value))
            case "a"..."z": positions.append(UInt8(truncatingIfNeeded: scalar.value - 0x20))
            default: guard isSeparator(scalar) else { return nil }
            }
        }
        return positions
    }

    /// Blanks, dots, slashes and every kind of dash, as pasted from pages and spreadsheets.
    static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", ".", "-", "/", "\u{A0}", "\u{2007}", "\u{202F}", "\u{2060}", "\u{FEFF}", "\u{200B}"..."\u{200F}",
            "\u{2010}"..."\u{2015}", "\u{202A}"..."\u{202E}", "\u{2212}":
            true
        default: false
        }
    }

    static func isDigit(_ position: UInt8) -> Bool { (0x30...0x39).contains(position) }

    /// Whether every position is the same, as in 111.111.111-11, whose check digits would fit.
    static func isUniform(_ positions: [UInt8]) -> Bool {
        positions.allSatisfy { $0 == positions.first }
    }

    static func string(_ positions: some Sequence<UInt8>) -> String {
        String(decoding: Array(positions), as: UTF8.self)
    }
}

/// The modulo 11 check digit that CPF, CNPJ and NIF share.
enum Modulo11 {
    /// The check digit of `positions` under `weights`, which are as many; a letter is worth its ASCII code less 48.
    static func digit(of positions: some Sequence<UInt8>, weights: [Int]) -> UInt8 {
        let sum = zip(positions, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        let rest = sum % 11
        return UInt8(truncatingIfNeeded: 48 + (rest < 2 ? 0 : 11 - rest))
    }
}
