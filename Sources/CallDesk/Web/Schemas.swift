import DeskCore

/// The shapes of the API's bodies and answers, by name.
enum Schemas {
    static var all: [(String, Schema)] {
        people + calls + topics + interviews + tickets + notices + [("Problem", problem)]
    }

    private static let languages = Language.allCases.map(\.rawValue)
    private static func optional(_ name: String, _ schema: Schema, _ about: String? = nil) -> Schema.Property {
        .init(name, .orNull(schema), required: false, about)
    }
    private static func nullable(_ name: String, _ schema: Schema) -> Schema.Property { .init(name, .orNull(schema)) }

    private static let problem = Schema.object(
        [
            .init("type", .text, "A stable name for programs to switch on, below /problems/."),
            .init("title", .text), .init("status", .integer()), .init("detail", .text, required: false),
            .init(
                "errors",
                .array(.object([.init("field", .text), .init("message", .text)])),
                required: false,
                "What is wrong with which field."
            ),
            .init("request_id", .text, "Stands in the service's log too."),
        ],
        open: true
    )

    private static let people: [(String, Schema)] = [
        (
            "Customer",
            .object([
                .init("id", .id), .init("kind", .words(Customer.Kind.allCases.map(\.rawValue))), .init("name", .text),
                nullable(
                    "document",
                    .object([.init("kind", .text), .init("number", .text), .init("display", .text)])
                ),
                nullable("address", .text), nullable("notes", .text), .init("origin", .text),
                .init("created_at", .time),
                .init("updated_at", .time), nullable("merged_into", .id),
            ])
        ),
        (
            "NewCustomer",
            .object([
                .init("kind", .orNull(.words(Customer.Kind.allCases.map(\.rawValue))), required: false),
                .init("name", .string(maximum: 500, minimum: 1)),
                optional("document", .string(maximum: 40), "CPF, CNPJ or NIF, with or without separators."),
                optional("address", .string(maximum: 2000)), optional("notes", .string(maximum: 10_000)),
                optional("contact", .reference("NewContact")),
                optional("phones", .array(.string(maximum: 40), maximum: CustomerLimits.phones)),
            ])
        ),
        (
            "CustomerChange",
            .object([
                optional("kind", .words(Customer.Kind.allCases.map(\.rawValue))),
                optional("name", .string(maximum: 500)),
                optional("document", .string(maximum: 40)), optional("address", .string(maximum: 2000)),
                optional("notes", .string(maximum: 10_000)),
            ])
        ),
        (
            "CustomerCard",
            .object([
                .init("customer", .reference("Customer")), .init("contacts", .array(.reference("Contact"))),
                .init("phones", .array(.reference("Phone"))), .init("contracts", .array(.reference("Contract"))),
                .init("sms", .words(SMSService.allCases.map(\.rawValue))), .init("open_tickets", .integer(minimum: 0)),
                nullable("last_call_at", .time),
            ])
        ),
        (
            "Contact",
            .object([
                .init("id", .id), .init("customer_id", .id), .init("name", .text), nullable("email", .text),
                nullable("role", .text), nullable("language", .words(languages)), .init("active", .boolean),
                .init("created_at", .time),
            ])
        ),
        (
            "NewContact",
            .object([
                .init("name", .string(maximum: 500, minimum: 1)), optional("email", .string(maximum: 254)),
                optional("role", .string(maximum: 200)), optional("language", .words(languages)),
            ])
        ),
        (
            "Phone",
            .object([
                .init("id", .id), .init("customer_id", .id), nullable("contact_id", .id),
                .init("number", .orNull(.text), "E.164; null for numbers that have none (0800, 4004)."),
                .init("display", .text), .init("kind", .words(PhoneNumber.Kind.allCases.map(\.rawValue))),
                nullable("label", .text), .init("sms", .boolean), .init("created_at", .time),
            ])
        ),
        (
            "NewPhone",
            .object([
                .init("number", .string(maximum: 40, minimum: 1), "As people write it."), optional("contact_id", .id),
                optional("label", .string(maximum: 60)),
            ])
        ),
        (
            "Contract",
            .object([
                .init("id", .id), .init("customer_id", .id), .init("number", .text), .init("title", .text),
                .init("active", .boolean), .init("sms", .boolean), .init("sections", .array(.text)),
                .init("products", .array(.text)), nullable("starts_at", .time), nullable("ends_at", .time),
                .init("created_at", .time),
            ])
        ),
        (
            "NewContract",
            .object([
                .init("number", .string(maximum: CustomerLimits.number, minimum: 1)),
                .init("title", .string(maximum: 500, minimum: 1)), optional("active", .boolean),
                optional("sms", .boolean),
                optional("sections", .array(.string(maximum: 200), maximum: CustomerLimits.contractList)),
                optional("products", .array(.string(maximum: 200), maximum: CustomerLimits.contractList)),
                optional("starts_at", .time), optional("ends_at", .time),
            ])
        ),
    ]

