extension Schema {
    /// Ways in: links and codes that were sent, and who says to be a customer the desk knows already.
    static let portalEntry = [
        // `person_id` is NULL for a registration not yet confirmed, whose form is in `data`.
        """
        CREATE TABLE person_link (
            token_hash TEXT PRIMARY KEY,
            purpose TEXT NOT NULL,
            person_id BIGINT REFERENCES person (id),
            data TEXT NOT NULL DEFAULT '',
            sent_to TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        )
        """,
        "CREATE INDEX person_link_person ON person_link (person_id, purpose)",
        "CREATE INDEX person_link_sent ON person_link (purpose, sent_to)",
        "CREATE INDEX person_link_end ON person_link (expires_at)",
        """
        CREATE TABLE person_code (
            subject TEXT PRIMARY KEY,
            code_hash TEXT NOT NULL,
            tries BIGINT NOT NULL DEFAULT 0,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX person_code_end ON person_code (expires_at)",
        // What somebody who registered themselves said; `customer_id` is the one it met, nobody else's business.
        """
        CREATE TABLE person_claim (
            person_id BIGINT PRIMARY KEY REFERENCES person (id),
            contact_id BIGINT NOT NULL REFERENCES contact (id),
            customer_id BIGINT REFERENCES customer (id),
            document TEXT,
            phone TEXT,
            created_at BIGINT NOT NULL
        )
        """,
    ]
}
