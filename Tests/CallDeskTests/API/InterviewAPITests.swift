import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Interviews through the API", .timeLimit(.minutes(5)))
struct InterviewAPITests {
    @Test("a walk-in is led from identification to an open ticket, one question at a time")
    func walkIn() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                var state = try await client.send(
                    .post,
                    "/api/v1/interviews",
                    token: test.token,
                    json: #"{"walk_in": true}"#
                )
                #expect(state.status == 201, "\(state.body)")
                #expect(state.json["attendance"]["groups"].array?.isEmpty == false)
                let path = "/api/v1/interviews/\(state.json["attendance"]["id"].integer ?? 0)"
                let answers = [
                    "identify": #"{"skip": true}"#, "caller.name": #"{"text": "Ana"}"#,
                    "caller.phone": #"{"skip": true}"#,
                    "topic": #"{"text": "iluminação"}"#,
                ]
                for _ in 0..<40 where state.json["outcome"].object == nil {
                    let prompt = state.json["prompt"]
                    let id = prompt["id"].string ?? ""
                    let answer =
                        id == "topic" && prompt["options"].array?.contains { $0["id"].string == "iluminacao" } == true
                        ? #"{"option": "iluminacao"}"# : answers[id] ?? Self.answer(prompt)
                    state = try await client.send(
                        .post,
                        path + "/answers",
                        token: test.token,
                        json: """
                            {"revision": \(state.json["revision"].integer ?? 0), "prompt": "\(id)", "answer": \(answer)}
                            """
                    )
                    guard state.status == 200, state.json["prompt"]["error"].string == nil else {
                        Issue.record("\(id) \(answer): \(state.body)")
                        return
                    }
                }
                #expect(state.json["outcome"]["kind"].string == "opened", "\(state.body)")
                let again = try await client.send(.get, path, token: test.token)
                #expect(again.json["outcome"]["ticket_number"].string == state.json["outcome"]["ticket_number"].string)
                let late = try await client.send(.post, path + "/back", token: test.token)
                #expect(late.status == 409)
            }
        }
    }

    /// Something that fits a question.
    static func answer(_ prompt: JSONValue) -> String {
        if prompt["kind"].string == "review" { return #"{"confirm": true}"# }
        if prompt["required"].bool != true { return #"{"skip": true}"# }
        switch prompt["field"].string {
        case "choice", "yes-no": return "{\"option\": \"\(prompt["options"][0]["id"].string ?? "")\"}"
        case "choices": return "{\"options\": [\"\(prompt["options"][0]["id"].string ?? "")\"]}"
        case "date": return #"{"text": "20/11/2026"}"#
        case "time": return #"{"text": "14:30"}"#
        case "number": return #"{"text": "3"}"#
        case "cep": return #"{"text": "30140-071"}"#
        case "address":
            return #"{"address": {"street": "Rua A", "number": "1", "city": "Belo Horizonte", "state": "MG"}}"#
        default: return #"{"text": "Um texto que serve"}"#
        }
    }

    @Test("of two tabs answering at once one gets the current question back, and nothing is overwritten")
    func stale() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let begun = try await client.send(
                    .post,
                    "/api/v1/interviews",
                    token: test.token,
                    json: #"{"walk_in": true}"#
                )
                let path = "/api/v1/interviews/\(begun.json["attendance"]["id"].integer ?? 0)/answers"
                let revision = begun.json["revision"].integer ?? 0
                let body = "{\"revision\": \(revision), \"prompt\": \"identify\", \"answer\": {\"skip\": true}}"
                #expect(try await client.send(.post, path, token: test.token, json: body).status == 200)
                let second = try await client.send(.post, path, token: test.token, json: body)
                #expect(second.status == 409)
                #expect(second.json["type"].string == "/problems/stale")
                #expect(second.json["current"]["prompt"]["id"].string == "caller.name")
                #expect(second.json["current"]["revision"].integer == revision + 1)
            }
        }
    }

    @Test("a walk-in and a step back that are sent again after a lost answer are made once")
    func repeated() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                func begin(_ body: String = #"{"walk_in": true}"#) async throws -> Answered {
                    try await client.send(
                        .post,
                        "/api/v1/interviews",
                        token: test.token,
                        json: body,
                        headers: [.idempotencyKey: "visit-1"]
                    )
                }
                let first = try await begin()
                let again = try await begin()
                #expect(first.status == 201 && again.status == 200, "\(again.body)")
                #expect(again.headers[.idempotentReplayed] == "true")
                #expect(again.json["attendance"]["id"].integer == first.json["attendance"]["id"].integer)
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(nil, more: #", "caller_name": "Rui Costa""#)
                )
                let ticket = try #require(made.json["id"].integer, "\(made.body)")
                let other = try await begin("{\"walk_in\": true, \"refers_to\": \(ticket)}")
                #expect(other.json["type"].string == "/problems/idempotency-key-reused", "\(other.body)")

                let path = "/api/v1/interviews/\(first.json["attendance"]["id"].integer ?? 0)"
                var state = again
                for answer in [#"{"skip": true}"#, #"{"text": "Ana"}"#, #"{"skip": true}"#] {
                    let prompt = state.json["prompt"]["id"].string ?? ""
                    let body = "{\"revision\": \(state.json["revision"].integer ?? 0), \"prompt\": \"\(prompt)\", "
                    state = try await client.send(
                        .post,
                        path + "/answers",
                        token: test.token,
                        json: body + "\"answer\": \(answer)}"
                    )
                }
                #expect(state.json["prompt"]["id"].string == "topic", "\(state.body)")
                let step = "{\"revision\": \(state.json["revision"].integer ?? 0)}"
                let back = try await client.send(.post, path + "/back", token: test.token, json: step)
                #expect(back.json["prompt"]["id"].string == "caller.phone", "\(back.body)")
                let twice = try await client.send(.post, path + "/back", token: test.token, json: step)
                #expect(twice.status == 409)
                #expect(twice.json["current"]["prompt"]["id"].string == "caller.phone")
                let plain = try await client.send(.post, path + "/back", token: test.token)
                #expect(plain.json["prompt"]["id"].string == "caller.name", "\(plain.body)")
            }
        }
    }

    @Test("an attendance is somebody's: a colleague is told so, and an unknown login is named")
    func accounts() async throws {
        try await DeskUnderTest.with { test in
            for login in ["ana", "rui"] {
                _ = try await test.app.accounts.add(AccountDraft(login: login, name: login), by: .system("test"))
            }
            try await test.application.test(.router) { client in
                let begun = try await client.send(
                    .post,
                    "/api/v1/interviews",
                    token: test.token,
                    json: #"{"walk_in": true}"#,
                    headers: [.account: "ana"]
                )
                #expect(begun.status == 201, "\(begun.body)")
                let path = "/api/v1/interviews/\(begun.json["attendance"]["id"].integer ?? 0)"
                let other = try await client.send(.post, path + "/back", token: test.token, headers: [.account: "rui"])
                #expect(other.status == 409)
                #expect(other.json["type"].string == "/problems/held-by-another")
                let nobody = try await client.send(.post, path + "/back", token: test.token, headers: [.account: "zé"])
                #expect(nobody.status == 422)
                #expect(nobody.json.wrongFields == ["CallDesk-Account"])
            }
        }
    }

    @Test("an interview ends without a ticket for a reason of the list")
    func end() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let begun = try await client.send(
                    .post,
                    "/api/v1/interviews",
                    token: test.token,
                    json: #"{"walk_in": true}"#
                )
                let path = "/api/v1/interviews/\(begun.json["attendance"]["id"].integer ?? 0)/end"
                let wrong = try await client.send(.post, path, token: test.token, json: #"{"reason": "cansaço"}"#)
                #expect(wrong.json.wrongFields == ["reason"])
                let ended = try await client.send(.post, path, token: test.token, json: #"{"reason": "wrong_number"}"#)
                #expect(ended.json["outcome"]["kind"].string == "ended", "\(ended.body)")
                let id = begun.json["attendance"]["id"].integer ?? 0
                let attendance = try await client.send(.get, "/api/v1/attendances/\(id)", token: test.token)
                #expect(attendance.json["outcome"].string == "wrong_number")
            }
        }
    }

    @Test("an answer is exactly one thing", arguments: ["{}", #"{"text": "a", "skip": true}"#, #"{"what": 1}"#, "[]"])
    func shapes(answer: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let begun = try await client.send(
                    .post,
                    "/api/v1/interviews",
                    token: test.token,
                    json: #"{"walk_in": true}"#
                )
                let path = "/api/v1/interviews/\(begun.json["attendance"]["id"].integer ?? 0)/answers"
                let body = "{\"revision\": 0, \"prompt\": \"identify\", \"answer\": \(answer)}"
                #expect(try await client.send(.post, path, token: test.token, json: body).status == 422)
            }
        }
    }

    @Test("neither or both of attendance and walk-in is a fault, as is an attendance that does not exist")
    func begin() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                for body in ["{}", #"{"attendance_id": 1, "walk_in": true}"#, #"{"attendance_id": 12}"#] {
                    let answer = try await client.send(.post, "/api/v1/interviews", token: test.token, json: body)
                    #expect(answer.status == 422, "\(body)")
                    #expect(answer.json.wrongFields == ["attendance_id"])
                }
                #expect(try await client.send(.get, "/api/v1/interviews/12", token: test.token).status == 404)
            }
        }
    }
}
