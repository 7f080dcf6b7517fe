import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Signing in on the portal", .timeLimit(.minutes(5)))
struct PortalEntryTests {
    @Test("login or e-mail and password lead to the page asked for, with a new session of the portal's own")
    func right() async throws {
        try await DeskUnderTest.with { test in
            let person = try await test.person(of: test.customer())
            try await test.application.test(.router) { client in
                for name in ["maria", person.email ?? ""] {
                    let browser = PortalBrowser(client)
                    browser.set("calldesk_portal_session", String(repeating: "a", count: 64))
                    let page = try await browser.get("/entrar?next=/?x=1")
                    #expect(page.status == 200)
                    #expect(page.body.contains("name=\"login\""))
                    let answer = try await browser.post(
                        "/entrar",
                        [("login", name), ("password", PortalBrowser.password), ("next", "/?x=1")]
                    )
                    #expect(answer.status == 303)
                    #expect(answer.headers[.location] == "/?x=1")
                    let cookie = try #require(
                        answer.headers[values: .setCookie].first { $0.hasPrefix("calldesk_portal_session=") }
                    )
                    #expect(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"))
                    #expect(browser.cookies["calldesk_portal_session"] != String(repeating: "a", count: 64))
                    let home = try await browser.get("/")
                    #expect(home.body.contains("Olá, Maria"))
                    #expect(home.headers[.cacheControl] == "no-store")
                }
            }
        }
    }

    @Test("a step with a help video leads to it, another step does not")
    func video() async throws {
        try await DeskUnderTest.with(
            settings: { $0.portal.videos = ["entrar": "https://video.exemplo.com.br/1?a=1&b=2"] }
        ) { test in
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                let link = "href=\"https://video.exemplo.com.br/1?a=1&amp;b=2\" rel=\"noopener\">Ver vídeo"
                #expect(try await browser.get("/entrar?next=/").body.contains(link))
                let others = [try await browser.get("/cadastro").body, try await browser.get("/").body]
                #expect(others.allSatisfy { !$0.contains("Ver vídeo") })
            }
        }
    }

    @Test("a wrong password, an unknown login and one who is kept out get the same answer")
    func wrong() async throws {
        try await DeskUnderTest.with { test in
            let person = try await test.person(of: test.customer())
            try await test.application.test(.router) { client in
                var pages: Set<String> = []
                for (index, login) in ["maria", "ninguem", "maria"].enumerated() {
                    if index == 2 { try await test.app.persons.block(person.id, by: .system("test")) }
                    let browser = PortalBrowser(client)
                    try await browser.get("/entrar")
                    let password = index == 2 ? PortalBrowser.password : "errada 1234"
                    let answer = try await browser.post("/entrar", [("login", login), ("password", password)])
                    #expect(answer.status == 403)
                    #expect(!answer.body.contains("errada"))
                    pages.insert(
                        answer.body.replacing(login, with: "").replacing(/value="[0-9a-f]{32}"/, with: "value=\"\"")
                    )
                }
                #expect(pages.count == 1)
            }
        }
    }

    @Test("strangers of an address wait for each other, and a browser the customer has used waits for none of them")
    func knownBrowser() async throws {
        try await DeskUnderTest.with { test in
            let person = try await test.person(of: test.customer())
            let device = try await test.app.persons.rememberDevice(nil, of: person.id)
            try await test.application.test(.router) { client in
                let stranger = PortalBrowser(client)
                try await stranger.get("/entrar")
                var status = 0
                for _ in 0..<25 where status != 429 {
                    status = try await stranger.post("/entrar", [("login", "x"), ("password", "y")]).status
                }
                #expect(status == 429)
                let right = [("login", person.email ?? ""), ("password", PortalBrowser.password)]
                let browser = PortalBrowser(client)
                try await browser.get("/entrar")
                #expect(try await browser.post("/entrar", right).status == 429)
                browser.set("calldesk_portal_device", device)
                #expect(try await browser.post("/entrar", [("login", "x"), ("password", "y")]).status == 429)
                #expect(try await browser.post("/entrar", right).status == 303)
            }
        }
    }

    @Test("a form that no page of ours gave is refused, and so is one from elsewhere")
    func forged() async throws {
        try await DeskUnderTest.with { test in
            _ = try await test.person(of: test.customer())
            try await test.application.test(.router) { client in
                let fields = [("login", "maria"), ("password", PortalBrowser.password)]
                let stranger = PortalBrowser(client)
                #expect(try await stranger.post("/entrar", fields, csrf: "").status == 403)
                try await stranger.get("/entrar")
                #expect(
                    try await stranger.post("/entrar", fields, csrf: String(repeating: "0", count: 32)).status == 403
                )
                var headers = HTTPFields()
                headers[.origin] = "https://evil.example"
                #expect(try await stranger.post("/entrar", fields, headers: headers).status == 403)
                #expect(stranger.cookies["calldesk_portal_session"] == nil)
            }
        }
    }

    @Test("signing out ends the session itself, and only with its own token")
    func out() async throws {
        try await DeskUnderTest.with { test in
            let person = try await test.person(of: test.customer())
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                let session = try await test.app.personSessions.begin(personID: person.id)
                browser.enter(session)
                #expect(try await browser.post("/sair", csrf: Side.staff.csrf(session.csrf)).status == 403)
                #expect(try await test.app.personSessions.find(session.token) != nil)
                try await browser.get("/")
                #expect(try await browser.post("/sair").status == 303)
                #expect(try await test.app.personSessions.find(session.token) == nil)
                #expect(browser.cookies["calldesk_portal_session"] == nil)
            }
        }
    }

    @Test("a customer's session is none at the desk, and a technician's none on the portal")
    func sides() async throws {
        try await DeskUnderTest.with { test in
            let person = try await test.person(of: test.customer())
            let account = try await test.account("ana", role: .administrator)
            try await test.application.test(.router) { client in
                let customer = try await test.app.personSessions.begin(personID: person.id)
                let staff = try await test.app.sessions.begin(accountID: account.id)
                let confused = PortalBrowser(client)
                confused.set("calldesk_session", customer.token)
                confused.set("calldesk_portal_session", staff.token)
                #expect(try await confused.get("/desk").status == 303)
                #expect(try await confused.get("/").body.contains("href=\"/entrar\""))
            }
        }
    }

    @Test("the language chosen stays, and is the person's once they have signed in")
    func language() async throws {
        try await DeskUnderTest.with { test in
            let person = try await test.person(of: test.customer())
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                #expect(try await browser.get("/").body.contains("<html lang=\"pt-BR\""))
                #expect(try await browser.post("/idioma", [("idioma", "en"), ("next", "/")]).status == 303)
                #expect(try await browser.get("/").body.contains("<html lang=\"en\""))
                // Who is signing in goes on doing so in the other language.
                let signIn = try await browser.get("/entrar?next=/dados")
                #expect(signIn.body.contains("name=\"next\" value=\"/entrar?next=/dados\""))
                let changed = try await browser.post("/idioma", [("idioma", "pt-PT"), ("next", "/entrar?next=/dados")])
                #expect(changed.headers[.location] == "/entrar?next=/dados")
                browser.enter(try await test.app.personSessions.begin(personID: person.id))
                try await browser.post("/idioma", [("idioma", "pt-PT"), ("next", "//evil.example")])
                #expect(try await test.app.persons.find(person.id)?.language == .ptPT)
                #expect(try await PortalBrowser(client).get("/").body.contains("<html lang=\"pt-BR\""))
            }
        }
    }

    @Test(
        "where to go on is a page of the portal",
        arguments: [
            ("/chamados?x=1", "/chamados?x=1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/desk", "/"),
            ("/\\evil.example", "/"), ("", "/"), ("/api/v1/me", "/"), ("/entrar", "/"), ("/a\r\nb", "/"),
        ]
    )
    func targets(text: String, target: String) {
        #expect(PortalRoutes.target(text) == target)
    }

    @Test("pages are light: the frame, the style sheet and no script")
    func weight() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let page = try await PortalBrowser(client).get("/")
                #expect(page.body.utf8.count < 8_000)
                #expect(!page.body.contains("<script"))
            }
        }
    }
}
