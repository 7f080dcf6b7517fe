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
            // A contact is opened in once, and each link of another one says its number.
            let contacts = try session.rows("SELECT attendance_id FROM ticket WHERE id IN (\(family))")
                .compactMap { $0.integer(0) }
            let linked = try session.rows(
                "SELECT facts FROM entry WHERE ticket_id IN (\(family)) AND kind = 'linked' ORDER BY id",
                [],
                limit: Self.mostLinked
            ).compactMap { EntryFacts.decode($0.text(0)).protocolNumber }
            var talked: Int64 = 0
            for id in Set(contacts) {
                talked += try Self.talk("attendance.id = $1", .integer(id), isShared: true, in: session)
            }
            for number in Set(linked) {
                talked += try Self.talk("attendance.protocol = $1", .text(number), isShared: false, in: session)
            }
            return TicketTime(told: .seconds((told?.integer(0) ?? 0) * 60), talked: .milliseconds(talked))
        }
    }

    /// No ticket is called about more often; what is beyond costs more to add up than it says.
    private static let mostLinked = 200

    /// Milliseconds talked in a contact's call.
    private static func talk(
        _ condition: String,
        _ value: SQLValue,
        isShared: Bool,
        in session: any SQLSession
    ) throws(StoreError) -> Int64 {
        guard
            let row = try session.row(
                """
                SELECT call.answered_at, call.ended_at, attendance.id FROM attendance
                JOIN call ON call.id = attendance.call_id WHERE \(condition)
                """,
                [value]
            ), let from = row.moment(0), let to = row.moment(1), from < to
        else { return 0 }
        let length = to.milliseconds - from.milliseconds
        guard isShared, let id = row.integer(2) else { return length }
        let count = try session.row("SELECT COUNT(*) FROM ticket WHERE attendance_id = $1", [.integer(id)])?.integer(0)
        return length / max(1, count ?? 1)
    }
}
