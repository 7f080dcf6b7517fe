extension Schema {
    /// Whose solution a mark was given for: the ticket's own may be another by now.
    ///
    /// Of marks from before: the ticket's solution where that is older than the mark, else the last one that was written down
    /// before it was given.
    static let markedSolutions =
        ["solved_by BIGINT", "solved_at BIGINT", "department TEXT", "topic TEXT"].map {
            "ALTER TABLE ticket_survey ADD COLUMN \($0)"
        } + [
            """
            UPDATE ticket_survey SET
                solved_by = CASE WHEN \(isPresent) THEN \(ofTicket("solved_by")) ELSE \(ofEntry("author_id")) END,
                solved_at = CASE WHEN \(isPresent) THEN \(ofTicket("solved_at"))
                    ELSE COALESCE(\(ofEntry("created_at")), given_at) END,
                department = \(ofTicket("department")), topic = \(ofTicket("topic"))
            WHERE mark IS NOT NULL
            """,
            "CREATE INDEX ticket_survey_solved ON ticket_survey (solved_at) WHERE mark IS NOT NULL",
        ]

    private static let isPresent = """
        EXISTS (SELECT 1 FROM ticket WHERE ticket.id = ticket_survey.ticket_id
            AND ticket.solved_at <= ticket_survey.given_at)
        """

    private static func ofTicket(_ column: String) -> String {
        "(SELECT ticket.\(column) FROM ticket WHERE ticket.id = ticket_survey.ticket_id)"
    }

    private static func ofEntry(_ column: String) -> String {
        """
        (SELECT entry.\(column) FROM entry WHERE entry.ticket_id = ticket_survey.ticket_id AND entry.kind = 'solved'
            AND entry.author_kind = 'technician' AND entry.created_at <= ticket_survey.given_at
            ORDER BY entry.id DESC LIMIT 1)
        """
    }
}
