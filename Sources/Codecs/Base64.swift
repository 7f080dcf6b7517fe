import Foundation

/// Bytes as text of 64 signs (RFC 4648).
public enum Base64 {
    /// With `+`, `/` and padding (§4), as mail and HTTP have it.
    public static func text(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// The bytes of a whole text of §4; nil for anything else.
    public static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
        Data(base64Encoded: Data(text)).map { [UInt8]($0) }
    }

    /// With `-`, `_` and no padding (§5), safe in a URL.
    public static func urlText(_ bytes: some Sequence<UInt8>) -> String {
        text(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Whether a byte is one of the 64 signs of §5.
    public static func isURLDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
