/// Brings a file's bytes to UTF-8 where its first ones say that it is UTF-16, as “Unicode text” of spreadsheets is.
///
/// Anything else passes unchanged, without its byte order mark. Bytes may come in pieces of any size.
struct CSVTranscoder {
    private enum Encoding { case bytes, utf16LittleEndian, utf16BigEndian }

    private var encoding: Encoding?
    /// The first bytes until the encoding is known, then the half of a UTF-16 unit that waits for its other half.
    private var held: [UInt8] = []
    /// The first half of a surrogate pair.
    private var leading: UInt16?

    /// The bytes of the text that `piece` completes.
    mutating func feed(_ piece: some Sequence<UInt8>) -> [UInt8] {
        held.append(contentsOf: piece)
        // Three bytes hold the longest mark.
        if encoding == nil, held.count >= 3 { encoding = recognised() }
        return encoding == nil ? [] : released()
    }

    /// What is left at the end of the file.
    mutating func finish() -> [UInt8] {
        if encoding == nil { encoding = recognised() }
        var rest = released()
        // Half a unit or half a pair at the very end of a file that was cut off.
        if !held.isEmpty || leading != nil { rest += Array("\u{FFFD}".utf8) }
        held = []
        leading = nil
        return rest
    }

    private mutating func recognised() -> Encoding {
        if held.starts(with: [0xEF, 0xBB, 0xBF]) {
            held.removeFirst(3)
            return .bytes
        }
        if held.starts(with: [0xFF, 0xFE]) || held.starts(with: [0xFE, 0xFF]) {
            let isLittle = held[0] == 0xFF
            held.removeFirst(2)
            return isLittle ? .utf16LittleEndian : .utf16BigEndian
        }
        // Without a mark a header's first letter tells: no text in bytes holds a zero.
        if held.count >= 2, held[1] == 0, held[0] != 0 { return .utf16LittleEndian }
        if held.count >= 2, held[0] == 0, held[1] != 0 { return .utf16BigEndian }
        return .bytes
    }

    private mutating func released() -> [UInt8] {
        guard let encoding, encoding != .bytes else {
            defer { held = [] }
            return held
        }
        var text = ""
        for start in stride(from: 0, to: held.count - 1, by: 2) {
            let (first, second) = (UInt16(held[start]), UInt16(held[start + 1]))
            append(encoding == .utf16LittleEndian ? second << 8 | first : first << 8 | second, to: &text)
        }
        held = held.count % 2 == 0 ? [] : [held[held.count - 1]]
        return Array(text.utf8)
    }

    private mutating func append(_ unit: UInt16, to text: inout String) {
        if let high = leading {
            leading = nil
            if UTF16.isTrailSurrogate(unit) {
                text.unicodeScalars.append(UTF16.decode(UTF16.EncodedScalar([high, unit])))
                return
            }
            text.unicodeScalars.append("\u{FFFD}")
        }
        if UTF16.isLeadSurrogate(unit) {
            leading = unit
        } else {
            text.unicodeScalars.append(Unicode.Scalar(unit) ?? "\u{FFFD}")
        }
    }
}

/// The single-byte encoding of older spreadsheets.
enum Windows1252 {
    static func string(_ bytes: ArraySlice<UInt8>) -> String {
        var scalars = String.UnicodeScalarView()
        for byte in bytes {
            let value = (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt32(byte)
            scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        }
        return String(scalars)
    }

    /// Where it differs from Latin-1; the five codes without a character stand for U+FFFD.
    private static let upper: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]
}
