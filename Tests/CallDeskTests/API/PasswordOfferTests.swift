import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("A password in a text is offered a place in the vault", .timeLimit(.minutes(5)))
struct PasswordOfferTests {
    private static let secret = "Gato#2026"

    /// Whether the secret stands readable anywhere in what the desk keeps.
    private func isStored(_ test: DeskUnderTest) async throws -> Bool {
        try await test.app.database.read { session in
            for (table, column) in [
                ("entry", "body"), ("draft", "body"), ("notice", "body"), ("ticket", "description"),
                ("ticket", "summary"), ("ticket_survey", "words"),
            ] {
                let found = try session.row(
                    "SELECT 1 FROM \(table) WHERE \(column) LIKE $1",
                    [.text("%\(Self.secret)%")]
                )
                if found != nil { return true }
            }
            return false
        }
    }

    @Test(
        "in a reply, a note and a question of the desk: nothing is stored before it is said",
        arguments: TestDatabase.engines
    )
    func written(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana")
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let id = try #require(made.json["id"].integer)
                let number = try #require(made.json["number"].string)
                for move in ["note", "reply", "ask"] {
                    let path = "/api/v1/tickets/\(id)/\(move)"
                    let text = "\"body\": \"Entre com a senha: \(Self.secret)\""
                    let noticed = try await browser.send(.post, path, "{\(text)}")
                    #expect(noticed.status == 409)
                    #expect(noticed.json["type"].string == "/problems/password-noticed")
                    #expect(try await !isStored(test))
                    let sealed = try await browser.send(.post, path, "{\(text), \"passwords\": \"seal\"}")
                    #expect(sealed.status == 200, "\(sealed.body)")
                    #expect(sealed.json["entry"]["body"].string == "Entre com a senha: •••••")
                    #expect(try await !isStored(test))
                    let reference = try #require(sealed.json["entry"]["facts"]["sealed"][0].string)
                    #expect(try await browser.get("/desk/tickets/\(number)").body.contains(reference))
                    let shown = try await browser.send(
                        .post,
                        "/api/v1/tickets/\(id)/secrets",
                        "{\"reference\": \"\(reference)\", \"reason\": \"Entrar\"}"
                    )
                    #expect(shown.json["text"].string == Self.secret)
                }
                // Somebody else's word that it is none is taken; a move that is refused leaves nothing in the vault.
                let wrong = "{\"body\": \"senha: \(Self.secret)\", \"passwords\": \"seal\", \"revision\": 0}"
                #expect(try await browser.send(.post, "/api/v1/tickets/\(id)/note", wrong).status == 409)
                let left = try await test.app.database.read { session in
                    try session.row("SELECT COUNT(*) FROM secret WHERE sealed IS NOT NULL")?.integer(0)
                }
                #expect(left == 3)
                let kept = "{\"body\": \"senha: \(Self.secret)\", \"passwords\": \"keep\"}"
                #expect(try await browser.send(.post, "/api/v1/tickets/\(id)/note", kept).status == 200)
                #expect(try await isStored(test))
            }
        }
    }

    @Test("in each of many moves and in the summary of what is split off: said with its place, sealed or covered")
    func many() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana")
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let id = try #require(made.json["id"].integer)
                func together(_ wish: String) async throws -> Answered {
                    let moves = [
                        #"{"ticket_id": \#(id), "move": "note", "body": "Liguei."}"#,
                        #"{"ticket_id": \#(id), "move": "note", "body": "senha: \#(Self.secret)"\#(wish)}"#,
                    ]
                    let body = "{\"moves\": [\(moves.joined(separator: ","))]}"
                    return try await browser.send(.post, "/api/v1/ticket-moves", body)
                }
                func sealed() async throws -> Int64? {
                    try await test.app.database.read { session in
                        try session.row("SELECT COUNT(*) FROM secret WHERE sealed IS NOT NULL")?.integer(0)
                    }
                }
                let noticed = try await together("")
                #expect(noticed.status == 409 && noticed.json["type"].string == "/problems/password-noticed")
                #expect(noticed.json.wrongFields == ["moves[1].body"])
                #expect(try await test.app.directory.thread(id).count == 1, "none is made")
                let taken = try await together(#", "passwords": "seal""#)
                #expect(taken.status == 200, "\(taken.body)")
                #expect(taken.json["items"][1]["entry"]["body"].string == "senha: •••••")
                #expect(try await sealed() == 1)
                #expect(try await !isStored(test))
                let wrong = try await together(#", "passwords": "vault""#)
                #expect(wrong.json.wrongFields == ["moves[1].passwords"])

                let entry = try #require(taken.json["items"][0]["entry"]["id"].integer)
                let split = #""entries": [\#(entry)], "summary": "A senha é \#(Self.secret)""#
                let path = "/api/v1/tickets/\(id)/split"
                #expect(try await browser.send(.post, path, "{\(split)}").status == 409)
                let apart = try await browser.send(.post, path, "{\(split), \"passwords\": \"seal\"}")
                #expect(apart.status == 200, "\(apart.body)")
                let other = try #require(apart.json["other"]["id"].integer)
                #expect(try await test.app.directory.find(other)?.summary == "A senha é •••••")
                #expect(try await sealed() == 1)
                #expect(try await !isStored(test))
            }
        }
    }

    @Test("in the words of a mark and of an opinion: covered, and nothing of it kept", arguments: TestDatabase.engines)
    func opinions(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana")
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let path = "/api/v1/tickets/\(try #require(made.json["id"].integer))"
                #expect(try await browser.send(.post, path + "/solve", #"{"body": "Pronto."}"#).status == 200)
                for (method, verb, text, status) in [
                    (.put, "/survey", #""mark": 5, "words": "Bom. Usuário ana, senha: \#(Self.secret)""#, 200),
                    (.post, "/opinions", #""kind": "praise", "body": "Bom. A senha \#(Self.secret) serviu""#, 201),
                ] as [(HTTPRequest.Method, String, String, Int)] {
                    func say(_ more: String) async throws -> Answered {
                        try await client.send(method, path + verb, token: test.token, json: "{\(text)\(more)}")
                    }
                    let noticed = try await say("")
                    #expect(noticed.status == 409, "\(verb)")
                    #expect(noticed.json["type"].string == "/problems/password-noticed")
                    #expect(try await say(#", "passwords": "talvez""#).json.wrongFields == ["passwords"])
                    let covered = try await say(#", "passwords": "seal""#)
                    #expect(covered.status == status && covered.body.contains("•••••"), "\(covered.body)")
                    #expect(try await !isStored(test))
                }
                let kept = try await test.app.database.read { try $0.row("SELECT COUNT(*) FROM secret")?.integer(0) }
                #expect(kept == 0)
                let none = #"{"mark": 4, "words": "senha: \#(Self.secret)", "passwords": "keep"}"#
                #expect(try await client.send(.put, path + "/survey", token: test.token, json: none).status == 200)
                #expect(try await isStored(test))
            }
        }
    }

    @Test(
        "in a ticket and a reply of a program: noticed, sealed with or without a contact, and the same again is the same",
        arguments: TestDatabase.engines
    )
    func programs(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let customer = try await test.customer()
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                func contacts() async throws -> Int {
                    try await test.app.attendances.list(before: nil, limit: 50).count
                }
                func body(_ more: String) -> String {
                    DeskUnderTest.ticket(customer.id, more: more)
                        .replacing("Ao emitir aparece a mensagem.", with: "Usuário maria, senha: \(Self.secret)")
                        .replacing("\"mensagem\": \"Erro 613\"", with: "\"mensagem\": \"a senha é \(Self.secret)\"")
                }
                func open(_ more: String, key: String = "k-1") async throws -> Answered {
                    try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: body(more),
                        headers: [.idempotencyKey: key]
                    )
                }
                let noticed = try await open("")
                #expect(noticed.status == 409)
                #expect(noticed.json["type"].string == "/problems/password-noticed")
                #expect(try await contacts() == 0, "nothing is begun before it is said")
                #expect(try await !isStored(test))

                let sealed = try await open(", \"passwords\": \"seal\"")
                #expect(sealed.status == 201, "\(sealed.body)")
                #expect(try await !isStored(test))
                let id = try #require(sealed.json["id"].integer)
                let ticket = try #require(try await test.app.directory.find(id))
                #expect(ticket.details == "Usuário maria, senha: •••••")
                let secrets = ticket.answers.filter { $0.kind == .secret }
                #expect(secrets.map(\.fieldID) == ["aside-1", "aside-2"])
                for secret in secrets {
                    let shown = try await browser.send(
                        .post,
                        "/api/v1/tickets/\(id)/secrets",
                        "{\"reference\": \"\(secret.value)\", \"reason\": \"Entrar\"}"
                    )
                    #expect(shown.json["text"].string == Self.secret)
                }
                // The answer was lost and the order comes again: the same ticket, and no contact or secret besides.
                let again = try await open(", \"passwords\": \"seal\"")
                #expect(again.status == 200 && again.json["id"].integer == id, "\(again.body)")
                #expect(try await contacts() == 1)
                let left = try await test.app.database.read { session in
                    try session.row("SELECT COUNT(*) FROM secret WHERE sealed IS NOT NULL")?.integer(0)
                }
                #expect(left == 2)
                // What does not hold leaves nothing in the vault and no contact open.
                let wrong = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: body(", \"passwords\": \"seal\"").replacing(
                        "\"module\": \"fiscal\"",
                        with: "\"module\": \"nenhum\""
                    )
                )
                #expect(wrong.status == 422)
                #expect(try await contacts() == 1)

                let reply = "/api/v1/tickets/\(id)/entries"
                let text = "\"body\": \"A senha nova é \(Self.secret)\""
                func write(_ body: String) async throws -> Answered {
                    try await client.send(.post, reply, token: test.token, json: body, headers: [.account: "ana"])
                }
                #expect(try await write("{\(text)}").status == 409)
                #expect(
                    try await write("{\(text), \"passwords\": \"seal\"}").json["body"].string == "A senha nova é •••••"
                )
                #expect(try await !isStored(test))
                let kept = try await open(", \"passwords\": \"keep\"", key: "k-3")
                #expect(kept.status == 201)
                #expect(try await isStored(test))
            }
        }
    }

    @Test(
        "in what a caller says: the draft never holds it, and the ticket finds it in the vault",
        arguments: TestDatabase.engines
    )
    func said(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let customer = try await test.customer()
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                var state = try await browser.send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
                let path = "/api/v1/interviews/\(state.json["attendance"]["id"].integer ?? 0)"
                func answer(_ answer: String, _ more: String = "") async throws -> Answered {
                    let prompt = state.json["prompt"]["id"].string ?? ""
                    let revision = state.json["revision"].integer ?? 0
                    return try await browser.send(
                        .post,
                        path + "/answers",
                        "{\"revision\": \(revision), \"prompt\": \"\(prompt)\", \"answer\": \(answer)\(more)}"
                    )
                }
                let text = "{\"text\": \"O usuário é maria e a senha é \(Self.secret)\"}"
                for _ in 0..<30 where state.json["outcome"] == .null {
                    switch state.json["prompt"]["id"].string {
                    case "identify":
                        let isFound =
                            state.json["prompt"]["options"].array?.contains { $0["id"].string == "yes" } == true
                        state = try await answer(isFound ? #"{"confirm": true}"# : #"{"text": "Maria Silva"}"#)
                    case "topic": state = try await answer(#"{"option": "erro-sistema"}"#)
                    case "review": state = try await answer(#"{"confirm": true}"#)
                    case "description":
                        let noticed = try await answer(text)
                        #expect(noticed.json["type"].string == "/problems/password-noticed")
                        #expect(noticed.json["current"]["prompt"]["id"].string == "description")
                        #expect(try await !isStored(test))
                        state = try await answer(text, ", \"passwords\": \"seal\"")
                    default:
                        let isYesNo = state.json["prompt"]["field"].string == "yes-no"
                        state = try await answer(
                            isYesNo ? #"{"text": "sim"}"# : InterviewAPITests.answer(state.json["prompt"])
                        )
                    }
                }
                let id = try #require(state.json["outcome"]["ticket_id"].integer, "\(state.body)")
                #expect(try await !isStored(test))
                let ticket = try #require(try await test.app.directory.find(id))
                #expect(ticket.customerID == customer.id)
                #expect(ticket.details == "O usuário é maria e a senha é •••••")
                let secret = try #require(ticket.answers.first { $0.kind == .secret && $0.fieldID == "aside-1" })
                let shown = try await browser.send(
                    .post,
                    "/api/v1/tickets/\(id)/secrets",
                    "{\"reference\": \"\(secret.value)\", \"reason\": \"Entrar\"}"
                )
                #expect(shown.json["text"].string == Self.secret)
            }
        }
    }

    @Test(
        "in a customer's reply by the link: asked with nothing chosen, typed text comes back",
        arguments: TestDatabase.engines
    )
    func linked(engine: DatabaseEngine) async throws {
        try await QuickLinkDeedTests.with(engine) { linked in
            let text = "a senha é \(Self.secret)"
            let asked = try await linked.browser.make("reply", ["text": text])
            #expect(asked.status == 409)
            #expect(asked.body.contains(#"name="passwords" value="seal" required>"#))
            #expect(asked.body.contains(text))
            #expect(try await !isStored(linked.test))
            let sent = try await linked.browser.make("reply", ["text": text, "passwords": "seal"])
            #expect(sent.status == 303, "\(sent.body)")
            #expect(try await !isStored(linked.test))
            let entry = try #require(try await linked.test.app.directory.thread(linked.ticketID).last)
            #expect(entry.body == "a senha é •••••")
            #expect(entry.facts.sealed?.count == 1)
        }
    }
}
