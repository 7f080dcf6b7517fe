extension Schema {
    /// Whether the topic of a ticket asked for a surer identity than the caller's was, when it was opened.
    static let identity = ["ALTER TABLE ticket ADD COLUMN unverified SMALLINT NOT NULL DEFAULT 0"]
}

extension Schema {
    /// How sure the desk was of who a contact is with; whom contacts of before named was known, the portal's had signed in.
    static let contactIdentity = [
        "ALTER TABLE attendance ADD COLUMN identity_level SMALLINT NOT NULL DEFAULT 0",
        """
        UPDATE attendance SET identity_level = CASE WHEN channel = 'portal' THEN 2 ELSE 1 END
        WHERE customer_id IS NOT NULL
        """,
    ]
}
