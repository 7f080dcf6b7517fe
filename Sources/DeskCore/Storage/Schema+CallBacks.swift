extension Schema {
    /// Calls that broke off while people talked, and who is calling whom back.
    static let callBacks = [
        // When a contact was ended because its call had dropped: that caller waits too.
        "ALTER TABLE call ADD COLUMN dropped_at BIGINT",
        "CREATE INDEX call_dropped ON call (dropped_at) WHERE dropped_at IS NOT NULL AND returned_at IS NULL",
        // One person at a time calls a number back.
        """
        CREATE TABLE call_back_lease (
            number TEXT PRIMARY KEY,
            account_id BIGINT NOT NULL REFERENCES account (id),
            taken_at BIGINT NOT NULL,
            ends_at BIGINT NOT NULL
        )
        """,
    ]
}
