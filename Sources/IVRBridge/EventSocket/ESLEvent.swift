/// One event as it stands in the buffer; it is read where it lies and not kept.
struct ESLEvent {
    enum Format: Sendable {
        /// Values are percent-encoded.
        case plain
        /// Values are JSON strings.
        case json
    }

    /// Where a value stands.
    struct Slot {
        var start: Int32 = -1
        var count: Int32 = 0
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let format: Format
    let slots: [Slot]
    /// Variables that the dialplan set for the desk, `variable_calldesk_topic`: name after the prefix, and value.
    let handed: [(name: Slot, value: Slot)]
    let body: UnsafeBufferPointer<UInt8>

    @inline(__always)
    func raw(_ field: ESLField) -> UnsafeBufferPointer<UInt8>? { raw(slots[field.rawValue]) }

    @inline(__always)
    private func raw(_ slot: Slot) -> UnsafeBufferPointer<UInt8>? {
        guard slot.start >= 0 else { return nil }
        return UnsafeBufferPointer(rebasing: bytes[Int(slot.start)..<Int(slot.start + slot.count)])
    }

    /// The value decoded; nil when it is absent or empty.
    ///
    /// `longest`: bytes read of it; what is longer is cut, as nobody reads a page of a name.
    func text(_ field: ESLField, longest: Int = 1_024) -> String? { text(slots[field.rawValue], longest: longest) }

    func text(_ slot: Slot, longest: Int) -> String? {
        guard let value = raw(slot), !value.isEmpty else { return nil }
        let text =
            format == .plain
            ? ESLText.percentDecoded(value, longest: longest) : ESLText.jsonDecoded(value, longest: longest)
        return text.isEmpty ? nil : text
    }

    /// Whether a value that needs no decoding is this one.
    @inline(__always)
    func has(_ field: ESLField, _ value: StaticString) -> Bool {
        guard let raw = raw(field), raw.count == value.utf8CodeUnitCount else { return false }
        return value.withUTF8Buffer { raw.elementsEqual($0) }
    }

    func begins(_ field: ESLField, _ value: StaticString) -> Bool {
        guard let raw = raw(field), raw.count >= value.utf8CodeUnitCount else { return false }
        return value.withUTF8Buffer { raw.prefix($0.count).elementsEqual($0) }
    }

    func integer(_ field: ESLField) -> Int64? {
        guard let raw = raw(field), (1...18).contains(raw.count) else { return nil }
        var value: Int64 = 0
        for byte in raw {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }
}

/// Reading values: bytes first, characters after.
enum ESLText {
    /// `José%20Concei%C3%A7%C3%A3o`; a percent sign that begins no code stays.
    static func percentDecoded(_ bytes: UnsafeBufferPointer<UInt8>, longest: Int) -> String {
        guard bytes.contains(0x25) else { return string(bytes.prefix(longest)) }
        var result: [UInt8] = []
        result.reserveCapacity(min(bytes.count, longest))
        var at = 0
        while at < bytes.count, result.count < longest {
            if bytes[at] == 0x25, at + 2 < bytes.count, let high = hex(bytes[at + 1]), let low = hex(bytes[at + 2]) {
                result.append(high << 4 | low)
                at += 3
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return string(result)
    }

    /// The inside of a JSON string; an escape that is none stays.
    static func jsonDecoded(_ bytes: UnsafeBufferPointer<UInt8>, longest: Int) -> String {
        guard bytes.contains(0x5C) else { return string(bytes.prefix(longest)) }
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count, result.count < longest {
            guard bytes[at] == 0x5C, at + 1 < bytes.count else {
                result.append(bytes[at])
                at += 1
                continue
            }
            let kind = bytes[at + 1]
            at += 2
            switch kind {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "u"):
                var unit = code(bytes, at)
                at += unit == nil ? 0 : 4
                if let high = unit, (0xD800..<0xDC00).contains(high), at + 1 < bytes.count, bytes[at] == 0x5C,
                    bytes[at + 1] == UInt8(ascii: "u"), let low = code(bytes, at + 2), (0xDC00..<0xE000).contains(low)
                {
                    unit = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
                    at += 6
                }
                let scalar = unit.flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}"
                result.append(contentsOf: String(Character(scalar)).utf8)
            default: result.append(kind)
            }
        }
        return string(result)
    }

    private static func code(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
        guard at + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for place in at..<at + 4 {
            guard let digit = hex(bytes[place]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// UTF-8 where it is; phones that write ISO-8859-1 are read as such, never dropped.
    static func string(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        // A cut may have gone through a character.
        if let text = String(validating: bytes.dropLast(1), as: UTF8.self) { return text }
        var result = ""
        for byte in bytes { result.unicodeScalars.append(Unicode.Scalar(byte)) }
        return result
    }
}
