import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension TicketOperations {
    private static let ticketMembers: [Schema.Property] = [
        .init("id", .id), .init("number", .text), .init("attendance_id", .id), .nullable("customer_id", .id),
        .nullable("contact_id", .id), .nullable("caller_name", .text), .nullable("caller_phone", .text),
        .init("unverified", .boolean, "The topic asks for a surer identity than the caller's was."),
        .init("topic", .text),
        .init("topic_title", .text), .init("sections", .array(.text)), .init("department", .text),
        .init("priority", .text),
        .init("state", .words(TicketState.allCases.map(\.rawValue))), .init("summary", .text),
        .nullable("module", .text),
        .init("description", .text), .nullable("what_changed", .text),
        .init(
            "answers",
            .array(
                .object([
                    .init("field", .text), .init("kind", .text), .init("label", .text),
                    .init("display", .text, "A document has stars; revealAnswer shows the whole."),
                    .nullable("value", .text, "Null for a secret and for a document."),
                ])
            )
        ),
        .init("form_version", .text), .init("channel", .text), .nullable("created_by", .id),
        .nullable("assigned_to", .id),
        .nullable("refers_to", .id), .init("reiterations", .integer()), .nullable("first_due_at", .time),
        .nullable("due_at", .time), .init("created_at", .time), .init("updated_at", .time),
        .nullable("solved_at", .time),
        .nullable("closed_at", .time), .init("type", .words(TicketType.allCases.map(\.rawValue))),
        .init("level", .integer(minimum: 1)), .init("identity", .words(IdentityLevel.allCases.map(\.word))),
        .init("revision", .integer(minimum: 0), "Send it with a move: what somebody changed meanwhile refuses it."),
        .nullable("waiting_since", .time), .nullable("cancelled_at", .time), .nullable("first_answered_at", .time),
        .nullable("merged_into", .id), .init("due_kind", .words(DueKind.allCases.map(\.rawValue))),
        .nullable("sla", .text), .nullable("at_risk_at", .time),
    ]

    private static let offer = Schema.object([
        .init("move", .words(TicketMove.allCases.map(\.rawValue))),
        .init("needs", .array(.words(TicketNeed.allCases.map(\.rawValue)))), .nullable("until", .time),
        .init("for_customer", .boolean, "Only within a contact of the customer, by `attendance_id`."),
    ])

    private static let text = Schema.string(maximum: MoveLimits.longestText, minimum: 1)
    private static let id = Schema.Property.optional("attendance_id", .id, "The customer's contact it is done in.")
    private static let files = Schema.Property.optional("files", .array(.id), "Files of the ticket that go with it.")
    private static let revision = Schema.Property.optional(
        "revision",
        .integer(minimum: 0),
        "As it was read; refused with 409 when somebody changed the ticket since."
    )

    /// What each move takes, all of them by one list of members.
    static let moveMembers: [Schema.Property] = [
        .optional("body", text, "Reply, note, question, solution or reason."), revision, id, files,
        .optional("watch", .boolean, "Follow the ticket from now on."),
        .optional("department", .string(maximum: 100)), .optional("level", .integer(minimum: 1, maximum: 9)),
        .optional("account_id", .id), .optional("other_id", .id), .optional("entries", .array(.id)),
        .optional("summary", .string(maximum: 500)),
    ]

    /// What a move of one ticket takes besides.
    private static let oneMembers: [Schema.Property] = [
        .optional("other", .string(maximum: 60), "The other ticket by its number, in place of its id."),
        .optional(
            "minutes",
            .integer(minimum: Int(TicketTime.minutes.lowerBound), maximum: Int(TicketTime.minutes.upperBound)),
            "How long it took whoever does it."
        ),
        passwords,
    ]

    /// What is to become of a password that the text seems to hold; asked for by 409 `password-noticed`.
    static let passwords = Schema.Property.optional(
        "passwords",
        .words(PasswordSpotter.Wish.allCases.map(\.rawValue)),
        "seal puts what looks like a password into the vault and leaves dots; keep sends the text as it is."
    )

    static let schemas: [(String, Schema)] = [
        ("Ticket", .object(ticketMembers)),
        (
            "TicketInFull",
            .object(
                ticketMembers + [
                    .init("sla_status", .words(ServiceStatus.allCases.map(\.rawValue))),
                    .init("watchers", .array(.id)), .init("allowed", .array(offer)),
                ]
            )
        ),
        ("TicketMove", .object(moveMembers + oneMembers)),
        (
            "TicketMoves",
            .object([
                .init(
                    "moves",
                    .array(
                        .object(
                            [
                                .init("ticket_id", .id),
                                .init("move", .words(TicketMove.together.map(\.rawValue))),
                                .optional(
                                    "priority",
                                    .words(TopicPriority.allCases.map(\.rawValue)),
                                    "For change."
                                ),
                                passwords,
                            ] + moveMembers
                        )
                    ),
                    "At most \(TicketDesk.mostAtOnce), all of them or none."
                )
            ])
        ),
        (
            "TicketChange",
            .object([
                revision, .optional("priority", .words(TopicPriority.allCases.map(\.rawValue))),
                .optional("type", .words(TicketType.allCases.map(\.rawValue))),
                .optional("topic", .string(maximum: 200)),
                .optional("due", .words(["policy", "open"]), "What was promised, or “A combinar”."),
                .optional(
                    "due_at",
                    .orNull(.string(maximum: 40)),
                    "With its offset, or as the desk's clock shows it: `2026-12-01T14:30`."
                ),
                .optional("watchers", .array(.id), "Who watches it, and nobody else."),
                .optional("watch", .array(.id)), .optional("unwatch", .array(.id)),
            ])
        ),
        (
            "MovedTicket",
            .object([
                .init("ticket_id", .id), .init("number", .text),
                .init("state", .words(TicketState.allCases.map(\.rawValue))), .init("revision", .integer(minimum: 0)),
                .init("entry", .reference("Entry")),
                .init("other", .orNull(.object([.init("id", .id), .init("number", .text)]))),
                .init("allowed", .array(offer)),
                .init(
                    "undo",
                    .orNull(.object([.init("id", .id), .init("until", .time)])),
                    "Moves of many and merges: DELETE /ticket-moves/{id} takes them back until then; null for others."
                ),
            ])
        ),
        ("OpenedTicket", .object(ticketMembers + [.init("protocol", .text, "The attendance's number.")])),
        (
            "NewTicket",
            .object([
                .init("topic", .string(maximum: 200, minimum: 1), "A topic of the catalogue."),
                .optional("customer_id", .id),
                .optional("customer", .reference("NewCustomer"), "Registered with the ticket."),
                .optional("contact_id", .id),
                .optional("caller_name", .string(maximum: 200), "For callers without a record."),
                .optional("caller_phone", .string(maximum: 40)), .optional("attendance_id", .id),
                .optional("protocol", .string(maximum: 60)), .init("summary", .string(maximum: 20_000, minimum: 1)),
                .optional("module", .string(maximum: 200)), .init("description", .string(maximum: 200_000, minimum: 1)),
                .optional("what_changed", .string(maximum: 200_000)),
                .init(
                    "answers",
                    .orNull(
                        .map(
                            .anyOf([
                                .string(), .integer(), .boolean, .array(.anyOf([.text, .integer()])),
                                .reference("Address"),
                            ])
                        )
                    ),
                    required: false,
                    "By field of the topic's form."
                ),
                .optional("channel", .words(TicketOrder.Channel.allCases.map(\.rawValue))), .optional("refers_to", .id),
                passwords,
            ])
        ),
        (
            "Entry",
            .object([
                .init("id", .id), .init("ticket_id", .id), .init("kind", .words(EntryKind.allCases.map(\.rawValue))),
                .init("author_kind", .words(EntryAuthor.allCases.map(\.rawValue))), .nullable("author_id", .id),
                .init("author", .text), .init("body", .text),
                .init("facts", .object([], open: true), "What it says besides, by its kind."),
                .init("is_public", .boolean),
                .init("created_at", .time),
            ])
        ),
        (
            "NewEntry",
            .object([
                .optional("kind", .words(["reply", "note"])),
                .init("body", .string(maximum: TicketDesk.longestEntry, minimum: 1)), passwords,
            ])
        ),
        (
            "SecretReference",
            .object([
                .init("reference", .string(maximum: 80, minimum: 1)),
                .init("reason", .string(maximum: SecretVault.longestReason, minimum: 1), "Why it is looked at."),
            ])
        ),
        ("Secret", .object([.init("text", .text)])),
        (
            "Attachment",
            .object([
                .init("id", .id), .nullable("attendance_id", .id), .nullable("ticket_id", .id), .init("name", .text),
                .init("media_type", .text), .init("size", .integer(minimum: 0)), .init("sha256", .text),
                .init("created_at", .time),
            ])
        ),
    ]
}
