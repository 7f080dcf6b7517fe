extension Schema {
    /// Whether a number is the customer's by a code or the desk's word, or only what somebody gave on the portal as theirs.
    ///
    /// Until then the portal had marked the second by its label alone, in the desk's language.
    static let claimedPhones = [
        "ALTER TABLE phone ADD COLUMN confirmed SMALLINT NOT NULL DEFAULT 1",
        "UPDATE phone SET confirmed = 0, label = NULL WHERE label IN ('não confirmado', 'not confirmed')",
    ]
}
