import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension CustomerOperations {
    static let schemas: [(String, Schema)] = [
        (
            "NamedContract",
            .object([.init("number", .text), .init("title", .text), .init("customer", .text, "Whose it is.")])
        ),
        (
            "Customer",
            .object([
                .init("id", .id), .init("kind", .words(Customer.Kind.allCases.map(\.rawValue))), .init("name", .text),
                .nullable(
                    "document",
                    .object([
                        .init("kind", .text), .init("display", .text, "With stars; revealDocument shows the whole."),
                    ])
                ),
                .nullable("address", .text), .nullable("notes", .text), .init("origin", .text),
                .init("created_at", .time),
                .init("updated_at", .time), .nullable("merged_into", .id),
                .init("erased_at", .orNull(.time), "When its data was erased, at the customer's request."),
                .init("revision", .integer(minimum: 0)),
            ])
        ),
        (
            "Document",
            .object([
                .init("kind", .text), .init("number", .text, "Digits and letters alone."),
                .init("display", .text, "As it is printed."),
            ])
        ),
        (
            "NewCustomer",
            .object([
                .init("kind", .orNull(.words(Customer.Kind.allCases.map(\.rawValue))), required: false),
                .init("name", .string(maximum: 500, minimum: 1)),
                .optional("document", .string(maximum: 40), "CPF, CNPJ or NIF, with or without separators."),
                .optional("address", .string(maximum: 2000)), .optional("notes", .string(maximum: 10_000)),
                .optional("contact", .reference("NewSpeaker")),
                .optional("phones", .array(.string(maximum: 40), maximum: CustomerLimits.phones)),
            ])
        ),
        (
            "CustomerChange",
            .object([
                .optional("kind", .words(Customer.Kind.allCases.map(\.rawValue))),
                .optional("name", .string(maximum: 500)),
                .optional("document", .string(maximum: 40)), .optional("address", .string(maximum: 2000)),
                .optional("notes", .string(maximum: 10_000)), StaleCopy.property,
            ])
        ),
        (
            "CustomerCard",
            .object([
                .init("customer", .reference("Customer")), .init("contacts", .array(.reference("Contact"))),
                .init("phones", .array(.reference("Phone"))), .init("contracts", .array(.reference("Contract"))),
                .init(
                    "masked",
                    .boolean,
                    "Addresses, e-mails, phones and contracts have stars: you are on the line with somebody who has not yet proven to be this customer."
                ),
                .init("sms", .words(SMSService.allCases.map(\.rawValue))), .init("open_tickets", .integer(minimum: 0)),
                .nullable("last_call_at", .time),
            ])
        ),
        (
            "Contact",
            .object([
                .init("id", .id), .init("customer_id", .id), .init("name", .text), .nullable("email", .text),
                .nullable("role", .text), .nullable("language", .words(Language.allCases.map(\.rawValue))),
                .init("active", .boolean),
                .init("created_at", .time), .init("revision", .integer(minimum: 0)),
            ])
        ),
        (
            "NewSpeaker",
            .object([
                .optional("name", .string(maximum: 500), "The customer's own unless told."),
                .optional("email", .string(maximum: 254)), .optional("role", .string(maximum: 200)),
                .optional("language", .words(Language.allCases.map(\.rawValue))),
            ])
        ),
        ("NewContact", .object([.init("name", .string(maximum: 500, minimum: 1))] + contact)),
        ("ContactChange", .object([.optional("name", .string(maximum: 500))] + contact + [StaleCopy.property])),
        (
            "Phone",
            .object([
                .init("id", .id), .init("customer_id", .id), .nullable("contact_id", .id),
                .init("number", .orNull(.text), "E.164; null for numbers that have none (0800, 4004)."),
                .init("display", .text), .init("kind", .words(PhoneNumber.Kind.allCases.map(\.rawValue))),
                .nullable("label", .text), .init("sms", .boolean),
                .init(
                    "confirmed",
                    .boolean,
                    "False for a number somebody gave on the portal as theirs, until a code confirms it or it is added here."
                ),
                .init("created_at", .time),
            ])
        ),
        (
            "NewPhone",
            .object([
                .init("number", .string(maximum: 40, minimum: 1), "As people write it."), .optional("contact_id", .id),
                .optional("label", .string(maximum: 60)),
                .optional("backfill", .boolean, "Calls from the number that belong to nobody become this customer's."),
            ])
        ),
        (
            "Contract",
            .object([
                .init("id", .id), .init("customer_id", .id), .init("number", .text), .init("title", .text),
                .init("active", .boolean), .init("sms", .boolean), .init("sections", .array(.text)),
                .init("products", .array(.text)), .nullable("starts_at", .time), .nullable("ends_at", .time),
                .init("created_at", .time), .init("revision", .integer(minimum: 0)),
            ])
        ),
        (
            "NewContract",
            .object(
                [
                    .init("number", .string(maximum: CustomerLimits.number, minimum: 1)),
                    .init("title", .string(maximum: 500, minimum: 1)),
                ] + contract
            )
        ),
        (
            "ContractChange",
            .object(
                [
                    .optional("number", .string(maximum: CustomerLimits.number)),
                    .optional("title", .string(maximum: 500)),
                ] + contract + [StaleCopy.property]
            )
        ),
    ]

    private static let contact: [Schema.Property] = [
        .optional("departmental", .boolean, "An administrator registers a department's address on purpose."),
        .optional("email", .string(maximum: 254)), .optional("role", .string(maximum: 200)),
        .optional("language", .words(Language.allCases.map(\.rawValue))),
    ]

    private static let contract: [Schema.Property] = [
        .optional("active", .boolean), .optional("sms", .boolean),
        .optional("sections", .array(.string(maximum: 200), maximum: CustomerLimits.contractList)),
        .optional("products", .array(.string(maximum: 200), maximum: CustomerLimits.contractList)),
        .optional("starts_at", .time), .optional("ends_at", .time),
    ]
}
