extension Schema {
    /// The first release's calls, contacts and drafts.
    static let calls = [
        // One row a call: `call_key` is the PBX's Linkedid, unique together with the line.
        """
        CREATE TABLE call (
            id {id},
            line TEXT NOT NULL,
            call_key TEXT NOT NULL,
            direction TEXT NOT NULL,
            number TEXT,
            number_raw TEXT,
            caller_name TEXT,
            withheld SMALLINT NOT NULL DEFAULT 0,
            dialled TEXT,
            caller_party TEXT,
            queue TEXT,
            state TEXT NOT NULL,
            outcome TEXT NOT NULL,
            offered TEXT NOT NULL DEFAULT '[]',
            answered_by TEXT,
            last_party TEXT,
            ended_by TEXT,
            cause BIGINT,
            holds BIGINT NOT NULL DEFAULT 0,
            transfers TEXT NOT NULL DEFAULT '[]',
            recording TEXT,
            started_at BIGINT NOT NULL,
            answered_at BIGINT,
            ended_at BIGINT,
            attendance_id BIGINT,
            merged_into BIGINT REFERENCES call (id),
            returned_at BIGINT,
            returned_by BIGINT
        )
        """,
        "CREATE UNIQUE INDEX call_once ON call (line, call_key)",
        "CREATE INDEX call_open ON call (line) WHERE ended_at IS NULL",
        "CREATE INDEX call_number ON call (number, started_at)",
        "CREATE INDEX call_started ON call (started_at)",
        """
        CREATE INDEX call_to_return ON call (started_at)
            WHERE direction = 'inbound' AND returned_at IS NULL AND ended_at IS NOT NULL AND answered_at IS NULL
        """,
        """
        CREATE TABLE attendance (
            id {id},
            protocol TEXT NOT NULL,
            channel TEXT NOT NULL,
            call_id BIGINT REFERENCES call (id),
            customer_id BIGINT REFERENCES customer (id),
            contact_id BIGINT REFERENCES contact (id),
            account_id BIGINT,
            state TEXT NOT NULL,
            outcome TEXT,
            reason TEXT,
            topic TEXT,
            started_at BIGINT NOT NULL,
            ended_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX attendance_protocol ON attendance (protocol)",
        "CREATE UNIQUE INDEX attendance_call ON attendance (call_id) WHERE call_id IS NOT NULL",
        "CREATE INDEX attendance_customer ON attendance (customer_id, started_at)",
        "CREATE INDEX attendance_started ON attendance (started_at)",
        // The interview as given so far; revision guards two tabs answering the same question.
        """
        CREATE TABLE draft (
            attendance_id BIGINT PRIMARY KEY REFERENCES attendance (id),
            account_id BIGINT,
            revision BIGINT NOT NULL,
            body TEXT NOT NULL,
            stage TEXT NOT NULL,
            title TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX draft_account ON draft (account_id, updated_at)",
    ]
}
