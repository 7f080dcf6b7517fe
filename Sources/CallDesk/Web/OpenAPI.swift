import DeskCore
import HTTPTypes

/// The OpenAPI 3.1 description, written from the same list the routes are made from.
enum OpenAPI {
    static func document(_ operations: [Operation], schemas: [(String, Schema)], server: String) -> [UInt8] {
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
            json.key("paths")
            json.object { json in writePaths(operations, to: &json) }
            json.key("components")
            json.object { json in writeComponents(schemas, server, to: &json) }
        }
        return json.bytes
    }

    private static func writePaths(_ operations: [Operation], to json: inout JSONWriter) {
        var seen: [String] = []
        for operation in operations where !seen.contains(operation.path) { seen.append(operation.path) }
        for path in seen {
            json.key(path)
            json.object { json in
                for operation in operations where operation.path == path {
                    json.key(operation.method.rawValue.lowercased())
                    json.object { json in writeOperation(operation, to: &json) }
                }
            }
        }
    }

    private static func writeOperation(_ operation: Operation, to json: inout JSONWriter) {
        json.field("operationId", operation.id)
        json.field("tags", [operation.tag])
        json.field("summary", operation.summary)
        json.field("description", who(operation.who))
        json.key("security")
        json.array(security(operation)) { json, schemes in
            json.object { json in
                for scheme in schemes {
                    json.key(scheme)
                    json.array([String]()) { $0.string($1) }
                }
            }
        }
        let pathParameters = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
        if !pathParameters.isEmpty || !operation.everyParameter.isEmpty {
            json.key("parameters")
            json.array(pathParameters.map(Shown.path) + operation.everyParameter.map(Shown.other)) { json, shown in
                json.object { json in shown.write(to: &json) }
            }
        }
        if let body = operation.body { writeBody(body, to: &json) }
        json.key("responses")
        json.object { json in writeResponses(operation, to: &json) }
    }

    /// Who may, in a sentence.
    private static func who(_ who: [Permission]) -> String {
        who.map { permission in
            switch permission {
            case .staff(.technician): "Staff."
            case .staff(let role): "Staff from the role \(role.rawValue) on."
            case .customer: "Customers signed in on the portal, of what they may see."
            case .program(let scope): "Programs with the scope `\(scope.rawValue)`."
            }
        }.joined(separator: " ")
    }

    /// Each way to be let in, as the schemes it takes together.
    private static func security(_ operation: Operation) -> [[String]] {
        var ways: [[String]] = []
        if operation.who.contains(where: { $0.scope != nil }) { ways.append(["bearer"]) }
        for side in Side.allCases where operation.who.contains(where: { $0.side == side }) {
            ways.append(operation.isRead ? [side.rawValue] : [side.rawValue, "csrf"])
        }
        return ways
    }

    /// A parameter as the document shows it.
    private enum Shown {
        case path(String)
        case other(Operation.Parameter)

        func write(to json: inout JSONWriter) {
            switch self {
            case .path(let name):
                json.field("name", name)
                json.field("in", "path")
                json.field("required", true)
                json.key("schema")
                let isText = ["name", "topic", "event", "channel", "language"].contains(name)
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

    private static func writeBody(_ body: Operation.Body, to json: inout JSONWriter) {
        json.key("requestBody")
        json.object { json in
            if case .optionalJSON = body { json.field("required", false) } else { json.field("required", true) }
            json.key("content")
            json.object { json in
                switch body {
                case .json(let name), .optionalJSON(let name):
                    writeContent("application/json", .reference(name), to: &json)
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

    private static func writeResponses(_ operation: Operation, to json: inout JSONWriter) {
        writeSuccess(operation, operation.status, to: &json)
        for status in operation.otherStatuses { writeSuccess(operation, status, to: &json) }
        for status in operation.everyProblem {
            json.key(String(status.code))
            let name = status == .tooManyRequests ? "TooManyRequests" : "Problem"
            json.object { $0.field("$ref", "#/components/responses/\(name)") }
        }
    }

    private static func writeSuccess(_ operation: Operation, _ status: HTTPResponse.Status, to json: inout JSONWriter) {
        json.key(String(status.code))
        json.object { json in
            json.field("description", status.reasonPhrase)
            let tag: [String] = if case .none = operation.revisions { [] } else { ["ETag"] }
            writeHeaders(tag + rates.map(\.name), to: &json)
            let content: (String, Schema)? =
                switch operation.answer {
                case .one, .list, .page: operation.answer.schema.map { ("application/json", $0) }
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

    /// What tells how many requests are left, where the settings know a limit.
    private static let rates = [
        (name: "X-RateLimit-Limit", about: "Requests the token or session may make at once, and in each minute."),
        (name: "X-RateLimit-Remaining", about: "How many of them are left."),
        (name: "X-RateLimit-Reset", about: "Seconds until all of them are there again."),
    ]
    private static let retryAfter = (name: "Retry-After", about: "Seconds to wait.")

    private static func writeHeaders(_ names: [String], to json: inout JSONWriter) {
        json.key("headers")
        json.object { json in
            for name in names {
                json.key(name)
                json.object { $0.field("$ref", "#/components/headers/\(name)") }
            }
        }
    }

    private static func writeComponents(
        _ schemas: [(String, Schema)],
        _ server: String,
        to json: inout JSONWriter
    ) {
        json.key("securitySchemes")
        json.object { json in
            json.key("bearer")
            json.object { json in
                json.field("type", "http")
                json.field("scheme", "bearer")
            }
            let cookies = SessionCookies(url: server)
            for side in Side.allCases {
                json.key(side.rawValue)
                json.object { json in
                    json.field("type", "apiKey")
                    json.field("in", "cookie")
                    json.field("name", cookies[side].name)
                }
            }
            json.key("csrf")
            json.object { json in
                json.field("type", "apiKey")
                json.field("in", "header")
                json.field("name", "X-CSRF-Token")
                json.field("description", "The session's token against cross-site requests, as its pages carry it.")
            }
        }
        json.key("headers")
        json.object { json in
            json.key("ETag")
            json.object { json in
                json.field("description", "The record's revision, to be sent as `If-Match` with a change.")
                json.key("schema")
                Schema.string(maximum: 200).write(to: &json)
            }
            for header in [retryAfter] + rates {
                json.key(header.name)
                json.object { json in
                    json.field("description", header.about)
                    json.key("schema")
                    Schema.integer(minimum: 0).write(to: &json)
                }
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
            json.key("TooManyRequests")
            json.object { json in
                json.field(
                    "description",
                    "More requests than the token or session may make; Retry-After says when to come back."
                )
                writeHeaders(([retryAfter] + rates).map(\.name), to: &json)
                json.key("content")
                json.object { json in writeContent("application/problem+json", .reference("Problem"), to: &json) }
            }
        }
        json.key("schemas")
        json.object { json in
            for (name, schema) in schemas {
                json.key(name)
                schema.write(to: &json)
            }
        }
    }
}
