import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("A form sent when its session has ended", .timeLimit(.minutes(5)))
struct UnsentFormTests {
    @Test("a reply does nothing, and its text is shown with the way to sign in")
    func reply() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            let place = "/chamados/\(ticket.number)"
            let page = try await browser.get(place)
            let form = try #require(LinkBrowser.forms(page.body).first { $0["deed"] == "reply" })
            let filled = [("deed", "reply"), ("once", form["once"] ?? ""), ("text", "Uma hora de escrita <b>.")]
            let entries = try await it.test.app.directory.thread(ticket.id).count
            it.test.clock.advance(by: .seconds(400 * 86_400))
            let answer = try await browser.post(place, filled)
            #expect(answer.status == 401)
            #expect(answer.body.contains("Uma hora de escrita &lt;b&gt;."))
            #expect(answer.body.contains("href=\"/entrar?next=\(place)\""))
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(!answer.body.contains("arquivos não foram guardados"))
            let withFile = try await browser.send(place, file: ("files", "a.txt", Array("x".utf8)))
            #expect(withFile.status == 401)
            #expect(withFile.body.contains("arquivos não foram guardados"))
            // What another site sends is not shown as what somebody wrote here.
            var headers = HTTPFields()
            headers[.origin] = "https://evil.example"
            let foreign = try await browser.post(place, filled, headers: headers)
            #expect(foreign.status == 403)
            #expect(!foreign.body.contains("Uma hora de escrita"))
            #expect(try await it.test.app.directory.thread(ticket.id).count == entries)
        }
    }

    @Test("signed in anew in another tab, the old tab's text is shown too, and nothing is done by its token")
    func otherTab() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            let place = "/chamados/\(ticket.number)"
            try await browser.get(place)
            let old = browser.csrf
            let person = try #require(try await it.test.app.persons.find(contactID: it.contact.id))
            browser.enter(try await it.test.app.personSessions.begin(personID: person.id))
            let answer = try await browser.post(place, [("deed", "reply"), ("text", "Da outra aba.")], csrf: old)
            #expect(answer.status == 403)
            #expect(answer.body.contains("Da outra aba."))
            #expect(answer.body.contains("href=\"\(place)\""))
            #expect(try await it.test.app.directory.thread(ticket.id).allSatisfy { $0.body != "Da outra aba." })
        }
    }

    @Test("with more files than are taken its words stand in the page again", arguments: [true, false])
    func tooLarge(isReply: Bool) async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let ticket = try await it.open()
            let place = isReply ? "/chamados/\(ticket.number)" : "/abrir/erro-sistema"
            let page = try await browser.get(place)
            let form = try #require(LinkBrowser.forms(page.body).first { !isReply || $0["deed"] == "reply" })
            let fields =
                isReply
                ? [("deed", "reply"), ("once", form["once"] ?? ""), ("text", "Uma hora de escrita.")]
                : [("passo", "formulario"), ("pergunta", "field.mensagem"), ("field.mensagem", "Uma hora de escrita.")]
            let answer = try await browser.send(
                place,
                fields,
                file: ("files", "a.mp4", [UInt8](repeating: 7, count: HTTPLimits.formBody))
            )
            #expect(answer.status == 413)
            #expect(answer.body.contains("Os arquivos somam mais de 50 MB"))
            #expect(answer.body.contains("Uma hora de escrita."))
            #expect(answer.body.contains("action=\"\(place)\""), "it can be sent again")
            let thread = try await it.test.app.directory.thread(ticket.id)
            #expect(thread.allSatisfy { $0.body != "Uma hora de escrita." })
            #expect(try await it.test.app.attachments.list(attendanceID: ticket.attendanceID).isEmpty)
        }
    }

    @Test("what is refused as a whole keeps its words: a ticket that is not theirs to see any more")
    func gone() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            try await browser.get("/")
            let answer = try await browser.post("/chamados/2026000001", [("deed", "reply"), ("text", "Longo texto.")])
            #expect(answer.status == 404)
            #expect(answer.body.contains("Longo texto."))
        }
    }

    @Test("a request being opened keeps what was written, never what is secret or only chosen")
    func opening() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let topics = it.test.app.catalogue.current.topics
            let topic = try #require(topics.first { $0.fields.contains { $0.kind == .secret } })
            let secret = try #require(topic.fields.first { $0.kind == .secret })
            try await browser.get("/abrir/erro-sistema")
            it.test.clock.advance(by: .seconds(400 * 86_400))
            let answer = try await browser.post(
                "/abrir/erro-sistema",
                [
                    ("passo", "formulario"), ("pergunta", "field.mensagem"), ("field.mensagem", "Erro 613 ao emitir"),
                    ("pergunta", "field.frequencia"), ("field.frequencia", "sempre"), ("pergunta", "description"),
                    ("description", "Uma história longa."), ("pergunta", "field.\(secret.id)"),
                    ("field.\(secret.id)", "Gato#2026"),
                ]
            )
            #expect(answer.status == 401)
            #expect(answer.body.contains("Erro 613 ao emitir"))
            #expect(answer.body.contains("Uma história longa."))
            #expect(!answer.body.contains("Gato#2026"))
            #expect(!answer.body.contains(">sempre<"))
            #expect(answer.body.contains("href=\"/entrar?next=/abrir/erro-sistema\""))
        }
    }

    @Test("a form of passwords shows none of them", arguments: ["/senha", "/telefones/remover", "/dados/codigo"])
    func short(path: String) async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            try await browser.get("/senha")
            it.test.clock.advance(by: .seconds(400 * 86_400))
            let answer = try await browser.post(path, [("password", "Gato#2026"), ("current", "Gato#2025")])
            #expect(answer.status == 401)
            #expect(!answer.body.contains("Gato#"))
            let page = "/" + (path.split(separator: "/").first.map(String.init) ?? "")
            #expect(answer.body.contains("href=\"/entrar?next=\(page)\""))
        }
    }
}
