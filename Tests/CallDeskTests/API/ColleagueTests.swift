import CallModel
import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("What is a colleague's", .timeLimit(.minutes(5)))
struct ColleagueTests {
    @Test("an interview, its caller and its notices are its holder's, a supervisor's, and nobody else's")
    func contact() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana")
            let bia = try await test.account("bia")
            let sofia = try await test.account("sofia", role: .supervisor)
            try await test.application.test(.router) { client in
                let hers = try await test.browser(ana, client)
                let begun = try await hers.send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
                let id = try #require(begun.json["attendance"]["id"].integer)
                let paths = [
                    "/api/v1/interviews/\(id)", "/api/v1/interviews/\(id)/topics?q=erro", "/api/v1/attendances/\(id)",
                    "/api/v1/attendances/\(id)/caller", "/api/v1/attendances/\(id)/notices",
                ]
                for (account, status) in [(ana, 200), (sofia, 200), (bia, 403)] {
                    let browser = try await test.browser(account, client)
                    for path in paths { #expect(try await browser.send(.get, path).status == status, "\(path)") }
                }
                // Over, it is still hers: to begin it again is to read it.
                let end = #"{"reason": "other", "text": "engano"}"#
                #expect(try await hers.send(.post, "/api/v1/interviews/\(id)/end", end).status == 200)
                let his = try await test.browser(bia, client)
                let again = try await his.send(.post, "/api/v1/interviews", "{\"attendance_id\": \(id)}")
                #expect(again.status == 403)
            }
        }
    }

    @Test("news of a notice goes to those of its ticket", arguments: TestDatabase.engines)
    func news(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let customer = try await test.customer()
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id),
                    headers: [.account: "ana"]
                )
                let id = try #require(made.json["id"].integer)
                let ticket = try #require(try await test.app.directory.find(id))
                let change = NoticeFateChange(
                    noticeID: 1,
                    event: .ticketOpened,
                    channel: .mail,
                    state: .sent,
                    attendanceID: ticket.attendanceID,
                    ticketID: id,
                    at: test.clock.now
                )
                let audience = try #require(try await NoticeTeller(app: test.app).audiences(of: [change]).first)
                #expect(audience.department == ticket.department)
                #expect(!audience.everyone)
                let stranger = LiveViewer(account: ana.id + 77, seesEverything: false, departments: ["outro"])
                #expect(!stranger.sees(audience))
                #expect(LiveViewer(account: ana.id, seesEverything: false, departments: ["outro"]).sees(audience))
            }
        }
    }

    @Test("who has the phone today did not take part in what it heard before", arguments: TestDatabase.engines)
    func recordings(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let phone = AccountExtension(party: "PJSIP/1001")
            let desk = test.app.accounts
            let ana = try await desk.add(
                AccountDraft(login: "ana", name: "Ana", extensions: [phone]),
                by: .system("test")
            )
            let bia = try await desk.add(AccountDraft(login: "bia", name: "Bia"), by: .system("test"))
            var call = CallSnapshot(key: "1.1", direction: .inbound)
            call.offered = ["PJSIP/1001"]
            call.answeredBy = "PJSIP/1001"
            call.answeredAt = 1
            call.lastParty = "PJSIP/1001"
            _ = try await test.app.callLog.record([CallSignal(line: "pbx", call: call)])
            let stored = try #require(try await test.app.calls.find(line: "pbx", key: "1.1"))
            _ = try await desk.update(ana.id, by: .system("test")) { $0.extensions = [] }
            _ = try await desk.update(bia.id, by: .system("test")) { $0.extensions = [phone] }
            #expect(try await test.app.calls.tookPart(ana.id, in: [stored.id]) == [stored.id])
            #expect(try await test.app.calls.tookPart(bia.id, in: [stored.id]).isEmpty)
        }
    }

    @Test("a whole document is shown by a look that is on record, and nowhere else", arguments: TestDatabase.engines)
    func documents(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/customers",
                    token: test.token,
                    json: #"{"name": "Maria Silva", "document": "529.982.247-25"}"#
                )
                let id = try #require(made.json["id"].integer)
                let ana = try await test.account("ana")
                let browser = try await test.browser(ana, client)
                for path in ["/api/v1/customers/\(id)", "/api/v1/customers", "/api/v1/customers?q=52998224725"] {
                    let body = try await browser.send(.get, path).body
                    #expect(!body.contains("52998224725") && !body.contains("529.982.247-25"), "\(path)")
                }
                let look = try await browser.send(.post, "/api/v1/customers/\(id)/document")
                #expect(look.json["number"].string == "52998224725", "\(look.body)")
                let trail = try await test.app.database.read { session in
                    try AuditTrail.list(subject: "customer:\(id)", in: session)
                }
                #expect(trail.first?.action == "customer.document.look")
                #expect(trail.first?.actor == "account:\(ana.id)")
            }
        }
    }

    @Test("a token for tickets alone registers nobody")
    func ticketsAlone() async throws {
        try await DeskUnderTest.with { test in
            let made = try await test.app.tokens.add(name: "x", scopes: [.ticketsWrite], by: .system("test"))
            try await test.application.test(.router) { client in
                let more = #", "customer": {"name": "Padaria Luz", "kind": "company"}"#
                for (token, status) in [(made.secret, 403), (test.token, 201)] {
                    let answer = try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: token,
                        json: DeskUnderTest.ticket(nil, more: more)
                    )
                    #expect(answer.status == status, "\(answer.body)")
                }
                #expect(try await test.app.customers.list().count == 1)
            }
        }
    }

    @Test("a link is closed from its ticket by those who may read it, once")
    func links() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id),
                    headers: [.account: "ana"]
                )
                let id = try #require(made.json["id"].integer)
                let clock = test.clock
                let token = try await test.app.database.write { session in
                    try QuickLinks(database: test.app.database).create(
                        ticketID: id,
                        recipient: "x@ex.br",
                        expires: clock.now.adding(.seconds(60)),
                        at: clock.now,
                        in: session
                    )
                }
                let browser = try await test.browser(ana, client)
                let list = try await browser.send(.get, "/api/v1/tickets/\(id)/links")
                #expect(!list.body.contains(token))
                let link = try #require(list.json["items"][0]["id"].integer)
                #expect(try await client.send(.get, "/t/\(token)").status == 200)
                #expect(try await browser.send(.delete, "/api/v1/tickets/\(id)/links/\(link)").status == 204)
                #expect(try await browser.send(.delete, "/api/v1/tickets/\(id)/links/\(link)").status == 404)
                #expect(try await client.send(.get, "/t/\(token)").status == 410)
            }
        }
    }
}
