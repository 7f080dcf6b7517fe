extension Schema {
    /// Whose data was erased, and how far the desk has come with what they said and asked for.
    ///
    /// `known_by` is what the rest is found by, the numbers and words of the record; it goes when nothing is left. `stage` is
    /// what is gone through and `after` the last row that was.
    static let erasure = [
        "ALTER TABLE customer ADD COLUMN erased_at BIGINT",
        """
        CREATE TABLE customer_erasure (
            customer_id BIGINT PRIMARY KEY REFERENCES customer (id),
            reason TEXT NOT NULL,
            began_at BIGINT NOT NULL,
            ended_at BIGINT,
            stage TEXT NOT NULL,
            after BIGINT NOT NULL DEFAULT 0,
            known_by TEXT,
            tickets BIGINT NOT NULL DEFAULT 0,
            contacts BIGINT NOT NULL DEFAULT 0,
            calls BIGINT NOT NULL DEFAULT 0,
            recordings TEXT NOT NULL DEFAULT '[]'
        )
        """,
        "CREATE INDEX customer_erasure_open ON customer_erasure (customer_id) WHERE ended_at IS NULL",
    ]
}
