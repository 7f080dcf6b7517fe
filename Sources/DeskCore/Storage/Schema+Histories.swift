extension Schema {
    /// What waits or is open of a number, a person, a customer or all, found without going through all there ever was.
    static let histories = [
        """
        CREATE INDEX call_missed_number ON call (number, started_at)
            WHERE direction = 'inbound' AND returned_at IS NULL AND ended_at IS NOT NULL AND answered_at IS NULL
        """,
        "CREATE INDEX call_dropped_number ON call (number) WHERE dropped_at IS NOT NULL AND returned_at IS NULL",
        "CREATE INDEX call_merged ON call (merged_into) WHERE merged_into IS NOT NULL",
        "DROP INDEX attendance_open",
        "CREATE INDEX attendance_open ON attendance (channel, id) WHERE state = 'open'",
        "CREATE INDEX attendance_open_account ON attendance (account_id, id) WHERE state = 'open' AND account_id IS NOT NULL",
        """
        CREATE INDEX attendance_open_customer ON attendance (customer_id, id)
            WHERE state = 'open' AND customer_id IS NOT NULL
        """,
        """
        CREATE INDEX attendance_open_portal ON attendance (contact_id, id)
            WHERE state = 'open' AND channel = 'portal' AND contact_id IS NOT NULL
        """,
        "CREATE INDEX phone_e164 ON phone (e164) WHERE e164 IS NOT NULL",
        "CREATE INDEX phone_contact ON phone (contact_id) WHERE contact_id IS NOT NULL",
        "CREATE INDEX secret_attendance ON secret (attendance_id) WHERE attendance_id IS NOT NULL",
        "CREATE INDEX secret_sealed ON secret (ticket_id) WHERE ticket_id IS NOT NULL AND sealed IS NOT NULL",
        "CREATE INDEX secret_half ON secret (id) WHERE sealed IS NULL AND half IS NOT NULL",
        "CREATE INDEX attachment_entry ON attachment (entry_id) WHERE entry_id IS NOT NULL",
        "CREATE INDEX mail_in_waiting ON mail_in (id) WHERE outcome IN ('held', 'parked')",
        "CREATE INDEX satisfaction_given ON satisfaction (given_at)",
        """
        CREATE INDEX webhook_delivery_tried ON webhook_delivery (COALESCE(tried_since, created_at)) WHERE state = 'waiting'
        """,
        "CREATE INDEX webhook_delivery_settled ON webhook_delivery (settled_at) WHERE settled_at IS NOT NULL",
    ]
}
