import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("How long contacts are kept")
struct RetentionTests {
    private static let day: Int64 = 86_400_000

    private func report(_ key: String, daysAgo: Int64, ended: Bool = true) -> CallSignal {
        var report = CallSignal(
            line: "matriz",
            key: key,
            direction: .inbound,
            state: ended ? .ended : .ringing,
            outcome: ended ? .abandoned : .ongoing
        )
        report.number = "+5511987654321"
        report.startedAt = (1_795_236_560_000 - daysAgo * Self.day) * 1_000
        return report
    }

    @Test("old contacts go with their calls; newer ones, open ones and those with a ticket stay")
    func erase() async throws {
        let database = try await TestDatabase.make()
        let now = Moment(milliseconds: 1_795_236_570_000)
        // What is old was recorded when it was new.
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        func log(daysAgo: Int64) -> CallLog {
            CallLog(
                database: database,
                numbers: numbers,
                clock: DeskClock { Moment(milliseconds: now.milliseconds - daysAgo * Self.day) }
            )
        }
        _ = try await log(daysAgo: 40).record([report("old", daysAgo: 40), report("open", daysAgo: 40, ended: false)])
        let kept = try await log(daysAgo: 40).record([report("ticket", daysAgo: 40)])
        _ = try await log(daysAgo: 2).record([report("new", daysAgo: 2)])
        let attendance = try #require(kept.first?.attendance)
        let tickets = TicketDesk(
            database: database,
            numbers: numbers,
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: DeskClock { now },
            announce: { _, _ in true }
        )
        _ = try await tickets.open(TicketDeskTests.request("k", attendanceID: attendance.id), by: nil)
        let retention = Retention(database: database)
        let limit = Moment(milliseconds: now.milliseconds - 30 * Self.day)
        #expect(try await retention.erase(before: limit) == 2)
        #expect(try await retention.erase(before: limit) == 0)
        let calls = try await CallDirectory(database: database).list(before: nil, limit: 10).map(\.key)
        #expect(Set(calls) == ["open", "ticket", "new"])
        let left = try await AttendanceDesk(database: database, numbers: numbers, clock: DeskClock { now })
            .list(before: nil, limit: 10)
        #expect(left.count == 3)
    }
}
