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
        SchemaStep(name: "0092-marked-solutions", statements: markedSolutions),
        SchemaStep(
            name: "0094-stray-notices",
            // What belongs to no contact and no ticket, to be forgotten when it is old.
            statements: [
                "CREATE INDEX notice_stray ON notice (created_at) WHERE attendance_id IS NULL AND ticket_id IS NULL"
            ]
        ),
        SchemaStep(name: "0082-hand-overs", statements: handOvers),
        SchemaStep(name: "0083-reported-calls", statements: reportedCalls),
        SchemaStep(name: "0084-open-standing", statements: openStanding),
        SchemaStep(name: "0086-waiting-files", statements: waitingFiles),
        SchemaStep(name: "0085-search-debt", statements: searchDebt),
        SchemaStep(name: "0088-notice-attempts", statements: noticeAttempts),
        SchemaStep(name: "0089-sent-numbers", statements: sentNumbers),
        SchemaStep(name: "0093-claimed-phones", statements: claimedPhones),
        SchemaStep(name: "0091-wish-digests", statements: wishDigests),
        SchemaStep(name: "0096-erasure", statements: erasure),
        SchemaStep(name: "0090-whose-moves", statements: whoseMoves),
        SchemaStep(name: "0095-whose-mark", statements: whoseMark),
        SchemaStep(name: "0100-promised-priority", statements: promisedPriority),
        SchemaStep(name: "0101-notice-contacts", statements: noticeContacts),
        SchemaStep(name: "0102-notice-faults", statements: noticeFaults),
    ]
}
