/// A ticket and those merged into it: entries and files stay where they were written and are read together.
enum TicketFamily {
    /// Longer chains of mergers nobody makes; a damaged row must not lead in a circle.
    private static let mostHops = 50
    private static let mostMembers = 500

    /// The one that counts for a ticket: itself, or at the end of its chain of mergers.
    ///
    /// The chain ends where the customer does: what was one while two records were is nobody else's to read.
    static func survivor(of ticket: Ticket, in session: any SQLSession) throws(StoreError) -> Ticket {
        var current = ticket
        for _ in 0..<mostHops {
            guard let next = current.mergedInto, let found = try TicketDirectory.find(next, in: session),
                found.customerID == current.customerID
            else { return current }
            current = found
        }
        throw .corrupt(what: "ticket.merged_into")
    }

    /// The ticket and everything of its customer that was merged into it, directly or by a chain.
    static func ids(of ticketID: Int64, in session: any SQLSession) throws(StoreError) -> [Int64] {
        try session.rows(
            """
            WITH RECURSIVE family (id, customer) AS (
                SELECT id, COALESCE(customer_id, 0) FROM ticket WHERE id = $1
                UNION SELECT ticket.id, family.customer FROM ticket JOIN family ON ticket.merged_into = family.id
                    AND COALESCE(ticket.customer_id, 0) = family.customer
            ) SELECT id FROM family ORDER BY id LIMIT \(mostMembers)
            """,
            [.integer(ticketID)]
        ).compactMap { $0.integer(0) }
    }

    /// The list for `IN (…)`.
    static func list(of ticketID: Int64, in session: any SQLSession) throws(StoreError) -> String {
        let ids = try ids(of: ticketID, in: session)
        return (ids.isEmpty ? [ticketID] : ids).map(String.init).joined(separator: ", ")
    }
}
