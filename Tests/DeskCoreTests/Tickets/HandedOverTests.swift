import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("A password that was handed over goes where its entry goes")
struct HandedOverTests {
    /// A desk with its vault.
    private struct Fixture {
        let it: TicketUnderTest
        let vault: SecretVault
        let folder: URL

        init(_ engine: DatabaseEngine) async throws {
            it = try await TicketUnderTest(engine)
            folder = try TestDatabase.folder()
            vault = SecretVault(
                database: it.database,
                clock: it.clock,
                folder: folder,
                term: .seconds(72 * 3_600)
            )
        }

        /// A reply of the customer with a password that went into the vault.
        func hand(_ password: String, in ticket: Ticket) async throws -> (entry: Entry, reference: String) {
            let reference = try await vault.seal(
                password,
                field: "entry",
                attendanceID: ticket.attendanceID,
                ticketID: ticket.id
            )
            var order = MoveOrder(.reply, of: ticket.id, text: "A senha: •••••")
            order.sealed = [reference]
            return (try await it.desk.make(order, by: it.customer).entry, reference)
        }

        /// What the vault shows on a ticket's page.
        func look(_ reference: String, at ticket: Ticket) async throws -> String {
            do {
                return try await vault.reveal(
                    reference,
                    ticketID: ticket.id,
                    reason: "Entrar",
                    by: it.ana.id,
                    named: it.ana.name
                )
            } catch let fault as VaultError { return "\(fault)" }
        }

        func close(_ ticket: Ticket) async throws {
            _ = try await it.make(.solve, ticket, "Feito", by: .account(it.ana))
            _ = try await it.make(.confirm, ticket, by: it.customer)
        }

        func end() { try? FileManager.default.removeItem(at: folder) }
    }

    @Test(
        "merged, it is read at the ticket that counts, and erased as that one closes",
        arguments: TestDatabase.engines
    )
    func merged(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        let (a, b, c) = (try await desk.it.open(), try await desk.it.open(), try await desk.it.open())
        let before = try await desk.hand("Gato#2026", in: a)
        for (one, other) in [(a, b), (b, c)] {
            var order = MoveOrder(.merge, of: one.id)
            order.otherID = other.id
            _ = try await desk.it.desk.make(order, by: .account(desk.it.ana))
        }
        // Written to the dead one, the entry lands in the one that counts.
        let after = try await desk.hand("Rato#2027", in: a)
        #expect(after.entry.ticketID == c.id)
        #expect(try await desk.look(before.reference, at: c) == "Gato#2026")
        #expect(try await desk.look(after.reference, at: c) == "Rato#2027")
        let stranger = try await desk.it.open()
        #expect(try await desk.look(before.reference, at: stranger) == "\(VaultError.missing)")
        try await desk.close(c)
        #expect(try await desk.look(before.reference, at: c) == "\(VaultError.erased)")
        #expect(try await desk.look(after.reference, at: c) == "\(VaultError.erased)")
    }

    @Test(
        "a cancelling that is taken back leaves it readable, one that is not erases it",
        arguments: TestDatabase.engines
    )
    func cancelled(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        let it = desk.it
        let ticket = try await it.open()
        let handed = try await desk.hand("Gato#2026", in: ticket)
        let order = MoveOrder(.cancel, of: ticket.id, text: "Engano")
        let made = try await it.desk.make([order], by: .account(it.chefe))
        _ = try await it.desk.takeBack(try #require(made.first?.undo).id, by: .account(it.chefe))
        it.pass(.seconds(3_600))
        _ = try await desk.vault.eraseExpired()
        #expect(try await desk.look(handed.reference, at: ticket) == "Gato#2026")
        _ = try await it.desk.make([order], by: .account(it.chefe))
        it.pass(TicketUndo.patience)
        #expect(try await desk.look(handed.reference, at: ticket) == "\(VaultError.erased)")
    }

    @Test(
        "split off with its entry, it is read at the new ticket and outlives the old one",
        arguments: TestDatabase.engines
    )
    func split(engine: DatabaseEngine) async throws {
        let desk = try await Fixture(engine)
        defer { desk.end() }
        let ticket = try await desk.it.open()
        let stays = try await desk.hand("Gato#2026", in: ticket)
        let goes = try await desk.hand("Rato#2027", in: ticket)
        var order = MoveOrder(.split, of: ticket.id)
        order.entryIDs = [goes.entry.id]
        let made = try #require(try await desk.it.desk.make(order, by: .account(desk.it.ana)).other)
        #expect(try await desk.look(goes.reference, at: made) == "Rato#2027")
        #expect(try await desk.look(goes.reference, at: ticket) == "\(VaultError.missing)")
        #expect(try await desk.look(stays.reference, at: ticket) == "Gato#2026")
        try await desk.close(ticket)
        #expect(try await desk.look(stays.reference, at: ticket) == "\(VaultError.erased)")
        #expect(try await desk.look(goes.reference, at: made) == "Rato#2027")
        try await desk.close(made)
        #expect(try await desk.look(goes.reference, at: made) == "\(VaultError.erased)")
    }
}
