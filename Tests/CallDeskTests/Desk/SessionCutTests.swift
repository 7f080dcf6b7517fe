import DeskCore
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("What was typed and asked outlives the session", .timeLimit(.minutes(5)))
struct SessionCutTests {
    @Test("a session that ends in the middle loses no answer, on the desk and on the portal")
    func cut() async throws {
        try await RequestPageTests.with { it in
            let test = it.test
            let ana = try await test.account("ana")
            let browser = try await test.browser(ana, it.client)
            var state = try await browser.send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
            let id = try #require(state.json["attendance"]["id"].integer)
            let path = "/api/v1/interviews/\(id)"
            func answer(_ browser: TestBrowser, _ answer: String) async throws -> Answered {
                let (revision, prompt) = (state.json["revision"].integer ?? 0, state.json["prompt"]["id"].string ?? "")
                return try await browser.send(
                    .post,
                    path + "/answers",
                    "{\"revision\": \(revision), \"prompt\": \"\(prompt)\", \"answer\": \(answer)}"
                )
            }
            state = try await answer(browser, #"{"skip": true}"#)
            #expect(state.json["prompt"]["id"].string == "caller.name")
            state = try await answer(browser, #"{"text": "Dona Célia"}"#)
            try await test.app.sessions.endAll(accountID: ana.id)
            let refused = try await answer(browser, #"{"text": "(31) 98765-0001"}"#)
            #expect(refused.status == 401, "\(refused.body)")
            // Signed in again, the same question with the same answers behind it, and what was refused is taken.
            let again = try await test.browser(ana, it.client)
            let found = try await again.send(.get, path)
            #expect(found.json["prompt"]["id"] == state.json["prompt"]["id"])
            state = try await again.send(.post, path + "/back")
            #expect(state.body.contains("Dona Célia"), "the answer before")
            state = try await answer(again, #"{"text": "Dona Célia"}"#)
            #expect(try await answer(again, #"{"text": "(31) 98765-0001"}"#).status == 200)

            let portal = try await it.browser()
            _ = try await portal.get("/abrir/erro-sistema")
            let kept = [("pergunta", "field.mensagem"), ("field.mensagem", "Erro 613"), ("passo", "formulario")]
            let begun = try await portal.post("/abrir/erro-sistema", kept + [("ir", "seguir")])
            let draft = try #require(begun.headers[.location], "\(begun.status)")
            let person = try #require(try await test.app.persons.find(contactID: it.contact.id))
            try await test.app.personSessions.endAll(personID: person.id)
            #expect(try await portal.get(draft).status != 200)
            portal.enter(try await test.app.personSessions.begin(personID: person.id))
            let page = try await portal.get(String(draft.prefix { $0 != "?" }) + "?passo=formulario")
            #expect(page.body.contains("value=\"Erro 613\""), "\(page.status)")
        }
    }

    @Test("a closed ticket offers a new one that refers to it; only one the asker may read is referred to")
    func refers() async throws {
        try await RequestPageTests.with { it in
            let test = it.test
            let ana = try await test.account("ana", departments: ["suporte"])
            let eva = try await test.account("eva", departments: ["outro"])
            let old = try await it.open()
            let browser = try await test.browser(ana, it.client)
            let form = "name=\"refers_to\" data-type=\"number\" value=\"\(old.id)\""
            #expect(try await !browser.get("/desk/tickets/\(old.number)").body.contains(form), "it is open")
            try await it.staff(.solve, old, "Pronto.")
            _ = try await test.app.tickets.make(
                MoveOrder(.confirm, of: old.id),
                by: .customer(customerID: it.customer.id, contactID: it.contact.id, name: "")
            )
            #expect(try await browser.get("/desk/tickets/\(old.number)").body.contains(form))

            let path = "/api/v1/interviews"
            let body = "{\"walk_in\": true, \"refers_to\": \(old.id)}"
            #expect(try await test.browser(eva, it.client).send(.post, path, body).status == 403)
            #expect(try await browser.send(.post, path, #"{"walk_in": true, "refers_to": 99999}"#).status == 404)
            let wrong = try await browser.send(.post, path, "{\"attendance_id\": 1, \"refers_to\": \(old.id)}")
            #expect(wrong.json.wrongFields == ["refers_to"], "\(wrong.body)")

            var state = try await browser.send(.post, path, body)
            #expect(state.status == 201, "\(state.body)")
            let id = try #require(state.json["attendance"]["id"].integer)
            for _ in 0..<40 where state.json["outcome"].object == nil {
                let prompt = state.json["prompt"]
                let asked = prompt["id"].string ?? ""
                let given =
                    switch asked {
                    case "identify": #"{"skip": true}"#
                    case "caller.name": #"{"text": "Maria"}"#
                    case "topic": #"{"option": "iluminacao"}"#
                    default:
                        prompt["kind"].string == "confirm_candidate"
                            ? #"{"confirm": true}"# : InterviewAPITests.answer(prompt)
                    }
                let revision = state.json["revision"].integer ?? 0
                state = try await browser.send(
                    .post,
                    "\(path)/\(id)/answers",
                    "{\"revision\": \(revision), \"prompt\": \"\(asked)\", \"answer\": \(given)}"
                )
                guard state.status == 200 else { break }
            }
            let made = try #require(state.json["outcome"]["ticket_id"].integer, "\(state.body)")
            #expect(try await test.app.directory.find(made)?.refersTo == old.id)
            let told = try await browser.send(.get, "/api/v1/tickets/\(made)")
            #expect(told.json["refers_to"].integer == old.id)
        }
    }
}
