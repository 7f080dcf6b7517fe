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
}
