import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension TopicOperations {
    private static let topicMembers: [Schema.Property] = [
        .init("id", .text), .init("title", .text), .nullable("say", .text), .init("sections", .array(.text)),
        .init("section_titles", .array(.text)), .init("department", .text), .nullable("department_name", .text),
        .init("priority", .words(TopicPriority.allCases.map(\.rawValue))), .nullable("digit", .integer()),
    ]

    static let schemas: [(String, Schema)] = [
        ("Topic", .object(topicMembers)),
        (
            "TopicForm",
            .object(
                topicMembers + [
                    .init("form_version", .text), .init("fields", .array(.reference("Field"))),
                    .init("modules", .array(.reference("Option"))), .init("asks_what_changed", .boolean),
                    .init("asks_attachments", .boolean),
                    .init(
                        "guides",
                        .array(
                            .object([
                                .init("kind", .text), .init("title", .text), .nullable("text", .text),
                                .nullable("url", .text),
                            ])
                        )
                    ),
                ]
            )
        ),
        (
            "Field",
            .object([
                .init("id", .text), .init("kind", .words(FieldKind.allCases.map(\.rawValue))), .init("label", .text),
                .init("say", .text), .nullable("hint", .text), .nullable("purpose", .text),
                .init("relevant", .orNull(.text), "XPath over the answers; null means always."),
                .nullable("required", .text), .nullable("constraint", .text), .init("calculated", .boolean),
                .init("maximum_length", .integer()), .init("options", .array(.reference("Option"))),
            ])
        ),
        ("Option", .object([.init("id", .text), .init("label", .text)])),
    ]
}
