/// A JSON text as values, for requests whose shape is checked field by field.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As it was written: `1e400` and 30 digits are kept until somebody asks for a kind of number.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// What it is, in the word a message uses.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }

    var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

    var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The value as a text no other value has: members by their names, lengths that keep one text from passing for two.
    var spelled: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): "\(text.utf8.count):\(text)"
        case .array(let items): "[\(items.map(\.spelled).joined(separator: ","))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map(Self.spelled).joined(separator: ","))}"
        }
    }

    private static func spelled(_ member: (key: String, value: JSONValue)) -> String {
        "\(JSONValue.string(member.key).spelled)=\(member.value.spelled)"
    }

    /// The whole number, also when written `12.0`; nil when it is none or does not fit.
    var integer: Int64? {
        guard case .number(let text) = self else { return nil }
        if let value = Int64(text) { return value }
        return Double(text).flatMap { Int64(exactly: $0) }
    }
}
