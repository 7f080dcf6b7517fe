import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("The API's description of itself", .timeLimit(.minutes(5)))
struct OpenAPITests {
    @Test("every operation has an id of its own, answers, and parameters for each part of its path")
    func operations() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.get, "/api/v1/openapi.json")
                #expect(answer.status == 200)
                let document = answer.json
                #expect(document["openapi"].string == "3.1.0")
                #expect(document["servers"][0]["url"].string == "http://desk.test/api/v1")
                var ids: [String] = []
                for (path, item) in document["paths"].object ?? [:] {
                    for (method, operation) in item.object ?? [:] {
                        #expect(["get", "post", "put", "patch", "delete"].contains(method))
                        ids.append(operation["operationId"].string ?? "")
                        let named = operation["parameters"].array?.filter { $0["in"].string == "path" } ?? []
                        let parts = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                            $0.dropFirst().dropLast()
                        }
                        #expect(named.compactMap { $0["name"].string } == parts.map(String.init))
                        let statuses = operation["responses"].object ?? [:]
                        #expect(statuses.keys.contains { $0.hasPrefix("2") })
                        #expect(statuses["401"] != nil && statuses["403"] != nil)
                    }
                }
                #expect(Set(ids).count == ids.count)
                #expect(!ids.contains(""))
            }
        }
    }

    @Test("every reference leads to a schema, and every schema is referred to")
    func references() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.get, "/api/v1/openapi.json")
                let schemas = Set((answer.json["components"]["schemas"].object ?? [:]).keys)
                var used: Set<String> = []
                Self.collect(answer.json, &used)
                #expect(used.subtracting(schemas).isEmpty)
                #expect(schemas.subtracting(used).isEmpty)
            }
        }
    }

    private static func collect(_ value: JSONValue, _ used: inout Set<String>) {
        switch value {
        case .object(let members):
            if let reference = members["$ref"]?.string, reference.hasPrefix("#/components/schemas/") {
                used.insert(String(reference.dropFirst("#/components/schemas/".count)))
            }
            for member in members.values { collect(member, &used) }
        case .array(let items): for item in items { collect(item, &used) }
        default: break
        }
    }
}
