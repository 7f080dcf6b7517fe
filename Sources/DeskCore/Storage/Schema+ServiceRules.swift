extension Schema {
    /// Calendars and promises kept in the browser, each version a row, and the steps a promise has behind it.
    static let serviceRules = [
        """
        CREATE TABLE service_rules (
            id {id},
            rules TEXT NOT NULL,
            saved_by BIGINT REFERENCES account (id),
            saved_at BIGINT NOT NULL,
            adopted_to BIGINT,
            follows BIGINT NOT NULL
        )
        """,
        // Of two that change the same version at once one is refused.
        "CREATE UNIQUE INDEX service_rules_follows ON service_rules (follows)",
        """
        CREATE TABLE ticket_escalation (
            ticket_id BIGINT PRIMARY KEY REFERENCES ticket (id),
            due_at BIGINT,
            done BIGINT NOT NULL,
            next_at BIGINT
        )
        """,
        "CREATE INDEX ticket_escalation_next ON ticket_escalation (next_at) WHERE next_at IS NOT NULL",
    ]
}