    private static let calls: [(String, Schema)] = [
        (
            "Call",
            .object([
                .init("id", .id), .init("line", .text), .init("key", .text), .init("direction", .text),
                nullable("number", .text), nullable("number_display", .text), nullable("caller_name", .text),
                .init("withheld", .boolean), nullable("dialled", .text), nullable("caller_party", .text),
                nullable("queue", .text), .init("state", .text), .init("outcome", .text),
                .init("offered", .array(.text)),
                nullable("answered_by", .text), nullable("last_party", .text), nullable("ended_by", .text),
                nullable("cause", .integer()), .init("holds", .integer()),
                .init(
                    "transfers",
                    .array(.object([.init("kind", .text), nullable("from", .text), nullable("to", .text)]))
                ),
                nullable("recording", .text), .init("started_at", .time), nullable("answered_at", .time),
                nullable("ended_at", .time), nullable("returned_at", .time), .init("missed", .boolean),
                nullable("attendance_id", .id),
            ])
        ),
        (
            "NewCall",
            .object([
                .init("number", .string(maximum: 40, minimum: 1)), optional("line", .string(maximum: 40)),
            ])
        ),
        (
            "DialledCall",
            .object([
                .init("line", .text), .init("key", .text, "The call's `key` once the phone rings."),
                .init("number", .text), .init("phone", .text, "The phone that rings first."),
            ])
        ),
        (
            "QueuePause",
            .object([
                .init("paused", .boolean), optional("reason", .string(maximum: 80)),
                optional("queue", .string(maximum: 80)),
            ])
        ),
        (
            "QueueMembership",
            .object([
                .init("line", .text), .init("queue", .text), .init("interface", .text), .init("paused", .boolean),
                nullable("reason", .text), .init("waiting", .integer(), "Callers who wait in it now."),
            ])
        ),
        (
            "CallBack",
            .object([
                .init("id", .id, "The newest of the calls."), nullable("number", .text),
                nullable("number_display", .text), nullable("caller_name", .text), .init("since", .time),
                .init("calls", .integer()), .init("asked_for", .boolean), nullable("protocol", .text),
                nullable("attendance_id", .id), nullable("customer_id", .id), nullable("topic", .text),
                nullable("queue", .text),
            ])
        ),
        (
            "Attendance",
            .object([
                .init("id", .id), .init("protocol", .text),
                .init("groups", .array(.text), "The protocol number in groups one can say."),
                .init("channel", .words(AttendanceChannel.allCases.map(\.rawValue))),
                .init("state", .words(AttendanceState.allCases.map(\.rawValue))),
                nullable("outcome", .words(AttendanceOutcome.allCases.map(\.rawValue))), nullable("reason", .text),
                nullable("topic", .text), nullable("call_id", .id), nullable("customer_id", .id),
                nullable("contact_id", .id), nullable("account_id", .id), .init("started_at", .time),
                nullable("ended_at", .time),
            ])
        ),
    ]

    private static let topicMembers: [Schema.Property] = [
        .init("id", .text), .init("title", .text), nullable("say", .text), .init("sections", .array(.text)),
        .init("section_titles", .array(.text)), .init("department", .text), nullable("department_name", .text),
        .init("priority", .words(TopicPriority.allCases.map(\.rawValue))), nullable("digit", .integer()),
    ]

