extension Schema {
    /// What customers have read, and the walks of their lists.
    static let customerReading =
        [
            // The last entry its customer has to read; the desk's own answers and what became of it.
            "ALTER TABLE ticket ADD COLUMN news_entry BIGINT",
            "UPDATE ticket SET news_entry = (\(Entry.lastNews))",
            """
            CREATE TABLE person_read (
                person_id BIGINT NOT NULL REFERENCES person (id),
                ticket_id BIGINT NOT NULL REFERENCES ticket (id),
                entry_id BIGINT NOT NULL,
                PRIMARY KEY (person_id, ticket_id)
            )
            """,
            "CREATE INDEX person_read_ticket ON person_read (ticket_id)",
            "CREATE INDEX ticket_customer_news ON ticket (customer_id, news_entry) WHERE news_entry IS NOT NULL",
            "CREATE INDEX ticket_contact_news ON ticket (contact_id, news_entry) WHERE news_entry IS NOT NULL",
            "CREATE INDEX ticket_customer_updated ON ticket (customer_id, updated_at, id)",
            "CREATE INDEX ticket_contact_id ON ticket (contact_id, id) WHERE contact_id IS NOT NULL",
        ] + openOfCustomers.map(\.created) + [
            "CREATE INDEX attendance_contact ON attendance (contact_id, id) WHERE contact_id IS NOT NULL",
            "CREATE INDEX attendance_customer_id ON attendance (customer_id, id) WHERE customer_id IS NOT NULL",
        ]

    /// The open tickets of a customer and of a contact.
    static let openOfCustomers: [(name: String, created: String)] = [
        (
            "ticket_customer_open",
            "CREATE INDEX ticket_customer_open ON ticket (customer_id, id) WHERE \(TicketState.openCondition)"
        ),
        (
            "ticket_contact_open",
            """
            CREATE INDEX ticket_contact_open ON ticket (contact_id, id)
                WHERE contact_id IS NOT NULL AND \(TicketState.openCondition)
            """
        ),
    ]
}
