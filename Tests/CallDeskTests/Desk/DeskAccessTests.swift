import DeskCore
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("Who may do what at the desk", .timeLimit(.minutes(5)))
struct DeskAccessTests {
    /// Pages with the least role that opens them.
    static let pages: [(path: String, role: Account.Role)] = [
        ("/desk", .technician), ("/desk/tickets", .technician), ("/desk/calls", .technician),
        ("/desk/attendances", .technician),
        ("/desk/profile", .technician), ("/desk/replies", .technician), ("/admin/customers", .technician),
        ("/admin/customers/new", .technician),
        ("/admin", .supervisor), ("/admin/service", .supervisor), ("/admin/catalogue", .supervisor),
        ("/admin/postal-codes", .supervisor),
        ("/admin/templates", .supervisor),
        ("/admin/templates/ticket_opened/sms/pt-BR", .supervisor), ("/admin/notices", .supervisor),
        ("/admin/satisfaction", .supervisor),
        ("/admin/lines", .supervisor), ("/admin/callers", .supervisor), ("/admin/users", .administrator),
        ("/admin/users/new", .administrator), ("/admin/hooks", .administrator), ("/admin/webhooks", .administrator),
        ("/admin/webhooks/new", .administrator),
    ]

    /// What changes something, with the least role.
    static let changes: [(method: HTTPRequest.Method, path: String)] = [
        (.post, "/api/v1/interviews"), (.post, "/api/v1/interviews/1/answers"),
        (.post, "/api/v1/interviews/1/back"), (.post, "/api/v1/interviews/1/code"),
        (.post, "/api/v1/customers/1/merge"), (.post, "/api/v1/customers/1/unmerge"),
        (.post, "/api/v1/interviews/1/goto"), (.post, "/api/v1/interviews/1/another"),
        (.post, "/api/v1/interviews/1/end"), (.post, "/api/v1/interviews/1/link"),
        (.post, "/api/v1/attendances/1/claim"), (.post, "/api/v1/attendances/1/hand-over"),
        (.post, "/api/v1/attendances/1/take-back"), (.post, "/api/v1/callbacks/1/done"),
        (.post, "/api/v1/calls"),
        (.put, "/api/v1/attendances/1/attachments/a.txt"), (.put, "/api/v1/tickets/1/attachments/a.txt"),
        (.post, "/api/v1/tickets/1/secrets"), (.patch, "/api/v1/me"),
        (.put, "/api/v1/me/password"), (.post, "/api/v1/users"), (.put, "/api/v1/users/1"),
        (.put, "/api/v1/users/1/password"), (.put, "/api/v1/users/1/disabled"), (.post, "/api/v1/customers"),
        (.patch, "/api/v1/customers/1"), (.post, "/api/v1/customers/1/phones"),
        (.delete, "/api/v1/customers/1/phones/1"), (.post, "/api/v1/customers/1/contracts"),
        (.post, "/api/v1/catalogue/reload"), (.put, "/api/v1/templates/ticket_opened/sms/pt-BR"),
        (.delete, "/api/v1/templates/ticket_opened/sms/pt-BR"), (.post, "/api/v1/notices/1/resend"),
        (.post, "/api/v1/lines/self-test"),
    ]

