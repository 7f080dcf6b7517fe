import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Mail to people of the desk")
struct StaffMailTests {
    private func mail(_ it: TicketUnderTest, isOn: Bool = true) -> StaffMail {
        let policy = NoticePolicy(configured: [.mail], preferredParts: 1, sms: .standard)
        return StaffMail(
            database: it.database,
            composer: NoticeComposer(
                shelf: TemplateShelf(),
                policy: policy,
                deskName: "Central",
                deskPhone: nil,
                deskLanguage: .ptBR
            ),
            publicURL: "https://desk.example.com/",
            isOn: isOn,
            clock: it.clock
        )
    }

    private func sent(_ it: TicketUnderTest) async throws -> [(String, String)] {
        try await it.database.read { session in
            try session.rows("SELECT recipient, subject FROM notice WHERE event = 'staff_bell' ORDER BY id")
                .map { ($0.text(0) ?? "", $0.text(1) ?? "") }
        }
    }

    private func wish(_ it: TicketUnderTest, _ mail: Set<StaffHappening>, for accounts: Account...) async throws {
        for account in accounts {
            var wishes = StaffWishes()
            wishes.mail = mail
            try await StaffWishDesk(database: it.database).save(wishes, of: account.id)
            try await it.database.write { session in
                try session.execute(
                    "UPDATE account SET email = $1 WHERE id = $2",
                    [.text("\(account.login)@desk.example.com"), .integer(account.id)]
                )
            }
        }
    }

    @Test("a minute later, to those who wish it, once, and never of one's own deed", arguments: TestDatabase.engines)
    func once(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        try await wish(it, [.new, .customer], for: it.ana, it.bruno)
        let ticket = try await it.open(by: TicketAuthor(accountID: it.ana.id, name: it.ana.name))
        let mail = mail(it)
        #expect(try await mail.run() == 0)
        it.pass(.seconds(61))
        #expect(try await mail.run() == 1)
        for _ in 0..<10 { #expect(try await mail.run() == 0) }
        #expect(try await sent(it).map(\.0) == ["bruno@desk.example.com"])
        #expect(try await sent(it).first?.1 == "[\(ticket.number)] Chamado novo: Fatura em dobro")
        // What he has, he hears of; what he did not wish for, he does not.
        _ = try await it.make(.take, ticket, by: .account(it.bruno))
        for _ in 0..<3 { _ = try await it.make(.reply, ticket, "Oi", by: it.customer) }
        _ = try await it.make(.note, ticket, "x", by: .account(it.ana))
        it.pass(.seconds(61))
        #expect(try await mail.run() == 1)
        #expect(try await sent(it).last?.1.contains("O cliente respondeu") == true)
    }

    @Test("what went where its reader may not read it is no mail", arguments: TestDatabase.engines)
    func elsewhere(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        try await wish(it, Set(StaffHappening.allCases), for: it.bruno)
        let mail = mail(it)
        let ticket = try await it.open()
        try await it.database.write { session in
            try session.execute("UPDATE ticket SET department = 'redes' WHERE id = $1", [.integer(ticket.id)])
        }
        it.pass(.seconds(61))
        #expect(try await mail.run() == 0)
        #expect(try await sent(it).isEmpty)
    }

    @Test("what was read meanwhile, is old, or has nowhere to go is no mail", arguments: TestDatabase.engines)
    func silent(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        try await wish(it, Set(StaffHappening.allCases), for: it.bruno)
        let mail = mail(it)
        let ticket = try await it.open()
        let last = try await it.directory.thread(ticket.id).last?.id ?? 0
        try await BellDesk(database: it.database).read(ticket.id, upTo: last, by: it.bruno.id)
        it.pass(.seconds(61))
        #expect(try await mail.run() == 0)
        _ = try await it.open()
        it.pass(.seconds(25 * 3_600))
        #expect(try await mail.run() == 0)
        _ = try await it.open()
        try await it.database.write { session in
            try session.execute("UPDATE account SET email = NULL WHERE login = 'bruno'")
        }
        it.pass(.seconds(61))
        #expect(try await mail.run() == 0)
        try await wish(it, Set(StaffHappening.allCases), for: it.bruno)
        _ = try await it.open()
        it.pass(.seconds(61))
        #expect(try await self.mail(it, isOn: false).run() == 0)
        #expect(try await sent(it).isEmpty)
    }

    @Test("what was taken back in its minute is told to nobody", arguments: TestDatabase.engines)
    func takenBack(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        try await wish(it, Set(StaffHappening.allCases), for: it.bruno)
        let ticket = try await it.open()
        let mail = mail(it)
        it.pass(.seconds(61))
        #expect(try await mail.run() == 1)
        var order = MoveOrder(.assign, of: ticket.id)
        order.personID = it.bruno.id
        let made = try await it.desk.make([order], by: .account(it.chefe))
        _ = try await it.desk.takeBack(made.first?.undo?.id ?? 0, by: .account(it.chefe))
        it.pass(.seconds(61))
        #expect(try await mail.run() == 0)
    }
}
