import DeskCore

/// The shapes of this subject's bodies and answers, by name.
extension UserOperations {
    static let schemas: [(String, Schema)] = [
        ("NewUser", .object(user + [.optional("password", .string(maximum: PasswordRule.longest * 4))])),
        ("UserChange", .object(user + [StaleCopy.property, unattended])),
        ("User", .object(whole)),
        ("UserID", .object([.init("id", .id)])),
        ("NewPassword", .object([.init("password", .string(maximum: PasswordRule.longest * 4, minimum: 1))])),
        ("Disabled", .object([.init("disabled", .boolean)])),
        (
            "Disabling",
            .object([
                .init("disabled", .boolean),
                .optional("successor_id", .id, "Who gets the open tickets of an account that is shut out."),
                unattended,
            ])
        ),
        ("Changed", .object([.init("changed", .boolean)])),
    ]

    private static let unattended = Schema.Property.optional(
        "leave_unattended",
        .boolean,
        "Do it although departments with open tickets or topics are left to nobody, which is refused otherwise (409)."
    )

    private static let whole: [Schema.Property] = [
        .init("id", .id), .init("login", .text), .init("name", .text), .nullable("email", .text),
        .init("role", .words(Account.Role.allCases.map(\.rawValue))),
        .nullable("language", .words(Language.allCases.map(\.rawValue))),
        .init("pop", .words(Account.Pop.allCases.map(\.rawValue))), .init("departments", .array(.text)),
        .init("queues", .array(.text)), .init("extensions", .array(.text)), .init("disabled", .boolean),
        .init("revision", .integer(minimum: 0)),
    ]

    private static let user: [Schema.Property] = [
        .optional("login", .string(maximum: 120)), .optional("name", .string(maximum: 500)),
        .optional("email", .string(maximum: 254)), .optional("role", .words(Account.Role.allCases.map(\.rawValue))),
        .optional("language", .words(Language.allCases.map(\.rawValue))),
        .optional("pop", .words(Account.Pop.allCases.map(\.rawValue))),
        .optional("departments", .array(.string(maximum: 200), maximum: AccountLimit.groups)),
        .optional("queues", .array(.string(maximum: 200), maximum: AccountLimit.groups)),
        .optional(
            "extensions",
            .array(.string(maximum: 200), maximum: 40),
            "`PJSIP/1001` on any line, or the line's name before it."
        ),
    ]
}

extension ProfileOperations {
    static let schemas: [(String, Schema)] = [
        (
            "StaffWishes",
            .object([
                .init("mail", .array(.words(StaffHappening.allCases.filter { $0 != .call }.map(\.rawValue)))),
                .init("desktop", .array(.words(StaffHappening.allCases.map(\.rawValue)))),
                .init("sound", .array(.words(StaffHappening.allCases.map(\.rawValue)))),
            ])
        ),
        (
            "ProfileChange",
            .object([
                .optional("pop", .words(Account.Pop.allCases.map(\.rawValue))),
                .optional("language", .words(Language.allCases.map(\.rawValue))),
            ])
        ),
        (
            "Profile",
            .object([
                .init("pop", .words(Account.Pop.allCases.map(\.rawValue))),
                .nullable("language", .words(Language.allCases.map(\.rawValue))),
            ])
        ),
        (
            "PasswordChange",
            .object(
                ["current_password", "password", "repeated"].map {
                    Schema.Property.optional($0, .string(maximum: PasswordRule.longest * 4))
                }
            )
        ),
    ]
}
