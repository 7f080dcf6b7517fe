import DeskCore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("Contacts on the desk", .timeLimit(.minutes(5)))
struct AttendancePagesTests {
    @Test("a row opens the contact, which shows protocol, tickets and notices; a colleague's stays closed")
    func pages() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let eva = try await test.account("eva", departments: ["outro"])
            let chefe = try await test.account("chefe", role: .supervisor)
            let contact = try await test.app.attendances.begin(channel: .walkIn, accountID: ana.id)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let list = try await browser.get("/desk/attendances")
                #expect(list.status == 200)
                #expect(list.body.contains("href=\"/desk/attendances/\(contact.id)\""))
                #expect(!list.body.contains("list=all"))
                let page = try await browser.get("/desk/attendances/\(contact.id)")
                #expect(page.body.contains(SpokenDigits.grouped(contact.protocolNumber)))
                #expect(page.body.contains("/desk?a=\(contact.id)"))
                // The number typed leads there at once.
                let typed = try await browser.get("/desk/attendances?q=\(contact.protocolNumber)")
                #expect(typed.status == 303)
                #expect(typed.headers[.location] == "/desk/attendances/\(contact.id)")
                let other = try await test.browser(eva, client)
                #expect(try await other.get("/desk/attendances/\(contact.id)").status == 403)
                #expect(try await other.get("/desk/attendances?q=\(contact.protocolNumber)").status == 200)
                let all = try await other.get("/desk/attendances?list=all&outcome=x&from=z&before=-1")
                #expect(!all.body.contains("/desk/attendances/\(contact.id)\""))
                let supervisor = try await test.browser(chefe, client)
                let seen = try await supervisor.get("/desk/attendances?list=all").body
                #expect(seen.contains("href=\"/desk/attendances/\(contact.id)\""))
                // What is no protocol is looked for as everywhere, and who supervises looks among all.
                _ = try await test.app.database.write { session in
                    try session.execute(
                        """
                        INSERT INTO call (line, call_key, direction, number, state, outcome, started_at)
                        VALUES ('pbx', '1', 'inbound', '+5511982223344', 'ended', 'answered', 1)
                        """,
                        []
                    )
                    try session.execute(
                        "UPDATE attendance SET call_id = (SELECT MAX(id) FROM call) WHERE id = $1",
                        [.integer(contact.id)]
                    )
                }
                let row = "href=\"/desk/attendances/\(contact.id)\""
                #expect(try await supervisor.get("/desk/attendances?q=%2811%29+98222-3344").body.contains(row))
                #expect(!(try await supervisor.get("/desk/attendances?q=ninguem").body.contains(row)))
                #expect(!(try await other.get("/desk/attendances?q=98222-3344").body.contains(row)))
                #expect(try await supervisor.get("/desk/attendances/999999").status == 404)
                #expect(try await supervisor.get("/desk/attendances/x").status == 404)
            }
        }
    }
}
