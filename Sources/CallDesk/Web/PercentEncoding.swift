/// Percent-encoding of everything that is not unreserved (RFC 3986 §2.3).
///
/// That is safe in every part of a URL, in forms, and in a header's `filename*` (RFC 8187). What comes in is decoded by
/// Foundation's `removingPercentEncoding`.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The text encoded; with `keepingSlashes` as a path, whose parts stay parts.
    static func encode(_ value: String, keepingSlashes: Bool = false) -> String {
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
}
