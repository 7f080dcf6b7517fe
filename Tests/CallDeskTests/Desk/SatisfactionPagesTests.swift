import DeskCore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("Results of the surveys on the desk", .timeLimit(.minutes(5)))
struct SatisfactionPagesTests {
    @Test("the supervisor reads counts, comments and a file without formulas; a technician reads none of it")
    func page() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let chefe = try await test.account("chefe", role: .supervisor)
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let technician = try await test.browser(ana, client)
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let id = made.json["id"].integer ?? 0
                let number = made.json["number"].string ?? ""
                _ = try await technician.send(.post, "/api/v1/tickets/\(id)/take", "{}")
                _ = try await technician.send(.post, "/api/v1/tickets/\(id)/solve", #"{"body": "Feito"}"#)
                let rated = try await client.send(
                    .put,
                    "/api/v1/tickets/\(id)/survey",
                    token: test.token,
                    json: #"{"mark": 2, "words": "=Demorou; <b>muito</b>"}"#
                )
                #expect(rated.status == 200)
                #expect(try await technician.get("/admin/satisfaction").status == 403)
                #expect(try await technician.get("/admin/satisfaction.csv").status == 403)
                #expect(try await technician.get("/api/v1/surveys/results").status == 403)
                let browser = try await test.browser(chefe, client)
                let page = try await browser.get("/admin/satisfaction?by=technician")
                #expect(page.status == 200)
                #expect(page.body.contains("Respostas: 1; com menos de"))
                #expect(page.body.contains("poucas respostas"))
                #expect(page.body.contains("2 × 1"))
                #expect(page.body.contains("Demorou; &lt;b&gt;muito"))
                #expect(page.body.contains("/desk/tickets/\(number)"))
                // What means nothing is left out.
                let odd = try await browser.get("/admin/satisfaction?by=x&from=2026-02-31&to=nunca&technician=z")
                #expect(odd.status == 200)
                // Days the wrong way round are said, by the page, the file and the API.
                let backwards = "from=2026-11-25&to=2026-11-01"
                let turned = try await browser.get("/admin/satisfaction?\(backwards)")
                #expect(turned.status == 200)
                #expect(turned.body.contains("O último dia vem antes do primeiro"))
                #expect(turned.body.contains("value=\"2026-11-25\""))
                #expect(try await browser.get("/admin/satisfaction.csv?\(backwards)").status == 422)
                #expect(try await browser.get("/api/v1/surveys/results?\(backwards)").status == 422)
                // Marks by keypad are of no department and no topic.
                let contact = try await test.app.attendances.begin(channel: .walkIn, accountID: ana.id)
                let keyed = SatisfactionDesk(database: test.app.database, clock: test.app.clock)
                #expect(try await keyed.rate(attendanceID: contact.id, mark: 4, channel: .phone))
                let table = "Notas pelo teclado"
                for (query, isShown) in [
                    ("", true), ("?technician=\(ana.id)", true), ("?technician=\(chefe.id)", false),
                    ("?department=suporte", false), ("?topic=erro-sistema", false),
                ] {
                    let shown = try await browser.get("/admin/satisfaction\(query)").body
                    #expect(shown.contains(table) == isShown, "\(query)")
                }
                let file = try await browser.get("/admin/satisfaction.csv")
                #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
                let lines = file.body.split(separator: "\r\n").map(String.init)
                #expect(lines.count == 2)
                #expect(lines[1].contains("\"'=Demorou; <b>muito</b>\""))
                // A day and a time as spreadsheets read them.
                #expect(lines[1].wholeMatch(of: /.*;\d\d\/\d\d\/\d{4} \d\d:\d\d/) != nil, "\(lines[1])")
                let results = try await browser.get("/api/v1/surveys/results?by=topic")
                let first = results.json["items"].array?.first
                #expect(first?["key"].string == "erro-sistema")
                #expect(first?["answered"].integer == 1)
                #expect(try await browser.get("/api/v1/surveys/results?from=ontem").status == 422)
                #expect(try await browser.get("/api/v1/surveys/results?by=mood").status == 422)
            }
        }
    }
}
