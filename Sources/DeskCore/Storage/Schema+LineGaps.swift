extension Schema {
    /// When lines were not heard.
    static let lineGaps = [
        """
        CREATE TABLE line_gap (
            id {id},
            line TEXT NOT NULL,
            began_at BIGINT NOT NULL,
            ended_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX line_gap_ended ON line_gap (ended_at)",
    ]
}
