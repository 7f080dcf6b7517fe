extension Schema {
    /// Whose form a file came with that was not taken: it waits for them to send it once more, and is nobody else's.
    static let waitingFiles = [
        "ALTER TABLE attachment ADD COLUMN waits_for TEXT",
        "CREATE INDEX attachment_waiting ON attachment (created_at) WHERE waits_for IS NOT NULL",
    ]
}
