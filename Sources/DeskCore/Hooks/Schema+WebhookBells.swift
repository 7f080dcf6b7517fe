extension Schema {
    /// Administrators' bells for subscribers that fail; `rung_for` is the failure that rang last, by when it began.
    static let webhookBells = [
        "ALTER TABLE webhook ADD COLUMN rung_for BIGINT",
        """
        CREATE TABLE webhook_bell (
            id {id},
            webhook_id BIGINT NOT NULL REFERENCES webhook (id),
            account_id BIGINT NOT NULL REFERENCES account (id),
            rung_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX webhook_bell_once ON webhook_bell (account_id, webhook_id)",
        "CREATE INDEX webhook_bell_of ON webhook_bell (webhook_id)",
    ]
}
