extension Schema {
    /// Index pages that a new ticket wrote for nothing: on SQLite each is 4 kB of its transaction.
    static let leanIndexes = [
        // `ticket_contact_id` begins with the same column and holds the same rows.
        "DROP INDEX ticket_contact",
        // Somebody's tickets have somebody: the many that nobody has taken need not stand in it.
        "DROP INDEX ticket_mine",
        """
        CREATE INDEX ticket_mine ON ticket (assigned_to, list_rank, id)
            WHERE assigned_to IS NOT NULL AND \(TicketState.openCondition)
        """,
    ]
}
