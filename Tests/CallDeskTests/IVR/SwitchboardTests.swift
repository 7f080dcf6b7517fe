import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import IVRBridge
import Rehearsal
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("From the desk to the PBX")
struct SwitchboardTests {
    private static let brazil = Region(.brazil)

    private func line(_ allow: [String] = [], prefix: String = "0") -> Settings.PBX {
        Settings.PBX(line: "matriz", dialPrefix: prefix, dialAllow: allow)
    }

    @Test(
        "numbers of the country are dialled with the line's prefix, others only when the list has them",
        arguments: [
            ("(11) 98765-4321", [], "011987654321"), ("+55 31 3271-0322", [], "03132710322"),
            ("+351 912 345 678", ["+55", "+351"], "000351912345678"),
            // Numbers of the country alone: free ones unless there is a list, others when it has them.
            ("0800 123 4567", [], "008001234567"), ("0800 123 4567", ["+55", "0800"], "008001234567"),
            ("4004-1234", ["+55", "4004"], "040041234"), ("+55 4004-1234", ["4004"], "040041234"),
        ] as [(String, [String], String)]
    )
    func allowed(text: String, allow: [String], dialled: String) throws {
        let number = try OutgoingNumber(text, region: Self.brazil, line: line(allow))
        #expect(number.dialled == dialled)
        #expect(LineNumbers(dialPrefix: "0") { $0 }.dialled(number.dialled) == String(dialled.dropFirst()))
    }

