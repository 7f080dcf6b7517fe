import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Calendars and promises through the API", .timeLimit(.minutes(5)))
struct ServiceRulesAPITests {
    private static let week =
        #"[["08:00-12:00","13:30-18:00"],["08:00-12:00"],["08:00-12:00"],["08:00-12:00"],["22:00-06:00"],["09:00-12:30"],[]]"#

    @Test("kept by supervisors, refused with the place of each fault, and never over somebody else's")
    func rules() async throws {
        try await DeskUnderTest.with { test in
            let chefe = try await test.account("chefe", role: .supervisor)
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let browser = try await test.browser(chefe, client)
                let path = "/api/v1/service-rules"
                #expect(try await test.browser(ana, client).send(.get, path).status == 403)
                let before = try await browser.send(.get, path)
                #expect(before.json["revision"].integer == 0)
                func body(_ policies: String, revision: Int = 0, calendars: String? = nil) -> String {
                    let own = calendars ?? #"{"week": \#(Self.week), "country": "BR", "holidays": ["12-24"]}"#
                    return #"{"calendars": [\#(own)], "policies": [\#(policies)], "revision": \#(revision)}"#
                }
                let wrong: [(String, String)] = [
                    (body(#"{"name": "Ouro", "solution": "logo"}"#), "policies[0].solution"),
                    (body(#"{"name": "Ouro", "topics": ["nada"]}"#), "policies[0].topics"),
                    (body(#"{"name": "Ouro", "cor": "azul"}"#), "policies[0].cor"),
                    (
                        body(#"{"name": "Ouro", "solution": "4h", "steps": [{"percent": 0}]}"#),
                        "policies[0].steps[0].percent"
                    ),
                    (
                        body(#"{"name": "Ouro", "solution": "4h", "steps": [{"percent": 50, "department": "lua"}]}"#),
                        "policies[0].steps"
                    ),
                    (body("", calendars: #"{"week": 7}"#), "calendars[0].week"),
                    (
                        body(#"{"name": "Ouro", "first_answer": "5h", "solution": "4h"}"#),
                        "policies[0].first_answer"
                    ),
                    (
                        body("", calendars: #"{"week": \#(Self.week), "holidays": ["9999-12-31"]}"#),
                        "calendars[0].holidays"
                    ),
                    (body("", calendars: "7"), "calendars[0]"),
                ]
                for (json, place) in wrong {
                    let answer = try await browser.send(.put, path, json)
                    #expect(answer.status == 422, "\(place)")
                    #expect(answer.json.wrongFields == [place], "\(place)")
                }
                let good =
                    #"{"name": "Ouro", "priorities": ["urgent"], "solution": "4h", "steps": [{"percent": 80, "tell": ["supervisors"], "raise_level": true}]}"#
                let kept = try await browser.send(.put, path, body(good))
                #expect(kept.status == 200, "\(kept.body)")
                #expect(kept.json["policies"].array?.first?["steps"].array?.first?["percent"].integer == 80)
                #expect(test.app.book.policies.map(\.name) == ["Ouro"])
                let stale = try await browser.send(.put, path, body(""))
                #expect(stale.status == 409)
                #expect(test.app.book.policies.map(\.name) == ["Ouro"])
            }
        }
    }

    @Test("a promise for named topics and contracts holds for their tickets alone, and is read with them")
    func narrowed() async throws {
        try await DeskUnderTest.with { test in
            let chefe = try await test.account("chefe", role: .supervisor)
            let gold = try await test.customer()
            let other = try await test.customer(name: "João Souza", phone: "(31) 98765-1111")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(chefe, client)
                func keep(_ policy: String, revision: Int) async throws -> Answered {
                    let calendar = #"{"week": \#(Self.week), "country": "BR"}"#
                    let body = #"{"calendars": [\#(calendar)], "policies": [\#(policy)], "revision": \#(revision)}"#
                    return try await browser.send(.put, "/api/v1/service-rules", body)
                }
                func promise(_ customer: Customer, _ key: String) async throws -> String? {
                    let made = try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: DeskUnderTest.ticket(customer.id),
                        headers: [.idempotencyKey: key]
                    )
                    #expect(made.status == 201, "\(made.body)")
                    return made.json["sla"].string
                }
                let byContract = #"{"name": "Ouro", "contracts": ["C-\#(gold.id)"], "solution": "4h"}"#
                let kept = try await keep(byContract, revision: 0)
                #expect(kept.status == 200, "\(kept.body)")
                let read = try await browser.send(.get, "/api/v1/service-rules")
                #expect(read.json["policies"][0]["contracts"][0].string == "C-\(gold.id)", "\(read.body)")
                #expect(try await promise(gold, "a") == "Ouro")
                #expect(try await promise(other, "b") != "Ouro")

                let elsewhere = try await keep(
                    #"{"name": "Prata", "topics": ["iluminacao"], "solution": "4h"}"#,
                    revision: 1
                )
                #expect(elsewhere.status == 200, "\(elsewhere.body)")
                #expect(try await promise(gold, "c") != "Prata")
                let here = try await keep(
                    #"{"name": "Prata", "topics": ["iluminacao", "erro-sistema"], "solution": "4h"}"#,
                    revision: 2
                )
                #expect(here.json["policies"].array?.first?["topics"].array?.count == 2, "\(here.body)")
                #expect(try await promise(other, "d") == "Prata")
            }
        }
    }

    @Test("a deadline is tried by a calendar as it is typed, and says which days it skips and by which law")
    func preview() async throws {
        try await DeskUnderTest.with { test in
            let chefe = try await test.account("chefe", role: .supervisor)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(chefe, client)
                func ask(_ more: String, _ facultative: String = "[]") async throws -> Answered {
                    let week =
                        #"[["08:00-18:00"],["08:00-18:00"],["08:00-18:00"],["08:00-18:00"],["08:00-18:00"],[],[]]"#
                    return try await browser.send(
                        .post,
                        "/api/v1/service-rules/preview",
                        #"""
                        {"calendar": {"week": \#(week), "country": "BR", "timezone": "America/Sao_Paulo",
                        "facultative": \#(facultative)}, \#(more)}
                        """#
                    )
                }
                // Friday before Carnival 2027: Monday and Tuesday are facultative, and worked unless they are ticked.
                let plain = try await ask(#""term": "10h", "from": "2027-02-05T13:00""#)
                #expect(plain.json["due"].string == "2027-02-08T16:00:00.000Z", "\(plain.body)")
                let off = try await ask(
                    #""term": "10h", "from": "2027-02-05T13:00""#,
                    #"["carnival-monday", "carnival-tuesday"]"#
                )
                #expect(off.json["due"].string == "2027-02-10T16:00:00.000Z", "\(off.body)")
                #expect(off.json["skipped"].array?.map { $0["kind"].string } == ["facultative", "facultative"])
                let all = try await ask(#""term": "10h", "hours": "calendar", "from": "2027-02-05T13:00""#)
                #expect(all.json["due"].string == "2027-02-06T02:00:00.000Z")
                #expect(try await ask(#""term": "muito""#).json.wrongFields == ["term"])
                #expect(try await ask(#""term": "1h", "from": "ontem""#).json.wrongFields == ["from"])
            }
        }
    }
}
