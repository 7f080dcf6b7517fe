import Codecs
import DeskCore
import Foundation

/// The encodings of mail: RFC 2047 words in headers, RFC 2045 quoted-printable in bodies, RFC 5322 dates.
enum MailEncoding {
    /// RFC 2047 §2: a line with an encoded word has 76 characters at the most, its name or its blank among them; 12 are
    /// spent on `=?UTF-8?B?` and `?=`, and base64 writes three bytes as four characters.
    private static func wordBytes(after used: Int) -> Int { max(6, (76 - used - 12) / 4 * 3) }

    /// A header's free text: as it is when it is plain, else as encoded words; nothing in it can end the line.
    static func unstructured(_ text: String, after name: String) -> String {
        let line = singleLine(text)
        guard needsEncoding(line) else { return folded(line, after: name.count + 2) }
        return encodedWords(line, after: name.count + 2)
    }

    /// A display name before an address, in the header `name`.
    static func phrase(_ text: String, after name: String) -> String {
        let line = singleLine(text)
        if needsEncoding(line) { return encodedWords(line, after: name.count + 2) }
        var quoted = "\""
        for character in line {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "\""
    }

    private static func singleLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        let scalars = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Anything outside ASCII, and anything that could be taken for an encoded word.
    private static func needsEncoding(_ line: String) -> Bool {
        var before = UInt8(0)
        for byte in line.utf8 {
            if byte > 0x7E || before == UInt8(ascii: "=") && byte == UInt8(ascii: "?") { return true }
            before = byte
        }
        return false
    }

    /// Splits between characters, never inside one: each word must decode by itself.
    private static func encodedWords(_ line: String, after used: Int) -> String {
        var words: [String] = []
        var room: Int { wordBytes(after: words.isEmpty ? used : 1) }
        var word: [UInt8] = []
        for character in line {
            // A character may be a long row of combining marks: then its scalars are what is kept whole.
            let units: [[UInt8]] =
                character.utf8.count > room
                ? character.unicodeScalars.map { Array(String($0).utf8) } : [Array(character.utf8)]
            for unit in units {
                if word.count + unit.count > room, !word.isEmpty {
                    words.append(Base64.text(word))
                    word = []
                }
                word += unit
            }
        }
        if !word.isEmpty { words.append(Base64.text(word)) }
        return words.map { "=?UTF-8?B?\($0)?=" }.joined(separator: "\r\n ")
    }

    /// Folds a plain line at spaces, so that no line is longer than 76 characters where that can be had.
    private static func folded(_ line: String, after used: Int) -> String {
        guard line.utf8.count + used > 76 else { return line }
        var result = ""
        var length = used
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if !result.isEmpty {
                if length + 1 + word.utf8.count > 76, !word.isEmpty {
                    result += "\r\n "
                    length = 1
                } else {
                    result += " "
                    length += 1
                }
            }
            result += word
            length += word.utf8.count
        }
        return result
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    /// Bytes that stand for themselves wherever they are in a line, and blanks.
    private static let isPlain = (0..<256).map { byte in
        (0x21...0x7E).contains(byte) && byte != 0x3D || byte == 0x20 || byte == 0x09
    }

    /// How many bytes from `index` on can be copied as they are into a line that has `room` for so many.
    private static func plainRun(_ source: UnsafeBufferPointer<UInt8>, from index: Int, room: Int, atStart: Bool) -> Int
    {
        guard room > 0, !(atStart && source[index] == UInt8(ascii: ".")) else { return 0 }
        let limit = min(source.count, index + room)
        var end = index
        isPlain.withUnsafeBufferPointer { isPlain in
            while end < limit, isPlain[Int(source[end])] { end += 1 }
        }
        // Blanks at the end of a line get lost on the way.
        if end == source.count || source[end] == 0x0A || source[end] == 0x0D {
            while end > index, source[end - 1] == 0x20 || source[end - 1] == 0x09 { end -= 1 }
        }
        return end - index
    }

    /// Appends `text` as quoted-printable with CRLF line ends; no line is longer than 76 characters.
    static func quotedPrintable(_ text: String, into bytes: inout [UInt8]) {
        let (lineFeed, carriageReturn, space, tab) = (UInt8(0x0A), UInt8(0x0D), UInt8(0x20), UInt8(0x09))
        var text = text
        text.withUTF8 { source in
            var length = 0
            var index = 0
            while index < source.count {
                let run = plainRun(source, from: index, room: 75 - length, atStart: length == 0)
                if run > 0 {
                    bytes += source[index..<index + run]
                    length += run
                    index += run
                    continue
                }
                let byte = source[index]
                index += 1
                if byte == carriageReturn || byte == lineFeed {
                    if byte == carriageReturn, index < source.count, source[index] == lineFeed { index += 1 }
                    bytes.append(carriageReturn)
                    bytes.append(lineFeed)
                    length = 0
                    continue
                }
                let next = index < source.count ? source[index] : lineFeed
                let atEnd = next == carriageReturn || next == lineFeed
                // Blanks at the end of a line get lost on the way; a lone dot or “From ” at its start gets mangled.
                let plain =
                    (byte > space && byte < 0x7F && byte != UInt8(ascii: "=")
                        && !(length == 0 && byte == UInt8(ascii: ".")))
                    || ((byte == space || byte == tab) && !atEnd)
                let width = plain ? 1 : 3
                if length + width > (atEnd ? 76 : 75) {
                    bytes.append(UInt8(ascii: "="))
                    bytes.append(carriageReturn)
                    bytes.append(lineFeed)
                    length = 0
                }
                if plain && !(length == 0 && byte == UInt8(ascii: ".")) {
                    bytes.append(byte)
                    length += 1
                } else {
                    bytes.append(UInt8(ascii: "="))
                    bytes.append(hexDigits[Int(byte >> 4)])
                    bytes.append(hexDigits[Int(byte & 15)])
                    length += 3
                }
            }
        }
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// A date as RFC 5322 §3.3 writes it: `Sat, 21 Nov 2026 07:42:52 +0000`.
    static func date(_ moment: Moment) -> String {
        // Within the years a mail may name.
        let seconds = min(max(moment.milliseconds / 1000, 0), 253_402_300_799)
        let (days, inDay) = (Int(seconds / 86_400), Int(seconds % 86_400))
        let date = CivilDate(daysSince1970: days)
        let clock = [inDay / 3_600, inDay / 60 % 60, inDay % 60].map(twoDigits).joined(separator: ":")
        // The first day of 1970 was a Thursday.
        let day = "\(weekdays[(days + 4) % 7]), \(twoDigits(date.day)) \(months[date.month - 1])"
        return "\(day) \(date.year) \(clock) +0000"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
