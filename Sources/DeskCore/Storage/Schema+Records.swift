extension Schema {
    /// The first release's trail of deeds, kept form versions and repeated requests.
    static let records = [
        """
        CREATE TABLE audit (
            id {id},
            at BIGINT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT
        )
        """,
        "CREATE INDEX audit_subject ON audit (subject, id)",
        // Past forms, so that an old ticket shows the questions it was asked.
        """
        CREATE TABLE form_version (
            version TEXT PRIMARY KEY,
            source TEXT NOT NULL,
            taken_at BIGINT NOT NULL
        )
        """,
        // An answer kept for a repeated request with the same key (24 h).
        """
        CREATE TABLE idempotency (
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            request_hash TEXT NOT NULL,
            status BIGINT NOT NULL,
            response TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (scope, key)
        )
        """,
        "CREATE INDEX idempotency_age ON idempotency (created_at)",
    ]
}
