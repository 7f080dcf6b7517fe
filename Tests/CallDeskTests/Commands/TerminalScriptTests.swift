import DeskCore
import Foundation
import Testing

@testable import CallDesk

@Suite("The interview in a terminal")
struct TerminalScriptTests {
    private let script = TerminalScript(words: TerminalWords(language: .ptBR))

    private func question(
        _ kind: String,
        field: String? = nil,
        options: [String] = [],
        people: [String] = [],
        current: String? = nil,
        guides: [InterviewReply.Help] = []
    ) -> InterviewReply.Question {
        InterviewReply.Question(
            id: "x",
            stage: "form",
            kind: kind,
            field: field,
            label: "Qual o erro?",
            say: "Qual é o número do erro?",
            hint: "No canto da janela",
            purpose: nil,
            options: options.map {
                .init(id: $0, label: $0.uppercased(), detail: nil, role: "value", digit: nil, current: false)
            },
            candidates: people.map {
                .init(
                    id: $0,
                    customerID: 1,
                    contactID: nil,
                    name: "Maria",
                    contactName: nil,
                    kind: "person",
                    document: nil,
                    reasons: ["telefone cadastrado"],
                    openTickets: 0,
                    lastCallAt: nil,
                    sms: "ready"
                )
            },
            required: true,
            current: current,
            suggestion: nil,
            error: nil,
            reopened: nil,
            maximumLength: 100,
            guides: guides,
            review: [.init(prompt: "summary", stage: "summary", label: "Resumo", display: "Erro", canChange: true)],
            warnings: [],
            canGoBack: true,
            waiting: false,
            misses: 0
        )
    }

    private func reply(_ question: InterviewReply.Question) -> InterviewReply {
        InterviewReply(
            attendance: .init(
                id: 1,
                protocol: "2026",
                groups: ["2026"],
                channel: "phone",
                state: "open",
                identity: "none"
            ),
            revision: 1,
            prompt: question,
            progress: .init(done: 1, total: 2, steps: [.init(stage: "topic", title: "Assunto", state: "done")]),
            outcome: nil
        )
    }

    @Test("text answers a question; an empty line keeps the answer so far, or skips")
    func text() {
        #expect(script.step(" 613 ", for: question("field", field: "text")) == .answer(.text("613")))
        #expect(script.step("", for: question("field", field: "text")) == .answer(.skip))
        #expect(script.step("", for: question("field", field: "text", current: "613")) == .answer(.text("613")))
    }

    @Test("a number picks from the list; several where several may be chosen")
    func picking() {
        let choice = question("field", field: "choice", options: ["a", "b"])
        #expect(script.step("2", for: choice) == .answer(.option("b")))
        #expect(script.step("9", for: choice) == .answer(.text("9")))
        #expect(
            script.step("1, 2", for: question("field", field: "choices", options: ["a", "b"]))
                == .answer(.options(["a", "b"]))
        )
    }

    @Test("people come before actions in the numbering, and confirming is one key")
    func people() {
        let tie = question("choose_candidate", options: ["search"], people: ["7", "8"])
        #expect(script.step("2", for: tie) == .answer(.option("8")))
        #expect(script.step("3", for: tie) == .answer(.option("search")))
        #expect(
            script.step("", for: question("confirm_candidate", options: ["search"], people: ["7"])) == .answer(.confirm)
        )
        #expect(
            script.step("n", for: question("confirm_candidate", options: ["search"], people: ["7"]))
                == .answer(.option("no"))
        )
    }

    @Test("a topic's guides are listed once and again when asked for; a hint stands by itself")
    func guides() {
        let guide = InterviewReply.Help(title: "Erro 613", url: "https://exemplo.com.br/613")
        let asked = reply(question("field", field: "text", guides: [guide]))
        #expect(script.lines(for: asked).contains { $0.contains("Erro 613") })
        let again = script.lines(for: asked, showsGuides: false)
        #expect(!again.contains { $0.contains("613") || $0.contains("Guias") })
        #expect(again.contains("  No canto da janela"))
        #expect(script.step("/guias", for: asked.prompt) == .guides)
        #expect(script.lines(for: [guide]).count == 2)
        #expect(script.lines(for: []).count == 1)
    }

    @Test("yes is 1 wherever it can be said")
    func yes() {
        let confirm = question("confirm_candidate", options: ["yes", "no", "search"], people: ["7"])
        #expect(script.step("1", for: confirm) == .answer(.option("yes")))
        #expect(script.step("2", for: confirm) == .answer(.option("no")))
        #expect(script.step("1", for: question("field", field: "yes-no")) == .answer(.option("yes")))
        #expect(script.step("2", for: question("field", field: "yes-no")) == .answer(.option("no")))
        for question in [confirm, question("field", field: "yes-no")] {
            let shown = script.lines(for: reply(question)).filter { $0.contains("1) ") }
            #expect(shown.count == 1)
        }
    }

    @Test(
        "lines part between words, and go on under where their text began",
        arguments: [
            ("  1) uma linha comprida demais", ["  1) uma linha", "     comprida demais"]),
            ("⚠ atenção a tudo o que se diz", ["⚠ atenção a tudo o", "  que se diz"]),
            ("curta", ["curta"]), ("Otorrinolaringologista-chefe", ["Otorrinolaringologista-chefe"]),
        ] as [(String, [String])]
    )
    func wrapping(_ line: String, _ lines: [String]) { #expect(TerminalText.wrapped(line, width: 20) == lines) }

    @Test(
        "commands start with a slash, in Portuguese and English",
        arguments: [
            ("/voltar", TerminalScript.Step.back), ("/back", .back), ("/ir 1", .goTo("summary")), ("/ir 9", .help),
            ("/sair", .quit), ("/encerrar", .chooseEnd), ("/anexo /tmp/a.png", .attach("/tmp/a.png")), ("?", .help),
            ("/nada", .help),
        ]
    )
    func commands(line: String, step: TerminalScript.Step) {
        #expect(script.step(line, for: question("review")) == step)
    }

    @Test("the review is confirmed by an empty line only")
    func review() {
        #expect(script.step("", for: question("review")) == .answer(.confirm))
        if case .again = script.step("sim?", for: question("review")) {} else { Issue.record("taken as an answer") }
    }

    @Test("the question is printed with the sentence to say and where to find the answer")
    func printing() {
        let text = script.lines(for: reply(question("field", field: "text"))).joined(separator: "\n")
        #expect(text.contains("“Qual é o número do erro?”"))
        #expect(text.contains("No canto da janela"))
        #expect(text.contains("✓ Assunto"))
    }

    @Test("a password that is noticed goes where a number says, and nowhere otherwise")
    func password() throws {
        let table: [(String, TerminalScript.PasswordChoice)] = [
            ("1", .wish(.seal)), (" 2 ", .wish(.keep)), ("", .writeAgain), ("3", .writeAgain), ("sim", .writeAgain),
        ]
        for (line, choice) in table { #expect(script.passwordWish(line) == choice, "\(line)") }
        let body = #"{"type": "/problems/password-noticed", "title": "Parece haver uma senha no texto", "status": 409}"#
        #expect(DeskConnection.trouble(409, Data(body.utf8)).code == PasswordOffer.problem.code)
        let other = DeskConnection.trouble(502, Data("<html>".utf8))
        #expect(other.code == nil && other.text == "HTTP 502")
    }
}
