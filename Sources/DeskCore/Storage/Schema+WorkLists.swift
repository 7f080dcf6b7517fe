extension Schema {
    /// The work lists in other orders, and lists that people keep by name.
    static let workLists = [
        "CREATE INDEX ticket_open_created ON ticket (department, id) WHERE \(TicketState.openCondition)",
        "CREATE INDEX ticket_of_department ON ticket (department, id)",
        "CREATE INDEX ticket_open_created_all ON ticket (id) WHERE \(TicketState.openCondition)",
        """
        CREATE INDEX ticket_open_due ON ticket (department, (\(WorkListDesk.Statement.due)), id)
            WHERE \(TicketState.openCondition)
        """,
        """
        CREATE INDEX ticket_open_due_all ON ticket ((\(WorkListDesk.Statement.due)), id)
            WHERE \(TicketState.openCondition)
        """,
        """
        CREATE TABLE saved_list (
            id {id},
            account_id BIGINT NOT NULL REFERENCES account (id),
            name TEXT NOT NULL,
            department TEXT,
            query TEXT NOT NULL,
            saved_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX saved_list_name ON saved_list (account_id, name)",
        "CREATE INDEX saved_list_department ON saved_list (department) WHERE department IS NOT NULL",
    ]

    /// The token of a program that moved tickets in nobody's name: it alone takes them back.
    static let whoseMoves = ["ALTER TABLE ticket_batch ADD COLUMN token_id BIGINT"]

    /// What moves that can be taken back need to be taken back with.
    static let ticketUndo = [
        """
        CREATE TABLE ticket_batch (
            id {id},
            account_id BIGINT REFERENCES account (id),
            made_at BIGINT NOT NULL,
            undone_at BIGINT
        )
        """,
        "CREATE INDEX ticket_batch_age ON ticket_batch (made_at)",
        """
        CREATE TABLE ticket_before (
            batch_id BIGINT NOT NULL REFERENCES ticket_batch (id),
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            revision BIGINT NOT NULL,
            traces TEXT NOT NULL,
            PRIMARY KEY (batch_id, ticket_id)
        )
        """,
        "CREATE INDEX ticket_before_ticket ON ticket_before (ticket_id)",
    ]
}
