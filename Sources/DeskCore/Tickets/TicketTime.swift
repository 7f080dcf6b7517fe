/// The time people spent on a ticket: what they wrote down, and what they talked, which counts by itself.
public struct TicketTime: Sendable, Equatable {
    /// What was written down with entries.
    public var told: Duration
    /// The calls it was opened in or that were linked to it; a call that opened several tickets counts for each a part.
    public var talked: Duration

    public var whole: Duration { told + talked }

    /// A day: what somebody says they spent at one sitting.
    public static let minutes: ClosedRange<Int64> = 1...1_440

    static func spend(
        _ minutes: Int64,
        on ticketID: Int64,
        entry: Int64,
        by account: Int64?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO ticket_time (ticket_id, entry_id, account_id, minutes, spent_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [.integer(ticketID), .integer(entry), .integer(account), .integer(minutes), .moment(now)]
        )
    }
}

extension TicketDirectory {
    /// The time spent on a ticket and on those merged into it.
    public func time(of ticketID: Int64) async throws(StoreError) -> TicketTime {
        try await database.read { session in
            let family = try TicketFamily.list(of: ticketID, in: session)
            let told = try session.row(
                "SELECT CAST(COALESCE(SUM(minutes), 0) AS BIGINT) FROM ticket_time WHERE ticket_id IN (\(family))"
            )
            // Of a contact that opened several tickets as much as are of this family; merged ones are one by now.
            var opened: [Int64: Int64] = [:]
            for row in try session.rows(
                "SELECT attendance_id, COUNT(*) FROM ticket WHERE id IN (\(family)) GROUP BY attendance_id"
            ) {
                if let contact = row.integer(0) { opened[contact] = row.integer(1) ?? 1 }
            }
            // Each link of another contact says its number; it counts once, and not again where a merged ticket was opened in it.
            let linked = try session.rows(
                "SELECT facts FROM entry WHERE ticket_id IN (\(family)) AND kind = 'linked' ORDER BY id",
                [],
                limit: Self.mostLinked
            ).compactMap { EntryFacts.decode($0.text(0)).protocolNumber }
            var talked: Int64 = 0
            for (id, count) in opened {
                guard let talk = try Self.talk("attendance.id = $1", .integer(id), in: session) else { continue }
                let all = try session.row("SELECT COUNT(*) FROM ticket WHERE attendance_id = $1", [.integer(id)])
                let parts = max(1, all?.integer(0) ?? 1)
                talked += talk.length / parts * count + talk.length % parts * count / parts
            }
            for number in Set(linked) {
                guard let talk = try Self.talk("attendance.protocol = $1", .text(number), in: session),
                    opened[talk.contact] == nil
                else { continue }
                talked += talk.length
            }
            return TicketTime(told: .seconds((told?.integer(0) ?? 0) * 60), talked: .milliseconds(talked))
        }
    }

    /// No ticket is called about more often; what is beyond costs more to add up than it says.
    private static let mostLinked = 200

    /// How long a contact's call was talked, in milliseconds; nil where nobody talked.
    private static func talk(
        _ condition: String,
        _ value: SQLValue,
        in session: any SQLSession
    ) throws(StoreError) -> (contact: Int64, length: Int64)? {
        guard
            let row = try session.row(
                """
                SELECT call.answered_at, call.ended_at, attendance.id FROM attendance
                JOIN call ON call.id = attendance.call_id WHERE \(condition)
                """,
                [value]
            ), let from = row.moment(0), let to = row.moment(1), from < to, let contact = row.integer(2)
        else { return nil }
        return (contact, to.milliseconds - from.milliseconds)
    }
}
