extension Schema {
    /// The first release's tickets, with their entries, files and sealed passwords.
    static let tickets = [
        """
        CREATE TABLE ticket (
            id {id},
            number TEXT NOT NULL,
            attendance_id BIGINT NOT NULL REFERENCES attendance (id),
            customer_id BIGINT REFERENCES customer (id),
            contact_id BIGINT REFERENCES contact (id),
            caller_name TEXT,
            caller_phone TEXT,
            topic TEXT NOT NULL,
            topic_title TEXT NOT NULL,
            section_path TEXT NOT NULL,
            department TEXT NOT NULL,
            priority TEXT NOT NULL,
            state TEXT NOT NULL,
            summary TEXT NOT NULL,
            module TEXT,
            description TEXT NOT NULL,
            what_changed TEXT,
            form_version TEXT NOT NULL,
            answers TEXT NOT NULL,
            channel TEXT NOT NULL,
            created_by BIGINT,
            assigned_to BIGINT,
            refers_to BIGINT REFERENCES ticket (id),
            reiterations BIGINT NOT NULL DEFAULT 0,
            first_due_at BIGINT,
            due_at BIGINT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            solved_at BIGINT,
            closed_at BIGINT,
            creation_key TEXT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX ticket_number ON ticket (number)",
        "CREATE UNIQUE INDEX ticket_creation ON ticket (creation_key)",
        "CREATE INDEX ticket_attendance ON ticket (attendance_id)",
        "CREATE INDEX ticket_customer ON ticket (customer_id, id)",
        "CREATE INDEX ticket_department ON ticket (department, state, id)",
        "CREATE INDEX ticket_state ON ticket (state, id)",
        """
        CREATE TABLE entry (
            id {id},
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            kind TEXT NOT NULL,
            author_kind TEXT NOT NULL,
            author_id BIGINT,
            author_name TEXT NOT NULL,
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX entry_ticket ON entry (ticket_id, id)",
        // A file belongs to an interview until its ticket exists; bytes lie in the attachments folder under their hash.
        """
        CREATE TABLE attachment (
            id {id},
            attendance_id BIGINT REFERENCES attendance (id),
            ticket_id BIGINT REFERENCES ticket (id),
            entry_id BIGINT REFERENCES entry (id),
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size BIGINT NOT NULL,
            sha256 TEXT NOT NULL,
            created_by BIGINT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX attachment_ticket ON attachment (ticket_id)",
        "CREATE INDEX attachment_attendance ON attachment (attendance_id)",
        // D3: a password handed over, sealed with the key file; `sealed` becomes NULL for good when it expires.
        """
        CREATE TABLE secret (
            id {id},
            attendance_id BIGINT REFERENCES attendance (id),
            ticket_id BIGINT REFERENCES ticket (id),
            field TEXT NOT NULL,
            sealed {blob},
            expires_at BIGINT NOT NULL,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX secret_expiry ON secret (expires_at) WHERE sealed IS NOT NULL",
    ]
}
