extension Schema {
    /// The first release's accounts, phones, sessions and tokens.
    static let accounts = [
        """
        CREATE TABLE account (
            id {id},
            login TEXT NOT NULL,
            name TEXT NOT NULL,
            email TEXT,
            role TEXT NOT NULL,
            password TEXT,
            language TEXT,
            pop TEXT NOT NULL DEFAULT 'open',
            departments TEXT NOT NULL DEFAULT '[]',
            queues TEXT NOT NULL DEFAULT '[]',
            disabled_at BIGINT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX account_login ON account (login)",
        // Which phones are a technician's: `party` as the PBX names it (PJSIP/1001); line '' means any line.
        """
        CREATE TABLE extension (
            line TEXT NOT NULL,
            party TEXT NOT NULL,
            account_id BIGINT NOT NULL REFERENCES account (id),
            PRIMARY KEY (line, party)
        )
        """,
        "CREATE INDEX extension_account ON extension (account_id)",
        """
        CREATE TABLE session (
            token_hash TEXT PRIMARY KEY,
            account_id BIGINT NOT NULL REFERENCES account (id),
            csrf TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX session_account ON session (account_id)",
        """
        CREATE TABLE sign_in_failure (
            subject TEXT PRIMARY KEY,
            failures BIGINT NOT NULL,
            last_at BIGINT NOT NULL,
            locked_until BIGINT
        )
        """,
        """
        CREATE TABLE api_token (
            id {id},
            name TEXT NOT NULL,
            token_hash TEXT NOT NULL,
            scopes TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT,
            revoked_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash)",
    ]
}
