import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import CallDesk

@Suite("Signing in at the desk", .timeLimit(.minutes(5)))
struct SignInPageTests {
    private static let password = "uma senha longa 1"

    private struct Form {
        var cookie: String
        var token: String
    }

    /// The form as a browser gets it.
    private func form(_ client: any TestClientProtocol, next: String = "") async throws -> Form {
        let page = try await client.send(.get, "/desk/sign-in?next=\(next)", headers: [.accept: "text/html"])
        #expect(page.status == 200)
        let cookie = page.headers[values: .setCookie].first { $0.hasPrefix("calldesk_form=") } ?? ""
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        let token = page.body.firstMatch(of: /name="form" value="([0-9a-f]{32})"/).map { String($0.1) }
        return Form(cookie: String(cookie.prefix { $0 != ";" }), token: try #require(token))
    }

    private func post(
        _ client: any TestClientProtocol,
        _ form: Form,
        login: String,
        password: String,
        next: String = "/desk",
        headers: HTTPFields = [:]
    ) async throws -> Answered {
        var headers = headers
        headers[.cookie] = form.cookie
        headers[.contentType] = "application/x-www-form-urlencoded"
        headers[.accept] = "text/html"
        let body = "form=\(form.token)&next=\(next)&login=\(login)&password=\(password.replacing(" ", with: "+"))"
        return try await client.execute(
            uri: "/desk/sign-in",
            method: .post,
            headers: headers,
            body: ByteBuffer(string: body)
        ) { response in
            Answered(status: response.status.code, headers: response.headers, body: String(buffer: response.body))
        }
    }

    private func session(_ answer: Answered) -> String? {
        answer.headers[values: .setCookie].first { $0.hasPrefix("calldesk_session=") }
    }

    @Test("the right password leads to the page asked for, with a session's cookie no script can read")
    func right() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            try await test.app.accounts.setPassword(Self.password, of: account.id, by: .system("test"))
            try await test.application.test(.router) { client in
                let form = try await form(client, next: "/desk/tickets")
                let answer = try await post(client, form, login: "ana", password: Self.password, next: "/desk/tickets")
                #expect(answer.status == 303)
                #expect(answer.headers[.location] == "/desk/tickets")
                let cookie = try #require(session(answer))
                #expect(
                    cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/")
                )
                let page = try await client.send(
                    .get,
                    "/desk",
                    headers: [.cookie: String(cookie.prefix { $0 != ";" }), .accept: "text/html"]
                )
                #expect(page.status == 200)
                #expect(page.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
                #expect(page.headers[.cacheControl] == "no-store")
            }
        }
    }

    @Test("an unknown name and a wrong password are told alike, and nothing is set")
    func wrong() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            try await test.app.accounts.setPassword(Self.password, of: account.id, by: .system("test"))
            try await test.application.test(.router) { client in
                var bodies: [String] = []
                for login in ["ana", "nobody"] {
                    let form = try await form(client)
                    let answer = try await post(client, form, login: login, password: "errada 12345")
                    #expect(answer.status == 403)
                    #expect(session(answer) == nil)
                    bodies.append(answer.body.replacing(form.token, with: "").replacing("value=\"\(login)\"", with: ""))
                }
                #expect(bodies[0] == bodies[1])
            }
        }
    }

    @Test("strangers of an address wait for each other, and a browser the owner has used waits for none of them")
    func knownBrowser() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            _ = try await test.account("bia")
            try await test.app.accounts.setPassword(Self.password, of: account.id, by: .system("test"))
            let device = try await test.app.accounts.rememberDevice(nil, of: account.id)
            try await test.application.test(.router) { client in
                var form = try await form(client)
                // Forms with a wrong token cost no password's work, and count all the same.
                let wrong = Form(cookie: form.cookie, token: String(repeating: "0", count: 32))
                var statuses: [Int] = []
                for number in 0..<25 {
                    statuses.append(try await post(client, wrong, login: "x\(number)", password: "y").status)
                }
                #expect(statuses.first == 400 && statuses.last == 429)
                #expect(try await post(client, form, login: "ana", password: Self.password).status == 429)
                form.cookie += "; calldesk_device=\(device)"
                // It is known for its own login alone.
                #expect(try await post(client, form, login: "bia", password: Self.password).status == 429)
                let answer = try await post(client, form, login: "ana", password: Self.password)
                #expect(answer.status == 303 && session(answer) != nil)
            }
        }
    }

    @Test("after too many tries the right password is refused with the same words")
    func lockOut() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            try await test.app.accounts.setPassword(Self.password, of: account.id, by: .system("test"))
            try await test.application.test(.router) { client in
                let form = try await form(client)
                var statuses: [Int] = []
                for _ in 0..<12 {
                    statuses.append(try await post(client, form, login: "ana", password: "errada 12345").status)
                }
                #expect(statuses.allSatisfy { $0 == 403 || $0 == 429 })
                let answer = try await post(client, form, login: "ana", password: Self.password)
                #expect(answer.status == 403)
                #expect(session(answer) == nil)
            }
        }
    }

    @Test(
        "whoever comes by another address than the desk's is told which one it is",
        arguments: [
            ("https://desk.example", "desk.example", false), ("https://desk.example", "10.0.0.5:8080", true),
            ("http://desk.example:8080", "desk.example:8080", false),
            ("http://desk.example:8080", "localhost:8080", true),
        ]
    )
    func elsewhere(url: String, authority: String, isElsewhere: Bool) {
        let head = HTTPRequest(method: .post, scheme: "http", authority: authority, path: "/desk/sign-in")
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        #expect(OwnOrigin(url: url).isElsewhere(request) == isElsewhere)
        #expect(OwnOrigin(url: url).url == url)
    }

    @Test("a form that is not ours, or comes from another site, signs nobody in")
    func forged() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            try await test.app.accounts.setPassword(Self.password, of: account.id, by: .system("test"))
            try await test.application.test(.router) { client in
                let good = try await form(client)
                for (cookie, token) in [("", good.token), (good.cookie, String(repeating: "0", count: 32)), ("", "")] {
                    let answer = try await post(
                        client,
                        Form(cookie: cookie, token: token),
                        login: "ana",
                        password: Self.password
                    )
                    #expect(answer.status == 400)
                    #expect(session(answer) == nil)
                }
                for foreign: HTTPFields in [
                    [.origin: "https://evil.example"], [.fetchSite: "cross-site"], [.fetchSite: "same-site"],
                    [.origin: "null"],
                ] {
                    let answer = try await post(client, good, login: "ana", password: Self.password, headers: foreign)
                    #expect(answer.status == 403)
                    #expect(session(answer) == nil)
                }
            }
        }
    }

    @Test(
        "after the sign-in nobody is led to another site",
        arguments: [
            "https://evil.example/", "//evil.example", "/\\evil.example", "/desk\\..\\", "/desk/sign-out",
            "/api/v1/me", "/desk/api/x",
            "/desk\r\nSet-Cookie: a=b", "javascript:alert(1)", "/outro", "/desk/events",
        ]
    )
    func openRedirect(next: String) {
        #expect(SignInRoutes.target(next) == "/desk")
    }

    @Test("signing out ends the session for good, and only from our own page")
    func signOut() async throws {
        try await DeskUnderTest.with { test in
            let account = try await test.account("ana")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(account, client)
                func leave(_ csrf: String) async throws -> Int {
                    let headers: HTTPFields = [
                        .cookie: "calldesk_session=\(browser.session.token)",
                        .contentType: "application/x-www-form-urlencoded", .accept: "text/html",
                    ]
                    return try await client.execute(
                        uri: "/desk/sign-out",
                        method: .post,
                        headers: headers,
                        body: ByteBuffer(string: "csrf=\(csrf)")
                    ) { $0.status.code }
                }
                #expect(try await leave("forjado") == 403)
                #expect(try await browser.get("/desk").status == 200)
                #expect(try await leave(browser.csrf) == 303)
                let after = try await browser.get("/desk")
                #expect(after.status == 303)
                #expect(after.headers[.location] == "/desk/sign-in?next=/desk")
            }
        }
    }
}
