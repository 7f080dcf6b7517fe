import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import IVRBridge
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Callers' rules by API and in the menu", .timeLimit(.minutes(5)))
struct CallerRuleAPITests {
    private static func call(_ test: DeskUnderTest, _ key: String, from raw: String?) async throws {
        var call = CallSnapshot(key: key, direction: .inbound)
        call.numberRaw = raw
        call.number = raw.flatMap { test.app.e164($0) }
        call.isWithheld = raw == nil
        _ = try await test.app.callLog.record([CallSignal(line: "matriz", call: call)])
    }

    @Test("rules are tried on the last calls before they are kept, and kept whole or not at all")
    func rules() async throws {
        try await DeskUnderTest.with { test in
            let admin = try await test.app.tokens.add(name: "a", scopes: [.administration], by: .system("t")).secret
            try await Self.call(test, "1", from: "0031987654321")
            try await Self.call(test, "2", from: nil)
            let body = """
                {"blocks": [{"kind": "withheld", "value": "", "note": "trote"}],
                 "incoming": [{"pattern": "00*", "to": "*"}], "outgoing": []}
                """
            try await test.application.test(.router) { client in
                let path = "/api/v1/caller-rules"
                let trial = try await client.send(.post, path + "/preview", token: admin, json: body)
                #expect(trial.status == 200)
                #expect(trial.json["items"][0]["blocked"].bool == true)
                #expect(trial.json["items"][1]["read"].string == "+5531987654321")
                #expect(trial.json["items"][1]["blocked"].bool == false)
                #expect(test.app.callerRules.current == CallerRules())
                #expect(try await client.send(.put, path, token: test.token, json: body).status == 403)
                // Whoever replaces the whole says what they saw before.
                #expect(try await client.send(.put, path, token: admin, json: body).status == 428)
                let tag = try #require(try await client.send(.get, path, token: admin).headers[.eTag])
                func replace(_ json: String) async throws -> Answered {
                    try await client.send(.put, path, token: admin, json: json, headers: [.ifMatch: tag])
                }
                #expect(try await replace(body).status == 200)
                let late = try await replace(#"{"blocks": [], "incoming": [], "outgoing": []}"#)
                #expect(late.status == 412 && late.json["type"].string == "/problems/stale")
                let kept = try await client.send(.get, path, token: admin)
                #expect(kept.json["incoming"][0]["pattern"].string == "00*")
                #expect(kept.json["blocks"][0]["note"].string == "trote")
                let wrong = body.replacing("00*", with: "a")
                let refused = try await replace(wrong)
                #expect(refused.status == 422 && refused.json.wrongFields.first == "incoming[0].pattern")
                #expect(test.app.callerRules.current.incoming == [.init("00*", to: "*")])
            }
        }
    }

    @Test(
        "a blocked caller who was left unanswered is told as blocked on either kind of line, and is not called back",
        arguments: ["ami/16-d-abandon.min.txt", "ami/22-d-abandon.min.txt", "freeswitch/d-abandon.min.txt"]
    )
    func blocked(recording: String) async throws {
        try await DeskUnderTest.with { test in
            let app = test.app
            func record(_ line: String) async throws -> [Call] {
                var replay = Replay { app.e164($0) }
                replay.feed(try Fixtures.bytes(recording))
                let signals = replay.finish().map { CallSignal(line: line, call: $0.call) }
                return try await app.callLog.record(signals).map(\.call).filter { $0.direction == .inbound }
            }
            let missed = try await record("before")
            let number = try #require(missed.first?.number)
            #expect(missed.allSatisfy(\.wasMissed) && !missed.isEmpty)
            #expect(try await app.callBacks.list().count == 1)
            _ = try await app.callBacks.done(callIDs: [missed[0].id], by: nil)
            try await app.callerRules.replace(with: CallerRules(blocks: [.init(.number, number)]), by: .system("t"))
            let blocked = try await record("after")
            #expect(blocked.map(\.outcome) == missed.map { _ in .blocked })
            for call in blocked {
                let contact = try await app.attendances.find(try #require(call.attendanceID))
                #expect(contact?.outcome == .blocked && contact?.state == .ended)
            }
            #expect(try await app.callBacks.list().isEmpty)
        }
    }

    @Test("a number is looked up as the PBX has it, and a page is offered to the technician who is named")
    func lookUp() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer(name: "Maria Silva")
            _ = try await test.account("ana", extensions: [])
            try await test.application.test(.router) { client in
                let found = try await client.send(.get, "/api/v1/callers?number=(31)98765-4321", token: test.token)
                #expect(found.json["items"][0]["customer_id"].integer == customer.id)
                #expect(try await client.send(.get, "/api/v1/callers", token: test.token).status == 422)
                let order = #"{"account": "ana", "path": "/desk/tickets/42"}"#
                let opened = try await client.send(.post, "/api/v1/screens", token: test.token, json: order)
                #expect(opened.status == 202 && opened.json["screens"].bool == false)
                let nobody = order.replacing("ana", with: "zé")
                #expect(try await client.send(.post, "/api/v1/screens", token: test.token, json: nobody).status == 404)
                let away = order.replacing("/desk/tickets/42", with: "//evil.test")
                #expect(try await client.send(.post, "/api/v1/screens", token: test.token, json: away).status == 422)
            }
        }
    }

    @Test(
        "only a page of the desk can be offered",
        arguments: [
            ("/desk", true), ("/desk/tickets/42?x=1", true), ("/desk?a=1", true), ("//evil.test", false),
            ("/desktop", false), ("javascript:alert(1)", false), ("/desk/../admin", false), ("/desk//evil.test", false),
            ("/admin/users", false), ("/desk/\n", false), ("/desk/\"x", false), ("/desk\\evil", false), ("", false),
        ]
    )
    func pages(path: String, isOwn: Bool) { #expect(CallerOperations.isOwnPage(path) == isOwn) }

    @Test("the menu answers no blocked caller, and the dialplan is told who calls before any phone rings")
    func menu() async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await phone.test.customer(name: "Maria ${Silva}", phone: "(31) 99887-7665")
            let named = try await phone.call([], script: "caller?line=matriz")
            #expect(named.variables["CALLDESK_BLOCKED"] == "0")
            #expect(named.variables["CALLERID(name)"] == "Maria Silva")
            try await phone.app.callerRules.replace(
                with: CallerRules(blocks: [.init(.number, "+5531998877665")]),
                by: .system("test")
            )
            let blocked = try await phone.call([], script: "caller?line=matriz")
            #expect(blocked.variables["CALLDESK_BLOCKED"] == "1" && blocked.variables["CALLERID(name)"] == nil)
            let refused = try await phone.call(["1"])
            #expect(refused.status == "blocked" && refused.sounds.isEmpty)
            #expect(phone.changes.all.withLock { $0.isEmpty })
        }
    }
}
