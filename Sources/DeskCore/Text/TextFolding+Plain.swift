/// The texts a desk is full of, byte by byte: ASCII and the letters of Latin-1 and Latin Extended-A, which are the same
/// in either normal form and need no table of Unicode.
extension TextFolding {
    /// `fold` of a text without other letters; nil for one that has some.
    static func plain(_ text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes -> String? in
            var isPlain = true
            // No letter folds to more bytes than it has.
            let folded = String(unsafeUninitializedCapacity: bytes.count) { room in
                var length = 0
                var owesSpace = false
                var index = 0
                while index < bytes.count {
                    let byte = bytes[index]
                    index += 1
                    var folding: Folding
                    if byte < 0x80 {
                        let isUpper = byte >= 0x41 && byte <= 0x5A
                        folding = Folding(
                            count: byte <= 0x20 || byte == 0x7F ? 0 : 1,
                            first: isUpper ? byte + 0x20 : byte
                        )
                    } else {
                        // Two bytes up to U+017F are C2 to C5 and one more.
                        guard byte <= 0xC5, index < bytes.count else {
                            isPlain = false
                            return 0
                        }
                        folding = latinFoldings[Int(byte - 0xC2) * 64 + Int(bytes[index] & 0x3F)]
                        index += 1
                    }
                    if folding.count == 0 {
                        owesSpace = length > 0
                        continue
                    }
                    if owesSpace {
                        room[length] = 0x20
                        length += 1
                        owesSpace = false
                    }
                    room[length] = folding.first
                    length += 1
                    if folding.count == 2 {
                        room[length] = folding.second
                        length += 1
                    }
                }
                return length
            }
            return isPlain ? folded : nil
        }
    }

    /// `words` of a folded text in ASCII; nil for another.
    static func plainWords(_ folded: UnsafeBufferPointer<UInt8>) -> [String]? {
        guard folded.allSatisfy({ $0 < 0x80 }) else { return nil }
        return folded.split { byte in
            !((0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte))
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What one letter folds to: no bytes for a blank, one or two for others.
    private struct Folding {
        var count: UInt8
        var first: UInt8 = 0
        var second: UInt8 = 0
    }

    /// From U+0080 to U+017F.
    private static let latinFoldings: [Folding] = (UInt32(0x80)..<0x180).map { value in
        let bytes = Unicode.Scalar(value).map { Array(anything(String($0)).utf8) } ?? []
        return Folding(
            count: UInt8(bytes.count),
            first: bytes.first ?? 0,
            second: bytes.count > 1 ? bytes[1] : 0
        )
    }
}
