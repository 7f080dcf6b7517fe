import HTTPTypes
import Hummingbird
import Synchronization
import Testing

@testable import CallDesk

/// What the API promises, held against every answer any test gets from it.
enum APIContract {
    private struct Promise: Sendable {
        var operations: [Operation]
        var schemas: [String: Schema]
    }

    private static let promise = Mutex<Promise?>(nil)

    /// Learns the promises of an API; all desks under test have the same.
    static func learn(_ api: API) {
        promise.withLock { promise in
            guard promise == nil else { return }
            promise = Promise(
                operations: api.operations,
                schemas: Dictionary(uniqueKeysWithValues: api.schemas)
            )
        }
    }

    /// Records an issue for an answer that breaks its operation's promise.
    static func check(_ method: HTTPRequest.Method, _ uri: String, _ answer: Answered, at place: SourceLocation) {
        for fault in faults(method, uri, answer) {
            Issue.record("\(method) \(uri.prefix(120)) answered \(answer.status): \(fault)", sourceLocation: place)
        }
    }

    static func faults(_ method: HTTPRequest.Method, _ uri: String, _ answer: Answered) -> [String] {
        let path = uri.prefix { $0 != "?" }
        guard path.hasPrefix(API.base + "/"), method != .head, let promise = promise.withLock({ $0 }),
            let operation = operation(method, path.dropFirst(API.base.count), in: promise.operations)
        else { return [] }
        let check = SchemaCheck(schemas: promise.schemas)
        if answer.status >= 400 {
            guard operation.everyProblem.contains(where: { $0.code == answer.status }) else {
                return ["\(operation.id) does not say that it may answer so: \(answer.body.prefix(300))"]
            }
            guard answer.headers[.contentType] == "application/problem+json" else { return ["no problem document"] }
            return check.faults(answer.json, .reference("Problem"))
        }
        if answer.status == 304 { return answer.body.isEmpty ? [] : ["a body with 304"] }
        guard ([operation.status] + operation.otherStatuses).contains(where: { $0.code == answer.status }) else {
            return ["\(operation.id) does not say that it may answer so"]
        }
        guard let schema = operation.answer.schema else {
            if case .nothing = operation.answer { return answer.body.isEmpty ? [] : ["a body where none is promised"] }
            return []
        }
        guard answer.headers[.contentType] == "application/json" else { return ["no JSON"] }
        return check.faults(answer.json, schema)
    }

