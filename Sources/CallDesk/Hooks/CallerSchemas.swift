import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension CallerOperations {
    static let schemas: [(String, Schema)] = [
        (
            "CallerRules",
            .object([
                .init(
                    "blocks",
                    .array(
                        .object([
                            .init("kind", .words(CallerRules.Block.Kind.allCases.map(\.rawValue))),
                            .init("value", .string(maximum: 16), "In E.164; empty for withheld."),
                            .init("note", .string(maximum: CallerRules.longestNote), required: false),
                        ]),
                        maximum: CallerRules.mostBlocks
                    )
                ),
                .init("incoming", rewrites, "How callers' numbers are read: the first pattern that matches counts."),
                .init("outgoing", rewrites, "Which number of ours is shown, by the number dialled."),
            ])
        ),
        (
            "CallerTrial",
            .object([
                .init("call_id", .id), .init("direction", .text),
                .nullable("number", .text, "As it was sent or dialled."),
                .nullable("read", .text, "What the rules make of it."), .init("blocked", .boolean),
                .nullable("shown", .text, "The number of ours a call to it shows."),
            ])
        ),
        (
            "CallerFound",
            .object([
                .init("customer_id", .id), .nullable("contact_id", .id), .init("name", .text),
                .init("company", .orNull(.text)), .init("url", .text, "Where the desk shows their calls."),
            ])
        ),
        (
            "ScreenOrder",
            .object([
                .init("account", .string(maximum: 120, minimum: 1), "The technician's login."),
                .init(
                    "path",
                    .string(maximum: longestPath, minimum: 1),
                    "A page of the desk, such as `/desk/tickets/42`."
                ),
            ])
        ),
        ("ScreenOpened", .object([.init("screens", .boolean, "Whether the technician has a screen open now.")])),
    ]

    fileprivate static let rewrites = Schema.array(
        .object([
            .init(
                "pattern",
                .string(maximum: CallerRules.longestPattern, minimum: 1),
                "`*` stands for one character or more."
            ),
            .init("to", .string(maximum: CallerRules.longestPattern, minimum: 1)),
        ]),
        maximum: CallerRules.mostRewrites
    )
}
