import Foundation

/// The one way our values become JSON and come back: keys in order, slashes bare, so that equal values give equal text.
///
/// Answers of the API, whose shape is written down, go through CallDesk's `JSONWriter`.
public enum JSONCoding {
    /// How members are called.
    public enum Names: Sendable {
        case own
        /// `changedAt` becomes `changed_at`.
        case underscored
    }

    /// - Throws: `EncodingError`.
    public static func data(_ value: some Encodable, names: Names = .own, isIndented: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
        if names == .underscored { encoder.keyEncodingStrategy = .convertToSnakeCase }
        return try encoder.encode(value)
    }

    /// - Throws: `EncodingError`.
    public static func text(_ value: some Encodable, names: Names = .own) throws -> String {
        String(decoding: try data(value, names: names), as: UTF8.self)
    }

    /// - Throws: `DecodingError`.
    public static func value<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }

    /// - Throws: `DecodingError`.
    public static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try value(type, from: Data(text.utf8))
    }

    /// A text as JSON writes it, with its quotes.
    public static func quoted(_ text: String) -> String {
        var out: [UInt8] = []
        append(quoted: text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// The same behind what is in `out`: JSON (RFC 8259 §7) wants quotes, backslashes and control characters escaped.
    public static func append(quoted text: String, to out: inout [UInt8]) {
        var text = text
        out.append(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                out.append(contentsOf: bytes[start..<index])
                out.append(UInt8(ascii: "\\"))
                switch byte {
                case 0x08: out.append(UInt8(ascii: "b"))
                case 0x09: out.append(UInt8(ascii: "t"))
                case 0x0A: out.append(UInt8(ascii: "n"))
                case 0x0C: out.append(UInt8(ascii: "f"))
                case 0x0D: out.append(UInt8(ascii: "r"))
                case ..<0x20: out.append(contentsOf: ("u00" + Hexadecimal.text([byte])).utf8)
                default: out.append(byte)
                }
                start = index + 1
            }
            out.append(contentsOf: bytes[start...])
        }
        out.append(UInt8(ascii: "\""))
    }
}
