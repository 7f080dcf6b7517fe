extension Schema {
    /// What waits of a number and what is open of a person or a customer, found without going through all they ever had.
    static let histories = [
        """
        CREATE INDEX call_missed_number ON call (number, started_at)
            WHERE direction = 'inbound' AND returned_at IS NULL AND ended_at IS NOT NULL AND answered_at IS NULL
        """,
        "CREATE INDEX call_dropped_number ON call (number) WHERE dropped_at IS NOT NULL AND returned_at IS NULL",
        """
        CREATE INDEX attendance_held ON attendance (account_id, id)
            WHERE state = 'open' AND account_id IS NOT NULL AND customer_id IS NOT NULL
        """,
        """
        CREATE INDEX attendance_holders ON attendance (customer_id, id)
            WHERE state = 'open' AND account_id IS NOT NULL AND customer_id IS NOT NULL
        """,
    ]
}
