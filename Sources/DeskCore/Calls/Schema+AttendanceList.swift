extension Schema {
    /// What is unfinished, whose contacts somebody had, and whose caller was not told yet, found without going through all.
    static let attendanceList = [
        "ALTER TABLE attendance ADD COLUMN protocol_told_at BIGINT",
        "CREATE INDEX attendance_open ON attendance (id) WHERE state = 'open'",
        "CREATE INDEX attendance_account ON attendance (account_id, id) WHERE account_id IS NOT NULL",
        """
        CREATE INDEX attendance_untold ON attendance (ended_at)
            WHERE channel = 'phone' AND state = 'ended' AND protocol_told_at IS NULL
        """,
    ]
}