    @Test(
        "a service that costs, or is not in the list, is not called",
        arguments: [
            ("4004-1234", []), ("4004-1234", ["+55", "0800"]), ("0800 123 4567", ["+55"]), ("0300 123 4567", []),
        ]
            as [(String, [String])]
    )
    func services(text: String, allow: [String]) {
        #expect(throws: OutgoingNumber.Refusal.notAllowed) {
            try OutgoingNumber(text, region: Self.brazil, line: line(allow))
        }
    }

    @Test(
        "what is no number, or in no list, is never dialled",
        arguments: [
            ("anonymous", OutgoingNumber.Refusal.noNumber), ("190", .noNumber), ("0900 123456", .noNumber),
            ("", .noNumber),
            ("11987654321&PJSIP/9@trunk", .noNumber), ("11987654321\r\nAction: Command", .noNumber),
            ("+1 900 555 1234", .notAllowed), ("+351912345678", .notAllowed), ("+882 12345678", .notAllowed),
        ]
    )
    func refused(text: String, why: OutgoingNumber.Refusal) {
        do {
            let number = try OutgoingNumber(text, region: Self.brazil, line: line())
            // Reading may find the one true number in a text; nothing but its digits may come through.
            #expect(number.dialled.allSatisfy { $0.isASCII && $0.isNumber })
            #expect(number.e164 == "+5511987654321")
        } catch {
            #expect([why, .noNumber, .notAllowed].contains(error))
        }
    }

    @Test("the API dials only for somebody with a phone, on a line that is there, to a number of the list")
    func api() async throws {
        try await DeskUnderTest.with(settings: { $0.pbx = [Settings.PBX(line: "matriz")] }) { test in
            let account = try await test.app.accounts.add(
                AccountDraft(login: "ana", name: "Ana", extensions: [AccountExtension(party: "PJSIP/1001")]),
                by: .system("test")
            )
            _ = account
            try await test.application.test(.router) { client in
                func dial(_ number: String, _ more: String = "") async throws -> Answered {
                    try await client.send(
                        .post,
                        "/api/v1/calls",
                        token: test.token,
                        json: "{\"number\": \"\(number)\"\(more)}",
                        headers: [.account: "ana"]
                    )
                }
                #expect(try await dial("+15551234567").json.wrongFields == ["number"])
                #expect(try await dial("190").json.wrongFields == ["number"])
                #expect(try await dial("11987654321", ", \"line\": \"outra\"").status == 409)
                // Nothing is connected in this test: the line cannot be asked.
                #expect([409, 503].contains(try await dial("11987654321").status))
                let nobody = try await client.send(
                    .post,
                    "/api/v1/calls",
                    token: test.token,
                    json: "{\"number\": \"11987654321\"}"
                )
                #expect(nobody.json.wrongFields == ["CallDesk-Account"])
                #expect(
                    try await client.send(.get, "/api/v1/queues", token: test.token, headers: [.account: "ana"]).status
                        == 200
                )
            }
        }
    }

    @Test("who is known only by what was sent is called back as well, within the line's rules")
    func callsBackWhatWasSent() async throws {
        let pbx = Settings.PBX(line: "matriz", dialPrefix: "0", dialAllow: ["4004"])
        try await DeskUnderTest.with(settings: { $0.pbx = [pbx] }) { test in
            _ = try await test.account("ana", extensions: [AccountExtension(party: "PJSIP/1001")])
            let line = PBXLineUnderTest("matriz")
            let keeper = line.keeper(test)
            test.app.switchboard.connect([keeper])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                while keeper.client == nil { await Task.yield() }
                try await test.application.test(.router) { client in
                    for (sent, isHidden, status) in [
                        ("40041234", false, 202), ("08001234567", false, 422), ("2001", false, 422),
                        ("joao", false, 422), ("40041234", true, 404),
                    ] {
                        var missed = CallSignal(
                            line: "matriz",
                            key: "\(sent) \(isHidden)",
                            direction: .inbound,
                            state: .ended,
                            outcome: .abandoned
                        )
                        (missed.numberRaw, missed.isWithheld) = (sent, isHidden)
                        let id = try #require(try await test.app.callLog.record([missed]).first?.call.id)
                        let answer = try await client.send(
                            .post,
                            "/api/v1/calls",
                            token: test.token,
                            json: "{\"call_id\": \(id)}",
                            headers: [.account: "ana"]
                        )
                        #expect(answer.status == status, "\(sent): \(answer.body)")
                    }
                }
                #expect(line.orders.withLock { $0.map(\.number) } == ["040041234"])
                group.cancelAll()
            }
            let leases = try await test.app.callBacks.list().map { $0.lease?.name != nil }
            #expect(leases.count == 4 && leases.count { $0 } == 1, "whom a refusal kept waits for anybody")
        }
    }

    @Test("on the node without the line a phone that rings on is no failure, and its caller stays with who calls")
    func ringsElsewhere() async throws {
        let (pbx, serve) = try await SimulatedSwitch.start(secret: "segredo")
        pbx.keeps("originate")
        let line = Settings.PBX(line: "matriz", kind: .freeswitch, port: pbx.port, secret: "segredo")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            try await DeskUnderTest.with(settings: { $0.pbx = [line] }) { test in
                _ = try await test.account("ana", extensions: [AccountExtension(party: "1001")])
                // It is not run here: another node has the line.
                let keeper = PBXLineUnderTest("matriz").keeper(test)
                test.app.switchboard.connect([keeper])
                var missed = CallSignal(
                    line: "matriz",
                    key: "1",
                    direction: .inbound,
                    state: .ended,
                    outcome: .abandoned
                )
                missed.number = "+5511987654321"
                let id = try #require(try await test.app.callLog.record([missed]).first?.call.id)
                try await test.application.test(.router) { client in
                    let answer = try await client.send(
                        .post,
                        "/api/v1/calls",
                        token: test.token,
                        json: "{\"call_id\": \(id)}",
                        headers: [.account: "ana"]
                    )
                    #expect(answer.status == 202, "\(answer.body)")
                }
                #expect(pbx.commands.count { $0.hasPrefix("bgapi originate") } == 1)
                #expect(try await test.app.callBacks.list().map { $0.lease?.name } == ["Ana"])
            }
            group.cancelAll()
            await pbx.stop()
        }
    }

    @Test(
        "a caller stays with who calls them while nobody knows whether the phone rings, and waits for anybody else after a refusal"
    )
    func outcomeUnknown() async throws {
        try await DeskUnderTest.with(settings: { $0.pbx = [Settings.PBX(line: "matriz")] }) { test in
            for (login, party) in [("ana", "1001"), ("bia", "1002")] {
                _ = try await test.account(login, extensions: [AccountExtension(party: party)])
            }
            let line = PBXLineUnderTest("matriz")
            let keeper = line.keeper(test)
            test.app.switchboard.connect([keeper])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                while keeper.client == nil { await Task.yield() }
                try await test.application.test(.router) { client in
                    for (place, fault) in [
                        BridgeError.timedOut(line: "matriz", action: "Originate"),
                        .disconnected(line: "matriz", action: "Originate"), .cancelled,
                        .notConnected(line: "matriz"),
                        .refused(line: "matriz", action: "Originate", message: "no"),
                    ].enumerated() {
                        var missed = CallSignal(
                            line: "matriz",
                            key: "\(place)",
                            direction: .inbound,
                            state: .ended,
                            outcome: .abandoned
                        )
                        missed.number = "+551198765432\(place)"
                        let id = try #require(try await test.app.callLog.record([missed]).first?.call.id)
                        func dial(_ login: String) async throws -> Answered {
                            try await client.send(
                                .post,
                                "/api/v1/calls",
                                token: test.token,
                                json: "{\"call_id\": \(id)}",
                                headers: [.account: login]
                            )
                        }
                        line.fault.withLock { $0 = fault }
                        let start = test.app.hub.position
                        #expect(try await dial("ana").status == 503)
                        let told = test.app.hub.past(after: start, for: LiveViewer(account: 1, seesEverything: true))
                        #expect(told.events.map(\.kind) == [.callBack], "\(fault)")
                        line.fault.withLock { $0 = nil }
                        #expect(try await dial("bia").status == (fault.mayBeDone ? 409 : 202), "\(fault)")
                    }
                }
                group.cancelAll()
            }
        }
    }

    @Test("a caller who tried three times is one item since the first, and an answered call either way ends it")
    func callBacks() async throws {
        try await DeskUnderTest.with { test in
            func missed(_ key: String, _ number: String?, hidden: Bool = false) async throws {
                var report = CallSignal(
                    line: "matriz",
                    key: key,
                    direction: .inbound,
                    state: .ended,
                    outcome: .abandoned
                )
                report.number = number
                report.isWithheld = hidden
                _ = try await test.app.callLog.record([report])
                test.clock.advance(by: .seconds(60))
            }
            try await missed("1", "+5531987654321")
            try await missed("2", "+5511912345678")
            try await missed("3", "+5531987654321")
            try await missed("4", "+5531987654321")
            try await missed("5", nil, hidden: true)
            let items = try await test.app.callBacks.list()
            #expect(items.map(\.call.number) == ["+5531987654321", "+5511912345678"])
            #expect(items.map(\.calls) == [3, 1])
            #expect(items.first?.call.key == "4")
            #expect(items.first.map { $0.call.startedAt > $0.since } == true)
            #expect(Set(items.compactMap(\.protocolNumber)).count == 2)

            var answered = CallSignal(
                line: "matriz",
                key: "6",
                direction: .outbound,
                state: .talking,
                outcome: .answered
            )
            answered.dialledNumber = "+5531987654321"
            answered.answeredBy = "PJSIP/trunk"
            _ = try await test.app.callLog.record([answered])
            #expect(try await test.app.callBacks.list().map(\.call.number) == ["+5511912345678"])
            try await test.application.test(.router) { client in
                let list = try await client.send(.get, "/api/v1/callbacks", token: test.token)
                let id = try #require(list.json["items"][0]["id"].integer)
                _ = try await test.app.accounts.add(AccountDraft(login: "ana", name: "Ana"), by: .system("test"))
                _ = try await test.app.accounts.add(AccountDraft(login: "bia", name: "Bia"), by: .system("test"))
                func take(_ login: String, _ method: HTTPRequest.Method = .post) async throws -> Int {
                    let path = "/api/v1/callbacks/\(id)/take"
                    return try await client.send(method, path, token: test.token, headers: [.account: login]).status
                }
                #expect(try await take("ana") == 204)
                #expect(try await take("bia") == 409)
                let taken = try await client.send(.get, "/api/v1/callbacks", token: test.token)
                #expect(taken.json["items"][0]["lease"]["name"].string == "Ana")
                #expect(try await take("ana", .delete) == 204)
                #expect(try await take("bia") == 204)
                let none = try await client.send(
                    .post,
                    "/api/v1/callbacks/done",
                    token: test.token,
                    json: "{\"ids\": []}"
                )
                #expect(none.json["calls"].integer == 0)
                let done = "/api/v1/callbacks/\(id)/done"
                let unread = try await client.send(.post, done, token: test.token, json: #"{"reason": "x", "por": 1}"#)
                #expect(unread.status == 422 && unread.json.wrongFields == ["por", "reason"], "\(unread.body)")
                #expect(try await client.send(.post, done, token: test.token, json: "[]").status == 422)
                #expect(try await client.send(.post, done, token: test.token, json: "{").status == 400)
                #expect(try await client.send(.post, done, token: test.token, json: "{}").status == 204)
                #expect(try await client.send(.post, "/api/v1/callbacks/\(id)/done", token: test.token).status == 404)
            }
            #expect(try await test.app.callBacks.list().isEmpty)
        }
    }

    @Test("a recording is served from the line's folder, and nothing outside it")
    func recordings() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("RIFF".utf8).write(to: folder.appending(path: "a.wav"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "b.wav"),
            withDestinationURL: URL(filePath: "/etc/hostname")
        )
        try await DeskUnderTest.with(settings: { settings in
            settings.pbx = [Settings.PBX(line: "matriz", recordings: folder.path)]
        }) { test in
            for (name, outcome, isServed) in [
                ("a.wav", .answered, true), (folder.path + "/a.wav", .answered, true),
                ("../../etc/hostname", .answered, false), ("b.wav", .answered, false),
                ("/etc/hostname", .answered, false), ("missing.wav", .answered, false), ("", .answered, false),
                // Nobody talked: what was begun to be recorded is empty.
                ("/a.wav", .abandoned, false),
            ] as [(String, CallOutcome, Bool)] {
                var report = CallSignal(line: "matriz", key: name, direction: .inbound, state: .ended, outcome: outcome)
                report.recording = name
                let change = try await test.app.callLog.record([report]).first
                let id = try #require(change?.call.id)
                try await test.application.test(.router) { client in
                    let answer = try await client.send(.get, "/api/v1/calls/\(id)/recording", token: test.token)
                    #expect(answer.status == (isServed ? 200 : 404), "\(name)")
                    #expect(answer.body == "RIFF" || !isServed)
                    guard isServed else { return }
                    // A player that seeks asks for a part, and learns beforehand that it may.
                    let path = "/api/v1/calls/\(id)/recording"
                    let head = try await client.send(.head, path, token: test.token, headers: [.range: "bytes=1-2"])
                    #expect(head.status == 200 && head.headers[.acceptRanges] == "bytes")
                    #expect(head.headers[.contentLength] == "4")
                    let part = try await client.send(.get, path, token: test.token, headers: [.range: "bytes=1-2"])
                    #expect(part.status == 206 && part.body == "IF")
                    #expect(part.headers[.contentRange] == "bytes 1-2/4" && part.headers[.contentLength] == "2")
                    let rest = try await client.send(.get, path, token: test.token, headers: [.range: "bytes=3-"])
                    #expect(rest.status == 206 && rest.body == "F")
                    let none = try await client.send(.get, path, token: test.token, headers: [.range: "bytes=4-"])
                    #expect(none.status == 416 && none.headers[.contentRange] == "bytes */4")
                }
            }
        }
    }
}
