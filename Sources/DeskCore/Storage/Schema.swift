/// The desk's tables as named steps, applied in order and recorded by name; a step that has been released never changes.
///
/// One text for both engines. Tokens: `{id}` is the engine's automatic 64-bit key, `{blob}` its type for bytes. Times are
/// milliseconds since 1970 (BIGINT), truth values 0 or 1 (SMALLINT), lists and small documents JSON text.
public struct SchemaStep: Sendable {
    public let name: String
    public let statements: [String]

    public init(name: String, statements: [String]) {
        self.name = name
        self.statements = statements
    }
}

/// Every step from the first release on.
public enum Schema {
    public static let steps: [SchemaStep] = [
        SchemaStep(name: "0001-people", statements: people),
        SchemaStep(name: "0002-calls-and-attendances", statements: calls),
        SchemaStep(name: "0003-tickets", statements: tickets),
        SchemaStep(name: "0004-notices", statements: notices),
        SchemaStep(name: "0005-accounts", statements: accounts),
        SchemaStep(name: "0006-records", statements: records),
        SchemaStep(name: "0011-satisfaction", statements: satisfaction),
        SchemaStep(name: "0012-shown-number", statements: shownNumber),
        SchemaStep(name: "0031-unverified-tickets", statements: identity),
        SchemaStep(name: "0021-ticket-life", statements: ticketLife),
        SchemaStep(name: "0022-ticket-survey", statements: ticketSurvey),
        SchemaStep(name: "0040-safety", statements: safety),
        SchemaStep(name: "0023-work-of-all", statements: workOfAll),
        SchemaStep(name: "0024-move-keys", statements: moveKeys),
        SchemaStep(name: "0041-known-devices", statements: devices),
        SchemaStep(
            name: "0042-attachment-bytes",
            statements: ["CREATE INDEX attachment_bytes ON attachment (sha256)"]
        ),
        SchemaStep(name: "0043-revisions", statements: revisions),
        SchemaStep(name: "0050-portal", statements: portal),
        SchemaStep(name: "0025-work-lists", statements: workLists),
        SchemaStep(name: "0026-ticket-undo", statements: ticketUndo),
        SchemaStep(name: "0051-caller-rules", statements: callerRules),
        SchemaStep(name: "0055-customer-reading", statements: customerReading),
        SchemaStep(name: "0052-webhooks", statements: webhooks),
        SchemaStep(name: "0051-portal-entry", statements: portalEntry),
        SchemaStep(name: "0044-call-parts", statements: callParts),
        SchemaStep(
            name: "0045-session-streams",
            // When the session was last seen to hold a stream open, which is presence and no use of it.
            statements: ["session", "person_session"].map { "ALTER TABLE \($0) ADD COLUMN streamed_at BIGINT" }
        ),
        SchemaStep(name: "0027-ticket-work", statements: ticketWork),
        SchemaStep(name: "0028-staff-wishes", statements: staffWishes),
        SchemaStep(name: "0029-service-rules", statements: serviceRules),
        SchemaStep(name: "0060-survey-results", statements: surveyResults),
        SchemaStep(name: "0061-customer-timeline", statements: customerTimeline),
        SchemaStep(name: "0062-attendance-list", statements: attendanceList),
        SchemaStep(name: "0063-call-backs", statements: callBacks),
        SchemaStep(name: "0064-reply-revisions", statements: replyRevisions),
        SchemaStep(name: "0065-secret-halves", statements: secretHalves),
        SchemaStep(name: "0066-contact-identity", statements: contactIdentity),
        SchemaStep(name: "0067-call-search", statements: callSearch),
        SchemaStep(name: "0068-mail-in", statements: mailIn),
        SchemaStep(name: "0069-postal-codes", statements: postalCodes),
        SchemaStep(name: "0070-lean-indexes", statements: leanIndexes),
        SchemaStep(name: "0071-rate-levels", statements: rateLevels),
        SchemaStep(name: "0072-webhook-bells", statements: webhookBells),
        SchemaStep(name: "0073-line-gaps", statements: lineGaps),
        SchemaStep(name: "0077-queue-counts", statements: queueCounts),
        SchemaStep(name: "0074-open-tickets", statements: openTickets),
        SchemaStep(name: "0079-plain-conditions", statements: plainConditions),
        SchemaStep(name: "0078-ended-tickets", statements: endedTickets),
        SchemaStep(name: "0080-histories", statements: histories),
        SchemaStep(name: "0082-hand-overs", statements: handOvers),
    ]

