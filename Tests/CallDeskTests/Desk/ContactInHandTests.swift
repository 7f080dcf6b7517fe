import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("Whose hands a contact is in", .timeLimit(.minutes(5)))
struct ContactInHandTests {
    /// A walk-in of Ana's, with Bruno and a supervisor beside her.
    private struct Scene: Sendable {
        let test: DeskUnderTest
        let client: any TestClientProtocol
        let ana: TestBrowser
        let bruno: TestBrowser
        let sofia: TestBrowser
        let customer: Customer
        let id: Int64

        /// Opens a ticket in the name of somebody.
        func open(_ name: String, _ more: String = "") async throws -> Answered {
            try await client.send(
                .post,
                "/api/v1/tickets",
                token: test.token,
                json: DeskUnderTest.ticket(customer.id, more: more),
                headers: [.account: name]
            )
        }

        /// The contact came to a ticket, and Ana goes on with another request.
        func another() async throws -> JSONValue {
            let opened = try await open("ana", ", \"attendance_id\": \(id)")
            #expect(opened.status == 201, "\(opened.body)")
            let begun = try await ana.send(.post, "/api/v1/interviews/\(id)/another")
            #expect(begun.status == 200, "\(begun.body)")
            return begun.json
        }

        func upload(_ browser: TestBrowser, _ name: String) async throws -> Answered {
            try await browser.send(
                .put,
                "/api/v1/attendances/\(id)/attachments/\(name)",
                "x",
                headers: [.contentType: "text/plain"]
            )
        }
    }

