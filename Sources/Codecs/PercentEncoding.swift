import Foundation

/// Percent-encoding of everything that is not unreserved (RFC 3986 §2.3).
///
/// That is safe in every part of a URL, in forms, and in a header's `filename*` (RFC 8187).
public enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The text encoded; with `keepingSlashes` as a path, whose parts stay parts.
    public static func encode(_ value: String, keepingSlashes: Bool = false) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(value.utf8.count * 3)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.append(byte)
            case UInt8(ascii: "/") where keepingSlashes: text.append(byte)
            default:
                text.append(UInt8(ascii: "%"))
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text decoded; nil where a percent sign begins no code or the bytes are no UTF-8.
    public static func decode(_ text: some StringProtocol) -> String? { text.removingPercentEncoding }

    /// A field of a form or a query decoded, where `+` is a blank; what is not valid stays as it was sent.
    public static func field(_ text: Substring) -> String {
        // Names, numbers and tokens are as they were sent.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }) else {
            return String(text)
        }
        let spaced = text.replacing("+", with: " ")
        return decode(spaced) ?? String(spaced)
    }

    /// The bytes decoded; a percent sign that begins no code stays.
    public static func bytes(_ bytes: some Collection<UInt8>, plusIsBlank: Bool = true) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let byte = bytes[place]
            bytes.formIndex(after: &place)
            if byte == UInt8(ascii: "+"), plusIsBlank {
                out.append(0x20)
            } else if byte == UInt8(ascii: "%"), let code = code(bytes, at: place) {
                out.append(code)
                place = bytes.index(place, offsetBy: 2)
            } else {
                out.append(byte)
            }
        }
        return out
    }

    /// As `bytes`; what is no UTF-8 becomes U+FFFD.
    public static func lenient(_ bytes: some Collection<UInt8>, plusIsBlank: Bool = true) -> String {
        String(decoding: self.bytes(bytes, plusIsBlank: plusIsBlank), as: UTF8.self)
    }

    private static func code<Bytes: Collection<UInt8>>(_ bytes: Bytes, at place: Bytes.Index) -> UInt8? {
        guard let low = bytes.index(place, offsetBy: 1, limitedBy: bytes.endIndex), low < bytes.endIndex,
            let first = Hexadecimal.value(of: bytes[place]), let second = Hexadecimal.value(of: bytes[low])
        else { return nil }
        return first << 4 | second
    }
}
