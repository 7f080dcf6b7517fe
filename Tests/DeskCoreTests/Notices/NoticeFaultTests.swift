import TestSupport
import Testing

@testable import DeskCore

@Suite("Why a notice did not go, in its reader's language")
struct NoticeFaultTests {
    private static let all: [NoticeFault] =
        NoticeFault.MailComplaint.allCases.map { .mail($0, server: "mail.example:25", reply: "554 5.7.1") }
        + NoticeFault.GatewayComplaint.allCases.map { .gateway($0, name: "vonage", reply: "HTTP 200, status 9") }
        + NoticeFault.ReportComplaint.allCases.map { .report($0, code: "30005") }
        + NoticeFault.DeskComplaint.allCases.map { .desk($0) }

    @Test("every code has a sentence in every language, is kept and read back")
    func words() {
        for fault in Self.all + [.mail(.absent, server: "x:25"), .report(.gateway), .said(what: "a", remedy: "b")] {
            #expect(NoticeFault(stored: fault.stored) == fault)
            #expect(!fault.stored.contains("'"))
            let texts = Language.allCases.map { fault.text($0) }
            #expect(texts.allSatisfy { !$0.isEmpty && !$0.contains("{}") }, "\(fault)")
            if case .said = fault { continue }
            #expect(texts[0] != texts[2] && texts[1] != texts[2], "\(fault)")
        }
        #expect(Set(Self.all.map { $0.text(.en) }).count == Self.all.count)
        for stored in [nil, "", "[]", "{}", #"{"pigeon":{"_0":"lost"}}"#, #"{"mail":{"_0":"new","server":"x"}}"#]
            as [String?]
        {
            #expect(NoticeFault(stored: stored) == nil)
        }
        #expect(
            NoticeFault.mail(.login, server: "mail.example:25", reply: "535").text(.ptBR)
                == "o servidor de e-mail mail.example:25 recusou usuário e senha (resposta 535); "
                + "corrija mail.user e mail.password; os e-mails esperam e saem sozinhos"
        )
    }

    @Test("a screen says it in its language, a row of a release before as it was kept", arguments: TestDatabase.engines)
    func fates(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let now = TestClock().now
        let queue = NoticeQueue(database: database, claimant: "n/1", node: "n")
        let ids = try await database.write { session in
            try (0..<3).map { index in
                let draft = NoticeDraft(
                    event: .ticketOpened,
                    channel: .mail,
                    recipient: "a\(index)@ex.br",
                    language: .ptBR,
                    body: "x",
                    dedupeKey: "\(index)"
                )
                return try NoticeOutbox.enqueue(draft, at: now, in: session)
            }
        }
        let notices = try await queue.claim(.mail, limit: 3, at: now).notices
        let busy = DeliveryError(.noticeNow, .mail(.later, server: "m:25", reply: "451"))
        let silent = DeliveryError(.unanswered, .mail(.unconfirmed, server: "m:25"))
        _ = try await queue.settle(
            [
                NoticeSettlement(notice: notices[0], outcome: .retry(at: now, busy)),
                NoticeSettlement(notice: notices[1], outcome: .dead(silent.givenUp)),
                NoticeSettlement(notice: notices[2], outcome: .dead(busy)),
            ],
            at: now
        )
        try await database.write { try $0.execute("UPDATE notice SET fault = NULL WHERE id = $1", [.integer(ids[2])]) }
        let outbox = NoticeOutbox(database: database)
        func error(_ index: Int, _ language: Language) async throws -> String {
            try await outbox.fate(ids[index])?.error(language) ?? ""
        }
        #expect(
            try await error(0, .ptBR)
                == "o servidor de e-mail m:25 não pôde receber o e-mail agora (resposta 451); nova tentativa automática"
        )
        #expect(try await outbox.fate(ids[0])?.lastError == busy.description)
        #expect(try await error(0, .en) == busy.description)
        #expect(try await error(1, .ptPT).hasSuffix("pode ter chegado: pergunte ao cliente antes de reenviar"))
        #expect(try await error(1, .en) == silent.givenUp.description)
        #expect(try await error(2, .ptBR) == busy.description)
        // Once it has gone there is nothing to say.
        let sent = try await queue.claim(.mail, limit: 3, at: now).notices
        _ = try await queue.settle(sent.map { NoticeSettlement(notice: $0, outcome: .sent(reference: nil)) }, at: now)
        #expect(try await outbox.fate(ids[0])?.error(.ptBR) == nil)
    }
}
