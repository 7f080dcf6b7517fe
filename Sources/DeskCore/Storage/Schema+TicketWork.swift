extension Schema {
    /// What people work a ticket with: prepared texts, steps that were done, time that was spent.
    static let ticketWork = [
        """
        CREATE TABLE canned_reply (
            id {id},
            account_id BIGINT REFERENCES account (id),
            department TEXT,
            title TEXT NOT NULL,
            title_folded TEXT NOT NULL,
            body TEXT NOT NULL,
            body_folded TEXT NOT NULL,
            saved_by BIGINT REFERENCES account (id),
            saved_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX canned_reply_account ON canned_reply (account_id) WHERE account_id IS NOT NULL",
        """
        CREATE TABLE ticket_step (
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            step TEXT NOT NULL,
            account_id BIGINT NOT NULL REFERENCES account (id),
            done_at BIGINT NOT NULL,
            PRIMARY KEY (ticket_id, step)
        )
        """,
        """
        CREATE TABLE ticket_time (
            id {id},
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            entry_id BIGINT NOT NULL,
            account_id BIGINT REFERENCES account (id),
            minutes BIGINT NOT NULL,
            spent_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX ticket_time_ticket ON ticket_time (ticket_id)",
        "CREATE INDEX ticket_time_entry ON ticket_time (entry_id)",
    ]
}
