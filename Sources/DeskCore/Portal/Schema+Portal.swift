extension Schema {
    /// Accounts of customers: a person, the contacts they are, their sessions and the browsers they are known by.
    static let portal = [
        // `login` and `password` are chosen at activation; a phone-only person has no e-mail.
        """
        CREATE TABLE person (
            id {id},
            login TEXT,
            name TEXT NOT NULL,
            email TEXT,
            password TEXT,
            state TEXT NOT NULL,
            language TEXT,
            domain TEXT,
            directory_id TEXT,
            preferences TEXT NOT NULL DEFAULT '{}',
            photo TEXT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            activated_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX person_login ON person (login) WHERE login IS NOT NULL",
        "CREATE UNIQUE INDEX person_email ON person (email) WHERE email IS NOT NULL",
        "CREATE UNIQUE INDEX person_directory ON person (domain, directory_id) WHERE directory_id IS NOT NULL",
        // A contact is one human being, who has one account.
        """
        CREATE TABLE person_contact (
            contact_id BIGINT PRIMARY KEY REFERENCES contact (id),
            person_id BIGINT NOT NULL REFERENCES person (id),
            reach TEXT NOT NULL,
            departments TEXT NOT NULL DEFAULT '[]',
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX person_contact_person ON person_contact (person_id)",
        """
        CREATE TABLE person_session (
            token_hash TEXT PRIMARY KEY,
            person_id BIGINT NOT NULL REFERENCES person (id),
            csrf TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX person_session_person ON person_session (person_id)",
        """
        CREATE TABLE person_device (
            token_hash TEXT PRIMARY KEY,
            person_id BIGINT NOT NULL REFERENCES person (id),
            created_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX person_device_person ON person_device (person_id, seen_at)",
        // Seen by the requester and those named only, whatever the reach of others.
        "ALTER TABLE ticket ADD COLUMN confidential SMALLINT NOT NULL DEFAULT 0",
        // One more contact who follows it.
        "ALTER TABLE ticket ADD COLUMN second_contact_id BIGINT REFERENCES contact (id)",
        "CREATE INDEX ticket_second_contact ON ticket (second_contact_id) WHERE second_contact_id IS NOT NULL",
        "CREATE INDEX ticket_contact ON ticket (contact_id) WHERE contact_id IS NOT NULL",
    ]
}
