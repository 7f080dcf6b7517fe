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
        "of many that went at once each loses its own link and keeps its own words; a report that came first stays",
        arguments: TestDatabase.engines
    )
    func many(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let now = TestClock().now
        let queue = NoticeQueue(database: database, claimant: "n/1", node: "n")
        let ids = try await database.write { session in
            try (0..<70).map { index in
                // Every third opens nothing.
                let link = index % 3 == 0 ? "" : " https://d.ex/t/\(Self.token)"
                let draft = NoticeDraft(
                    event: .ticketOpened,
                    channel: .sms,
                    recipient: "+55319\(10_000_000 + index)",
                    language: .ptBR,
                    body: "Protocolo \(index)\(link)",
                    dedupeKey: "\(index)"
                )
                return try NoticeOutbox.enqueue(draft, at: now, in: session)
            }
        }
        let notices = try await queue.claim(.sms, limit: 100, at: now).notices
        #expect(notices.map(\.id) == ids)
        let outbox = NoticeOutbox(database: database)
        _ = try await outbox.report(ids[40], delivered: false, fault: .report(.gateway), at: now)
        let later = now.adding(.seconds(1))
        let changes = try await queue.settle(
            notices.enumerated().map { index, notice in
                NoticeSettlement(notice: notice, outcome: .sent(reference: index % 2 == 0 ? "g\(index)" : nil))
            },
            at: later
        )
        #expect(changes.map(\.noticeID) == ids.filter { $0 != ids[40] })
        let rows = try await database.read { session in
            try session.rows("SELECT state, body, gateway_reference, settled_at FROM notice ORDER BY id")
        }
        for (index, row) in rows.enumerated() {
            #expect(row.text(0) == (index == 40 ? "failed" : "sent"))
            #expect(row.text(1) == "Protocolo \(index)\(index % 3 == 0 ? "" : " https://d.ex/t/•••")")
            #expect(row.text(2) == (index % 2 == 0 ? "g\(index)" : nil))
            #expect(row.moment(3) == (index == 40 ? now : later))
        }
        let again = notices.map { NoticeSettlement(notice: $0, outcome: .sent(reference: nil)) }
        #expect(try await queue.settle(again, at: later.adding(.seconds(1))).isEmpty, "noted once")
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
            .accountActivation, .passwordReset, .verificationCode, .accountConfirmation, .addressConfirmation,
            .accountExists,
            .portalCode,
        ]
        #expect(Set(NoticeEvent.allCases.filter(\.isSecret)) == secret)
    }
}
