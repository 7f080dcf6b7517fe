/// A JSON Schema (2020-12, as OpenAPI 3.1 uses it) of the few kinds the API needs.
indirect enum Schema: Sendable {
    case string(maximum: Int? = nil, minimum: Int? = nil, format: String? = nil)
    case words([String])
    case integer(minimum: Int? = nil, maximum: Int? = nil)
    case number
    case boolean
    case array(Schema, maximum: Int? = nil)
    case object([Property], open: Bool = false)
    /// Names to values of one kind.
    case map(Schema)
    case reference(String)
    case orNull(Schema)
    case anyOf([Schema])

    struct Property: Sendable {
        var name: String
        var schema: Schema
        var isRequired = true
        var about: String?

        init(_ name: String, _ schema: Schema, required: Bool = true, _ about: String? = nil) {
            self.name = name
            self.schema = schema
            isRequired = required
            self.about = about
        }
    }

    static let text = Schema.string()
    /// A row's number.
    static let id = Schema.integer(minimum: 1)
    static let time = Schema.string(format: "date-time")

    func write(to json: inout JSONWriter, about: String? = nil) {
        json.object { json in
            writeMembers(to: &json)
            if let about { json.field("description", about) }
        }
    }

    private func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .string(let maximum, let minimum, let format):
            json.field("type", "string")
            if let minimum { json.field("minLength", minimum) }
            if let maximum { json.field("maxLength", maximum) }
            if let format { json.field("format", format) }
        case .words(let words):
            json.field("type", "string")
            json.field("enum", words)
        case .integer(let minimum, let maximum):
            json.field("type", "integer")
            json.field("format", "int64")
            if let minimum { json.field("minimum", minimum) }
            if let maximum { json.field("maximum", maximum) }
        case .number: json.field("type", "number")
        case .boolean: json.field("type", "boolean")
        case .array(let item, let maximum):
            json.field("type", "array")
            json.key("items")
            item.write(to: &json)
            if let maximum { json.field("maxItems", maximum) }
        case .object(let properties, let isOpen): Self.writeObject(properties, isOpen, to: &json)
        case .map(let value):
            json.field("type", "object")
            json.key("additionalProperties")
            value.write(to: &json)
        case .reference(let name): json.field("$ref", "#/components/schemas/\(name)")
        case .orNull(let schema):
            json.key("anyOf")
            json.array([schema, nil]) { json, one in
                if let one { one.write(to: &json) } else { json.object { $0.field("type", "null") } }
            }
        case .anyOf(let schemas):
            json.key("anyOf")
            json.array(schemas) { json, one in one.write(to: &json) }
        }
    }

    private static func writeObject(_ properties: [Property], _ isOpen: Bool, to json: inout JSONWriter) {
        json.field("type", "object")
        let required = properties.filter(\.isRequired).map(\.name)
        if !required.isEmpty { json.field("required", required) }
        json.key("properties")
        json.object { json in
            for property in properties {
                json.key(property.name)
                property.schema.write(to: &json, about: property.about)
            }
        }
        if !isOpen { json.field("additionalProperties", false) }
    }
}

extension Schema.Property {
    /// A member that may be left out or be null.
    static func optional(_ name: String, _ schema: Schema, _ about: String? = nil) -> Self {
        .init(name, .orNull(schema), required: false, about)
    }

    /// A member that is always there and may be null.
    static func nullable(_ name: String, _ schema: Schema, _ about: String? = nil) -> Self {
        .init(name, .orNull(schema), about)
    }
}
