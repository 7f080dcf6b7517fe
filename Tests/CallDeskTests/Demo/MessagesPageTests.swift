import DeskCore
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import CallDesk
@testable import Rehearsal

@Suite("The demonstration's messages", .timeLimit(.minutes(5)))
struct MessagesPageTests {
    @Test("every kind of call has a button, and those of the PBX at hand a scenario that can be read")
    func kinds() throws {
        let page = MessagesPage([], time: DeskTime(timeZone: .gmt, language: .ptBR))
        #expect(page.kinds.map(\.value) == DemoCalls.kinds.map(\.key))
        #expect(Set(page.kinds.map(\.label)).count == page.kinds.count)
        for kind in DemoCalls.kinds.map(\.key) where kind != "filial" && kind != "nuvem" {
            #expect(!(try DemoCalls.scenario(kind)).steps.isEmpty)
        }
        // Who goes through the menu presses keys there before anybody rings.
        let menu = try DemoCalls.scenario("menu").steps.map(\.deed)
        guard case .menu(let keys) = menu.first else {
            Issue.record("the menu's caller begins elsewhere")
            return
        }
        #expect(!keys.isEmpty)
    }

    @Test("a mail is shown as text, as its reader sees it, and as it came; an SMS has no page of its own")
    func views() async throws {
        let inbox = SinkInbox()
        let mail = SinkMessage(
            id: 0,
            kind: .mail,
            receivedAt: Date(timeIntervalSince1970: 1_800_000_000),
            from: "a@example.com",
            to: ["maria@example.com"],
            subject: "<b>Protocolo</b>",
            text: "Olá",
            html: "<p style=\"color: red\">Olá</p><script>x()</script>",
            raw: "Subject: x\r\n\r\nOlá"
        )
        var sms = mail
        (sms.kind, sms.html, sms.raw) = (.sms, nil, "Protocolo 1")
        inbox.take(mail)
        inbox.take(sms)
        let registry = MetricsRegistry()
        let page = MessageRoutes(
            inbox: inbox,
            timeZone: DeskTime(timeZone: try #require(TimeZone(identifier: "UTC")), language: .ptBR)
        )
        let router = buildRouter(
            options: HTTPOptions(),
            metrics: registry,
            assets: AssetLibrary(folder: nil),
            routes: [page]
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await HTTPServer.application(router, options: HTTPOptions(port: 0), logger: logger).test(.router) {
            client in
            let list = try await client.execute(uri: "/demo/messages", method: .get)
            let text = String(buffer: list.body)
            #expect(text.contains("/demo/messages/1/html") && text.contains("/demo/messages/2/raw"))
            #expect(!text.contains("/demo/messages/2/html") && !text.contains("<b>Protocolo"))
            let html = try await client.execute(uri: "/demo/messages/1/html", method: .get)
            #expect(String(buffer: html.body).contains("color: red"))
            let policy = try #require(html.headers[.contentSecurityPolicy])
            #expect(
                policy.contains("default-src 'none'") && policy.contains("sandbox") && !policy.contains("allow-scripts")
            )
            let raw = try await client.execute(uri: "/demo/messages/1/raw", method: .get)
            #expect(String(buffer: raw.body) == mail.raw)
            #expect(raw.headers[.contentType] == "text/plain; charset=utf-8")
            for missing in ["2/html", "3/raw", "x/raw", "99999999999999999999/html"] {
                #expect(try await client.execute(uri: "/demo/messages/\(missing)", method: .get).status == .notFound)
            }
        }
    }
}
