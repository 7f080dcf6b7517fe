extension Schema {
    /// How often each record that several people change was changed, so that a copy read before is known to be old.
    static let revisions = ["account", "customer", "contact", "contract"].map { table in
        "ALTER TABLE \(table) ADD COLUMN revision BIGINT NOT NULL DEFAULT 0"
    }

    /// Prepared texts of a department are several people's too.
    static let replyRevisions = ["ALTER TABLE canned_reply ADD COLUMN revision BIGINT NOT NULL DEFAULT 0"]
}
