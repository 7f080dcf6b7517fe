import DeskCore

/// Writes one JSON text into a growing byte array: no reflection, no intermediate values, keys in the order given.
///
/// ```swift
/// var json = JSONWriter()
/// json.object { json in
///     json.field("number", ticket.number)
/// }
/// ```
struct JSONWriter: ~Copyable {
    private(set) var bytes: [UInt8] = []
    /// A value already stands at this level, so that the next needs a comma.
    private var follows = false

    init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

    mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "{"))
        try members(&self)
        end(UInt8(ascii: "}"))
    }

    mutating func array<Items: Sequence>(
        _ items: Items,
        _ write: (inout JSONWriter, Items.Element) throws -> Void
    ) rethrows {
        begin(UInt8(ascii: "["))
        for item in items { try write(&self, item) }
        end(UInt8(ascii: "]"))
    }

    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        follows = false
    }

    mutating func field(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    mutating func field(_ name: String, _ value: Int64?) {
        key(name)
        if let value { number(value) } else { null() }
    }

    mutating func field(_ name: String, _ value: Int) {
        key(name)
        number(Int64(value))
    }

    mutating func field(_ name: String, _ value: Bool) {
        key(name)
        raw(value ? "true" : "false")
    }

    /// A moment as ISO 8601 in UTC with milliseconds.
    mutating func field(_ name: String, _ value: Moment?) {
        key(name)
        guard let value else { return null() }
        comma()
        bytes.append(UInt8(ascii: "\""))
        ISOTime.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func field(_ name: String, _ values: [String]) {
        key(name)
        array(values) { json, value in json.string(value) }
    }

    mutating func null() { raw("null") }

    mutating func number(_ value: Int64) {
        comma()
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func raw(_ text: StaticString) {
        comma()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// A value that is JSON already.
    mutating func raw(_ json: some Sequence<UInt8>) {
        comma()
        bytes.append(contentsOf: json)
    }

    /// A string with what JSON (RFC 8259 §7) demands escaped, and `<` besides, so that it may stand in a page.
    mutating func string(_ value: String) {
        comma()
        var value = value
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x3C || byte == 0x7F else { continue }
                bytes.append(contentsOf: utf8[start..<index])
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Self.hex(byte >> 4))
            bytes.append(Self.hex(byte & 15))
        }
    }

    private static func hex(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

    private mutating func begin(_ byte: UInt8) {
        comma()
        bytes.append(byte)
        follows = false
    }

    private mutating func end(_ byte: UInt8) {
        bytes.append(byte)
        follows = true
    }

    private mutating func comma() {
        if follows { bytes.append(UInt8(ascii: ",")) }
        follows = true
    }
}
