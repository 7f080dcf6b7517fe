extension Schema {
    /// The rules for callers' numbers: all in one row, so that their order is theirs and a change is whole.
    static let callerRules = [
        """
        CREATE TABLE caller_rules (
            id BIGINT PRIMARY KEY,
            rules TEXT NOT NULL,
            changed_at BIGINT NOT NULL
        )
        """
    ]
}
