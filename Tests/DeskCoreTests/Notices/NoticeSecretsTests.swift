import TestSupport
import Testing

@testable import DeskCore

@Suite("What opens something, once it was sent")
struct NoticeSecretsTests {
    static let token = String(repeating: "aB3_-", count: 8) + "xyz"

    @Test(
        "a token leaves the text, and nothing else does",
        arguments: [
            ("Veja https://d.ex/t/\(token).", "Veja https://d.ex/t/•••."),
            (
                "<a href=\"https://d.ex/t/\(token)\">https://d.ex/t/\(token)</a>",
                "<a href=\"https://d.ex/t/•••\">https://d.ex/t/•••</a>"
            ),
            ("/t/\(token)", "/t/•••"), (String(repeating: "-", count: 70), String(repeating: "-", count: 70)),
            ("https://d.ex/t/\(token)x", "https://d.ex/t/\(token)x"), ("ção " + token, "ção " + token), ("", ""),
        ]
    )
    func tokens(text: String, kept: String) {
        #expect(NoticeSecrets.withoutTokens(text) == kept)
    }

    @Test(
        "no row holds the link of a mail that has gone; sent again, it has a new one",
        arguments: TestDatabase.engines
    )
    func sent(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let now = TestClock().now
        let links = QuickLinks(database: database)
        let (id, token) = try await database.write { session -> (NoticeID, String) in
            try session.execute(
                """
                INSERT INTO attendance (protocol, channel, state, started_at) VALUES ('p', 'desk', 'open', 1)
                """
            )
            try session.execute(
                """
                INSERT INTO ticket (number, attendance_id, topic, topic_title, section_path, department, priority, state,
                    summary, description, form_version, answers, channel, created_at, updated_at, creation_key)
                VALUES ('n', 1, 't', 't', '[]', 'd', 'normal', 'triage', 's', 'd', 'v', '[]', 'phone', 1, 1, 'k')
                """
            )
            let token = try links.create(
                ticketID: 1,
                recipient: "a@ex.br",
                expires: now.adding(.seconds(60)),
                at: now,
                in: session
            )
            let draft = NoticeDraft(
                event: .ticketOpened,
                channel: .mail,
                recipient: "a@ex.br",
                language: .ptBR,
                subject: "Chamado",
                body: "https://d.ex/t/\(token)",
                html: "<a href=\"https://d.ex/t/\(token)\">abrir</a>",
                ticketID: 1,
                dedupeKey: "k"
            )
            return (try NoticeOutbox.enqueue(draft, at: now, in: session), token)
        }
        let queue = NoticeQueue(database: database, claimant: "a/1", node: "a")
        let notice = try #require(try await queue.claim(.mail, limit: 1, at: now).notices.first)
        #expect(notice.body.contains(token))
        _ = try await queue.settle([NoticeSettlement(notice: notice, outcome: .sent(reference: nil))], at: now)
        func rows() async throws -> String {
            try await database.read { session in
                try session.rows("SELECT * FROM notice ORDER BY id").map { "\($0.values)" }.joined()
            }
        }
        #expect(try await !rows().contains(token))
        let copy = try await NoticeOutbox(database: database).resend(id, at: now).get()
        let fresh = try #require(try await queue.claim(.mail, limit: 1, at: now).notices.first)
        #expect(fresh.id == copy)
        let renewed = try #require(fresh.body.split(separator: "/").last.map(String.init))
        #expect(renewed != token && fresh.html?.contains(renewed) == true)
        #expect(try await links.resolve(renewed, at: now).get().ticketID == 1)
    }

    @Test("a code or the address of a new password is not kept at all, nor sent again")
    func codes() {
        for event in NoticeEvent.allCases where event.isSecret {
            let kept = NoticeSecrets.kept(event, subject: "123456", body: "O código é 123456", html: "<p>123456</p>")
            // A template's subject may be edited to hold the code as well.
            #expect(kept == .init(subject: NoticeSecrets.mark, body: NoticeSecrets.mark, html: nil))
        }
        let secret: Set<NoticeEvent> = [
            .accountActivation, .passwordReset, .verificationCode, .accountConfirmation, .accountExists, .portalCode,
        ]
        #expect(Set(NoticeEvent.allCases.filter(\.isSecret)) == secret)
    }
}
