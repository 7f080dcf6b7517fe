extension Schema {
    /// The priority a promise was made for, of a ticket whose priority was raised since.
    static let promisedPriority = ["ALTER TABLE ticket ADD COLUMN promised_priority TEXT"]

    /// What a ticket carries through its life, typed entries, watchers, pauses, read marks and bells.
    static let ticketLife = [
        "ALTER TABLE ticket ADD COLUMN type TEXT NOT NULL DEFAULT 'request'",
        "ALTER TABLE ticket ADD COLUMN level BIGINT NOT NULL DEFAULT 1",
        "ALTER TABLE ticket ADD COLUMN identity_level BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE ticket ADD COLUMN language TEXT",
        "ALTER TABLE ticket ADD COLUMN asked_from TEXT",
        "ALTER TABLE ticket ADD COLUMN waiting_since BIGINT",
        "ALTER TABLE ticket ADD COLUMN reminded_at BIGINT",
        "ALTER TABLE ticket ADD COLUMN solved_by BIGINT",
        "ALTER TABLE ticket ADD COLUMN cancelled_at BIGINT",
        "ALTER TABLE ticket ADD COLUMN merged_into BIGINT",
        // Counts changes: whoever decides on an older one is told.
        "ALTER TABLE ticket ADD COLUMN revision BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE ticket ADD COLUMN list_rank BIGINT NOT NULL DEFAULT 12",
        "ALTER TABLE ticket ADD COLUMN first_answered_at BIGINT",
        // `policy`: the terms follow the service level; `agreed`: a person set the day; `open`: “A combinar”.
        "ALTER TABLE ticket ADD COLUMN due_kind TEXT NOT NULL DEFAULT 'policy'",
        // The promised times as they were when the ticket was opened, JSON, and the name they go by.
        "ALTER TABLE ticket ADD COLUMN service_level TEXT",
        "ALTER TABLE ticket ADD COLUMN policy TEXT",
        "ALTER TABLE ticket ADD COLUMN at_risk_at BIGINT",
        // The deadline somebody was last told of and how far (1 at risk, 2 late), and when the next telling is due.
        "ALTER TABLE ticket ADD COLUMN told_due BIGINT",
        "ALTER TABLE ticket ADD COLUMN told_step BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE ticket ADD COLUMN next_step_at BIGINT",
        "CREATE INDEX ticket_next_step ON ticket (next_step_at) WHERE next_step_at IS NOT NULL",
        """
        UPDATE ticket SET list_rank = CASE WHEN reiterations > 0 THEN 0 ELSE 10 END
            + CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'low' THEN 3 ELSE 2 END
        """,
        """
        CREATE INDEX ticket_work ON ticket (department, list_rank, id) WHERE \(TicketState.openCondition)
        """,
        """
        CREATE INDEX ticket_unassigned ON ticket (department, list_rank, id)
            WHERE \(TicketState.openCondition) AND assigned_to IS NULL
        """,
        "CREATE INDEX ticket_mine ON ticket (assigned_to, list_rank, id) WHERE \(TicketState.openCondition)",
        "CREATE INDEX ticket_waiting ON ticket (department, waiting_since, id) WHERE state = 'waiting'",
        """
        CREATE INDEX ticket_late ON ticket (department, due_at, id)
            WHERE state IN ('triage', 'in_progress') AND due_at IS NOT NULL
        """,
        "CREATE INDEX ticket_waiting_since ON ticket (waiting_since) WHERE state = 'waiting'",
        "CREATE INDEX ticket_solved_at ON ticket (solved_at) WHERE state = 'solved'",
        "CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into IS NOT NULL",
        // Entries carry facts; the texts that did are read once, here.
        "ALTER TABLE entry ADD COLUMN facts TEXT NOT NULL DEFAULT '{}'",
        """
        UPDATE entry SET kind = 'linked', facts = '{"protocolNumber":"' || substr(body, 8) || '"}', body = ''
            WHERE kind = 'event' AND body LIKE 'linked %' AND body NOT LIKE '%"%'
        """,
        "UPDATE entry SET kind = 'opened', body = '' WHERE kind = 'event' AND body = 'opened'",
        // Anything else an older release left was the desk's own.
        "UPDATE entry SET kind = 'note' WHERE kind = 'event'",
        """
        CREATE TABLE ticket_watcher (
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            account_id BIGINT NOT NULL REFERENCES account (id),
            since BIGINT NOT NULL,
            PRIMARY KEY (account_id, ticket_id)
        )
        """,
        "CREATE INDEX ticket_watcher_ticket ON ticket_watcher (ticket_id)",
        // The clocks stand in these intervals: while the customer is waited for, and from the solution to a new beginning.
        """
        CREATE TABLE ticket_pause (
            id {id},
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            why TEXT NOT NULL,
            began_at BIGINT NOT NULL,
            ended_at BIGINT
        )
        """,
        "CREATE INDEX ticket_pause_ticket ON ticket_pause (ticket_id, began_at)",
        """
        CREATE TABLE ticket_read (
            account_id BIGINT NOT NULL REFERENCES account (id),
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            entry_id BIGINT NOT NULL,
            PRIMARY KEY (account_id, ticket_id)
        )
        """,
        "CREATE INDEX ticket_read_ticket ON ticket_read (ticket_id)",
        // What somebody at the desk has to look at; gone when read, or when the ticket has ended.
        """
        CREATE TABLE bell (
            id {id},
            account_id BIGINT NOT NULL REFERENCES account (id),
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            entry_id BIGINT,
            kind TEXT NOT NULL,
            pinned SMALLINT NOT NULL DEFAULT 0,
            rung_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX bell_account ON bell (account_id, id)",
        "CREATE INDEX bell_ticket ON bell (ticket_id, kind)",
    ]

    /// The same walks for those who see every department.
    static let workOfAll = [
        "CREATE INDEX ticket_work_all ON ticket (list_rank, id) WHERE \(TicketState.openCondition)",
        """
        CREATE INDEX ticket_unassigned_all ON ticket (list_rank, id)
            WHERE \(TicketState.openCondition) AND assigned_to IS NULL
        """,
        "DROP INDEX ticket_waiting_since",
        "CREATE INDEX ticket_waiting_all ON ticket (waiting_since, id) WHERE state = 'waiting'",
        """
        CREATE INDEX ticket_late_all ON ticket (due_at, id)
            WHERE state IN ('triage', 'in_progress') AND due_at IS NOT NULL
        """,
    ]

    /// A move asked for twice with one key is made once.
    static let moveKeys = [
        "ALTER TABLE entry ADD COLUMN request_key TEXT",
        "CREATE UNIQUE INDEX entry_request ON entry (request_key) WHERE request_key IS NOT NULL",
    ]

    /// The survey of each ticket, asked once and answered until its day (C8).
    static let ticketSurvey = [
        """
        CREATE TABLE ticket_survey (
            ticket_id BIGINT PRIMARY KEY REFERENCES ticket (id),
            customer_id BIGINT,
            asked_at BIGINT,
            not_asked TEXT,
            mark SMALLINT,
            words TEXT,
            channel TEXT,
            given_at BIGINT
        )
        """,
        "CREATE INDEX ticket_survey_asked ON ticket_survey (customer_id, asked_at) WHERE asked_at IS NOT NULL",
        "CREATE INDEX ticket_survey_given ON ticket_survey (given_at) WHERE given_at IS NOT NULL",
    ]
}
