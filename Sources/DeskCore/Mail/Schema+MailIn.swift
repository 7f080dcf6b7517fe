extension Schema {
    /// Mailboxes that are read, what became of their mails, and addresses that take no mail.
    static let mailIn = [
        // How far a mailbox was read: up to last_uid of uid_validity; since first_at, the last time whole at read_at. Up to
        // renumbered_to lie mails that had other numbers before. trying_uid is in hand, for the tries-th time.
        """
        CREATE TABLE mailbox (
            name TEXT PRIMARY KEY,
            uid_validity BIGINT NOT NULL,
            last_uid BIGINT NOT NULL,
            first_at BIGINT NOT NULL,
            read_at BIGINT NOT NULL,
            renumbered_to BIGINT NOT NULL,
            trying_uid BIGINT,
            tries BIGINT NOT NULL
        )
        """,
        // The identity is the same for every copy of a mail, so that each has its effect once.
        """
        CREATE TABLE mail_in (
            id {id},
            mailbox TEXT NOT NULL,
            uid_validity BIGINT NOT NULL,
            uid BIGINT NOT NULL,
            identity TEXT NOT NULL,
            sender TEXT,
            sender_name TEXT NOT NULL,
            subject TEXT NOT NULL,
            size BIGINT NOT NULL,
            received_at BIGINT NOT NULL,
            outcome TEXT NOT NULL,
            reason TEXT,
            ticket_id BIGINT,
            attendance_id BIGINT,
            notice_id BIGINT,
            answered SMALLINT NOT NULL,
            again SMALLINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX mail_in_once ON mail_in (identity)",
        "CREATE INDEX mail_in_time ON mail_in (received_at)",
        "CREATE INDEX mail_in_sender ON mail_in (sender, received_at)",
        "CREATE INDEX mail_in_again ON mail_in (mailbox) WHERE again = 1",
        // Addresses whose mail came back; by address, so that a corrected one has a clean sheet.
        """
        CREATE TABLE mail_trouble (
            address TEXT PRIMARY KEY,
            since BIGINT NOT NULL,
            status TEXT,
            notice_id BIGINT,
            returned BIGINT NOT NULL
        )
        """,
    ]
}
