import DeskCore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("Lists of tickets on the desk", .timeLimit(.minutes(5)))
struct TicketListPagesTests {
    @Test("the department's open tickets first, every list a click away, what is kept among them")
    func page() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let number = made.json["number"].string ?? ""
                let browser = try await test.browser(ana, client)
                let first = try await browser.get("/desk/tickets")
                #expect(first.status == 200)
                #expect(first.body.contains("/desk/tickets/\(number)"))
                #expect(first.body.contains("Do departamento <span class=\"badge\">1</span>"))
                #expect(
                    try await browser.get("/desk/tickets?list=mine").body.contains("Nenhum chamado com você agora.")
                )
                #expect(try await browser.get("/desk/tickets?q=zebra").body.contains("Nenhum chamado encontrado"))
                _ = try await browser.send(
                    .post,
                    "/api/v1/saved-lists",
                    #"{"name": "Da <casa>", "query": "list=late", "department": "suporte"}"#
                )
                let kept = try await browser.get("/desk/tickets?list=late").body
                #expect(kept.contains("Da &lt;casa&gt;"))
                #expect(kept.contains("href=\"/desk/tickets?list=late\" aria-current=\"page\""))
                // A list that is kept counts what is in it, as the others do; one of all tickets is not counted.
                for (name, query) in [
                    ("Alta", "list=department&priority=high"), ("Nenhuma", "list=mine"), ("Tudo", "list=all"),
                    ("Erros", "list=department&q=erro"),
                ] {
                    let list = #"{"name": "\#(name)", "query": "\#(query)"}"#
                    #expect(try await browser.send(.post, "/api/v1/saved-lists", list).status == 201)
                }
                let counted = try await browser.get("/desk/tickets").body
                #expect(counted.contains(">Alta <span class=\"badge\">1</span></a>"))
                for name in ["Nenhuma", "Tudo", "Erros"] { #expect(counted.contains(">\(name)</a>"), "\(name)") }
                let sorted = try await browser.get("/desk/tickets?order=due&dir=desc&columns=due&columns=number").body
                #expect(sorted.contains("aria-sort=\"descending\""))
                #expect(!sorted.contains("data-label=\"Cliente\""))
            }
        }
    }

    @Test("a ticket's number with a wrong digit is said in the list, among contacts and in the palette")
    func mistyped() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let number = made.json["number"].string ?? ""
                let digit = number.last?.wholeNumberValue ?? 0
                let wrong = "\(number.dropLast())\((digit + 1) % 10)"
                let browser = try await test.browser(ana, client)
                let hint = "número de um chamado, um algarismo não confere"
                for path in ["/desk/tickets?q=", "/desk/attendances?list=all&q=", "/api/v1/search?q="] {
                    #expect(try await browser.get(path + wrong).body.contains(hint), "\(path)")
                    #expect(try await !browser.get(path + number).body.contains(hint), "\(path)")
                    #expect(try await !browser.get(path + "zebra").body.contains(hint), "\(path)")
                }
                // A number that is found is what was looked for, whatever its digits say.
                let named = DeskUnderTest.ticket(customer.id, summary: "Como no antigo \(wrong)")
                let other = try await client.send(.post, "/api/v1/tickets", token: test.token, json: named)
                let list = try await browser.get("/desk/tickets?q=\(wrong)").body
                #expect(list.contains("/desk/tickets/\(other.json["number"].string ?? "?")"))
                #expect(!list.contains(hint))
            }
        }
    }

    @Test("only a list in order of priority says so")
    func order() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let customer = try await test.customer()
                _ = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let browser = try await test.browser(ana, client)
                let work = try await browser.get("/desk/tickets?list=department")
                #expect(work.body.contains("aria-sort=\"ascending\""))
                // Newest first, whatever their priority.
                let all = try await browser.get("/desk/tickets?list=all")
                #expect(!all.body.contains("aria-sort"))
            }
        }
    }

    @Test("the file holds what is seen, and no formula")
    func file() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let eva = try await test.account("eva", departments: ["outro"])
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                _ = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id, summary: "=1+1;x")
                )
                let browser = try await test.browser(ana, client)
                let file = try await browser.get("/desk/tickets.csv?list=all&columns=summary,state")
                #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
                let lines = file.body.split(separator: "\r\n").map(String.init)
                #expect(lines.count == 2)
                #expect(lines[0] == "\u{FEFF}Resumo;Situação")
                #expect(lines[1].hasPrefix("\"'=1+1;"))
                let other = try await test.browser(eva, client)
                let nothing = try await other.get("/desk/tickets.csv?list=all&columns=summary")
                #expect(nothing.body.split(separator: "\r\n").count == 1)
            }
        }
    }
}
