import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension NoticeOperations {
    static let schemas: [(String, Schema)] = [
        (
            "Notice",
            .object([
                .init("id", .id), .init("event", .text),
                .init("channel", .words(NoticeChannel.allCases.map(\.rawValue))),
                .init("state", .words(NoticeState.allCases.map(\.rawValue))), .nullable("reason", .text),
                .init("recipient", .text, "Masked."), .init("sentence", .text), .nullable("segments", .integer()),
                .init("attempts", .integer()), .nullable("next_at", .time), .nullable("last_error", .text),
                .init("can_resend", .boolean),
                .nullable("attendance_id", .id), .nullable("ticket_id", .id), .init("created_at", .time),
                .nullable("settled_at", .time),
            ])
        )
    ]
}
