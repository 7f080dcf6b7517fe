import Codecs
import Crypto

/// The name of one exact catalogue: a hash of its bytes, so that an old answer finds the form it was given to.
public enum CatalogueVersion {
    /// The first 16 bytes of SHA-256 as hexadecimal: short enough to read out, long enough never to repeat.
    public static func of(_ bytes: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: bytes).prefix(16)) }
}
