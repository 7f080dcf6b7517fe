import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// Two tabs of one page: what the second saves was made of a copy that the first has changed.
@Suite("Two who edit the same", .timeLimit(.minutes(5)))
struct StaleBookTests {
    /// What is changed without naming a copy, and why nothing of a colleague's can be lost by it.
    private static let others = [
        "pauseInQueues": "says what is so from now on, of one's own phone",
        "changeContactAccount": "two switches, of which only those that are named change",
        "updateProfile": "one's own choices, of which only those that are named change",
        "changePassword": "names the password that was",
        "saveWishes": "one's own choices",
        "setPassword": "a new password holds whatever the one before was",
        "disableUser": "one switch",
        "readTicket": "marks what was seen, by one person",
        "lookAtTicket": "who looks now",
        "importPostalFile": "a newer file takes the place of the one before, whatever stood in it",
        "attachToTicket": "adds a file",
        "attachToAttendance": "adds a file",
        "rateTicket": "the customer's opinion, given once",
    ]

    @Test("every operation that changes a record names the copy it was made of, or says why it need not")
    func all() async throws {
        try await DeskUnderTest.with { test in
            let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
            let changing = api.operations.filter { $0.method == .put || $0.method == .patch }
            for operation in changing {
                let takes =
                    switch operation.revisions {
                    case .taken, .needed: true
                    case .none, .told: false
                    }
                #expect(takes != (Self.others[operation.id] != nil), "\(operation.id)")
            }
            #expect(Set(Self.others.keys).subtracting(changing.map(\.id)).isEmpty)
        }
    }

    @Test("a department's prepared text is not written over unseen", arguments: TestDatabase.engines)
    func replies(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let (ana, bia) = (
                try await test.account("ana", role: .supervisor), try await test.account("bia", role: .supervisor)
            )
            try await test.application.test(.router) { client in
                let (first, second) = (try await test.browser(ana, client), try await test.browser(bia, client))
                func text(_ title: String, _ body: String, _ revision: Int64? = nil) -> String {
                    let copy = revision.map { ", \"revision\": \($0)" } ?? ""
                    return "{\"title\": \"\(title)\", \"body\": \"\(body)\", \"mine\": false\(copy)}"
                }
                let made = try await first.send(.post, "/api/v1/canned-replies", text("Olá", "Bom dia"))
                let path = "/api/v1/canned-replies/\(try #require(made.json["id"].integer))"
                #expect(made.json["revision"].integer == 0)
                let form = try await second.get(path.replacing("/api/v1/canned-replies/", with: "/desk/replies?id="))
                #expect(form.body.contains(#"name="revision" data-type="number" value="0""#))
                let changed = try await first.send(.put, path, text("Olá", "Boa tarde", 0))
                #expect(changed.status == 200 && changed.headers[.eTag] == "\"1\"", "\(changed.body)")
                let late = try await second.send(.put, path, text("Oi", "Bom dia", 0))
                #expect(late.status == 409 && late.json["type"].string == "/problems/stale")
                #expect(late.json["current"]["body"].string == "Boa tarde")
                #expect(late.json.wrongFields == ["body", "title"])
                #expect(try await second.send(.put, path, text("Oi", "x"), headers: [.ifMatch: "\"0\""]).status == 412)
                #expect(try await second.send(.put, path, text("Oi", "x")).status == 428)
                #expect(try await second.send(.put, path, text("Oi", "Boa noite", 1)).status == 200)
                // Somebody else's own is not there, whatever copy is named.
                let own = try await first.send(.post, "/api/v1/canned-replies", #"{"title": "a", "body": "b"}"#)
                let hidden = "/api/v1/canned-replies/\(try #require(own.json["id"].integer))"
                #expect(try await second.send(.put, hidden, text("Oi", "x", 9)).status == 404)
            }
        }
    }

