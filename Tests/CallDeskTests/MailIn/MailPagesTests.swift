import DeskCore
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Mails that came, for the desk's people", .timeLimit(.minutes(5)))
struct MailPagesTests {
    /// A row of the log, as reading a mail leaves it.
    private func log(_ test: DeskUnderTest, _ uid: Int64, _ outcome: MailOutcome, reason: String?) async throws {
        let now = test.clock.now
        try await test.app.database.write { session in
            try session.execute(
                """
                INSERT INTO mail_in (mailbox, uid_validity, uid, identity, sender, sender_name, subject, size, received_at,
                    outcome, reason, answered, again)
                VALUES ('desk', 7, $1, $2, 'nova@else.com', 'Nova', 'Assunto <b>', 10, $3, $4, $5, 0, 0)
                """,
                [.integer(uid), .text("id-\(uid)"), .moment(now), .text(outcome.rawValue), .text(reason)]
            )
        }
    }

    @Test("what waits is shown to supervisors, read again or dismissed, once", arguments: TestDatabase.engines)
    func waiting(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let rui = try await test.account("rui", role: .supervisor)
            let ana = try await test.account("ana")
            try await log(test, 1, .held, reason: MailHold.unknownSender.rawValue)
            try await log(test, 2, .refused, reason: MailRefusal.over.rawValue)
            try await log(test, 3, .parked, reason: MailParking.tries.rawValue)
            try await test.application.test(.router) { client in
                let technician = try await test.browser(ana, client)
                #expect(try await technician.get("/admin/mails").status == 403)
                let browser = try await test.browser(rui, client)
                let page = try await browser.get("/admin/mails").body
                for words in [
                    "nova@else.com", "Assunto &lt;b&gt;", "Remetente sem cadastro", "n…@else.com", "já terminou",
                ] {
                    #expect(page.contains(words), "\(words)")
                }
                #expect(page.contains("Nenhuma caixa de e-mail é lida"))
                let waiting = try await browser.get("/admin/mails?list=waiting").body
                #expect(!waiting.contains("já terminou"))
                let mails = try await test.app.mailLog.list(waiting: true)
                let (parked, held) = (try #require(mails.first), try #require(mails.last))
                let again = "/api/v1/mails/\(held.id)/again"
                #expect(try await technician.send(.post, again, "{}").status == 403)
                #expect(try await browser.send(.post, again, "{}").status == 204)
                #expect(try await browser.get("/admin/mails").body.contains("Será lido de novo."))
                #expect(try await test.app.mailLog.list(waiting: true).last?.isAgain == true)
                let drop = "/api/v1/mails/\(parked.id)/drop"
                #expect(try await browser.send(.post, drop, "{}").status == 204)
                #expect(try await browser.send(.post, drop, "{}").status == 409)
                #expect(try await browser.send(.post, "/api/v1/mails/99/again", "{}").status == 409)
            }
        }
    }

    @Test("an address told as the sender's name is covered with the record it belongs to, and no name is")
    func coveredName() async throws {
        try await DeskUnderTest.with { test in
            let rui = try await test.account("rui", role: .supervisor)
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first { $0.email != nil })
            let address = try #require(contact.email)
            for uid in 1...3 as ClosedRange<Int64> {
                try await log(test, uid, .held, reason: MailHold.unknownSender.rawValue)
            }
            try await test.app.database.write { session in
                for (uid, sender, name) in [
                    (1, address, address.uppercased()), (2, address, "Nome da Silva"),
                    (3, "outro@else.com", "outro@else.com"),
                ] as [(Int64, String, String)] {
                    try session.execute(
                        "UPDATE mail_in SET sender = $1, sender_name = $2 WHERE uid = $3",
                        [.text(sender), .text(name), .integer(uid)]
                    )
                }
            }
            let contactNow = try await test.app.attendances.begin(channel: .walkIn, accountID: rui.id)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(rui, client)
                for (level, isOpen) in [(IdentityLevel.verified, true), (.known, false)] {
                    try await test.app.attendances.identify(
                        contactNow.id,
                        customerID: customer.id,
                        contactID: nil,
                        level: level
                    )
                    let page = try await browser.get("/admin/mails").body
                    #expect(page.contains(address) == isOpen, "\(level)")
                    #expect(page.contains(address.uppercased()) == isOpen, "\(level)")
                    #expect(page.contains("Nome da Silva") && page.contains("outro@else.com"), "\(level)")
                }
            }
        }
    }

    @Test("an address that sends our mail back is marked at its contact", arguments: TestDatabase.engines)
    func trouble(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana")
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first { $0.email != nil })
            let now = test.clock.now
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let path = "/admin/customers/\(customer.id)"
                #expect(try await !browser.get(path).body.contains("E-mail devolvido"))
                try await test.app.database.write { session in
                    try session.execute(
                        "INSERT INTO mail_trouble (address, since, status, returned) VALUES ($1, $2, '5.1.1', 1)",
                        [.text(contact.email), .moment(now)]
                    )
                }
                #expect(try await browser.get(path).body.contains("E-mail devolvido desde"))
            }
        }
    }

    @Test("what became of a mail, and why, is said in words", arguments: MailOutcome.allCases)
    func words(outcome: MailOutcome) {
        #expect(!MailWords.outcome(outcome)[.ptBR].isEmpty)
        let reasons: [String] =
            switch outcome {
            case .automatic: AutomaticMark.allCases.map(\.rawValue)
            case .refused: MailRefusal.allCases.map(\.rawValue)
            case .held: MailHold.allCases.map(\.rawValue)
            case .parked: MailParking.allCases.map(\.rawValue)
            case .returned, .delayed: ["5.1.1"]
            default: []
            }
        for reason in reasons { #expect(MailWords.reason(outcome, reason) != nil, "\(reason)") }
        #expect(MailWords.reason(outcome, nil) == nil)
    }
}
