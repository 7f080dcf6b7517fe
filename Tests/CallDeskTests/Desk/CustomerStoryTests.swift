import DeskCore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("The customer's page for staff", .timeLimit(.minutes(5)))
struct CustomerStoryTests {
    @Test("one story of all that happened; a supervisor merges duplicates and takes it back, a technician does not")
    func storyAndMerge() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let eva = try await test.account("eva", departments: ["outro"])
            let chefe = try await test.account("chefe", role: .supervisor)
            let kept = try await test.customer(name: "Padaria <Luz>")
            let twin = try await test.customer(name: "Padaria Luz", phone: "(31) 3271-0322")
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(twin.id)
                )
                let number = made.json["number"].string ?? "?"
                let technician = try await test.browser(ana, client)
                let page = try await technician.get("/admin/customers/\(twin.id)").body
                #expect(page.contains("/desk/tickets/\(number)"))
                #expect(page.contains("Cadastro feito"))
                #expect(!page.contains("id=\"twins\""))
                // Another department's ticket is in nobody else's story.
                let other = try await test.browser(eva, client)
                #expect(try await !other.get("/admin/customers/\(twin.id)").body.contains("/desk/tickets/\(number)"))
                let path = "/api/v1/customers/\(twin.id)"
                let into = "{\"into\": \(kept.id)}"
                #expect(try await technician.send(.post, path + "/merge", into).status == 403)
                #expect(try await technician.send(.post, path + "/unmerge", "{}").status == 403)
                let browser = try await test.browser(chefe, client)
                let asked = try await browser.get("/admin/customers/\(twin.id)").body
                #expect(asked.contains("<option value=\"\(kept.id)\">Padaria &lt;Luz&gt;"))
                #expect(try await browser.send(.post, path + "/merge", "{}").status == 422)
                #expect(try await browser.send(.post, path + "/merge", "{\"into\": \(twin.id)}").status >= 400)
                #expect(try await browser.send(.post, path + "/merge", "{\"into\": 999999}").status >= 400)
                #expect(try await browser.send(.post, path + "/merge", into).status == 200)
                let merged = try await browser.get("/admin/customers/\(kept.id)").body
                #expect(merged.contains("/desk/tickets/\(number)"))
                #expect(merged.contains("\(path)/unmerge"))
                let story = try await browser.get("/api/v1/customers/\(kept.id)/timeline?limit=1")
                #expect(story.status == 200)
                #expect(story.json["items"].array?.count == 1)
                let next = story.json["next"].string ?? ""
                let second = try await browser.get("/api/v1/customers/\(kept.id)/timeline?limit=1&after=\(next)")
                #expect(second.json["items"].array?.first != story.json["items"].array?.first)
                #expect(try await browser.get("/api/v1/customers/\(kept.id)/timeline?after=x").status == 422)
                #expect(try await browser.send(.post, path + "/unmerge", "{}").status == 200)
                #expect(try await browser.send(.post, path + "/unmerge", "{}").status >= 400)
                let back = try await browser.get("/admin/customers/\(kept.id)").body
                #expect(!back.contains("/desk/tickets/\(number)"))
            }
        }
    }
}
