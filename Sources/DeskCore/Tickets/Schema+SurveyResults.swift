extension Schema {
    /// A period's solved tickets are found without going through all of them.
    static let surveyResults = [
        "CREATE INDEX ticket_solved_period ON ticket (solved_at, id) WHERE solved_at IS NOT NULL"
    ]
}

extension Schema {
    /// Who gave a mark and words to a ticket, to find them in the form again; unknown of those from before.
    static let whoseMark = ["ALTER TABLE ticket_survey ADD COLUMN contact_id BIGINT"]
}
