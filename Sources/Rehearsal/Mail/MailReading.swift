import Codecs
import Foundation

/// Reads a mail well enough to show it: subject, text and HTML, whatever encodings they came in (RFC 2045, 2046, 2047).
struct MailReading: Sendable, Equatable {
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var subject = ""
    private(set) var text = ""
    private(set) var html: String?

    static func == (left: MailReading, right: MailReading) -> Bool {
        left.subject == right.subject && left.text == right.text && left.html == right.html
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }

    /// Parts in parts; ours have one level, a bound because the mail may be anybody's.
    private static let deepest = 4
    private static let mostParts = 50

    init(_ bytes: [UInt8]) {
        let (headers, body) = Self.split(bytes[...])
        self.headers = headers
        subject = Self.words(header("Subject") ?? "")
        read(headers, body, depth: 0)
    }

    /// A header's value with its folds undone, as sent.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private mutating func read(_ headers: [(name: String, value: String)], _ body: ArraySlice<UInt8>, depth: Int) {
        func value(_ name: String) -> String { headers.first { $0.name.lowercased() == name }?.value ?? "" }
        let type = value("content-type")
        let kind = type.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        if kind.hasPrefix("multipart/"), depth < Self.deepest, let boundary = Self.boundary(type) {
            for part in Self.parts(body, boundary: boundary).prefix(Self.mostParts) {
                let (headers, body) = Self.split(part)
                read(headers, body, depth: depth + 1)
            }
            return
        }
        let decoded: [UInt8] =
            switch value("content-transfer-encoding").lowercased() {
            case "quoted-printable": Self.quotedPrintable(body)
            case "base64": Self.base64(Array(body)) ?? Array(body)
            default: Array(body)
            }
        let content = String(decoding: decoded, as: UTF8.self).replacing("\r\n", with: "\n")
        if kind == "text/html" { html = html ?? content } else if text.isEmpty { text = content }
    }

    private static func split(_ bytes: ArraySlice<UInt8>) -> (
        headers: [(name: String, value: String)], ArraySlice<UInt8>
    ) {
        var headers: [(name: String, value: String)] = []
        var rest = bytes
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self).filter {
                $0 != "\r" && $0 != "\r\n"
            }
            rest = rest[min(end + 1, rest.endIndex)...]
            if line.isEmpty { break }
            if line.first == " " || line.first == "\t", let last = headers.indices.last {
                headers[last].value += " " + line.drop { $0 == " " || $0 == "\t" }
            } else if let colon = line.firstIndex(of: ":") {
                headers.append((String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " })))
            }
        }
        return (headers, rest)
    }

    private static func boundary(_ type: String) -> String? {
        guard let start = type.lowercased().firstRange(of: "boundary=") else { return nil }
        let offset = type.lowercased().distance(from: type.startIndex, to: start.upperBound)
        let value = type.dropFirst(offset)
        return value.first == "\""
            ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value.prefix { $0 != ";" })
    }

    private static func parts(_ body: ArraySlice<UInt8>, boundary: String) -> [ArraySlice<UInt8>] {
        let mark = Array("--\(boundary)".utf8)
        var parts: [ArraySlice<UInt8>] = []
        var start: Int?
        var line = body.startIndex
        while line < body.endIndex {
            let end = body[line...].firstIndex(of: 0x0A) ?? body.endIndex
            if body[line..<end].starts(with: mark) {
                if let start {
                    // The line end before a boundary belongs to the boundary.
                    parts.append(body[start..<max(start, line - 2)])
                }
                start = min(end + 1, body.endIndex)
            }
            line = end + 1
        }
        return parts
    }

    private static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "="), index + 2 < bytes.endIndex else {
                text.append(byte)
                index += 1
                continue
            }
            let (first, second) = (bytes[index + 1], bytes[index + 2])
            if first == 0x0D && second == 0x0A {
                index += 3
            } else if let high = hex(first), let low = hex(second) {
                text.append(high << 4 | low)
                index += 3
            } else {
                text.append(byte)
                index += 1
            }
        }
        return text
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        Hexadecimal.value(of: byte)
    }

    /// Base64 with line ends in it; nil when it is something else.
    static func base64(_ bytes: [UInt8]) -> [UInt8]? {
        let digits = bytes.filter { $0 != 0x0D && $0 != 0x0A && $0 != UInt8(ascii: "=") }
        let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
        return Base64.bytes(digits + padding)
    }

    /// Decodes RFC 2047 words; blanks between two of them are not part of the text.
    static func words(_ value: String) -> String {
        var bytes: [UInt8] = []
        var afterWord = false
        for piece in value.split(separator: " ", omittingEmptySubsequences: false) {
            let fields = piece.split(separator: "?", omittingEmptySubsequences: false)
            guard piece.hasPrefix("=?"), piece.hasSuffix("?="), fields.count == 5 else {
                if !bytes.isEmpty { bytes.append(0x20) }
                bytes += piece.utf8
                afterWord = false
                continue
            }
            if !bytes.isEmpty && !afterWord { bytes.append(0x20) }
            let text = Array(fields[3].utf8)
            bytes +=
                fields[2].uppercased() == "B"
                ? base64(text) ?? text
                : quotedPrintable(text.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }[...])
            afterWord = true
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