    @Test("every page leads a stranger to the sign-in, and back afterwards")
    func strangers() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                for page in Self.pages {
                    let answer = try await client.send(.get, page.path, headers: [.accept: "text/html"])
                    #expect(answer.status == 303, "\(page.path)")
                    #expect(answer.headers[.location]?.hasPrefix("/desk/sign-in?next=/") == true)
                    #expect(answer.body.isEmpty)
                }
                for change in Self.changes {
                    let answer = try await client.send(change.method, change.path, json: "{}")
                    #expect(answer.status == 401, "\(change.method) \(change.path)")
                }
                for path in ["/desk/events", "/api/v1/board", "/api/v1/search?q=ana"] {
                    #expect(try await client.send(.get, path, headers: [.accept: "application/json"]).status == 401)
                }
            }
        }
    }

    @Test(
        "cookies that are forged, cut or odd are nobody's",
        arguments: [
            "calldesk_session=", "calldesk_session=x", "calldesk_session=' OR 1=1 --",
            "calldesk_session=" + String(repeating: "0", count: 64),
            "calldesk_session=" + String(repeating: "a", count: 5000),
            "a=b; calldesk_session=\"\"",
        ]
    )
    func forgedCookie(cookie: String) async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let answer = try await client.send(.get, "/desk", headers: [.cookie: cookie, .accept: "text/html"])
                #expect(answer.status == 303)
            }
        }
    }

    @Test("a session ends after its time, and the pages say so")
    func expired() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(account, client)
                #expect(try await browser.get("/desk").status == 200)
                test.clock.advance(by: .seconds(13 * 3600))
                #expect(try await browser.get("/desk").status == 303)
                #expect(
                    try await browser.send(.post, "/api/v1/interviews", "{}").json["type"].string
                        == "/problems/signed-out"
                )
            }
        }
    }

    @Test("each page opens for its role and says plainly to the others that it does not")
    func roles() async throws {
        try await DeskUnderTest.with { test in
            for role in Account.Role.allCases {
                let account = try await test.account(role.rawValue, role: role)
                try await test.application.test(.router) { client in
                    let browser = try await test.browser(account, client)
                    for page in Self.pages {
                        let answer = try await browser.get(page.path)
                        #expect(answer.status == (role >= page.role ? 200 : 403), "\(role) \(page.path)")
                        #expect(answer.body.contains("<main"))
                    }
                }
            }
        }
    }

    @Test("nothing changes without the page's token, nor from another site")
    func crossSite() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("admin", role: .administrator)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(account, client)
                for change in Self.changes {
                    for headers: HTTPFields in [
                        [.csrfToken: "errado"], [.fetchSite: "cross-site"], [.origin: "https://evil.example"],
                    ] {
                        let answer = try await browser.send(change.method, change.path, "{}", headers: headers)
                        #expect(answer.status == 403, "\(change.method) \(change.path)")
                        #expect(answer.json["type"].string == "/problems/cross-site")
                    }
                }
            }
        }
    }

    @Test("a technician can change nothing of the administration")
    func administration() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            let other = try await test.account("bruno")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(account, client)
                let refused: [(HTTPRequest.Method, String)] = [
                    (.post, "/api/v1/users"), (.put, "/api/v1/users/\(other.id)"),
                    (.put, "/api/v1/users/\(account.id)"), (.put, "/api/v1/users/\(other.id)/password"),
                    (.put, "/api/v1/users/\(other.id)/disabled"), (.post, "/api/v1/catalogue/reload"),
                    (.put, "/api/v1/templates/ticket_opened/sms/pt-BR"),
                    (.delete, "/api/v1/templates/ticket_opened/sms/pt-BR"),
                    (.post, "/api/v1/customers/1/contracts"), (.post, "/api/v1/lines/self-test"),
                ]
                for (method, path) in refused {
                    #expect(try await browser.send(method, path, "{}").status == 403, "\(method) \(path)")
                }
            }
        }
    }

    @Test("a ticket of another department shows its number and nothing else")
    func otherDepartment() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let owner = try await test.account("bruno")
            let stranger = try await test.account("ana", departments: ["financeiro"])
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id, summary: "Segredo da casa"),
                    headers: [.idempotencyKey: "k-other-department"]
                )
                #expect(made.status == 201, "\(made.body)")
                let number = try #require(made.json["number"].string)
                let id = try #require(made.json["id"].integer)
                let reader = try await test.browser(owner, client)
                #expect(try await reader.get("/desk/tickets/\(number)").body.contains("Segredo da casa"))
                let browser = try await test.browser(stranger, client)
                let page = try await browser.get("/desk/tickets/\(number)")
                #expect(page.status == 403)
                let reply = try await browser.send(
                    .post,
                    "/api/v1/tickets/\(id)/reply",
                    #"{"body":"x"}"#
                )
                #expect(reply.status == 403)
                let search = try await browser.send(.get, "/api/v1/search?q=Segredo")
                let list = try await browser.get("/desk/tickets?q=Segredo")
                let card = try await browser.send(.get, "/api/v1/customers/\(customer.id)/card")
                for answer in [page, reply, search, list] {
                    #expect(!answer.body.contains("Segredo da casa"))
                }
                #expect(!card.body.contains("Segredo"))
                #expect(card.json["open_tickets"][0]["number"].string == number)
            }
        }
    }
}
