extension Schema {
    /// Callers known only by what was sent, a service of the country or another PBX's extension: those who wait, and calls
    /// to them.
    static let sentNumbers = [
        """
        CREATE INDEX call_missed_sent ON call (number_raw) WHERE number IS NULL
            AND direction = 'inbound' AND returned_at IS NULL AND ended_at IS NOT NULL AND answered_at IS NULL
        """,
        """
        CREATE INDEX call_dropped_sent ON call (number_raw) WHERE number IS NULL
            AND dropped_at IS NOT NULL AND returned_at IS NULL
        """,
        "CREATE INDEX call_made_sent ON call (number_raw, started_at) WHERE number IS NULL AND direction = 'outbound'",
    ]
}
