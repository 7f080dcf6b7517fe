import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("What a technician's screen opens with", .timeLimit(.minutes(5)))
struct BoardTests {
    private static func report(_ key: String, _ number: String, at moment: Moment, ringing: [String]) -> CallSignal {
        var report = CallSignal(line: "matriz", key: key, direction: .inbound, state: .ringing)
        report.number = number
        report.startedAt = moment.milliseconds * 1_000
        report.ringing = ringing
        report.offered = ringing
        return report
    }

    @Test("calls show to those whose telephone rings and to supervisors, with the reason when they show to nobody")
    func audience() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", extensions: [AccountExtension(party: "PJSIP/1001")])
            let bruno = try await test.account("bruno", extensions: [AccountExtension(party: "PJSIP/1002")])
            let sofia = try await test.account("sofia", role: .supervisor)
            let now = test.clock.now
            _ = try await test.app.callLog.record([
                Self.report("a", "+5511987654321", at: now, ringing: ["PJSIP/1001"]),
                Self.report("b", "+5521999998888", at: now, ringing: ["PJSIP/1099"]),
            ])
            try await test.application.test(.router) { client in
                func calls(_ account: Account) async throws -> [String: String] {
                    let state = try await test.browser(account, client).send(.get, "/api/v1/board").json
                    let items = (state["calls"].array ?? []).map {
                        ($0["call"]["number"].string ?? "", $0["call"]["why_not"].string ?? "")
                    }
                    return Dictionary(items) { first, _ in first }
                }
                // First who sees all: with several nodes, a browser that asks counts as a screen that is open somewhere.
                let (all, his, hers) = (try await calls(sofia), try await calls(bruno), try await calls(ana))
                #expect(all == ["+5511987654321": "signed_out", "+5521999998888": "no_extension"])
                #expect(his.isEmpty)
                #expect(hers.keys.sorted() == ["+5511987654321"])
            }
        }
    }

    @Test("who gave up waits to be called back until somebody says it is done")
    func callBack() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", extensions: [AccountExtension(party: "PJSIP/1001")])
            var report = Self.report("a", "+5511987654321", at: test.clock.now, ringing: ["PJSIP/1001"])
            _ = try await test.app.callLog.record([report])
            test.clock.advance(by: .seconds(20))
            report.isEnded = true
            report.outcome = .abandoned
            report.endedAt = test.clock.now.milliseconds * 1_000
            _ = try await test.app.callLog.record([report])
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let waiting = try await browser.send(.get, "/api/v1/board").json["to_return"]
                let id = try #require(waiting[0]["item"]["call"]["id"].integer)
                #expect(waiting[0]["calls"].integer == 1)
                #expect(waiting[0]["asked_for"].bool == false)
                #expect(waiting.array?.count == 1)
                // Nobody's telephone can be rung here: the reason is told, and the caller stays on the list.
                #expect(try await browser.send(.post, "/api/v1/calls", #"{"call_id": \#(id)}"#).status >= 400)
                #expect(try await browser.send(.post, "/api/v1/callbacks/\(id)/done").status == 204)
                #expect(try await browser.send(.post, "/api/v1/callbacks/\(id)/done").status == 404)
                #expect(try await browser.send(.get, "/api/v1/board").json["to_return"].array?.isEmpty == true)
            }
        }
    }

    @Test("a caller's last calls say with whom and what came of them, and no screen names a channel")
    func earlierCalls() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account(
                "ana",
                role: .supervisor,
                extensions: [AccountExtension(party: "PJSIP/1001")]
            )
            let number = "+5511987654321"
            func call(_ key: String, _ party: String, transfers: [CallTransfer] = []) async throws -> CallSignal {
                var report = Self.report(key, number, at: test.clock.now, ringing: [party])
                report.answeredBy = party
                report.lastParty = transfers.last?.to ?? party
                report.answeredAt = test.clock.now.milliseconds * 1_000
                report.transfers = transfers
                _ = try await test.app.callLog.record([report])
                return report
            }
            for (key, party) in [("a", "PJSIP/1001"), ("b", "PJSIP/recepcao")] {
                var ended = try await call(
                    key,
                    party,
                    transfers: key == "a" ? [] : [CallTransfer(kind: .blind, from: party, to: "Local/1001@ramais")]
                )
                test.clock.advance(by: .seconds(60))
                ended.isEnded = true
                ended.outcome = .answered
                ended.endedAt = test.clock.now.milliseconds * 1_000
                _ = try await test.app.callLog.record([ended])
            }
            _ = try await call("c", "PJSIP/1001")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let live = try await browser.send(.get, "/api/v1/board").json["calls"]
                let attendance = try #require(live[0]["attendance"]["id"].integer)
                let caller = try await browser.send(.get, "/api/v1/attendances/\(attendance)/caller").json
                let people = (caller["calls"].array ?? []).map { $0["taken_by"].string ?? "" }
                #expect(people == ["Ana", "Ana"])
                let page = try await browser.get("/desk/calls").body
                #expect(!page.contains("PJSIP/") && !page.contains("Local/"))
                #expect(page.contains("recepcao → "))
            }
        }
    }
}