    private static let topics: [(String, Schema)] = [
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
                                .init("kind", .text), .init("title", .text), nullable("text", .text),
                                nullable("url", .text),
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
                .init("say", .text), nullable("hint", .text), nullable("purpose", .text),
                .init("relevant", .orNull(.text), "XPath over the answers; null means always."),
                nullable("required", .text), nullable("constraint", .text), .init("calculated", .boolean),
                .init("maximum_length", .integer()), .init("options", .array(.reference("Option"))),
            ])
        ),
        ("Option", .object([.init("id", .text), .init("label", .text)])),
    ]

    private static let interviews: [(String, Schema)] = [
        (
            "NewInterview",
            .object([
                optional("attendance_id", .id), optional("walk_in", .boolean, "Begin a contact that is no call."),
                optional("language", .words(languages)),
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
                optional("text", .string(maximum: 200_000)), optional("option", .string(maximum: 200)),
                optional("options", .array(.string(maximum: 200), maximum: 500)),
                optional("keys", .string(maximum: 200)),
                optional("address", .reference("Address")),
                optional("files", .array(.reference("FileAnswer"), maximum: AttachmentStore.most)),
                optional("skip", .boolean), optional("confirm", .boolean),
            ])
        ),
        ("Address", .object(AddressAnswer.parts.map { optional($0.name, .string(maximum: 500)) })),
        ("FileAnswer", .object([.init("id", .id), .init("name", .text), .init("size", .integer(minimum: 0))])),
        ("InterviewGoTo", .object([.init("prompt", .string(maximum: 200, minimum: 1))])),
        (
            "InterviewEnd",
            .object([.init("reason", .words(EndReason.codes)), optional("text", .string(maximum: 1000))])
        ),
        ("InterviewLink", .object([optional("ticket_id", .id, "The open ticket; null takes the link back.")])),
        (
            "Interview",
            .object(
                [
                    .init("attendance", .object([.init("id", .id), .init("protocol", .text)], open: true)),
                    .init("revision", .integer()),
                    .init("prompt", .object([.init("id", .text), .init("kind", .text)], open: true)),
                    .init("progress", .object([], open: true)),
                    optional("outcome", .object([.init("kind", .text)], open: true)),
                    optional(
                        "link",
                        .object([.init("ticket_id", .id), .init("number", .text)]),
                        "The open ticket it will be added to."
                    ),
                ]
            )
        ),
    ]

    private static let ticketMembers: [Schema.Property] = [
        .init("id", .id), .init("number", .text), .init("attendance_id", .id), nullable("customer_id", .id),
        nullable("contact_id", .id), nullable("caller_name", .text), nullable("caller_phone", .text),
        .init("topic", .text),
        .init("topic_title", .text), .init("sections", .array(.text)), .init("department", .text),
        .init("priority", .text),
        .init("state", .words(TicketState.allCases.map(\.rawValue))), .init("summary", .text),
        nullable("module", .text),
        .init("description", .text), nullable("what_changed", .text),
        .init(
            "answers",
            .array(
                .object([
                    .init("field", .text), .init("kind", .text), .init("label", .text), .init("display", .text),
                    nullable("value", .text),
                ])
            )
        ),
        .init("form_version", .text), .init("channel", .text), nullable("created_by", .id),
        nullable("assigned_to", .id),
        nullable("refers_to", .id), .init("reiterations", .integer()), nullable("first_due_at", .time),
        nullable("due_at", .time), .init("created_at", .time), .init("updated_at", .time), nullable("solved_at", .time),
        nullable("closed_at", .time),
    ]

    private static let tickets: [(String, Schema)] = [
        ("Ticket", .object(ticketMembers)),
        ("OpenedTicket", .object(ticketMembers + [.init("protocol", .text, "The attendance's number.")])),
        (
            "NewTicket",
            .object([
                .init("topic", .string(maximum: 200, minimum: 1), "A topic of the catalogue."),
                optional("customer_id", .id),
                optional("customer", .reference("NewCustomer"), "Registered with the ticket."),
                optional("contact_id", .id),
                optional("caller_name", .string(maximum: 200), "For callers without a record."),
                optional("caller_phone", .string(maximum: 40)), optional("attendance_id", .id),
                optional("protocol", .string(maximum: 60)), .init("summary", .string(maximum: 20_000, minimum: 1)),
                optional("module", .string(maximum: 200)), .init("description", .string(maximum: 200_000, minimum: 1)),
                optional("what_changed", .string(maximum: 200_000)),
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
                optional("channel", .words(TicketOrder.Channel.allCases.map(\.rawValue))), optional("refers_to", .id),
            ])
        ),
        (
            "Entry",
            .object([
                .init("id", .id), .init("ticket_id", .id), .init("kind", .words(EntryKind.allCases.map(\.rawValue))),
                .init("author_kind", .words(EntryAuthor.allCases.map(\.rawValue))), nullable("author_id", .id),
                .init("author", .text), .init("body", .text), .init("created_at", .time),
            ])
        ),
        (
            "NewEntry",
            .object([
                optional("kind", .words(["reply", "note"])),
                .init("body", .string(maximum: TicketDesk.longestEntry, minimum: 1)),
            ])
        ),
        (
            "Attachment",
            .object([
                .init("id", .id), nullable("attendance_id", .id), nullable("ticket_id", .id), .init("name", .text),
                .init("media_type", .text), .init("size", .integer(minimum: 0)), .init("sha256", .text),
                .init("created_at", .time),
            ])
        ),
    ]

    private static let notices: [(String, Schema)] = [
        (
            "Notice",
            .object([
                .init("id", .id), .init("event", .text),
                .init("channel", .words(NoticeChannel.allCases.map(\.rawValue))),
                .init("state", .words(NoticeState.allCases.map(\.rawValue))), nullable("reason", .text),
                .init("recipient", .text, "Masked."), .init("sentence", .text), nullable("segments", .integer()),
                .init("attempts", .integer()), nullable("next_at", .time), nullable("last_error", .text),
                nullable("attendance_id", .id), nullable("ticket_id", .id), .init("created_at", .time),
                nullable("settled_at", .time),
            ])
        )
    ]
}
