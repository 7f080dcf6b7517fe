import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension BoardOperations {
    static let schemas: [(String, Schema)] = [
        (
            "Board",
            .object([
                .init("position", .text, "The newest event told here; the stream goes on after it."),
                .init("now", .time), .init("time_zone", .text),
                .init(
                    "me",
                    .object([
                        .init("id", .id), .init("name", .text),
                        .init("role", .words(Account.Role.allCases.map(\.rawValue))),
                        .init("pop", .words(Account.Pop.allCases.map(\.rawValue))), .init("extensions", .array(.text)),
                    ])
                ),
                .init("calls", .array(.reference("BoardCall"))),
                .init(
                    "to_return",
                    .array(
                        .object([.init("item", .reference("BoardCall"))] + CallOperations.waiting)
                    )
                ),
                .init("today", .array(.reference("BoardCall"))),
                .init(
                    "drafts",
                    .array(
                        .object([
                            .init("attendance_id", .id), .init("title", .text), .init("stage", .text),
                            .nullable("customer", .text), .nullable("protocol", .text), .init("updated_at", .time),
                        ])
                    )
                ),
                .init(
                    "lines",
                    .array(
                        .object([.init("line", .text), .init("connected", .boolean), .nullable("message", .text)])
                    )
                ),
                .init("queue", .object([.init("waiting", .integer(minimum: 0)), .nullable("since", .time)])),
                .init("holding", .integer(minimum: 0)),
            ])
        ),
        (
            "BoardCall",
            .object([
                .init(
                    "call",
                    .object([
                        .nullable("id", .id), .init("line", .text), .init("direction", .text), .init("state", .text),
                        .init("outcome", .text), .nullable("number", .text), .nullable("number_display", .text),
                        .nullable("caller_name", .text), .init("withheld", .boolean), .nullable("dialled", .text),
                        .nullable("queue", .text), .nullable("answered_by", .text), .nullable("last_party", .text),
                        .nullable("started_at", .time), .nullable("answered_at", .time), .nullable("ended_at", .time),
                        .nullable("account_id", .id), .nullable("taken_by", .text), .init("ringing", .array(.id)),
                        .nullable("why_not", .text),
                    ])
                ),
                .nullable(
                    "attendance",
                    .object([.init("id", .id), .init("protocol", .text), .init("groups", .array(.text))])
                ),
                .nullable("customer", .text), .nullable("customer_id", .id), .nullable("outcome", .text),
                .nullable("ticket", .text),
            ])
        ),
        ("Colleague", .object([.init("id", .id), .init("name", .text), .init("present", .boolean)])),
        (
            "CallingParty",
            .object([
                .nullable("customer_id", .id), .nullable("number", .text), .nullable("number_display", .text),
                .nullable("caller_name", .text), .init("withheld", .boolean), .nullable("line", .text),
                .nullable("dialled", .text), .nullable("queue", .text), .nullable("state", .text),
                .nullable("started_at", .time), .nullable("answered_at", .time), .nullable("ended_at", .time),
                .init("recording", .boolean),
                .init(
                    "transfers",
                    .array(
                        .object([
                            .nullable("from", .text), .nullable("to", .text), .nullable("from_name", .text),
                            .nullable("to_name", .text),
                        ])
                    )
                ),
                .init("calls", .array(.reference("EarlierCall"))),
            ])
        ),
        (
            "EarlierCall",
            .object([
                .init("id", .id), .init("direction", .text), .init("outcome", .text), .init("missed", .boolean),
                .init("started_at", .time), .nullable("answered_at", .time), .nullable("ended_at", .time),
                .nullable("taken_by", .text, "Who talked, by name, else the extension."),
                .nullable("result", .text, "What the contact came to."),
                .nullable("ticket", .text, "The number of the ticket that came of it."),
            ])
        ),
        (
            "CallerCard",
            .object([
                .init("id", .id), .init("name", .text), .init("kind", .words(Customer.Kind.allCases.map(\.rawValue))),
                .nullable("document", .text, "Masked."), .nullable("document_kind", .text),
                .init("identity", .words(IdentityLevel.allCases.map(\.word)), "How sure the contact's caller is."),
                .init(
                    "masked",
                    .boolean,
                    "Whether addresses and numbers are hidden until the caller proves to be them."
                ),
                .nullable("address", .text),
                .nullable("notes", .text), .init("sms", .boolean), .init("sms_text", .text),
                .init(
                    "contacts",
                    .array(
                        .object([
                            .init("id", .id), .init("name", .text), .nullable("email", .text), .nullable("role", .text),
                        ])
                    )
                ),
                .init(
                    "phones",
                    .array(
                        .object([
                            .nullable("number", .text, "Null while it is masked."), .init("display", .text),
                            .nullable("label", .text),
                            .init("sms", .boolean),
                        ])
                    )
                ),
                .init(
                    "contracts",
                    .array(
                        .object([
                            .init("number", .text), .init("title", .text), .init("in_force", .boolean),
                            .init("sms", .boolean),
                        ])
                    )
                ),
                .init("open_count", .integer(minimum: 0)),
                .init(
                    "open_tickets",
                    .array(
                        .object([
                            .init("id", .id), .init("number", .text), .nullable("summary", .text),
                            .nullable("topic", .text),
                            .nullable("department", .text),
                            .init("state", .words(TicketState.allCases.map(\.rawValue))),
                            .init("readable", .boolean, "False for another department's, which shows its number only."),
                            .nullable(
                                "needs_identity",
                                .words(IdentityLevel.allCases.map(\.word)),
                                "What its topic wants of the caller before it may be spoken of."
                            ),
                            .init("created_at", .time),
                        ])
                    )
                ),
                .init("calls", .array(.reference("EarlierCall"))),
            ])
        ),
        (
            "SearchHit",
            .object([.init("kind", .text), .init("title", .text), .init("detail", .text), .init("href", .text)])
        ),
    ]
}