    /// The operation of an address: words before parameters, as the router chooses.
    private static func operation(
        _ method: HTTPRequest.Method,
        _ path: Substring,
        in operations: [Operation]
    ) -> Operation? {
        let parts = path.split(separator: "/")
        let fitting = operations.filter { operation in
            let own = operation.path.split(separator: "/")
            return operation.method == method && own.count == parts.count
                && zip(own, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        return fitting.min { left, right in
            left.path.filter { $0 == "{" }.count < right.path.filter { $0 == "{" }.count
        }
    }
}

/// Holds a JSON value against a schema: members nobody promised and members that are missing are faults.
struct SchemaCheck {
    let schemas: [String: Schema]

    func faults(_ value: JSONValue, _ schema: Schema, at place: String = "$") -> [String] {
        switch schema {
        case .string(let maximum, let minimum, let format):
            guard let text = value.string else { return wrong(value, "string", place) }
            let count = text.unicodeScalars.count
            if let maximum, count > maximum {
                return ["\(place) has \(count) characters, at most \(maximum) are promised"]
            }
            if let minimum, count < minimum { return ["\(place) has \(count) characters, \(minimum) are promised"] }
            if format == "date-time", ISOTime.moment(text) == nil || !text.hasSuffix("Z") {
                return ["\(place) is no time in UTC: \(text.prefix(40))"]
            }
            return []
        case .words(let words):
            guard let text = value.string, words.contains(text) else {
                return wrong(value, words.joined(separator: "|"), place)
            }
            return []
        case .integer(let minimum, let maximum):
            guard let number = value.integer else { return wrong(value, "integer", place) }
            let isWithin = number >= Int64(minimum ?? .min) && number <= Int64(maximum ?? .max)
            return isWithin ? [] : ["\(place) is \(number)"]
        case .number:
            guard case .number = value else { return wrong(value, "number", place) }
            return []
        case .boolean: return value.bool == nil ? wrong(value, "boolean", place) : []
        case .array(let item, let maximum):
            guard let items = value.array else { return wrong(value, "array", place) }
            if let maximum, items.count > maximum { return ["\(place) has \(items.count) items"] }
            return items.enumerated().flatMap { faults($1, item, at: "\(place)[\($0)]") }
        case .object(let properties, let isOpen): return object(value, properties, isOpen, place)
        case .map(let item):
            guard let members = value.object else { return wrong(value, "object", place) }
            return members.flatMap { faults($1, item, at: "\(place).\($0)") }
        case .reference(let name):
            guard let schema = schemas[name] else { return ["\(place): there is no schema \(name)"] }
            return faults(value, schema, at: place)
        case .orNull(let schema): return value == .null ? [] : faults(value, schema, at: place)
        case .anyOf(let schemas):
            return schemas.contains { faults(value, $0, at: place).isEmpty }
                ? [] : ["\(place) fits none of its schemas"]
        }
    }

    private func object(
        _ value: JSONValue,
        _ properties: [Schema.Property],
        _ isOpen: Bool,
        _ place: String
    ) -> [String] {
        guard let members = value.object else { return wrong(value, "object", place) }
        var faults: [String] = []
        for property in properties {
            if let member = members[property.name] {
                faults += self.faults(member, property.schema, at: "\(place).\(property.name)")
            } else if property.isRequired {
                faults.append("\(place).\(property.name) is missing")
            }
        }
        if !isOpen {
            let known = Set(properties.map(\.name))
            faults += members.keys.filter { !known.contains($0) }.sorted().map { "\(place).\($0) is not promised" }
        }
        return faults
    }

    private func wrong(_ value: JSONValue, _ expected: String, _ place: String) -> [String] {
        ["\(place) is \(value.kind), not \(expected)"]
    }
}

@Suite("Answers are held against what is promised")
struct SchemaCheckTests {
    private static let schema = Schema.object([
        .init("id", .id), .nullable("name", .string(maximum: 3)), .init("kind", .words(["a", "b"])),
        .init("at", .time, required: false), .init("more", .array(.reference("Inner")), required: false),
    ])

    @Test(
        "what breaks a promise is told, with its place",
        arguments: [
            (#"{"id": 1, "name": null, "kind": "a"}"#, []),
            (#"{"id": 1, "name": "abc", "kind": "b", "at": "2026-11-21T04:23:11.120Z", "more": [{"x": true}]}"#, []),
            (#"{"id": 1, "kind": "a"}"#, ["$.name is missing"]),
            (#"{"id": 0, "name": null, "kind": "a"}"#, ["$.id is 0"]),
            (#"{"id": 1, "name": null, "kind": "c"}"#, ["$.kind is string, not a|b"]),
            (#"{"id": 1, "name": "abcd", "kind": "a"}"#, ["$.name has 4 characters, at most 3 are promised"]),
            (#"{"id": 1, "name": null, "kind": "a", "extra": 1}"#, ["$.extra is not promised"]),
            (
                #"{"id": 1, "name": null, "kind": "a", "at": "1764100000000"}"#,
                ["$.at is no time in UTC: 1764100000000"]
            ),
            (#"{"id": 1, "name": null, "kind": "a", "more": [{"x": 1}]}"#, ["$.more[0].x is number, not boolean"]),
            (#"[]"#, ["$ is array, not object"]),
        ]
    )
    func faults(text: String, expected: [String]) throws {
        let check = SchemaCheck(schemas: ["Inner": .object([.init("x", .boolean)])])
        #expect(check.faults(try JSONParser.parse(Array(text.utf8)), Self.schema) == expected)
    }
}
