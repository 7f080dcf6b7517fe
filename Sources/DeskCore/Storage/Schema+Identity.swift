extension Schema {
    /// Whether the topic of a ticket asked for a surer identity than the caller's was, when it was opened.
    static let identity = ["ALTER TABLE ticket ADD COLUMN unverified SMALLINT NOT NULL DEFAULT 0"]
}
