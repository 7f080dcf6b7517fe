import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension WebhookOperations {
    static let schemas: [(String, Schema)] = [
        (
            "Webhook",
            .object([
                .init("id", .id), .init("name", .text), .init("url", .text),
                .init("events", .array(.words(WebhookKind.offered.map(\.rawValue)))), .init("paused", .boolean),
                .init("created_at", .time), .nullable("failing_since", .time), .init("failures", .integer(minimum: 0)),
                .nullable("last_error", .text),
                .init("tag", .text, "What If-Match takes, in quotes: the `ETag` of this subscriber."),
                .init("secret", .text, required: false, "Told once, when it is made."),
            ])
        ),
        (
            "WebhookChange",
            .object([
                .init("name", .string(maximum: WebhookDraft.longestName, minimum: 1)),
                .init("url", .string(maximum: WebhookDraft.longestURL, minimum: 1)),
                .init(
                    "events",
                    .array(.words(WebhookKind.offered.map(\.rawValue)), maximum: WebhookKind.offered.count)
                ),
                .init("paused", .boolean, required: false),
            ])
        ),
        ("WebhookSecret", .object([.init("secret", .text, "The old one signs beside it for a day.")])),
        ("WebhookTest", .object([.init("delivery_id", .id)])),
        (
            "WebhookResend",
            .object([.init("delivery_id", .id, required: false, "One message; absent: all that were given up.")])
        ),
        ("WebhookResent", .object([.init("messages", .integer(minimum: 0))])),
        (
            "WebhookDelivery",
            .object([
                .init("id", .id), .init("message_id", .text),
                .init("event", .words(WebhookKind.allCases.map(\.rawValue))),
                .init("state", .words(WebhookDelivery.State.allCases.map(\.rawValue))),
                .init("attempts", .integer(minimum: 0)), .nullable("status", .integer()), .nullable("error", .text),
                .init("created_at", .time), .nullable("settled_at", .time), .init("body", .text),
            ])
        ),
    ]
}
