import DeskCore
import HTTPTypes

/// The OpenAPI 3.1 description, written from the same list the routes are made from.
enum OpenAPI {
    static func document(_ endpoints: [Endpoint], server: String) -> [UInt8] {
        var json = JSONWriter(capacity: 64 * 1024)
        json.object { json in
            json.field("openapi", "3.1.0")
            json.key("info")
            json.object { json in
                json.field("title", "CallDesk")
                json.field("version", "1")
                json.field(
                    "description",
                    """
                    The support desk for programs. Ids are numbers, times ISO 8601 in UTC, phones E.164 with a display form. \
                    Errors are problem documents (RFC 9457) in the language of Accept-Language. Lists are paged by `after`.
                    """
                )
            }
            json.key("servers")
            json.array([server + API.base]) { json, url in json.object { $0.field("url", url) } }
            json.key("security")
            json.array([0]) { json, _ in
                json.object { json in
                    json.key("bearer")
                    json.array([String]()) { $0.string($1) }
                }
            }
            json.key("paths")
            json.object { json in writePaths(endpoints, to: &json) }
            json.key("components")
            json.object { json in writeComponents(to: &json) }
        }
        return json.bytes
    }

    private static func writePaths(_ endpoints: [Endpoint], to json: inout JSONWriter) {
        var seen: [String] = []
        for endpoint in endpoints where !seen.contains(endpoint.path) { seen.append(endpoint.path) }
        for path in seen {
            json.key(path)
            json.object { json in
                for endpoint in endpoints where endpoint.path == path {
                    json.key(endpoint.method.rawValue.lowercased())
                    json.object { json in writeOperation(endpoint, to: &json) }
                }
            }
        }
    }

    private static func writeOperation(_ endpoint: Endpoint, to json: inout JSONWriter) {
        json.field("operationId", endpoint.id)
        json.field("tags", [endpoint.tag])
        json.field("summary", endpoint.summary)
        let other = endpoint.orScope.map { " or `\($0.rawValue)`" } ?? ""
        json.field("description", "Needs the scope `\(endpoint.scope.rawValue)`\(other).")
        let pathParameters = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
        if !pathParameters.isEmpty || !endpoint.parameters.isEmpty {
            json.key("parameters")
            json.array(pathParameters.map(Shown.path) + endpoint.parameters.map(Shown.other)) { json, shown in
                json.object { json in shown.write(to: &json) }
            }
        }
        if let body = endpoint.body { writeBody(body, to: &json) }
        json.key("responses")
        json.object { json in writeResponses(endpoint, to: &json) }
    }

    /// A parameter as the document shows it.
    private enum Shown {
        case path(String)
        case other(Endpoint.Parameter)

        func write(to json: inout JSONWriter) {
            switch self {
            case .path(let name):
                json.field("name", name)
                json.field("in", "path")
                json.field("required", true)
                json.key("schema")
                let isText = name == "name" || name == "topic"
                (isText ? Schema.string(maximum: 200, minimum: 1) : .id).write(to: &json)
            case .other(let parameter):
                json.field("name", parameter.name)
                json.field("in", parameter.place.rawValue)
                json.field("required", false)
                json.field("description", parameter.about)
                json.key("schema")
                parameter.schema.write(to: &json)
            }
        }
    }

    private static func writeBody(_ body: Endpoint.Body, to json: inout JSONWriter) {
        json.key("requestBody")
        json.object { json in
            json.field("required", true)
            json.key("content")
            json.object { json in
                switch body {
                case .json(let name): writeContent("application/json", .reference(name), to: &json)
                case .file: writeContent("application/octet-stream", .string(format: "binary"), to: &json)
                }
            }
        }
    }

    private static func writeContent(_ mediaType: String, _ schema: Schema, to json: inout JSONWriter) {
        json.key(mediaType)
        json.object { json in
            json.key("schema")
            schema.write(to: &json)
        }
    }

    private static func writeResponses(_ endpoint: Endpoint, to json: inout JSONWriter) {
        writeSuccess(endpoint, endpoint.status, to: &json)
        if endpoint.id == "openTicket" { writeSuccess(endpoint, .ok, to: &json) }
        if endpoint.id == "beginInterview" { writeSuccess(endpoint, .created, to: &json) }
        var problems =
            endpoint.problems + [.badRequest, .unauthorized, .forbidden, .unprocessableContent, .tooManyRequests]
        if endpoint.body != nil { problems += [.contentTooLarge, .unsupportedMediaType] }
        if endpoint.path.contains("{"), !problems.contains(.notFound) { problems.append(.notFound) }
        problems.append(.serviceUnavailable)
        for status in problems.sorted(by: { $0.code < $1.code }) {
            json.key(String(status.code))
            json.object { $0.field("$ref", "#/components/responses/Problem") }
        }
    }

    private static func writeSuccess(_ endpoint: Endpoint, _ status: HTTPResponse.Status, to json: inout JSONWriter) {
        json.key(String(status.code))
        json.object { json in
            json.field("description", status.reasonPhrase)
            let content: (String, Schema)? =
                switch endpoint.answer {
                case .one(let name): ("application/json", .reference(name))
                case .list(let name):
                    ("application/json", .object([.init("items", .array(.reference(name)))]))
                case .page(let name):
                    (
                        "application/json",
                        .object([.init("items", .array(.reference(name))), .init("next", .orNull(.id))])
                    )
                case .file: ("application/octet-stream", .string(format: "binary"))
                case .events: ("text/event-stream", .text)
                case .nothing: nil
                }
            guard let (mediaType, schema) = content else { return }
            json.key("content")
            // A file's own media type is not known beforehand.
            json.object { json in
                writeContent(mediaType == "application/octet-stream" ? "*/*" : mediaType, schema, to: &json)
            }
        }
    }

    private static func writeComponents(to json: inout JSONWriter) {
        json.key("securitySchemes")
        json.object { json in
            json.key("bearer")
            json.object { json in
                json.field("type", "http")
                json.field("scheme", "bearer")
            }
        }
        json.key("responses")
        json.object { json in
            json.key("Problem")
            json.object { json in
                json.field("description", "What went wrong, where, and what to do.")
                json.key("content")
                json.object { json in writeContent("application/problem+json", .reference("Problem"), to: &json) }
            }
        }
        json.key("schemas")
        json.object { json in
            for (name, schema) in Schemas.all {
                json.key(name)
                schema.write(to: &json)
            }
        }
    }
}
