import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("A contact's account does what it was asked, or says why not", .timeLimit(.minutes(5)))
struct ContactAccountTests {
    private struct Scene: Sendable {
        let test: DeskUnderTest
        let client: any TestClientProtocol
        let contact: Contact

        func send(_ method: HTTPRequest.Method, _ json: String) async throws -> Answered {
            try await client.send(method, "/api/v1/contacts/\(contact.id)/account", token: test.token, json: json)
        }

        func reach() async throws -> Reach? {
            guard let person = try await test.app.persons.find(contactID: contact.id) else { return nil }
            return try await test.app.persons.contacts(of: person.id).first?.reach
        }
    }

    private func started(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            try await test.application.test(.router) { client in
                try await body(Scene(test: test, client: client, contact: contact))
            }
        }
    }

    @Test(
        "a reach that is none, and departments without theirs, are refused by their member",
        arguments: [
            (#"{"reach": "everything"}"#, ["reach"]), (#"{"departments": ["x"]}"#, ["departments"]),
            (#"{"reach": "all", "departments": ["x"]}"#, ["departments"]),
            (#"{"reach": "departments"}"#, ["departments"]),
        ]
    )
    func refused(body: String, members: [String]) async throws {
        try await started { it in
            let invited = try await it.send(.post, body)
            #expect(invited.status == 422 && invited.json.wrongFields == members, "\(invited.body)")
            #expect(try await it.test.notices(.accountActivation).isEmpty)
            #expect(try await it.send(.post, "{}").status == 201)
            let changed = try await it.send(.patch, body)
            #expect(changed.status == 422 && changed.json.wrongFields == members, "\(changed.body)")
            #expect(try await it.reach() == .all)
        }
    }

    @Test("an invitation keeps nobody out, and says so")
    func blocked() async throws {
        try await started { it in
            let answer = try await it.send(.post, #"{"blocked": true}"#)
            #expect(answer.status == 422 && answer.json.wrongFields == ["blocked"], "\(answer.body)")
            #expect(try await it.test.notices(.accountActivation).isEmpty)
        }
    }

    @Test("invited again with another reach, somebody sees as far as was said, and as before without one")
    func again() async throws {
        try await started { it in
            #expect(try await it.send(.post, #"{"reach": "own"}"#).status == 201)
            #expect(try await it.reach() == .own)
            let again = try await it.send(.post, #"{"reach": "departments", "departments": ["n1"]}"#)
            #expect(again.json["contacts"][0]["reach"].string == "departments", "\(again.body)")
            #expect(try await it.send(.post, "{}").status == 201)
            #expect(try await it.reach() == .departments(["n1"]))
        }
    }

    @Test("reach and blocking are changed together")
    func together() async throws {
        try await started { it in
            #expect(try await it.send(.patch, #"{"reach": "own"}"#).status == 404)
            #expect(try await it.send(.post, "{}").status == 201)
            let both = try await it.send(.patch, #"{"reach": "own", "blocked": true}"#)
            #expect(both.status == 200, "\(both.body)")
            #expect(both.json["state"].string == "blocked" && both.json["contacts"][0]["reach"].string == "own")
            let back = try await it.send(.patch, #"{"blocked": false}"#)
            #expect(back.json["state"].string == "pending" && back.json["contacts"][0]["reach"].string == "own")
        }
    }
}
