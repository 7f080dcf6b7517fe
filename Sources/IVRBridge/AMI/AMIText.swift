#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A value of a packet where it lies in the read buffer; it lives as long as that buffer is lent.
struct AMIText {
    let start: UnsafePointer<UInt8>
    let count: Int

    var isEmpty: Bool { count == 0 }

    /// What Asterisk writes for “nobody knows”: `<unknown>`, in queue entries and AGI `unknown`, in Status `(null)`.
    var isUnknown: Bool { isEmpty || self == "<unknown>" || self == "unknown" || self == "(null)" }

    static func == (text: AMIText, literal: StaticString) -> Bool {
        text.count == literal.utf8CodeUnitCount && memcmp(text.start, literal.utf8Start, text.count) == 0
    }

    static func == (left: AMIText, right: AMIText) -> Bool {
        left.count == right.count && memcmp(left.start, right.start, left.count) == 0
    }

    static func == (text: AMIText, string: String) -> Bool {
        var string = string
        return string.withUTF8 { utf8 in
            guard utf8.count == text.count, let other = utf8.baseAddress else { return text.count == utf8.count }
            return memcmp(text.start, other, text.count) == 0
        }
    }

    func hasPrefix(_ literal: StaticString) -> Bool {
        count >= literal.utf8CodeUnitCount && memcmp(start, literal.utf8Start, literal.utf8CodeUnitCount) == 0
    }

    /// The same text in any case; for what people write (names of user events).
    func hasSuffix(_ literal: StaticString) -> Bool {
        count >= literal.utf8CodeUnitCount && dropping(count - literal.utf8CodeUnitCount) == literal
    }

    func hasPrefixIgnoringCase(_ literal: StaticString) -> Bool {
        count >= literal.utf8CodeUnitCount
            && AMIText.equalIgnoringCase(start, literal.utf8Start, literal.utf8CodeUnitCount)
    }

    static func equalIgnoringCase(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for index in 0..<count {
            let (one, two) = (left[index], right[index])
            if one == two { continue }
            let folded = one | 0x20
            if folded != two | 0x20 || folded < 0x61 || folded > 0x7A { return false }
        }
        return true
    }

    func dropping(_ length: Int) -> AMIText {
        let length = min(length, count)
        return AMIText(start: start + length, count: count - length)
    }

    func keeping(_ length: Int) -> AMIText { AMIText(start: start, count: min(length, count)) }

    func firstIndex(of byte: UInt8) -> Int? {
        guard count > 0, let found = memchr(start, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }

    func lastIndex(of byte: UInt8) -> Int? {
        var index = count - 1
        while index >= 0 {
            if start[index] == byte { return index }
            index -= 1
        }
        return nil
    }

    func allSatisfy(_ predicate: (UInt8) -> Bool) -> Bool {
        for index in 0..<count where !predicate(start[index]) { return false }
        return true
    }

    /// A whole number that stands alone; nil otherwise, never a trap.
    var integer: Int64? {
        var index = 0
        var value: Int64 = 0
        let isNegative = count > 1 && start[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        // 18 digits always fit in 64 bits.
        guard index < count, count - index <= 18 else { return nil }
        while index < count {
            let digit = start[index] &- 0x30
            guard digit <= 9 else { return nil }
            value = value * 10 + Int64(digit)
            index += 1
        }
        return isNegative ? -value : value
    }

    /// Spreads well and depends on every byte (FNV-1a, 64 bit); for telling instances apart, not against an attacker.
    var hash: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<count { hash = (hash ^ UInt64(start[index])) &* 0x0000_0100_0000_01B3 }
        return hash
    }

    /// The text, with bytes that are not UTF-8 made legible.
    ///
    /// Asterisk 16 passes them on as they came: a name cut at 79 bytes within a letter, or Latin-1 from an old exchange.
    var string: String {
        let bytes = UnsafeBufferPointer(start: start, count: count)
        if let valid = String(validating: bytes, as: UTF8.self) { return valid }
        // A letter takes four bytes at most, so a cut one is within the last three.
        for length in stride(from: count - 1, through: max(0, count - 3), by: -1) where start[length] >= 0xC0 {
            if let cut = String(validating: UnsafeBufferPointer(rebasing: bytes[..<length]), as: UTF8.self),
                Self.isCutLetter(bytes[length...])
            {
                return cut
            }
        }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Whether bytes begin a letter that is longer than they are.
    private static func isCutLetter(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let lead = bytes.first, bytes.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) else { return false }
        let whole = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        // A single byte at the end may as well be Latin-1, as in `José`: only long names are cut by Asterisk.
        return bytes.count < whole && (bytes.count > 1 || bytes.startIndex >= 70)
    }

    /// The text unless it says that nobody knows.
    var known: String? { isUnknown ? nil : string }
}
