extension Schema {
    /// What a list of open tickets can be narrowed by.
    ///
    /// Each index that a list is walked along ends in them, so that a ticket that does not fit costs its place in the
    /// index and no look at its row. They hold open tickets only, and a new ticket writes one page of each as before.
    private static let filters = """
        state, priority, topic, channel, assigned_to, customer_id, created_at, due_at, at_risk_at
        """

    /// The walks of open tickets with what they are narrowed by, in the place of narrower ones and of near-duplicates.
    static let openTickets =
        [
            // Nobody's are a part of these, and what is late is their beginning.
            "ticket_unassigned", "ticket_unassigned_all", "ticket_late", "ticket_late_all",
            "ticket_work", "ticket_work_all", "ticket_open_due", "ticket_open_due_all",
            "ticket_open_created", "ticket_open_created_all", "ticket_waiting", "ticket_waiting_all", "ticket_mine",
            // Open ones are found by the others, and only what has ended is asked for by its state.
            "ticket_department", "ticket_state",
        ].map { "DROP INDEX \($0)" } + [
            "CREATE INDEX ticket_waiting ON ticket (department, waiting_since, id, \(filters)) WHERE state = 'waiting'",
            "CREATE INDEX ticket_waiting_all ON ticket (waiting_since, id, \(filters)) WHERE state = 'waiting'",
        ] + walks.map(\.created) + [
            // Everything somebody ever watched grows for ever; what of it is open does not.
            "ALTER TABLE ticket_watcher ADD COLUMN is_open SMALLINT NOT NULL DEFAULT 1",
            """
            UPDATE ticket_watcher SET is_open = 0
                WHERE ticket_id IN (SELECT id FROM ticket WHERE \(TicketState.endedCondition))
            """,
            "CREATE INDEX ticket_watched ON ticket_watcher (account_id, ticket_id, is_open) WHERE is_open = 1",
        ]

    /// The walks whose condition is that a ticket is open, or is not.
    private static let walks = openWalks + otherWalks

    private static let openWalks: [(name: String, created: String)] = [
        ("ticket_work", walk("ticket_work", "department, list_rank, id")),
        ("ticket_work_all", walk("ticket_work_all", "list_rank, id")),
        ("ticket_open_due", walk("ticket_open_due", "department, (\(WorkListDesk.Statement.due)), id")),
        ("ticket_open_due_all", walk("ticket_open_due_all", "(\(WorkListDesk.Statement.due)), id")),
        ("ticket_open_created", walk("ticket_open_created", "department, id, list_rank")),
        ("ticket_open_created_all", walk("ticket_open_created_all", "id, list_rank")),
    ]

    private static let otherWalks: [(name: String, created: String)] = [
        (
            "ticket_mine",
            """
            CREATE INDEX ticket_mine ON ticket (assigned_to, list_rank, id, department, state, priority, topic, channel,
                customer_id, created_at, due_at, at_risk_at, waiting_since)
                WHERE assigned_to IS NOT NULL AND \(TicketState.openCondition)
            """
        ),
        (
            "ticket_ended",
            "CREATE INDEX ticket_ended ON ticket (department, state, id) WHERE \(TicketState.endedCondition)"
        ),
        ("ticket_ended_all", "CREATE INDEX ticket_ended_all ON ticket (state, id) WHERE \(TicketState.endedCondition)"),
    ]

    /// The same indexes once more, in desks whose conditions still have the form of a list: SQLite made a table of it for
    /// each index and each row that was written, half of what a new ticket's row cost.
    static let plainConditions =
        (walks + openOfCustomers).flatMap { ["DROP INDEX \($0.name)", $0.created] }

    /// Once more, with since when the customer is waited for: how the promise of one that waits stands is a question of
    /// that moment, and not of now.
    static let openStanding = openWalks.flatMap { ["DROP INDEX \($0.name)", $0.created] }

    private static func walk(_ name: String, _ order: String) -> String {
        "CREATE INDEX \(name) ON ticket (\(order), \(filters), waiting_since) WHERE \(TicketState.openCondition)"
    }
}
