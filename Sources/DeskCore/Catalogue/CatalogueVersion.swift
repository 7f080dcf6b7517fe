import Crypto

/// The name of one exact catalogue: a hash of its bytes, so that an old answer finds the form it was given to.
public enum CatalogueVersion {
    /// The first 16 bytes of SHA-256 as hexadecimal: short enough to read out, long enough never to repeat.
    public static func of(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in SHA256.hash(data: bytes).prefix(16) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