    @Test("a step that a colleague marked is not taken back unseen", arguments: TestDatabase.engines)
    func steps(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let (ana, bia) = (try await test.account("ana"), try await test.account("bia"))
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let (first, second) = (try await test.browser(ana, client), try await test.browser(bia, client))
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let path = "/api/v1/tickets/\(try #require(made.json["id"].integer))/steps"
                let list = try await first.send(.get, path)
                let step = try #require(list.json["items"][0]["id"].string)
                let empty = try #require(list.json["items"][0]["tag"].string)
                func mark(_ browser: TestBrowser, _ done: Bool, _ tag: String?) async throws -> Answered {
                    var headers: HTTPFields = [:]
                    headers[.ifMatch] = tag.map { "\"\($0)\"" }
                    return try await browser.send(.put, "\(path)/\(step)", "{\"done\": \(done)}", headers: headers)
                }
                let marked = try await mark(first, true, empty)
                let seen = try #require(marked.json["items"][0]["tag"].string)
                #expect(marked.status == 200 && marked.headers[.eTag] == "\"\(seen)\"" && seen != empty)
                #expect(try await mark(second, true, empty).status == 412)
                #expect(try await mark(second, false, empty).status == 412)
                #expect(try await second.send(.get, path).json["items"][0]["done_by"].string == "Ana")
                #expect(try await mark(second, false, seen).json["items"][0]["tag"].string == empty)
                // One value, whole by itself: a program that names no copy means what it says.
                #expect(try await mark(second, true, nil).status == 200)
            }
        }
    }

    @Test("calendars and promises are written over by nobody who names no copy", arguments: TestDatabase.engines)
    func rules(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let boss = try await test.account("chefe", role: .supervisor)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(boss, client)
                let path = "/api/v1/service-rules"
                func put(_ name: String, _ copy: String = "", match: String? = nil) async throws -> Answered {
                    let week = #"[["08:00-18:00"],[],[],[],[],[],[]]"#
                    var headers: HTTPFields = [:]
                    headers[.ifMatch] = match
                    return try await browser.send(
                        .put,
                        path,
                        #"{"calendars": [{"week": \#(week)}], "policies": [{"name": "\#(name)"}]\#(copy)}"#,
                        headers: headers
                    )
                }
                let read = try await browser.send(.get, path)
                #expect(read.headers[.eTag] == "\"0\"")
                #expect(try await put("Prata").status == 428)
                let kept = try await put("Ouro", match: "\"0\"")
                #expect(kept.status == 200, "\(kept.body)")
                let late = try await put("Prata", match: "\"0\"")
                #expect(late.status == 412)
                #expect(late.json["current"]["policies"][0]["name"].string == "Ouro")
                #expect(try await put("Prata", #", "revision": 0"#).status == 409)
                #expect(try await put("Bronze", match: "*").status == 200)
                #expect(test.app.book.policies.map(\.name) == ["Bronze"])
            }
        }
    }

    @Test("subscribers tell what they say now to whom comes late", arguments: TestDatabase.engines)
    func tagged(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let admin = try await test.account("adm", role: .administrator)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(admin, client)
                func subscriber(_ name: String) -> String {
                    #"{"name": "\#(name)", "url": "https://ex.br/a", "events": ["call"]}"#
                }
                let made = try await browser.send(.post, "/api/v1/webhooks", subscriber("Um"))
                let hook = "/api/v1/webhooks/\(try #require(made.json["id"].integer))"
                let read = "\"\(try #require(made.json["tag"].string))\""
                #expect(try await browser.send(.put, hook, subscriber("Dois"), headers: [.ifMatch: read]).status == 200)
                let late = try await browser.send(.put, hook, subscriber("Três"), headers: [.ifMatch: read])
                #expect(late.status == 412 && late.json.wrongFields == ["name"], "\(late.body)")
                let now = "\"\(try #require(late.json["current"]["tag"].string))\""
                #expect(try await browser.send(.put, hook, subscriber("Três"), headers: [.ifMatch: now]).status == 200)
            }
        }
    }

    @Test("a text that customers get is not written over unseen", arguments: TestDatabase.engines)
    func templates(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let (ana, bia) = (
                try await test.account("ana", role: .supervisor), try await test.account("bia", role: .supervisor)
            )
            try await test.application.test(.router) { client in
                let (first, second) = (try await test.browser(ana, client), try await test.browser(bia, client))
                let name = "ticket_solved/sms/pt-BR"
                let path = "/api/v1/templates/\(name)"
                func put(_ browser: TestBrowser, _ body: String, _ copy: String?) async throws -> Answered {
                    var headers: HTTPFields = [:]
                    headers[.ifMatch] = copy
                    return try await browser.send(.put, path, #"{"body": "\#(body)"}"#, headers: headers)
                }
                let page = try await second.get("/admin/templates/\(name)")
                let read = try #require(page.body.firstMatch(of: /data-tag="([^"]+)"/)).output.1
                let saved = try await put(first, "Chamado resolvido: {{ticket}}", "\"\(read)\"")
                #expect(saved.status == 200, "\(saved.body)")
                let now = try #require(saved.headers[.eTag])
                let late = try await put(second, "Resolvido {{ticket}}", "\"\(read)\"")
                #expect(late.status == 412 && late.json.wrongFields == ["body"], "\(late.body)")
                #expect(late.json["current"]["body"].string == "Chamado resolvido: {{ticket}}")
                #expect(late.json["current"]["tag"].string.map { "\"\($0)\"" } == now)
                #expect(try await put(second, "Resolvido {{ticket}}", nil).status == 428)
                #expect(try await put(second, "Resolvido {{ticket}}", now).status == 200)
                // Going back to the text the desk came with makes every copy of an edited one old.
                let edited = try await put(second, "Resolvido: {{ticket}}", "*").headers[.eTag]
                #expect(try await first.send(.delete, path).status == 204)
                #expect(try await put(second, "Resolvido {{ticket}}", edited).status == 412)
            }
        }
    }

    @Test("a profile's page sends what was changed in it alone")
    func profile() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let page = try await browser.get("/desk/profile")
                #expect(page.body.contains(#"data-method="PATCH" data-changes data-url="/api/v1/me""#))
                #expect(try await browser.send(.patch, "/api/v1/me", #"{"pop": "off"}"#).status == 200)
                #expect(
                    try await browser.send(.patch, "/api/v1/me", #"{"language": "en"}"#).json["pop"].string == "off"
                )
            }
        }
    }
}
