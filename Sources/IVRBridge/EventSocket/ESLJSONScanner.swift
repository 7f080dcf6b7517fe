/// Walks the members of a JSON object without building it; FreeSWITCH writes flat objects of strings.
struct ESLJSONScanner {
    /// Deeper than any listing; a value nested further is passed over as nothing.
    private static let deepest = 32

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func beginObject() -> Bool {
        skipSpace()
        return take(UInt8(ascii: "{"))
    }

    mutating func beginArray() -> Bool {
        skipSpace()
        return take(UInt8(ascii: "["))
    }

    /// The next member: the inside of its name, and of its value where that is a string.
    ///
    /// After a member whose value is none the scanner stands behind it. nil at the end, or where it is no JSON.
    mutating func nextMember() -> (name: Range<Int>, value: Range<Int>?)? {
        guard let name = nextName() else { return nil }
        skipSpace()
        if let value = string() { return (name, value) }
        guard skipValue() else { return nil }
        return (name, nil)
    }

    /// The next name; the scanner stands before its value.
    mutating func nextName() -> Range<Int>? {
        skipSpace()
        _ = take(UInt8(ascii: ","))
        skipSpace()
        guard let name = string() else { return nil }
        skipSpace()
        guard take(UInt8(ascii: ":")) else { return nil }
        return name
    }

    /// Whether another element of an array begins here.
    mutating func nextElement() -> Bool {
        skipSpace()
        _ = take(UInt8(ascii: ","))
        skipSpace()
        return at < bytes.count && bytes[at] != UInt8(ascii: "]")
    }

    mutating func endObject() -> Bool {
        skipSpace()
        return take(UInt8(ascii: "}"))
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
            at += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func string() -> Range<Int>? {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
        let start = at + 1
        var end = start
        while end < bytes.count {
            if bytes[end] == UInt8(ascii: "\"") {
                at = end + 1
                return start..<end
            }
            end += bytes[end] == 0x5C ? 2 : 1
        }
        at = bytes.count
        return nil
    }

    /// Passes over a number, a word, a list or an object.
    mutating func skipValue() -> Bool {
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""): guard string() != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
                guard depth <= Self.deepest else { return false }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The end of what it stands in is not its own.
                if depth == 0 { return true }
                depth -= 1
                at += 1
            case UInt8(ascii: ",") where depth == 0: return true
            default: at += 1
            }
        }
        return depth == 0
    }
}
