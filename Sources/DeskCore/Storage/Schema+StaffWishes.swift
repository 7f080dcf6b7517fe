extension Schema {
    /// How people of the desk are told, and which bells were looked at for it.
    static let staffWishes = [
        """
        CREATE TABLE staff_wish (
            account_id BIGINT PRIMARY KEY REFERENCES account (id),
            wishes TEXT NOT NULL
        )
        """,
        // What rang before anybody could wish for mail is told by none.
        "ALTER TABLE bell ADD COLUMN mailed SMALLINT NOT NULL DEFAULT 1",
        "CREATE INDEX bell_unmailed ON bell (rung_at) WHERE mailed = 0",
    ]
}
