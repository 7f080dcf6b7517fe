extension Schema {
    /// The first release's counters, customers, contacts, phones and contracts.
    static let people = [
        """
        CREATE TABLE counter (
            name TEXT PRIMARY KEY,
            value BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE customer (
            id {id},
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            name_folded TEXT NOT NULL,
            document TEXT,
            document_kind TEXT,
            address TEXT,
            notes TEXT,
            origin TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            merged_into BIGINT REFERENCES customer (id)
        )
        """,
        "CREATE UNIQUE INDEX customer_document ON customer (document) WHERE document IS NOT NULL AND merged_into IS NULL",
        "CREATE INDEX customer_name ON customer (name_folded)",
        """
        CREATE TABLE contact (
            id {id},
            customer_id BIGINT NOT NULL REFERENCES customer (id),
            name TEXT NOT NULL,
            name_folded TEXT NOT NULL,
            email TEXT,
            role TEXT,
            language TEXT,
            active SMALLINT NOT NULL DEFAULT 1,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX contact_email ON contact (email) WHERE email IS NOT NULL",
        "CREATE INDEX contact_customer ON contact (customer_id)",
        "CREATE INDEX contact_name ON contact (name_folded)",
        // e164 is NULL for numbers that have none (0800, 4004): `lookup` is then the national digits.
        """
        CREATE TABLE phone (
            id {id},
            customer_id BIGINT NOT NULL REFERENCES customer (id),
            contact_id BIGINT REFERENCES contact (id),
            e164 TEXT,
            lookup TEXT NOT NULL,
            kind TEXT NOT NULL,
            label TEXT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX phone_once ON phone (customer_id, lookup)",
        "CREATE INDEX phone_lookup ON phone (lookup)",
        """
        CREATE TABLE contract (
            id {id},
            customer_id BIGINT NOT NULL REFERENCES customer (id),
            number TEXT NOT NULL,
            title TEXT NOT NULL,
            active SMALLINT NOT NULL DEFAULT 1,
            sms SMALLINT NOT NULL DEFAULT 0,
            sections TEXT NOT NULL DEFAULT '[]',
            products TEXT NOT NULL DEFAULT '[]',
            starts_at BIGINT,
            ends_at BIGINT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX contract_number ON contract (number)",
        "CREATE INDEX contract_customer ON contract (customer_id)",
    ]
}
