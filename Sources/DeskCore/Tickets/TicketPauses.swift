/// The stretches in which a ticket's clocks stand.
enum TicketPauses {
    enum Why: String {
        /// The customer was asked.
        case waiting
        /// From its end to a new beginning.
        case over
    }

    static func list(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) -> [ServicePause] {
        try session.rows(
            "SELECT began_at, ended_at FROM ticket_pause WHERE ticket_id = $1 ORDER BY began_at, id",
            [.integer(ticketID)]
        ).compactMap { row in row.moment(0).map { ServicePause(from: $0, to: row.moment(1)) } }
    }

    static func begin(_ why: Why, of ticketID: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "INSERT INTO ticket_pause (ticket_id, why, began_at) VALUES ($1, $2, $3)",
            [.integer(ticketID), .text(why.rawValue), .moment(now)]
        )
    }

    static func end(of ticketID: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "UPDATE ticket_pause SET ended_at = $1 WHERE ticket_id = $2 AND ended_at IS NULL",
            [.moment(now), .integer(ticketID)]
        )
    }
}

/// A stretch in which a ticket's clocks stood, and why.
public struct TicketStop: Sendable, Equatable {
    /// The customer was waited for; else the ticket was over.
    public var isWaiting: Bool
    public var beganAt: Moment
    /// Nil while it lasts.
    public var endedAt: Moment?
}

extension TicketDirectory {
    /// Every stop of a ticket's clocks, oldest first.
    public func stops(of ticketID: Int64) async throws(StoreError) -> [TicketStop] {
        try await database.read { session in
            try session.rows(
                "SELECT why, began_at, ended_at FROM ticket_pause WHERE ticket_id = $1 ORDER BY began_at, id",
                [.integer(ticketID)],
                limit: 200
            ).compactMap { row in
                row.moment(1).map {
                    TicketStop(isWaiting: row.text(0) == "waiting", beganAt: $0, endedAt: row.moment(2))
                }
            }
        }
    }
}
