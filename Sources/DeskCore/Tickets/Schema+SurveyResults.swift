extension Schema {
    /// A period's solved tickets are found without going through all of them.
    static let surveyResults = [
        "CREATE INDEX ticket_solved_period ON ticket (solved_at, id) WHERE solved_at IS NOT NULL"
    ]
}