    private static let satisfaction = [
        // The caller's answer to the survey after a call, 1 to 5; one for each contact, the last one counts.
        """
        CREATE TABLE satisfaction (
            attendance_id BIGINT PRIMARY KEY REFERENCES attendance (id),
            rating SMALLINT NOT NULL,
            channel TEXT NOT NULL,
            given_at BIGINT NOT NULL
        )
        """
    ]

    private static let people = [
        """
        CREATE TABLE counter (
            name TEXT PRIMARY KEY,
            value BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE customer (
            id {id},
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            name_folded TEXT NOT NULL,
            document TEXT,
            document_kind TEXT,
            address TEXT,
            notes TEXT,
            origin TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            merged_into BIGINT REFERENCES customer (id)
        )
        """,
        "CREATE UNIQUE INDEX customer_document ON customer (document) WHERE document IS NOT NULL AND merged_into IS NULL",
        "CREATE INDEX customer_name ON customer (name_folded)",
        """
        CREATE TABLE contact (
            id {id},
            customer_id BIGINT NOT NULL REFERENCES customer (id),
            name TEXT NOT NULL,
            name_folded TEXT NOT NULL,
            email TEXT,
            role TEXT,
            language TEXT,
            active SMALLINT NOT NULL DEFAULT 1,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX contact_email ON contact (email) WHERE email IS NOT NULL",
        "CREATE INDEX contact_customer ON contact (customer_id)",
        "CREATE INDEX contact_name ON contact (name_folded)",
        // e164 is NULL for numbers that have none (0800, 4004): `lookup` is then the national digits.
        """
        CREATE TABLE phone (
            id {id},
            customer_id BIGINT NOT NULL REFERENCES customer (id),
            contact_id BIGINT REFERENCES contact (id),
            e164 TEXT,
            lookup TEXT NOT NULL,
            kind TEXT NOT NULL,
            label TEXT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX phone_once ON phone (customer_id, lookup)",
        "CREATE INDEX phone_lookup ON phone (lookup)",
        """
        CREATE TABLE contract (
            id {id},
            customer_id BIGINT NOT NULL REFERENCES customer (id),
            number TEXT NOT NULL,
            title TEXT NOT NULL,
            active SMALLINT NOT NULL DEFAULT 1,
            sms SMALLINT NOT NULL DEFAULT 0,
            sections TEXT NOT NULL DEFAULT '[]',
            products TEXT NOT NULL DEFAULT '[]',
            starts_at BIGINT,
            ends_at BIGINT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX contract_number ON contract (number)",
        "CREATE INDEX contract_customer ON contract (customer_id)",
    ]

    private static let calls = [
        // One row a call: `call_key` is the PBX's Linkedid, unique together with the line.
        """
        CREATE TABLE call (
            id {id},
            line TEXT NOT NULL,
            call_key TEXT NOT NULL,
            direction TEXT NOT NULL,
            number TEXT,
            number_raw TEXT,
            caller_name TEXT,
            withheld SMALLINT NOT NULL DEFAULT 0,
            dialled TEXT,
            caller_party TEXT,
            queue TEXT,
            state TEXT NOT NULL,
            outcome TEXT NOT NULL,
            offered TEXT NOT NULL DEFAULT '[]',
            answered_by TEXT,
            last_party TEXT,
            ended_by TEXT,
            cause BIGINT,
            holds BIGINT NOT NULL DEFAULT 0,
            transfers TEXT NOT NULL DEFAULT '[]',
            recording TEXT,
            started_at BIGINT NOT NULL,
            answered_at BIGINT,
            ended_at BIGINT,
            attendance_id BIGINT,
            merged_into BIGINT REFERENCES call (id),
            returned_at BIGINT,
            returned_by BIGINT
        )
        """,
        "CREATE UNIQUE INDEX call_once ON call (line, call_key)",
        "CREATE INDEX call_open ON call (line) WHERE ended_at IS NULL",
        "CREATE INDEX call_number ON call (number, started_at)",
        "CREATE INDEX call_started ON call (started_at)",
        """
        CREATE INDEX call_to_return ON call (started_at)
            WHERE direction = 'inbound' AND returned_at IS NULL AND ended_at IS NOT NULL AND answered_at IS NULL
        """,
        """
        CREATE TABLE attendance (
            id {id},
            protocol TEXT NOT NULL,
            channel TEXT NOT NULL,
            call_id BIGINT REFERENCES call (id),
            customer_id BIGINT REFERENCES customer (id),
            contact_id BIGINT REFERENCES contact (id),
            account_id BIGINT,
            state TEXT NOT NULL,
            outcome TEXT,
            reason TEXT,
            topic TEXT,
            started_at BIGINT NOT NULL,
            ended_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX attendance_protocol ON attendance (protocol)",
        "CREATE UNIQUE INDEX attendance_call ON attendance (call_id) WHERE call_id IS NOT NULL",
        "CREATE INDEX attendance_customer ON attendance (customer_id, started_at)",
        "CREATE INDEX attendance_started ON attendance (started_at)",
        // The interview as given so far; revision guards two tabs answering the same question.
        """
        CREATE TABLE draft (
            attendance_id BIGINT PRIMARY KEY REFERENCES attendance (id),
            account_id BIGINT,
            revision BIGINT NOT NULL,
            body TEXT NOT NULL,
            stage TEXT NOT NULL,
            title TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX draft_account ON draft (account_id, updated_at)",
    ]

    private static let tickets = [
        """
        CREATE TABLE ticket (
            id {id},
            number TEXT NOT NULL,
            attendance_id BIGINT NOT NULL REFERENCES attendance (id),
            customer_id BIGINT REFERENCES customer (id),
            contact_id BIGINT REFERENCES contact (id),
            caller_name TEXT,
            caller_phone TEXT,
            topic TEXT NOT NULL,
            topic_title TEXT NOT NULL,
            section_path TEXT NOT NULL,
            department TEXT NOT NULL,
            priority TEXT NOT NULL,
            state TEXT NOT NULL,
            summary TEXT NOT NULL,
            module TEXT,
            description TEXT NOT NULL,
            what_changed TEXT,
            form_version TEXT NOT NULL,
            answers TEXT NOT NULL,
            channel TEXT NOT NULL,
            created_by BIGINT,
            assigned_to BIGINT,
            refers_to BIGINT REFERENCES ticket (id),
            reiterations BIGINT NOT NULL DEFAULT 0,
            first_due_at BIGINT,
            due_at BIGINT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            solved_at BIGINT,
            closed_at BIGINT,
            creation_key TEXT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX ticket_number ON ticket (number)",
        "CREATE UNIQUE INDEX ticket_creation ON ticket (creation_key)",
        "CREATE INDEX ticket_attendance ON ticket (attendance_id)",
        "CREATE INDEX ticket_customer ON ticket (customer_id, id)",
        "CREATE INDEX ticket_department ON ticket (department, state, id)",
        "CREATE INDEX ticket_state ON ticket (state, id)",
        """
        CREATE TABLE entry (
            id {id},
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            kind TEXT NOT NULL,
            author_kind TEXT NOT NULL,
            author_id BIGINT,
            author_name TEXT NOT NULL,
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX entry_ticket ON entry (ticket_id, id)",
        // A file belongs to an interview until its ticket exists; bytes lie in the attachments folder under their hash.
        """
        CREATE TABLE attachment (
            id {id},
            attendance_id BIGINT REFERENCES attendance (id),
            ticket_id BIGINT REFERENCES ticket (id),
            entry_id BIGINT REFERENCES entry (id),
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size BIGINT NOT NULL,
            sha256 TEXT NOT NULL,
            created_by BIGINT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX attachment_ticket ON attachment (ticket_id)",
        "CREATE INDEX attachment_attendance ON attachment (attendance_id)",
        // D3: a password handed over, sealed with the key file; `sealed` becomes NULL for good when it expires.
        """
        CREATE TABLE secret (
            id {id},
            attendance_id BIGINT REFERENCES attendance (id),
            ticket_id BIGINT REFERENCES ticket (id),
            field TEXT NOT NULL,
            sealed {blob},
            expires_at BIGINT NOT NULL,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX secret_expiry ON secret (expires_at) WHERE sealed IS NOT NULL",
    ]

    private static let notices = [
        """
        CREATE TABLE notice (
            id {id},
            dedupe_key TEXT NOT NULL,
            event TEXT NOT NULL,
            channel TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            attendance_id BIGINT REFERENCES attendance (id),
            ticket_id BIGINT REFERENCES ticket (id),
            customer_id BIGINT REFERENCES customer (id),
            recipient TEXT NOT NULL,
            recipient_name TEXT,
            language TEXT NOT NULL,
            subject TEXT,
            body TEXT NOT NULL,
            html TEXT,
            segments BIGINT,
            attempts BIGINT NOT NULL DEFAULT 0,
            next_at BIGINT NOT NULL,
            claimed_at BIGINT,
            claimed_by TEXT,
            gateway_reference TEXT,
            last_error TEXT,
            created_at BIGINT NOT NULL,
            settled_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX notice_once ON notice (dedupe_key)",
        "CREATE INDEX notice_due ON notice (next_at) WHERE state = 'queued'",
        "CREATE INDEX notice_sending ON notice (claimed_at) WHERE state = 'sending'",
        "CREATE INDEX notice_ticket ON notice (ticket_id)",
        "CREATE INDEX notice_attendance ON notice (attendance_id)",
        "CREATE INDEX notice_reference ON notice (gateway_reference) WHERE gateway_reference IS NOT NULL",
        // E4: the link in the e-mail opens one ticket without a login; only the token's hash is kept.
        """
        CREATE TABLE quick_link (
            id {id},
            token_hash TEXT NOT NULL,
            ticket_id BIGINT NOT NULL REFERENCES ticket (id),
            recipient TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            revoked_at BIGINT,
            last_used_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX quick_link_token ON quick_link (token_hash)",
        "CREATE INDEX quick_link_ticket ON quick_link (ticket_id)",
        """
        CREATE TABLE template (
            name TEXT NOT NULL,
            channel TEXT NOT NULL,
            language TEXT NOT NULL,
            subject TEXT,
            body TEXT NOT NULL,
            html TEXT,
            updated_by BIGINT,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (name, channel, language)
        )
        """,
    ]

    private static let accounts = [
        """
        CREATE TABLE account (
            id {id},
            login TEXT NOT NULL,
            name TEXT NOT NULL,
            email TEXT,
            role TEXT NOT NULL,
            password TEXT,
            language TEXT,
            pop TEXT NOT NULL DEFAULT 'open',
            departments TEXT NOT NULL DEFAULT '[]',
            queues TEXT NOT NULL DEFAULT '[]',
            disabled_at BIGINT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX account_login ON account (login)",
        // Which phones are a technician's: `party` as the PBX names it (PJSIP/1001); line '' means any line.
        """
        CREATE TABLE extension (
            line TEXT NOT NULL,
            party TEXT NOT NULL,
            account_id BIGINT NOT NULL REFERENCES account (id),
            PRIMARY KEY (line, party)
        )
        """,
        "CREATE INDEX extension_account ON extension (account_id)",
        """
        CREATE TABLE session (
            token_hash TEXT PRIMARY KEY,
            account_id BIGINT NOT NULL REFERENCES account (id),
            csrf TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX session_account ON session (account_id)",
        """
        CREATE TABLE sign_in_failure (
            subject TEXT PRIMARY KEY,
            failures BIGINT NOT NULL,
            last_at BIGINT NOT NULL,
            locked_until BIGINT
        )
        """,
        """
        CREATE TABLE api_token (
            id {id},
            name TEXT NOT NULL,
            token_hash TEXT NOT NULL,
            scopes TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT,
            revoked_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash)",
    ]

    private static let records = [
        """
        CREATE TABLE audit (
            id {id},
            at BIGINT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT
        )
        """,
        "CREATE INDEX audit_subject ON audit (subject, id)",
        // Past forms, so that an old ticket shows the questions it was asked.
        """
        CREATE TABLE form_version (
            version TEXT PRIMARY KEY,
            source TEXT NOT NULL,
            taken_at BIGINT NOT NULL
        )
        """,
        // An answer kept for a repeated request with the same key (24 h).
        """
        CREATE TABLE idempotency (
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            request_hash TEXT NOT NULL,
            status BIGINT NOT NULL,
            response TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (scope, key)
        )
        """,
        "CREATE INDEX idempotency_age ON idempotency (created_at)",
    ]
}
