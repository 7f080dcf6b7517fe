import DeskCore
import Foundation
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("A clock far ahead", .timeLimit(.minutes(1)))
struct ClockAheadTests {
    @Test(
        "erases nothing in the service's own chores, and is told; set right again, work goes on",
        arguments: TestDatabase.engines
    )
    func chores(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana")
            let session = try await test.app.sessions.begin(accountID: ana.id)
            let contact = try await test.app.attendances.begin(channel: .walkIn, accountID: ana.id)
            _ = try await test.app.vault.seal("s3nha", field: "senha", attendanceID: contact.id)
            let housekeeping = Housekeeping(app: test.app, logger: test.quiet)
            await housekeeping.once()
            #expect(housekeeping.failing.isEmpty, "\(housekeeping.failing)")
            let rows = ["secret WHERE sealed IS NOT NULL", "attendance", "session", "vault_key"]
            func counts() async throws -> [Int64?] {
                try await test.app.database.read { database in
                    try rows.map { try database.row("SELECT COUNT(*) FROM \($0)")?.integer(0) }
                }
            }
            let before = try await counts()
            #expect(before.allSatisfy { $0 ?? 0 > 0 })
            for years in [1, 10, 70] {
                test.clock.advance(by: .seconds(years * 365 * 86_400))
                await housekeeping.once()
                #expect(housekeeping.failing.map(\.chore) == ["clock"])
                // A service that is started anew meanwhile is no wiser.
                await Housekeeping(app: test.app, logger: test.quiet).once()
                #expect(try await counts() == before)
                let keys = try FileManager.default.contentsOfDirectory(atPath: test.app.settings.desk.data + "/vault")
                #expect(!keys.filter { $0.hasSuffix(".key") }.isEmpty)
                test.clock.advance(by: .seconds(-years * 365 * 86_400))
                await housekeeping.once()
                #expect(housekeeping.failing.isEmpty)
            }
            #expect(try await counts() == before)
            #expect(try await test.app.sessions.find(session.token) != nil)
        }
    }

    @Test("set back, the clock holds up no link, no code and no question how it was")
    func setBack() async throws {
        try await DeskUnderTest.with(settings: DeskUnderTest.sending) { test in
            let customer = try await test.customer()
            let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
            let person = try await test.person(of: customer)
            let tickets = [
                try await test.ticket(customer, contact, "n1"), try await test.ticket(customer, contact, "n2"),
            ]
            let email = try #require(person.email)
            let guests = GuestEntry(
                entry: test.app.entry,
                tickets: test.app.directory,
                attendances: test.app.attendances,
                links: test.app.links
            )
            func told(_ event: NoticeEvent) async throws -> Int { try await test.notices(event).count }
            func solve(_ ticket: Ticket) async throws -> TicketSurvey.NotAsked? {
                _ = try await test.app.tickets.make(
                    MoveOrder(.solve, of: ticket.id, text: "Pronto."),
                    by: .program(name: "prova", author: nil)
                )
                return try await test.app.surveys.survey(of: ticket.id)?.notAsked
            }
            let ahead = Duration.seconds(365 * 86_400)
            test.clock.advance(by: ahead)
            let now = test.clock.now
            let token = try await test.app.database.write { session in
                try test.app.links.create(
                    ticketID: tickets[0].id,
                    recipient: email,
                    expires: now.adding(.seconds(86_400)),
                    at: now,
                    in: session
                )
            }
            try await test.app.entry.forgot("maria")
            _ = try await guests.sendCode(for: tickets[0])
            #expect(try await solve(tickets[0]) == nil)
            // Past the rest after the links that were sent before.
            test.clock.advance(by: .seconds(700) - ahead)
            let before = (try await told(.passwordReset), try await told(.portalCode), try await told(.linkRenewed))
            for _ in 0..<2 {
                try await test.app.entry.forgot("maria")
                _ = try await guests.sendCode(for: tickets[0])
                _ = try await test.app.tickets.renewLink(token, of: test.app.links)
            }
            #expect(try await told(.passwordReset) == before.0 + 1)
            #expect(try await told(.portalCode) > before.1)
            #expect(try await told(.linkRenewed) > before.2)
            #expect(try await solve(tickets[1]) != .recent)
        }
    }
}
