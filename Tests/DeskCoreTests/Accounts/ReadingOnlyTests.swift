import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Who only reads does not wait for the database's writer", .timeLimit(.minutes(5)))
struct ReadingOnlyTests {
    @Test("who is signed in, or has a link, goes on reading while the database takes no writes")
    func locked() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("desk.sqlite").path
        let database = try await SQLiteDatabase.open(path: path, lockTimeout: .seconds(60))
        let clock = TestClock()
        let accounts = AccountDesk(database: database, clock: clock.clock)
        let ana = try await accounts.add(
            AccountDraft(login: "ana", name: "Ana", role: .technician),
            by: .system("test")
        )
        let sessions = SessionDesk(database: database, clock: clock.clock)
        let token = try await sessions.begin(accountID: ana.id).token
        let links = QuickLinks(database: database)
        let ticketID = try await QuickLinkTests().ticket(in: database)
        let link = try await database.write { session in
            try links.create(
                ticketID: ticketID,
                recipient: "a@example.com",
                expires: clock.now.adding(.seconds(86_400)),
                at: clock.now,
                in: session
            )
        }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        clock.advance(by: .seconds(61))
        let begun = ContinuousClock.now
        for _ in 0..<5 {
            #expect(try await sessions.find(token)?.account.id == ana.id)
            #expect(try await links.resolve(link, at: clock.now).get().ticketID == ticketID)
        }
        // The lock alone would take sixty, each time.
        #expect(ContinuousClock.now - begun < .seconds(45))
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        await database.close()
    }

    @Test("a sign of life that fails is tried again after a rest, not with each request")
    func rest() async {
        let tries = Mutex(0)
        let signs = PassingWrites(logger: nil)
        for _ in 0..<20 {
            await signs.attempt("x") { () async throws(StoreError) in
                tries.withLock { $0 += 1 }
                throw StoreError.unavailable(what: "it", remedy: "wait")
            }
        }
        #expect(tries.withLock(\.self) == 1)
    }
}
