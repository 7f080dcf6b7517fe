import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// A request that is sent again: under its key the same is made once, and another one is refused.
@Suite("A wish asked for again", .timeLimit(.minutes(5)))
struct RepeatedWishAPITests {
    private struct Client: Sendable {
        let client: any TestClientProtocol
        let token: String

        func post(_ path: String, _ json: String, key: String? = nil) async throws -> Answered {
            var headers: HTTPFields = [:]
            headers[.idempotencyKey] = key
            return try await client.send(.post, "/api/v1\(path)", token: token, json: json, headers: headers)
        }
    }

    private static func with(
        _ engine: DatabaseEngine,
        _ body: @Sendable (DeskUnderTest, Client) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(engine) { test in
            try await test.application.test(.router) { client in
                try await body(test, Client(client: client, token: test.token))
            }
        }
    }

    private static func isReused(_ answer: Answered) -> Bool {
        answer.status == 422 && answer.json["type"].string == "/problems/idempotency-key-reused"
    }

    private static func isReplayed(_ answer: Answered) -> Bool {
        answer.status == 200 && answer.headers[.idempotentReplayed] == "true"
    }

    private static func count(_ table: String, _ test: DeskUnderTest) async throws -> Int64? {
        try await test.app.database.read { try $0.row("SELECT COUNT(*) FROM \(table)")?.integer(0) }
    }

