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
                    .init("field", .text), .init("kind", .text), .init("label", .text), .init("display", .text),
                    .nullable("value", .text),
                ])
            )
        ),
        .init("form_version", .text), .init("channel", .text), .nullable("created_by", .id),
        .nullable("assigned_to", .id),
        .nullable("refers_to", .id), .init("reiterations", .integer()), .nullable("first_due_at", .time),
        .nullable("due_at", .time), .init("created_at", .time), .init("updated_at", .time),
        .nullable("solved_at", .time),
        .nullable("closed_at", .time),
    ]

    static let schemas: [(String, Schema)] = [
        ("Ticket", .object(ticketMembers)),
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
            ])
        ),
        (
            "Entry",
            .object([
                .init("id", .id), .init("ticket_id", .id), .init("kind", .words(EntryKind.allCases.map(\.rawValue))),
                .init("author_kind", .words(EntryAuthor.allCases.map(\.rawValue))), .nullable("author_id", .id),
                .init("author", .text), .init("body", .text), .init("created_at", .time),
            ])
        ),
        (
            "NewEntry",
            .object([
                .optional("kind", .words(["reply", "note"])),
                .init("body", .string(maximum: TicketDesk.longestEntry, minimum: 1)),
            ])
        ),
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
