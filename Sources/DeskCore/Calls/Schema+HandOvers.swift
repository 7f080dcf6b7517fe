extension Schema {
    /// Who gave a contact to whom, and when: whichever node is asked lets the giver take it back.
    static let handOvers = ["handed_by", "handed_to", "handed_at"].map {
        "ALTER TABLE attendance ADD COLUMN \($0) BIGINT"
    }
}
