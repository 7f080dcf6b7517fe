extension Schema {
    /// What a line's queues had counted when the line was heard last, and what they counted while it was not.
    static let queueCounts = [
        """
        CREATE TABLE queue_count (
            line TEXT NOT NULL,
            queue TEXT NOT NULL,
            answered BIGINT NOT NULL,
            abandoned BIGINT NOT NULL,
            PRIMARY KEY (line, queue)
        )
        """,
        """
        CREATE TABLE line_gap_queue (
            gap_id BIGINT NOT NULL REFERENCES line_gap (id),
            queue TEXT NOT NULL,
            answered BIGINT NOT NULL,
            abandoned BIGINT NOT NULL,
            PRIMARY KEY (gap_id, queue)
        )
        """,
    ]
}
