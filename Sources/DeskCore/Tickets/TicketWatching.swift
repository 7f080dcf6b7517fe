/// Who watches which tickets; of each it is kept whether it is open, so that a list of those walks no others.
enum TicketWatching {
    static func list(of ticketID: Int64, in session: any SQLSession) throws(StoreError) -> [Int64] {
        try session.rows(
            "SELECT account_id FROM ticket_watcher WHERE ticket_id = $1 ORDER BY account_id",
            [.integer(ticketID)]
        ).compactMap { $0.integer(0) }
    }

    /// Does nothing for those who watch it already.
    static func add(
        _ account: Int64,
        to ticketID: Int64,
        since: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO ticket_watcher (ticket_id, account_id, since, is_open)
            SELECT id, $1, $2, CASE WHEN \(TicketState.openCondition) THEN 1 ELSE 0 END FROM ticket WHERE id = $3
            ON CONFLICT (account_id, ticket_id) DO NOTHING
            """,
            [.integer(account), .moment(since), .integer(ticketID)]
        )
    }

    static func remove(_ account: Int64, from ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "DELETE FROM ticket_watcher WHERE ticket_id = $1 AND account_id = $2",
            [.integer(ticketID), .integer(account)]
        )
    }

    /// To be called when the ticket, as it is stored, has ended or begun anew.
    static func settle(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            UPDATE ticket_watcher SET is_open = CASE WHEN EXISTS
                (SELECT 1 FROM ticket WHERE id = $1 AND \(TicketState.openCondition)) THEN 1 ELSE 0 END
            WHERE ticket_id = $2
            """,
            [.integer(ticketID), .integer(ticketID)]
        )
    }
}