    private static func registering(_ name: String, _ number: Int = 1) -> String {
        let contact = #"{"name": "\#(name)", "email": "c\#(number)@luz.com.br"}"#
        return DeskUnderTest.ticket(nil, more: #", "customer": {"name": "\#(name)", "contact": \#(contact)}"#)
    }

    private static func opened(_ it: Client, _ test: DeskUnderTest) async throws -> Int64 {
        let customer = try await test.customer(phone: "(31) 98765-\(Int.random(in: 1_000...9_999))")
        return try #require(try await it.post("/tickets", DeskUnderTest.ticket(customer.id)).json["id"].integer)
    }

    @Test("a key that registered a customer registers another with a ticket", arguments: TestDatabase.engines)
    func customersKey(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { test, it in
            let maria = try await it.post("/customers", #"{"name": "Maria", "contact": {"name": "Maria"}}"#, key: "k")
            #expect(maria.status == 201, "\(maria.body)")
            let made = try await it.post("/tickets", Self.registering("José"), key: "k")
            #expect(made.status == 201, "\(made.body)")
            let customer = try #require(made.json["customer_id"].integer)
            #expect(try await test.app.customers.find(customer)?.name == "José")
        }
    }

    @Test("one key opens no ticket for another customer, and registers nobody twice, a day later neither")
    func customers() async throws {
        try await Self.with(TestDatabase.usual) { test, it in
            #expect(try await it.post("/tickets", Self.registering("Ana"), key: "k").status == 201)
            #expect(Self.isReused(try await it.post("/tickets", Self.registering("Bia", 2), key: "k")))
            #expect(try await Self.count("customer", test) == 1)
            test.clock.advance(by: .seconds(25 * 3_600))
            try await test.app.database.write { session in try session.execute("DELETE FROM idempotency") }
            #expect(Self.isReplayed(try await it.post("/tickets", Self.registering("Ana"), key: "k")))
            #expect(try await Self.count("customer", test) == 1)
        }
    }

    @Test("another body is refused also when it is wrong itself, and the same one is answered when it has become so")
    func faulty() async throws {
        try await Self.with(TestDatabase.usual) { test, it in
            let customer = try await test.customer()
            let body = DeskUnderTest.ticket(customer.id)
            #expect(try await it.post("/tickets", body, key: "k").status == 201)
            let more = DeskUnderTest.ticket(customer.id, more: #", "contact_id": 99999"#)
            #expect(Self.isReused(try await it.post("/tickets", more, key: "k")))
            #expect(Self.isReplayed(try await it.post("/tickets", body, key: "k")))
            // Opened before what was asked was kept.
            try await test.app.database.write { session in
                try session.execute("UPDATE ticket SET creation_digest = NULL")
            }
            #expect(Self.isReplayed(try await it.post("/tickets", body, key: "k")))
            let other = DeskUnderTest.ticket(customer.id, summary: "Outra coisa")
            #expect(Self.isReused(try await it.post("/tickets", other, key: "k")))
        }
    }

    @Test("a move's key makes one move: another text is refused, and not lost", arguments: TestDatabase.engines)
    func moves(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { test, it in
            let id = try await Self.opened(it, test)
            let path = "/tickets/\(id)/reply"
            #expect(try await it.post(path, #"{"body": "A"}"#, key: "k").status == 200)
            #expect(Self.isReused(try await it.post(path, #"{"body": "B"}"#, key: "k")))
            #expect(Self.isReplayed(try await it.post(path, #"{"body": "A"}"#, key: "k")))
            // Kept before digests were: taken for the same, as it was.
            try await test.app.database.write { session in
                try session.execute("UPDATE entry SET request_digest = NULL")
            }
            #expect(Self.isReplayed(try await it.post(path, #"{"body": "B"}"#, key: "k")))
            let replies = try await test.app.directory.thread(id).filter { $0.kind == .reply }
            #expect(replies.map(\.body) == ["A"])
        }
    }

    @Test("a password that was sealed is in nothing that is kept of a wish")
    func passwords() async throws {
        try await Self.with(TestDatabase.usual) { test, it in
            let id = try await Self.opened(it, test)
            let body = #"{"body": "A senha: Gato#2026", "passwords": "seal"}"#
            #expect(try await it.post("/tickets/\(id)/reply", body, key: "k").status == 200)
            #expect(Self.isReplayed(try await it.post("/tickets/\(id)/reply", body, key: "k")))
            #expect(try await Self.count("secret WHERE sealed IS NOT NULL", test) == 1)
            var order = MoveOrder(.reply, of: id, text: "A senha: •••••")
            order.name("k")
            let kept = try await test.app.database.read { session in
                try session.row("SELECT request_digest FROM entry WHERE request_key IS NOT NULL")?.text(0)
            }
            #expect(kept == order.digest)
        }
    }

    @Test("a split whose answer was lost tells the new ticket again")
    func split() async throws {
        try await Self.with(TestDatabase.usual) { test, it in
            let id = try await Self.opened(it, test)
            let entry = try await it.post("/tickets/\(id)/entries", #"{"body": "Outra coisa"}"#)
            let number = try #require(entry.json["id"].integer)
            let body = #"{"summary": "À parte", "entries": [\#(number)]}"#
            let first = try await it.post("/tickets/\(id)/split", body, key: "k")
            #expect(first.status == 200, "\(first.body)")
            let other = try #require(first.json["other"]["id"].integer)
            let again = try await it.post("/tickets/\(id)/split", body, key: "k")
            #expect(Self.isReplayed(again))
            #expect(again.json["other"]["id"].integer == other)
        }
    }

    @Test("an entry and an opinion with a key are made once, and told once", arguments: TestDatabase.engines)
    func entries(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { test, it in
            let id = try await Self.opened(it, test)
            let path = "/tickets/\(id)/entries"
            let first = try await it.post(path, #"{"body": "oi"}"#, key: "k")
            #expect(first.status == 201)
            let again = try await it.post(path, #"{"body": "oi"}"#, key: "k")
            #expect(Self.isReplayed(again) && again.json["id"].integer == first.json["id"].integer)
            #expect(Self.isReused(try await it.post(path, #"{"body": "oi", "kind": "note"}"#, key: "k")))
            #expect(try await test.app.directory.thread(id).count == 2)
            _ = try await it.post("/tickets/\(id)/solve", #"{"body": "Pronto."}"#)
            let opinions = "/tickets/\(id)/opinions"
            let praise = #"{"kind": "praise", "body": "Bom."}"#
            #expect(try await it.post(opinions, praise, key: "k").status == 201)
            #expect(Self.isReplayed(try await it.post(opinions, praise, key: "k")))
            #expect(Self.isReused(try await it.post(opinions, #"{"kind": "complaint", "body": "Bom."}"#, key: "k")))
            #expect(try await test.app.directory.thread(id).filter { $0.kind == .opinion }.count == 1)
        }
    }

    @Test("many moves with a key are made once, and taken back by what the repeated answer says")
    func together() async throws {
        try await Self.with(TestDatabase.usual) { test, it in
            let (one, two) = (try await Self.opened(it, test), try await Self.opened(it, test))
            func moves(_ ids: [Int64]) -> String {
                let list = ids.map { #"{"ticket_id": \#($0), "move": "change", "priority": "urgent"}"# }
                return #"{"moves": [\#(list.joined(separator: ","))]}"#
            }
            let first = try await it.post("/ticket-moves", moves([one, two]), key: "k")
            #expect(first.status == 200, "\(first.body)")
            #expect(Self.isReused(try await it.post("/ticket-moves", moves([one]), key: "k")))
            #expect(Self.isReused(try await it.post("/ticket-moves", moves([two, one]), key: "k")))
            let again = try await it.post("/ticket-moves", moves([one, two]), key: "k")
            #expect(Self.isReplayed(again))
            for place in 0..<2 {
                #expect(again.json["items"][place]["entry"]["id"] == first.json["items"][place]["entry"]["id"])
                #expect(again.json["items"][place]["undo"] == first.json["items"][place]["undo"])
            }
            #expect(try await Self.count("ticket_batch", test) == 1)
            let undo = try #require(again.json["items"][0]["undo"]["id"].integer)
            let back = try await it.client.send(.delete, "/api/v1/ticket-moves/\(undo)", token: it.token)
            #expect(back.status == 200)
            #expect(try await test.app.directory.find(two)?.priority != "urgent")
        }
    }

    @Test("a file sent once more after a lost answer is the one that is there", arguments: TestDatabase.engines)
    func files(engine: DatabaseEngine) async throws {
        try await Self.with(engine) { test, it in
            let id = try await Self.opened(it, test)
            func put(_ text: String) async throws -> Int64? {
                try await it.client.send(
                    .put,
                    "/api/v1/tickets/\(id)/attachments/log.txt",
                    bytes: Array(text.utf8),
                    headers: [.authorization: "Bearer \(it.token)", .contentType: "text/plain"]
                ).json["id"].integer
            }
            let first = try #require(try await put("erro 613"))
            #expect(try await put("erro 613") == first)
            let other = try #require(try await put("erro 614"))
            #expect(other != first)
            let said = try await it.post("/tickets/\(id)/reply", #"{"body": "Segue.", "files": [\#(first)]}"#)
            #expect(said.status == 200, "\(said.body)")
            // It belongs to what was said: the same file again is for something else.
            #expect(try await put("erro 613") != first)
            #expect(try await Self.count("attachment", test) == 3)
        }
    }
}
