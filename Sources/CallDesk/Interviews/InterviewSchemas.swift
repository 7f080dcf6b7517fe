import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension InterviewOperations {
    static let schemas: [(String, Schema)] = [
        (
            "NewInterview",
            .object([
                .optional("attendance_id", .id), .optional("walk_in", .boolean, "Begin a contact that is no call."),
                .optional("language", .words(Language.allCases.map(\.rawValue))),
            ])
        ),
        (
            "InterviewAnswer",
            .object([
                .init("revision", .integer(), "The one the question carried."),
                .init("prompt", .string(maximum: 200, minimum: 1)), .init("answer", .reference("Answer")),
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
        ("InterviewGoTo", .object([.init("prompt", .string(maximum: 200, minimum: 1))])),
        (
            "InterviewEnd",
            .object([.init("reason", .words(EndReason.codes)), .optional("text", .string(maximum: 1000))])
        ),
        ("InterviewLink", .object([.optional("ticket_id", .id, "The open ticket; null takes the link back.")])),
        (
            "Interview",
            .object(
                [
                    .init("attendance", .object([.init("id", .id), .init("protocol", .text)], open: true)),
                    .init("revision", .integer()),
                    .init("prompt", .object([.init("id", .text), .init("kind", .text)], open: true)),
                    .optional("topic", .text, "The topic's title, once there is one."),
                    .init("progress", .object([], open: true)),
                    .optional("outcome", .object([.init("kind", .text)], open: true)),
                    .optional(
                        "link",
                        .object([.init("ticket_id", .id), .init("number", .text)]),
                        "The open ticket it will be added to."
                    ),
                ]
            )
        ),
    ]
}
