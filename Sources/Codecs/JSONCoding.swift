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
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20: out += "\\u00" + Hexadecimal.text([UInt8(scalar.value)])
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
