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

    @Test(
        "what was told outside of any contact and ticket goes when it is old; what waits, is newer or a ticket's stays",
        arguments: TestDatabase.engines
    )
    func notices(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let (own, other) = (try await it.open(), try await it.contact())
        let limit = it.now
        let made = try await it.database.write { session -> [String: Int64] in
            func add(
                _ key: String,
                _ state: String,
                attendance: Int64? = nil,
                ticket: Int64? = nil,
                at: Moment
            ) throws -> Int64 {
                let row = try session.row(
                    """
                    INSERT INTO notice (dedupe_key, event, channel, state, attendance_id, ticket_id, recipient, language, body,
                        next_at, created_at)
                    VALUES ($1, 'opened', 'email', $2, $3, $4, 'x@example.com', 'pt-BR', 'x', 0, $5) RETURNING id
                    """,
                    [.text(key), .text(state), .integer(attendance), .integer(ticket), .moment(at)]
                )
                return row?.integer(0) ?? 0
            }
            let old = limit.adding(.seconds(-1))
            return [
                "registration": try add("registration", "sent", at: old), "bell": try add("bell", "dead", at: old),
                "waits": try add("waits", "queued", at: old), "new": try add("new", "sent", at: limit),
                "ticket": try add("ticket", "sent", ticket: own.id, at: old),
                "linked": try add("linked", "sent", attendance: other.id, ticket: own.id, at: old),
                "contact": try add("contact", "sent", attendance: other.id, at: old),
            ]
        }
        func left() async throws -> Set<Int64> {
            let found = try await it.database.read { session in
                try session.rows("SELECT id FROM notice").compactMap { $0.integer(0) }
            }
            return Set(found).intersection(made.values)
        }
        let retention = Retention(database: it.database)
        #expect(try await retention.erase(before: limit) == 2)
        let stay = Set(["waits", "new", "ticket", "linked", "contact"].compactMap { made[$0] })
        #expect(try await left() == stay)
        // The contact goes, and what its ticket was told of it stays.
        let ended = it.now
        try await it.database.write { session in
            try session.execute(
                "UPDATE attendance SET state = 'ended', ended_at = $1 WHERE id = $2",
                [.moment(ended), .integer(other.id)]
            )
        }
        it.pass(.seconds(1))
        #expect(try await retention.erase(before: it.now) == 2)
        #expect(try await left() == Set(["waits", "ticket", "linked"].compactMap { made[$0] }))
    }
}