    private func started(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana")
            let bruno = try await test.account("bruno")
            let sofia = try await test.account("sofia", role: .supervisor)
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let hers = try await test.browser(ana, client)
                let begun = try await hers.send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
                try await body(
                    Scene(
                        test: test,
                        client: client,
                        ana: hers,
                        bruno: try await test.browser(bruno, client),
                        sofia: try await test.browser(sofia, client),
                        customer: customer,
                        id: try #require(begun.json["attendance"]["id"].integer)
                    )
                )
            }
        }
    }

    private static let held = "/problems/held-by-another"

    @Test("another request is its holder's to answer, to look at and to end, as the first was")
    func another() async throws {
        try await started { it in
            let begun = try await it.another()
            let (revision, prompt) = (begun["revision"].integer ?? 0, begun["prompt"]["id"].string ?? "")
            let secret = #"{"text": "a senha: Xk7-p2q9 e mais"}"#
            for (path, body) in [
                ("/back", "{}"), ("/goto", "{\"prompt\": \"\(prompt)\"}"),
                ("/end", #"{"reason": "other", "text": "engano"}"#), ("/link", #"{"ticket_id": 1}"#),
                ("/answers", #"{"revision": 0, "prompt": "topic", "answer": {"text": "x"}}"#),
                ("/answers", "{\"revision\": \(revision), \"prompt\": \"\(prompt)\", \"answer\": {\"text\": \"x\"}}"),
                ("/answers", "{\"revision\": \(revision), \"prompt\": \"\(prompt)\", \"answer\": \(secret)}"),
                ("/answers", "{\"revision\": 0, \"prompt\": \"x\", \"passwords\": \"seal\", \"answer\": \(secret)}"),
            ] {
                let answer = try await it.bruno.send(.post, "/api/v1/interviews/\(it.id)\(path)", body)
                #expect(answer.json["type"].string == Self.held, "\(path) \(body): \(answer.body)")
                #expect(!answer.body.contains("\"current\""), "\(path)")
            }
            let begin = try await it.bruno.send(.post, "/api/v1/interviews", "{\"attendance_id\": \(it.id)}")
            #expect(begin.json["type"].string == Self.held, "\(begin.body)")
            // He may read the ticket it came to, and not what she writes down besides.
            #expect(try await it.bruno.send(.get, "/api/v1/attendances/\(it.id)").status == 200)
            #expect(try await it.bruno.send(.get, "/api/v1/interviews/\(it.id)").status == 403)
            let now = try await it.ana.send(.get, "/api/v1/interviews/\(it.id)")
            #expect(now.json["revision"].integer == revision)
        }
    }

    @Test("what is open in another's hands shows nothing by a password typed into its answers")
    func password() async throws {
        try await started { it in
            let answer = try await it.bruno.send(
                .post,
                "/api/v1/interviews/\(it.id)/answers",
                #"{"revision": 0, "prompt": "identify", "answer": {"text": "a senha: Xk7-p2q9 e mais"}}"#
            )
            #expect(answer.json["type"].string == Self.held, "\(answer.body)")
            #expect(!answer.body.contains("\"current\""))
        }
    }

    @Test("another request takes files, is handed over, taken back and claimed from somebody who has gone")
    func passedOn() async throws {
        try await started { it in
            _ = try await it.another()
            #expect(try await it.upload(it.ana, "a.txt").status == 201)
            #expect(try await it.upload(it.bruno, "b.txt").json["type"].string == Self.held)
            let path = "/api/v1/attendances/\(it.id)"
            #expect(try await it.bruno.send(.post, path + "/claim", "{}").status == 409)
            let hand = "{\"account_id\": \(it.bruno.account.id)}"
            #expect(try await it.ana.send(.post, path + "/hand-over", hand).status == 200)
            #expect(try await it.bruno.send(.get, "/api/v1/board").json["drafts"][0]["attendance_id"].integer == it.id)
            #expect(try await it.ana.send(.post, "/api/v1/interviews/\(it.id)/back", "{}").status == 409)
            #expect(try await it.upload(it.bruno, "c.txt").status == 201)
            #expect(try await it.ana.send(.post, path + "/take-back", "{}").status == 200)
            #expect(try await it.ana.send(.get, "/api/v1/board").json["drafts"][0]["attendance_id"].integer == it.id)
            it.test.clock.advance(by: .seconds(400))
            #expect(try await it.bruno.send(.post, path + "/claim", "{}").status == 200)
            #expect(try await it.bruno.send(.post, "/api/v1/interviews/\(it.id)/back", "{}").status == 200)
            // Once it is over there is nothing to take any more.
            let end = #"{"reason": "other", "text": "engano"}"#
            #expect(try await it.bruno.send(.post, "/api/v1/interviews/\(it.id)/end", end).status == 200)
            #expect(try await it.upload(it.bruno, "d.txt").status == 409)
            let late = try await it.sofia.send(.post, path + "/claim", "{}")
            #expect(late.json["type"].string == "/problems/interview-ended")
        }
    }

    @Test("another request is told as going on with each answer, and as over at its end")
    func told() async throws {
        try await started { it in
            let begun = try await it.another()
            func over(_ path: String, _ body: String) async throws -> [Bool] {
                let before = it.test.app.hub.position
                let answer = try await it.ana.send(.post, "/api/v1/interviews/\(it.id)\(path)", body)
                #expect(answer.status == 200, "\(answer.body)")
                let viewer = LiveViewer(account: it.ana.account.id, seesEverything: false)
                return it.test.app.hub.past(after: before, for: viewer).events.filter { $0.kind == .draft }
                    .map { String(buffer: $0.frame).contains("\"is_over\":true") }
            }
            let (revision, prompt) = (begun["revision"].integer ?? 0, begun["prompt"]["id"].string ?? "")
            let answer = "{\"revision\": \(revision), \"prompt\": \"\(prompt)\", \"answer\": {\"text\": \"x\"}}"
            #expect(try await over("/answers", answer) == [false])
            #expect(try await over("/end", #"{"reason": "other", "text": "engano"}"#) == [true])
        }
    }

    @Test("a contact in a colleague's hands is neither linked to a ticket nor acted in, whoever supervises may")
    func linked() async throws {
        try await started { it in
            let ticket = try #require(try await it.open("bruno").json["id"].integer)
            let level = IdentityLevel.verified
            try await it.test.app.attendances.identify(it.id, customerID: it.customer.id, contactID: nil, level: level)
            let body = "{\"body\": \"x\", \"attendance_id\": \(it.id)}"
            for move in ["link", "reply", "cancel", "reiterate"] {
                let answer = try await it.bruno.send(.post, "/api/v1/tickets/\(ticket)/\(move)", body)
                #expect(answer.json["type"].string == Self.held, "\(move): \(answer.body)")
            }
            let opened = try await it.open("bruno", ", \"attendance_id\": \(it.id)")
            #expect(opened.json["type"].string == Self.held, "\(opened.body)")
            // Her interview goes on as if nobody had asked, and his page of the ticket does not offer her contact.
            let number = try #require(try await it.test.app.directory.find(ticket)).number
            /// What the form of deeds for the customer offers to do them in.
            func offered(_ page: Answered) -> String {
                page.body.components(separatedBy: "id=\"for-contact\"").dropFirst().first?
                    .components(separatedBy: "</select>").first ?? ""
            }
            let option = "<option value=\"\(it.id)\""
            #expect(!offered(try await it.bruno.get("/desk/tickets/\(number)")).contains(option))
            #expect(offered(try await it.ana.get("/desk/tickets/\(number)")).contains(option))
            #expect(try await it.ana.send(.post, "/api/v1/interviews/\(it.id)/back", "{}").status == 200)
            #expect(try await it.ana.send(.post, "/api/v1/tickets/\(ticket)/reply", body).status == 200)
            _ = try await it.another()
            let again = try await it.bruno.send(.post, "/api/v1/tickets/\(ticket)/link", body)
            #expect(again.json["type"].string == Self.held, "\(again.body)")
            #expect(try await it.open("bruno", ", \"attendance_id\": \(it.id)").json["type"].string == Self.held)
            #expect(try await it.ana.send(.post, "/api/v1/interviews/\(it.id)/back", "{}").status == 200)
            #expect(try await it.sofia.send(.post, "/api/v1/tickets/\(ticket)/reiterate", body).status == 200)
        }
    }

    @Test("whose contact it is is said before a customer is registered for it")
    func registered() async throws {
        try await started { it in
            let answer = try await it.client.send(
                .post,
                "/api/v1/tickets",
                token: it.test.token,
                json: DeskUnderTest.ticket(
                    nil,
                    more: """
                        , "attendance_id": \(it.id), "customer": {"name": "Rui Costa", "phones": ["31 98765-1111"]}
                        """
                ),
                headers: [.account: "bruno"]
            )
            #expect(answer.json["type"].string == Self.held, "\(answer.body)")
            #expect(try await it.test.app.customers.list().map(\.id) == [it.customer.id])
        }
    }

    @Test("what a customer writes at the portal is nobody's at the desk before it is sent")
    func unsent() async throws {
        try await started { it in
            let app = it.test.app
            let contact = try #require(try await app.customers.contacts(of: it.customer.id).first)
            let customer = try #require(
                try await app.customers.signedIn(customerID: it.customer.id, contactID: contact.id)
            )
            let state = try await app.interviews.request("erro-sistema", by: customer, language: .ptBR).state
            let id = state.attendance.id
            let end = #"{"reason": "other", "text": "engano"}"#
            for browser in [it.ana, it.sofia] {
                for (method, path, body) in [
                    (HTTPRequest.Method.get, "/interviews/\(id)", nil), (.get, "/attendances/\(id)", nil),
                    (.get, "/attendances/\(id)/attachments", nil),
                    (.post, "/interviews", "{\"attendance_id\": \(id)}"), (.post, "/interviews/\(id)/end", end),
                    (.post, "/interviews/\(id)/back", "{}"), (.post, "/interviews/\(id)/another", nil),
                    (.post, "/attendances/\(id)/claim", "{}"),
                    (.post, "/attendances/\(id)/hand-over", "{\"account_id\": \(it.bruno.account.id)}"),
                ] {
                    let answer = try await browser.send(method, "/api/v1" + path, body)
                    #expect(answer.status == 403, "\(method) \(path): \(answer.body)")
                }
            }
            let opened = try await it.open("ana", ", \"attendance_id\": \(id)")
            #expect(opened.json["type"].string == "/problems/not-sent", "\(opened.body)")
            let now = try await app.interviews.state(attendanceID: id, by: nil, language: .ptBR)
            #expect(now.attendance.accountID == nil && now.attendance.state == .open)
            #expect(now.interview.draft.revision == state.interview.draft.revision)
            #expect(now.interview.draft.channel == .portal)
        }
    }
}
