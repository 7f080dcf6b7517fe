extension Schema {
    /// What each program's token has used of its limit, over all nodes.
    static let rateLevels = [
        """
        CREATE TABLE rate_level (
            token_id BIGINT PRIMARY KEY,
            level BIGINT NOT NULL,
            at BIGINT NOT NULL
        )
        """
    ]
}
