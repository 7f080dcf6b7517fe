extension Schema {
    /// What of a notice's attempts is no fault of its own, and how often it may have arrived already.
    static let noticeAttempts = ["spared", "unanswered"].map {
        "ALTER TABLE notice ADD COLUMN \($0) BIGINT NOT NULL DEFAULT 0"
    }

    /// Whose address a notice went to, so that it can be sent again to the one they have by then.
    ///
    /// No reference, since a contact that is gone has none.
    static let noticeContacts = ["ALTER TABLE notice ADD COLUMN contact_id BIGINT"]

    /// What `last_error` says, as a code with its facts, for readers of other languages.
    static let noticeFaults = ["ALTER TABLE notice ADD COLUMN fault TEXT"]

    /// The first release's notices, links and templates.
    static let notices = [
        """
        CREATE TABLE notice (
            id {id},
            dedupe_key TEXT NOT NULL,
            event TEXT NOT NULL,
            channel TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            attendance_id BIGINT REFERENCES attendance (id),
            ticket_id BIGINT REFERENCES ticket (id),
            customer_id BIGINT REFERENCES customer (id),
            recipient TEXT NOT NULL,
            recipient_name TEXT,
            language TEXT NOT NULL,
            subject TEXT,
            body TEXT NOT NULL,
            html TEXT,
            segments BIGINT,
            attempts BIGINT NOT NULL DEFAULT 0,
            next_at BIGINT NOT NULL,
            claimed_at BIGINT,
            claimed_by TEXT,
            gateway_reference TEXT,
            last_error TEXT,
            created_at BIGINT NOT NULL,
            settled_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX notice_once ON notice (dedupe_key)",
        "CREATE INDEX notice_due ON notice (next_at) WHERE state = 'queued'",
        "CREATE INDEX notice_sending ON notice (claimed_at) WHERE state = 'sending'",
        "CREATE INDEX notice_ticket ON notice (ticket_id)",
        "CREATE INDEX notice_attendance ON notice (attendance_id)",
        "CREATE INDEX notice_reference ON notice (gateway_reference) WHERE gateway_reference IS NOT NULL",
        // E4: the link in the e-mail opens one ticket without a login; only the token's hash is kept.
        """
        CREATE TABLE quick_link (
            id {id},
            token_hash TEXT NOT NULL,
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            recipient TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            revoked_at BIGINT,
            last_used_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX quick_link_token ON quick_link (token_hash)",
        "CREATE INDEX quick_link_ticket ON quick_link (ticket_id)",
        """
        CREATE TABLE template (
            name TEXT NOT NULL,
            channel TEXT NOT NULL,
            language TEXT NOT NULL,
            subject TEXT,
            body TEXT NOT NULL,
            html TEXT,
            updated_by BIGINT,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (name, channel, language)
        )
        """,
    ]
}
