import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Moves of a ticket through the API", .timeLimit(.minutes(5)))
struct TicketMoveAPITests {
    /// A ticket of a customer in the department `suporte`.
    private func open(_ test: DeskUnderTest, _ client: any TestClientProtocol) async throws -> (
        id: Int64, customer: Customer
    ) {
        let customer = try await test.customer(
            phone: "(31) 98\(Int.random(in: 100...999))-\(Int.random(in: 1_000...9_999))"
        )
        let made = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: DeskUnderTest.ticket(customer.id)
        )
        return (made.json["id"].integer ?? 0, customer)
    }

    private func allowed(_ answer: Answered) -> [String] {
        answer.json["allowed"].array?.compactMap { $0["move"].string } ?? []
    }

    @Test(
        "taken, asked, answered, solved, confirmed, reopened: each answer says what may be done next",
        arguments: TestDatabase.engines
    )
    func life(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let (id, customer) = try await open(test, client)
                let browser = try await test.browser(ana, client)
                let path = "/api/v1/tickets/\(id)"
                let contact = try await test.app.attendances.begin(channel: .walkIn, accountID: ana.id)
                try await test.app.attendances.identify(
                    contact.id,
                    customerID: customer.id,
                    contactID: nil,
                    level: .known
                )
                let within = "\"attendance_id\": \(contact.id)"

                let shown = try await browser.send(.get, path)
                #expect(shown.status == 200)
                #expect(allowed(shown).contains("take"))
                #expect(!allowed(shown).contains("reopen"))
                let taken = try await browser.send(.post, path + "/take", #"{"revision": 0}"#)
                #expect(taken.status == 200, "\(taken.body)")
                #expect(taken.json["state"].string == "in_progress")
                let stale = try await browser.send(.post, path + "/note", #"{"revision": 0, "body": "x"}"#)
                #expect(stale.status == 409)
                #expect(stale.json["type"].string == "/problems/stale")
                let asked = try await browser.send(.post, path + "/ask", #"{"body": "Qual versão?"}"#)
                #expect(asked.json["state"].string == "waiting")
                let answered = try await browser.send(.post, path + "/reply", #"{"body": "4.2", \#(within)}"#)
                #expect(answered.json["state"].string == "in_progress")
                #expect(answered.json["entry"]["author_kind"].string == "customer")
                #expect(answered.json["entry"]["facts"]["on_behalf"].string == "Ana")
                let unsolved = try await browser.send(.post, path + "/solve", "{}")
                #expect(unsolved.status == 422)
                #expect(unsolved.json.wrongFields == ["body"])
                let solved = try await browser.send(.post, path + "/solve", #"{"body": "Atualize."}"#)
                #expect(solved.json["state"].string == "solved")
                let alone = try await browser.send(.post, path + "/confirm", "{}")
                #expect(alone.status == 409)
                #expect(alone.json["type"].string == "/problems/needs-contact")
                let closed = try await browser.send(.post, path + "/confirm", #"{\#(within)}"#)
                #expect(closed.json["state"].string == "closed")
                #expect(allowed(closed) == ["reopen", "merge"])
                let late = try await browser.send(.post, path + "/reply", #"{"body": "oi"}"#)
                #expect(late.status == 409)
                #expect(late.json["type"].string == "/problems/ticket-closed")
                let reopened = try await browser.send(.post, path + "/reopen", #"{"body": "Voltou", \#(within)}"#)
                #expect(reopened.json["state"].string == "in_progress")
                let thread = try await client.send(.get, path + "/entries", token: test.token)
                #expect(
                    thread.json["items"].array?.compactMap { $0["kind"].string }
                        == ["opened", "taken", "asked", "reply", "solved", "confirmed", "reopened"]
                )
            }
        }
    }

    @Test("people of another department neither see nor move it, and every move is refused to them alike")
    func elsewhere() async throws {
        try await DeskUnderTest.with { test in
            let outra = try await test.account("outra", departments: ["financeiro"])
            try await test.application.test(.router) { client in
                let (id, _) = try await open(test, client)
                let browser = try await test.browser(outra, client)
                #expect(try await browser.send(.get, "/api/v1/tickets/\(id)").status == 403)
                for move in TicketMove.asked {
                    let body = #"{"body": "x", "account_id": \#(outra.id), "department": "financeiro", "other_id": 1}"#
                    let answer = try await browser.send(.post, "/api/v1/tickets/\(id)/\(move.rawValue)", body)
                    #expect([403, 409].contains(answer.status), "\(move): \(answer.status)")
                    #expect(!answer.body.contains("Erro 613"))
                }
                #expect(try await browser.send(.get, "/api/v1/work/department").json["items"].array?.isEmpty == true)
                #expect(try await browser.send(.get, "/api/v1/work/department?department=suporte").status == 403)
            }
        }
    }

    @Test("facts are corrected where they stand, wrong ones named")
    func change() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let (id, _) = try await open(test, client)
                let path = "/api/v1/tickets/\(id)"
                let body = #"{"priority": "low", "type": "incident", "due": "open"}"#
                let changed = try await client.send(.patch, path, token: test.token, json: body)
                #expect(changed.status == 200, "\(changed.body)")
                let ticket = try await client.send(.get, path, token: test.token).json
                #expect(ticket["priority"].string == "low")
                #expect(ticket["type"].string == "incident")
                #expect(ticket["sla_status"].string == "open")
                #expect(ticket["due_at"] == .null)
                let past = try await client.send(
                    .patch,
                    path,
                    token: test.token,
                    json: #"{"due_at": "2020-01-01T00:00:00Z"}"#
                )
                #expect(past.json.wrongFields == ["due_at"])
                for far in ["9999-12-31T23:59:59Z", "2206-11-30T12:00:00Z", "9999-12-31T23:59"] {
                    let answer = try await client.send(
                        .patch,
                        path,
                        token: test.token,
                        json: #"{"due_at": "\#(far)"}"#,
                        headers: [.acceptLanguage: "en"]
                    )
                    #expect(answer.status == 422 && answer.json.wrongFields == ["due_at"], "\(far)")
                    #expect(answer.body.contains("too far off"), "\(answer.body)")
                }
                let ana = try await test.account("ana", departments: ["suporte"]).id
                for (json, field) in [
                    (#"{"watchers": [\#(ana), 99999]}"#, "watchers[1]"), (#"{"watchers": [99999]}"#, "watchers[0]"),
                    (#"{"watch": [\#(ana), 99998, 99999]}"#, "watch[1]"),
                ] {
                    let answer = try await client.send(.patch, path, token: test.token, json: json)
                    #expect(answer.status == 422 && answer.json.wrongFields == [field], "\(answer.body)")
                }
                let unwatched = try await client.send(.get, path, token: test.token)
                #expect(unwatched.json["watchers"].array?.isEmpty == true)
                let topic = try await client.send(.patch, path, token: test.token, json: #"{"topic": "nenhum"}"#)
                #expect(topic.json.wrongFields == ["topic"])
                let same = try await client.send(.patch, path, token: test.token, json: #"{"priority": "low"}"#)
                #expect(same.json["type"].string == "/problems/nothing-changes")
                let nowhere = try await client.send(
                    .post,
                    path + "/move",
                    token: test.token,
                    json: #"{"department": "nenhum"}"#
                )
                #expect(nowhere.json.wrongFields == ["department"])
            }
        }
    }

    @Test("a move asked for twice with one key is made once")
    func once() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let (id, _) = try await open(test, client)
                let path = "/api/v1/tickets/\(id)/reply"
                var entries: Set<Int64> = []
                for _ in 0..<3 {
                    let answer = try await client.send(
                        .post,
                        path,
                        token: test.token,
                        json: #"{"body": "oi"}"#,
                        headers: [.idempotencyKey: "k-7"]
                    )
                    #expect(answer.status == 200)
                    if let entry = answer.json["entry"]["id"].integer { entries.insert(entry) }
                }
                #expect(entries.count == 1)
                #expect(try await test.app.directory.thread(id).count == 2)
            }
        }
    }

    @Test("many at once: all or none, and not more than five hundred")
    func together() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let (one, _) = try await open(test, client)
                let (two, _) = try await open(test, client)
                let browser = try await test.browser(ana, client)
                func moves(_ items: [String]) async throws -> Answered {
                    try await browser.send(
                        .post,
                        "/api/v1/ticket-moves",
                        "{\"moves\": [\(items.joined(separator: ","))]}"
                    )
                }
                func take(_ id: Int64) -> String { #"{"ticket_id": \#(id), "move": "take"}"# }
                #expect(try await moves([take(one), take(two), take(99_999)]).status == 404)
                #expect(try await test.app.directory.find(one)?.assignedTo == nil)
                let taken = try await moves([take(one), take(two)])
                #expect(taken.json["items"].array?.count == 2)
                #expect(try await test.app.directory.find(two)?.assignedTo == ana.id)
                // Taken back within the minute, by whoever did it.
                let undo = "/api/v1/ticket-moves/\(taken.json["items"][0]["undo"]["id"].integer ?? 0)"
                let bia = try await test.browser(try await test.account("bia", departments: ["suporte"]), client)
                #expect(try await bia.send(.delete, undo).status == 404)
                #expect(try await browser.send(.delete, undo).json["items"].array?.count == 2)
                #expect(try await test.app.directory.find(two)?.assignedTo == nil)
                #expect(try await browser.send(.delete, undo).status == 409)
                let urgent = #"{"ticket_id": \#(one), "move": "change", "priority": "urgent"}"#
                #expect(try await moves([urgent]).status == 200)
                #expect(try await test.app.directory.find(one)?.priority == "urgent")
                #expect(try await moves([#"{"ticket_id": \#(one), "move": "split"}"#]).status == 422)
                let note = #"{"ticket_id": \#(one), "move": "note", "body": "x"}"#
                #expect(try await moves(Array(repeating: note, count: 501)).status == 422)
                #expect(try await moves([]).status == 422)
            }
        }
    }

    @Test("of many that are refused it is said which one, why, and that none was made")
    func whichOfMany() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let (one, _) = try await open(test, client)
                let (two, _) = try await open(test, client)
                let number = try await test.app.directory.find(two)?.number ?? ""
                let browser = try await test.browser(ana, client)
                func refused(_ items: [String]) async throws -> (status: Int, field: String, message: String) {
                    let answer = try await browser.send(
                        .post,
                        "/api/v1/ticket-moves",
                        "{\"moves\": [\(items.joined(separator: ","))]}"
                    )
                    let fault = answer.json["errors"][0]
                    return (answer.status, fault["field"].string ?? "", fault["message"].string ?? "")
                }
                func take(_ id: Int64) -> String { #"{"ticket_id": \#(id), "move": "take"}"# }
                #expect(try await browser.send(.post, "/api/v1/tickets/\(two)/take").status == 200)
                let same = try await refused([take(one), take(two)])
                #expect(same.status == 409)
                #expect(same.field == "moves[1]")
                #expect(
                    same.message
                        == "Chamado \(number): Já está assim: nada mudaria. Nada foi feito com nenhum deles."
                )
                #expect(try await test.app.directory.find(one)?.assignedTo == nil)
                let none = try await refused([take(99_999), take(one)])
                #expect(none.status == 404)
                #expect(none.field == "moves[0].ticket_id")
                #expect(none.message.hasPrefix("Este chamado não existe."))
                let empty = try await refused([take(one), #"{"ticket_id": \#(two), "move": "solve"}"#])
                #expect(empty.status == 422)
                #expect(empty.field == "moves[1].body")
                #expect(empty.message.hasPrefix("Chamado \(number): "))
                let split = try await refused([take(one), #"{"ticket_id": \#(two), "move": "split"}"#])
                #expect(split.field == "moves[1].move")
                #expect(!split.message.contains("split"))
                #expect(try await refused([#"{"move": "take"}"#]).field == "moves[0].ticket_id")
                #expect(try await refused([take(one), "7"]).field == "moves[1]")
                let many = try await refused(Array(repeating: take(one), count: 501))
                #expect(many.field == "moves")
                #expect(many.message.contains("500"))
            }
        }
    }

    @Test("work lists, next, unread and the bell")
    func work() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                #expect(try await browser.send(.post, "/api/v1/work/next").status == 404)
                let (first, _) = try await open(test, client)
                let (second, _) = try await open(test, client)
                #expect(try await browser.send(.get, "/api/v1/bells").json["items"].array?.count == 2)
                let page = try await browser.send(.get, "/api/v1/work/department?limit=1")
                #expect(page.json["items"][0]["ticket"]["id"].integer == first)
                let next = page.json["next"].string ?? ""
                let rest = try await browser.send(.get, "/api/v1/work/department?limit=1&after=\(next)")
                #expect(rest.json["items"][0]["ticket"]["id"].integer == second)
                #expect(try await browser.send(.post, "/api/v1/work/next").json["ticket_id"].integer == first)
                let mine = try await browser.send(.get, "/api/v1/work/mine")
                #expect(mine.json["items"].array?.count == 1)
                #expect(try await browser.send(.get, "/api/v1/work/nothing").status == 404)
                #expect(try await browser.send(.get, "/api/v1/work/mine?after=x").status == 422)
                let reply = try await client.send(
                    .post,
                    "/api/v1/tickets/\(first)/reply",
                    token: test.token,
                    json: #"{"body": "oi"}"#
                )
                let entry = reply.json["entry"]["id"].integer ?? 0
                #expect(
                    try await browser.send(.get, "/api/v1/work/mine").json["items"][0]["unread"].integer == 1
                )
                let read = try await browser.send(.put, "/api/v1/tickets/\(first)/read", "{\"entry_id\": \(entry)}")
                #expect(read.status == 204)
                #expect(
                    try await browser.send(.get, "/api/v1/work/mine").json["items"][0]["unread"].integer == 0
                )
                #expect(try await browser.send(.delete, "/api/v1/bells").status == 204)
                #expect(try await browser.send(.get, "/api/v1/bells").json["items"].array?.isEmpty == true)
            }
        }
    }

    @Test("lists are searched, put in order and kept by name")
    func saved() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let (first, _) = try await open(test, client)
                let (second, _) = try await open(test, client)
                func ids(_ query: String) async throws -> [Int64] {
                    try await browser.send(.get, "/api/v1/work/\(query)").json["items"].array?.compactMap {
                        $0["ticket"]["id"].integer
                    } ?? []
                }
                #expect(try await ids("all") == [second, first])
                #expect(try await ids("department?order=created") == [first, second])
                #expect(try await ids("department?order=created&descending=true") == [second, first])
                let number = try await test.app.directory.find(first)?.number ?? ""
                #expect(try await ids("department?q=\(number)") == [first])
                #expect(try await browser.send(.get, "/api/v1/work/all?order=name").status == 422)
                let body = #"{"name": "Da casa", "query": "list=late", "department": "suporte"}"#
                let saved = try await browser.send(.post, "/api/v1/saved-lists", body)
                #expect(saved.status == 201)
                let again = try await browser.send(.post, "/api/v1/saved-lists", body)
                #expect(again.status == 409 && again.json["type"].string == "/problems/list-exists")
                let meant = #"{"name": "Da casa", "query": "list=late", "department": "suporte", "replaces": true}"#
                let replaced = try await browser.send(.post, "/api/v1/saved-lists", meant)
                #expect(replaced.status == 200 && replaced.json["id"].integer == saved.json["id"].integer)
                let bia = try await test.browser(try await test.account("bia", departments: ["suporte"]), client)
                let lists = try await bia.send(.get, "/api/v1/saved-lists").json["items"]
                #expect(lists[0]["name"].string == "Da casa")
                #expect(lists[0]["is_mine"].bool == false)
                let path = "/api/v1/saved-lists/\(saved.json["id"].integer ?? 0)"
                #expect(try await bia.send(.delete, path).status == 404)
                #expect(try await browser.send(.delete, path).status == 204)
                #expect(
                    try await browser.send(.post, "/api/v1/saved-lists", #"{"name": " ", "query": ""}"#).status == 422
                )
            }
        }
    }

    @Test("a typed number leads to its ticket, a mistyped digit is said")
    func numbers() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let (id, _) = try await open(test, client)
                let number = try #require(try await test.app.directory.find(id)).number
                let found = try await client.send(.get, "/api/v1/ticket-numbers/\(number)", token: test.token)
                #expect(found.json["id"].integer == id)
                let wrong = String(number.dropLast()) + (number.last == "0" ? "1" : "0")
                let mistyped = try await client.send(.get, "/api/v1/ticket-numbers/\(wrong)", token: test.token)
                #expect(mistyped.status == 404)
                #expect(mistyped.json["type"].string == "/problems/mistyped-number")
                let page = try await test.browser(try await test.account("chefe", role: .supervisor), client)
                #expect(try await page.get("/desk/tickets/\(number)").status == 200)
                #expect(try await page.get("/desk/tickets/\(wrong)").body.contains("dígito"))
                let other = ProtocolFormat.standardTicket.number(year: 2026, sequence: 8_888)
                #expect(try await client.send(.get, "/api/v1/ticket-numbers/\(other)", token: test.token).status == 404)
            }
        }
    }

    @Test("the survey is the customer's: programs give it, staff read it and cannot")
    func survey() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let (id, _) = try await open(test, client)
                let path = "/api/v1/tickets/\(id)/survey"
                let browser = try await test.browser(ana, client)
                let early = try await client.send(.put, path, token: test.token, json: #"{"mark": 5}"#)
                #expect(early.json["type"].string == "/problems/not-solved")
                _ = try await browser.send(.post, "/api/v1/tickets/\(id)/solve", #"{"body": "Feito"}"#)
                #expect(try await browser.send(.put, path, #"{"mark": 5}"#).status == 403)
                #expect(try await client.send(.put, path, token: test.token, json: #"{"mark": 6}"#).status == 422)
                let given = try await client.send(
                    .put,
                    path,
                    token: test.token,
                    json: #"{"mark": 2, "words": "Lento"}"#
                )
                #expect(given.json["mark"].integer == 2)
                let shown = try await browser.send(.get, path)
                #expect(shown.json["words"].string == "Lento")
                #expect(shown.json["open"].bool == true)
                let praise = try await client.send(
                    .post,
                    "/api/v1/tickets/\(id)/opinions",
                    token: test.token,
                    json: #"{"kind": "praise", "body": "Gentis"}"#
                )
                #expect(praise.status == 201)
                #expect(praise.json["kind"].string == "opinion")
            }
        }
    }
}
