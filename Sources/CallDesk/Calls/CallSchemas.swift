import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension CallOperations {
    /// How long a caller waits, until when they are to be called, and who has tried.
    static let waiting: [Schema.Property] = [
        .init("since", .time),
        .nullable("due_at", .time, "By when they are to be called, in the desk's working hours."),
        .init("calls", .integer()), .init("asked_for", .boolean),
        .init("dropped", .boolean, "A talk with them broke off."),
        .init(
            "tries",
            .array(
                .object([
                    .init("at", .time), .init("outcome", .text), .nullable("account_id", .id),
                    .nullable("name", .text),
                ])
            ),
            "Calls to them since, the newest first."
        ),
        .nullable(
            "lease",
            .object([.init("account_id", .id), .init("name", .text), .init("ends_at", .time)]),
            "Who is calling them now."
        ),
    ]

    static let schemas: [(String, Schema)] = [
        (
            "Call",
            .object([
                .init("id", .id), .init("line", .text), .init("key", .text), .init("direction", .text),
                .nullable("number", .text), .nullable("number_display", .text), .nullable("number_sent", .text),
                .nullable("number_shown", .text), .nullable("caller_name", .text),
                .init("withheld", .boolean), .nullable("dialled", .text), .nullable("caller_party", .text),
                .nullable("queue", .text), .init("state", .text), .init("outcome", .text),
                .init("offered", .array(.text)),
                .nullable("answered_by", .text), .nullable("last_party", .text), .nullable("ended_by", .text),
                .nullable("cause", .integer()), .init("holds", .integer()),
                .init(
                    "transfers",
                    .array(.object([.init("kind", .text), .nullable("from", .text), .nullable("to", .text)]))
                ),
                .nullable("recording", .text), .init("started_at", .time), .nullable("answered_at", .time),
                .nullable("ended_at", .time), .nullable("returned_at", .time), .init("missed", .boolean),
                .nullable("attendance_id", .id),
            ])
        ),
        (
            "NewCall",
            .object([
                .optional("number", .string(maximum: 40)),
                .optional("call_id", .id, "Instead of a number: whoever made this call."),
                .optional("line", .string(maximum: 40)),
            ])
        ),
        (
            "DialledCall",
            .object([
                .init("line", .text), .init("key", .text, "The call's `key` once the phone rings."),
                .nullable("number", .text, "null for a customer who has proven nothing yet."),
                .init("number_display", .text),
                .init("phone", .text, "The phone that rings first."),
            ])
        ),
        (
            "QueuePause",
            .object([
                .init("paused", .boolean), .optional("reason", .string(maximum: 80)),
                .optional("queue", .string(maximum: 80)),
            ])
        ),
        (
            "QueueMembership",
            .object([
                .init("line", .text), .init("queue", .text), .init("interface", .text), .init("paused", .boolean),
                .nullable("reason", .text), .init("waiting", .integer(), "Callers who wait in it now."),
            ])
        ),
        (
            "QueueMemberships",
            .object([
                .init("items", .array(.reference("QueueMembership"))),
                .init("unheard", .array(.text), "Lines with a phone of theirs that could not be asked now."),
            ])
        ),
        (
            "CallBack",
            .object(
                [
                    .init("id", .id, "The newest of the calls."), .nullable("number", .text),
                    .nullable("number_display", .text), .nullable("caller_name", .text), .nullable("protocol", .text),
                    .nullable("attendance_id", .id), .nullable("customer_id", .id), .nullable("topic", .text),
                    .nullable("queue", .text),
                ] + waiting
            )
        ),
        ("CallBacksDone", .object([.init("ids", .array(.id), "Items of the list, at most 500.")])),
        ("CallBacksAreDone", .object([.init("calls", .integer(minimum: 0), "Calls that were waiting until now.")])),
        ("Attendance", .object(attendance)),
        (
            "AttendanceAloud",
            .object(attendance + [.init("words", .text, "The protocol number, to be read aloud.")])
        ),
    ]

    private static let attendance: [Schema.Property] = [
        .init("id", .id), .init("protocol", .text),
        .init("groups", .array(.text), "The protocol number in groups one can say."),
        .init("channel", .words(AttendanceChannel.allCases.map(\.rawValue))),
        .init("state", .words(AttendanceState.allCases.map(\.rawValue))),
        .nullable("outcome", .words(AttendanceOutcome.allCases.map(\.rawValue))), .nullable("reason", .text),
        .nullable("topic", .text), .nullable("call_id", .id), .nullable("customer_id", .id),
        .nullable("contact_id", .id), .nullable("account_id", .id),
        .init("identity", .words(IdentityLevel.allCases.map(\.word)), "How sure the desk is of who it is with."),
        .init("started_at", .time),
        .nullable("ended_at", .time),
    ]
}
