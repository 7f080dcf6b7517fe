import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Working a ticket through the API", .timeLimit(.minutes(5)))
struct TicketWorkAPITests {
    private func open(_ test: DeskUnderTest, _ client: any TestClientProtocol) async throws -> (Int64, String) {
        let customer = try await test.customer(
            phone: "(31) 98\(Int.random(in: 100...999))-\(Int.random(in: 1_000...9_999))"
        )
        let made = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: DeskUnderTest.ticket(customer.id)
        )
        return (made.json["id"].integer ?? 0, made.json["number"].string ?? "")
    }

    @Test("prepared texts come filled in with the ticket, and unknown variables are refused")
    func canned() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let outra = try await test.account("outra", departments: ["implantacao"])
            try await test.application.test(.router) { client in
                let (id, number) = try await open(test, client)
                let browser = try await test.browser(ana, client)
                let wrong = try await browser.send(
                    .post,
                    "/api/v1/canned-replies",
                    #"{"title": "Oi", "body": "Olá {{fulano}}"}"#
                )
                #expect(wrong.status == 422)
                #expect(wrong.json.wrongFields == ["body"])
                let kept = try await browser.send(
                    .post,
                    "/api/v1/canned-replies",
                    #"{"title": "Oi", "body": "Olá {{first_name}}, sobre o {{ticket}}: {{summary}}. {{agent}}"}"#
                )
                #expect(kept.status == 201)
                let found = try await browser.send(.get, "/api/v1/canned-replies?ticket_id=\(id)&q=ola")
                #expect(
                    found.json["items"].array?.first?["text"].string
                        == "Olá Maria, sobre o \(number): Erro 613 ao emitir nota. Ana"
                )
                let shared = #"{"title": "x", "body": "x", "mine": false}"#
                #expect(try await browser.send(.post, "/api/v1/canned-replies", shared).status == 403)
                // Another department's ticket is filled in for nobody.
                let other = try await test.browser(outra, client)
                #expect(try await other.send(.get, "/api/v1/canned-replies?ticket_id=\(id)").status == 403)
                let gone = kept.json["id"].integer ?? 0
                #expect(try await other.send(.delete, "/api/v1/canned-replies/\(gone)", nil).status == 404)
                #expect(try await browser.send(.delete, "/api/v1/canned-replies/\(gone)", nil).status == 204)
            }
        }
    }

    @Test("the page offers who takes a ticket in every other department, and nobody of its own")
    func takers() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let fina = try await test.account("fina", departments: ["financeiro", "comercial"])
            let chefe = try await test.account("chefe", role: .supervisor, departments: ["suporte"])
            let gone = try await test.account("gone", departments: ["financeiro"])
            try await test.app.database.write { session in
                try session.execute("UPDATE account SET disabled_at = 1 WHERE id = $1", [.integer(gone.id)])
            }
            try await test.application.test(.router) { client in
                let (id, number) = try await open(test, client)
                let browser = try await test.browser(ana, client)
                let page = try await browser.get("/desk/tickets/\(number)").body
                let parts = page.components(separatedBy: "<dialog id=\"do-move\"")
                #expect(parts.count == 2)
                let dialog = parts.last?.components(separatedBy: "</dialog>").first ?? ""
                #expect(dialog.contains("<option value=\"financeiro\">"))
                #expect(!dialog.contains("<option value=\"suporte\">"))
                let places = dialog.components(separatedBy: "<option value=\"\(fina.id)\" data-places=\"").last ?? ""
                #expect(Set(places.prefix { $0 != "\"" }.split(separator: " ")) == ["financeiro", "comercial"])
                #expect(dialog.contains("<option value=\"\(chefe.id)\""), "supervisors take them everywhere")
                for nobody in [ana.id, gone.id] { #expect(!dialog.contains("<option value=\"\(nobody)\" ")) }
                let moved = try await browser.send(
                    .post,
                    "/api/v1/tickets/\(id)/move",
                    #"{"department": "financeiro", "account_id": \#(fina.id)}"#
                )
                #expect(moved.status == 200, "\(moved.body)")
                #expect(try await test.app.directory.find(id)?.assignedTo == fina.id)
            }
        }
    }

    @Test("a due time by the clock on the wall, steps, minutes, other tickets by their number")
    func work() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let (id, number) = try await open(test, client)
                let (other, otherNumber) = try await open(test, client)
                let browser = try await test.browser(ana, client)
                let path = "/api/v1/tickets/\(id)"
                let day = ISOTime.local(test.clock.now.adding(.seconds(5 * 86_400)), in: test.app.timeZone)
                let due = try await browser.send(.patch, path, #"{"due_at": "\#(day)"}"#)
                #expect(due.status == 200, "\(due.body)")
                let shown = try await browser.send(.get, path)
                let moment = try #require(shown.json["due_at"].string.flatMap { ISOTime.moment($0) })
                #expect(ISOTime.local(moment, in: test.app.timeZone) == day)
                #expect(try await browser.send(.patch, path, #"{"due_at": "amanhã"}"#).json.wrongFields == ["due_at"])
                #expect(try await browser.send(.patch, path, #"{"due": "open"}"#).status == 200)
                #expect(try await browser.send(.get, path).json["due_kind"].string == "open")

                let steps = try await browser.send(.get, path + "/steps")
                let step = try #require(steps.json["items"].array?.first?["id"].string)
                let marked = try await browser.send(.put, path + "/steps/\(step)", #"{"done": true}"#)
                #expect(marked.json["items"].array?.first?["done_by"].string == "Ana")
                #expect(try await browser.send(.put, path + "/steps/nenhum", #"{"done": true}"#).status == 404)

                let note = try await browser.send(.post, path + "/note", #"{"body": "x", "minutes": 12}"#)
                #expect(note.status == 200)
                #expect(try await browser.send(.get, path + "/time").json["told_seconds"].integer == 720)
                for minutes in ["0", "-1", "1441", "99999999999999999999"] {
                    let wrong = try await browser.send(.post, path + "/note", #"{"body": "x", "minutes": \#(minutes)}"#)
                    #expect(wrong.json.wrongFields == ["minutes"])
                }

                let related = try await browser.send(.post, path + "/link", #"{"other": "\#(otherNumber)"}"#)
                #expect(related.json["entry"]["facts"]["number"].string == otherNumber)
                let mistyped = String(otherNumber.dropLast()) + (otherNumber.hasSuffix("0") ? "1" : "0")
                for wrong in [mistyped, "zzz"] {
                    let answer = try await browser.send(.post, path + "/link", #"{"other": "\#(wrong)"}"#)
                    #expect(answer.json.wrongFields == ["other"])
                }
                let itself = try await browser.send(.post, path + "/link", #"{"other": "\#(number)"}"#)
                #expect(itself.status == 422)
                #expect(try await browser.send(.put, path + "/presence", #"{"writing": true}"#).status == 204)
                #expect(try await browser.send(.put, "/api/v1/tickets/\(other)9/presence", "{}").status == 404)
            }
        }
    }

    @Test(
        "a time of the wall's clock is read in its zone, whatever the season",
        arguments: [
            ("America/Sao_Paulo", "2026-12-01T14:30", "2026-12-01T17:30:00.000Z"),
            // Summer time of 2018: two hours.
            ("America/Sao_Paulo", "2018-12-01T14:30", "2018-12-01T16:30:00.000Z"),
            ("Europe/Lisbon", "2026-07-01T00:00", "2026-06-30T23:00:00.000Z"),
            ("Atlantic/Azores", "2026-01-01T12:00", "2026-01-01T13:00:00.000Z"),
        ]
    )
    func wall(zone: String, text: String, moment: String) throws {
        let zone = try #require(TimeZone(identifier: zone))
        let read = try #require(ISOTime.moment(local: text, in: zone))
        #expect(ISOTime.string(read) == moment)
        #expect(ISOTime.local(read, in: zone) == text)
        for wrong in ["", "2026-12-01", "2026-13-01T00:00", "2026-12-01T24:61", "2026-12-01T14:30Z", text + "x"] {
            #expect(ISOTime.moment(local: wrong, in: zone) == nil)
        }
    }
}
