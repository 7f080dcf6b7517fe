import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension InterviewOperations {
    static let schemas: [(String, Schema)] = [
        (
            "NewInterview",
            .object([
                .optional("attendance_id", .id), .optional("walk_in", .boolean, "Begin a contact that is no call."),
                .optional("language", .words(Language.allCases.map(\.rawValue))),
                .optional("refers_to", .id, "With walk_in: an earlier ticket that the new request refers to."),
            ])
        ),
        (
            "InterviewAnswer",
            .object([
                .init("revision", .integer(), "The one the question carried."),
                .init("prompt", .string(maximum: 200, minimum: 1)), .init("answer", .reference("Answer")),
                TicketOperations.passwords,
            ])
        ),
        (
            "Answer",
            .object([
                .optional("text", .string(maximum: 200_000)), .optional("number", .number),
                .optional("option", .string(maximum: 200)),
                .optional("options", .array(.string(maximum: 200), maximum: 500)),
                .optional("keys", .string(maximum: 200)),
                .optional("address", .reference("Address")),
                .optional("files", .array(.reference("FileAnswer"), maximum: AttachmentStore.most)),
                .optional("skip", .boolean), .optional("confirm", .boolean),
            ])
        ),
        ("Address", .object(AddressAnswer.parts.map { Schema.Property.optional($0.name, .string(maximum: 500)) })),
        ("FileAnswer", .object([.init("id", .id), .init("name", .text), .init("size", .integer(minimum: 0))])),
        topicChoice,
        ("InterviewBack", .object([.optional("revision", .integer(), "The one the question carried.")])),
        ("InterviewGoTo", .object([.init("prompt", .string(maximum: 200, minimum: 1))])),
        (
            "InterviewEnd",
            .object([.init("reason", .words(EndReason.codes)), .optional("text", .string(maximum: 1000))])
        ),
        ("IdentityProof", .object([.init("said", .string(maximum: 200, minimum: 1), "What the caller says.")])),
        ("InterviewLink", .object([.optional("ticket_id", .id, "The open ticket; null takes the link back.")])),
        (
            "Interview",
            .object([
                .init(
                    "attendance",
                    .object([
                        .init("id", .id), .init("protocol", .text),
                        .init("groups", .array(.text), "The protocol number in groups one can say."),
                        .init("channel", .words(AttendanceChannel.allCases.map(\.rawValue))),
                        .init("state", .words(AttendanceState.allCases.map(\.rawValue))),
                        .optional("call_id", .id), .optional("customer_id", .id),
                        .init("identity", .words(IdentityLevel.allCases.map(\.word))),
                    ])
                ),
                .init("revision", .integer()), .init("prompt", .reference("Prompt")),
                .optional("topic", .text, "The topic's title, once there is one."),
                .init(
                    "progress",
                    .object([
                        .init("done", .integer()), .init("total", .integer()),
                        .init(
                            "steps",
                            .array(.object([.init("stage", .text), .init("title", .text), .init("state", .text)]))
                        ),
                    ])
                ),
                .optional(
                    "outcome",
                    .object([
                        .init("kind", .words(["opened", "linked", "ended"])), .optional("ticket_id", .id),
                        .optional("ticket_number", .text), .optional("priority", .text), .optional("reason", .text),
                    ])
                ),
                .optional(
                    "link",
                    .object([.init("ticket_id", .id), .init("number", .text)]),
                    "The open ticket it will be added to."
                ),
            ])
        ),
        (
            "Prompt",
            .object([
                .init("id", .text), .init("stage", .text), .init("kind", .text), .optional("field", .text),
                .init("label", .text), .init("say", .text, "The sentence to say to the caller."),
                .optional("hint", .text),
                .optional("purpose", .text),
                .init(
                    "options",
                    .array(
                        .object([
                            .init("id", .text), .init("label", .text), .optional("detail", .text), .init("role", .text),
                            .optional("digit", .integer()), .init("current", .boolean),
                        ])
                    )
                ),
                .optional(
                    "trail",
                    .array(
                        .object([
                            .init("id", .text), .init("label", .text), .optional("detail", .text), .init("role", .text),
                            .optional("digit", .integer()), .init("current", .boolean),
                        ])
                    ),
                    "The sections that lead to what a topic question shows; each is an option to go back to."
                ),
                .init("candidates", .array(.reference("Candidate"))), .init("required", .boolean),
                .optional("current", .text), .optional("suggestion", .text),
                .optional("remembered", .boolean, "What is suggested is what the same person answered before."),
                .optional("error", .text),
                .optional("reopened", .text), .init("maximum_length", .integer()),
                .init(
                    "guides",
                    .array(.object([.init("title", .text), .optional("text", .text), .optional("url", .text)]))
                ),
                .init(
                    "review",
                    .array(
                        .object([
                            .init("prompt", .text), .init("stage", .text), .init("label", .text),
                            .init("display", .text),
                            .init("can_change", .boolean),
                        ])
                    )
                ),
                .init("recipients", .array(.text)), .optional("files", .array(.reference("FileAnswer"))),
                .optional("file_limit", .integer(minimum: 1), "Bytes of the largest file it takes."),
                .optional("address", .map(.text)), .init("warnings", .array(.text)), .init("can_go_back", .boolean),
                .init("waiting", .boolean), .init("misses", .integer()),
            ])
        ),
        (
            "Candidate",
            .object([
                .init("id", .text), .init("customer_id", .integer()), .optional("contact_id", .id),
                .init("name", .text),
                .optional("contact_name", .text), .init("kind", .text), .optional("document", .text, "Masked."),
                .init("reasons", .array(.text), "Why this may be the caller."), .init("open_tickets", .integer()),
                .optional("last_call_at", .time), .init("sms", .text),
            ])
        ),
    ]
}
