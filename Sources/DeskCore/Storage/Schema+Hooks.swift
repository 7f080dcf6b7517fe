extension Schema {
    /// The rules for callers' numbers: all in one row, so that their order is theirs and a change is whole.
    static let callerRules = [
        """
        CREATE TABLE caller_rules (
            id BIGINT PRIMARY KEY,
            rules TEXT NOT NULL,
            changed_at BIGINT NOT NULL
        )
        """
    ]

    /// Who is told what happens at the desk, and what waits for them.
    static let webhooks = [
        """
        CREATE TABLE webhook (
            id {id},
            name TEXT NOT NULL,
            url TEXT NOT NULL,
            kinds TEXT NOT NULL,
            paused SMALLINT NOT NULL,
            secret TEXT NOT NULL,
            old_secret TEXT,
            old_until BIGINT,
            created_at BIGINT NOT NULL,
            failing_since BIGINT,
            failures BIGINT NOT NULL,
            last_error TEXT,
            not_before BIGINT
        )
        """,
        """
        CREATE TABLE webhook_delivery (
            id {id},
            webhook_id BIGINT NOT NULL REFERENCES webhook (id),
            message_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            status BIGINT,
            error TEXT,
            due_at BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            tried_since BIGINT,
            settled_at BIGINT
        )
        """,
        "CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook_id, id)",
        "CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at) WHERE state IN ('waiting', 'sending')",
    ]
}
