extension Schema {
    /// Browsers from which somebody has signed in before.
    static let devices = [
        """
        CREATE TABLE known_device (
            token_hash TEXT PRIMARY KEY,
            account_id BIGINT NOT NULL REFERENCES account (id),
            created_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX known_device_account ON known_device (account_id, seen_at)",
    ]
}
