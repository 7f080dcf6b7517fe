import DeskCore
import HTTPTypes
import Hummingbird

/// Changing who works at the desk: accounts, roles, phones, departments, passwords.
///
/// For administrators.
struct UserOperations: OperationSet {
    let app: App

    var operations: [Operation] { [add, change, setPassword, disable] }

    private var add: Operation {
        operation(
            .post,
            "",
            id: "addUser",
            "Adds an account; without a password it cannot sign in until it gets one.",
            body: "NewUser",
            status: .created,
            answer: "UserID"
        ) { ask in
            let body = try ask.fields()
            let draft = Self.draft(body)
            let password = body.text("password", maximum: PasswordRule.longest * 4)
            try body.finish()
            let account = try await app.accounts.add(draft, password: password, by: ask.actor)
            return .one(.created) { json in json.object { $0.field("id", account.id) } }
        }
    }

    private var change: Operation {
        operation(
            .put,
            "/{id}",
            id: "updateUser",
            "Changes an account's data; what is not named becomes empty.",
            body: "UserChange",
            answer: "UserID"
        ) { ask in
            let body = try ask.fields()
            let draft = Self.draft(body)
            let id = try ask.id()
            let me = try ask.person()
            if id == me.id, draft.role != me.role { body.fault("role", Self.ownRole) }
            try body.finish()
            let account = try await app.accounts.update(id, draft, by: ask.actor)
            return .one { json in json.object { $0.field("id", account.id) } }
        }
    }

    private var setPassword: Operation {
        operation(
            .put,
            "/{id}/password",
            id: "setPassword",
            "Gives an account a new password and ends its sessions.",
            body: "NewPassword",
            answer: "Changed"
        ) { ask in
            let body = try ask.fields()
            let password = body.text("password", maximum: PasswordRule.longest * 4, required: true) ?? ""
            try body.finish()
            try await app.accounts.setPassword(password, of: ask.id(), by: ask.actor)
            return .one { json in json.object { $0.field("changed", true) } }
        }
    }

    private var disable: Operation {
        operation(
            .put,
            "/{id}/disabled",
            id: "disableUser",
            "Shuts an account out at once, or lets it in again.",
            body: "Disabled",
            answer: "Disabled"
        ) { ask in
            let body = try ask.fields()
            let isDisabled = body.bool("disabled", required: true) ?? true
            let id = try ask.id()
            if id == (try ask.person().id) { body.fault("disabled", Self.oneself) }
            try body.finish()
            try await app.accounts.disable(id, isDisabled, by: ask.actor)
            return .one { json in json.object { $0.field("disabled", isDisabled) } }
        }
    }

    private func operation(
        _ method: HTTPRequest.Method,
        _ path: String,
        id: String,
        _ summary: String,
        body: String,
        status: HTTPResponse.Status = .ok,
        answer: String,
        _ handle: @escaping Operation.Handler
    ) -> Operation {
        Operation(
            method: method,
            path: "/users\(path)",
            id: id,
            tag: "users",
            summary: summary,
            who: [.staff(.administrator)],
            body: .json(body),
            status: status,
            answer: .one(answer),
            problems: [.conflict],
            handle: handle
        )
    }

    private static func draft(_ body: FieldReader) -> AccountDraft {
        let extensions = (body.texts("extensions", most: 40, maximum: 200) ?? []).compactMap { line in
            let parts = line.split(whereSeparator: \.isWhitespace).map(String.init)
            // `PJSIP/1001` on any line, or the line's name before it.
            return switch parts.count {
            case 0: nil as AccountExtension?
            case 1: AccountExtension(party: parts[0])
            default: AccountExtension(line: parts[0], party: parts[1])
            }
        }
        return AccountDraft(
            login: body.text("login", maximum: 120) ?? "",
            name: body.text("name", maximum: 500) ?? "",
            email: body.text("email", maximum: 254),
            role: body.choice("role", Account.Role.self) ?? .technician,
            language: body.choice("language", Language.self),
            pop: body.choice("pop", Account.Pop.self) ?? .open,
            departments: body.texts("departments", most: AccountLimit.groups) ?? [],
            queues: body.texts("queues", most: AccountLimit.groups) ?? [],
            extensions: extensions
        )
    }

    /// The desk's own bounds are the same; these keep a form from being read on for nothing.
    enum AccountLimit { static let groups = 200 }

    private static let ownRole = LocalizedText(
        "Outra pessoa precisa mudar o seu papel: assim a central nunca fica sem administrador.",
        ptPT: "Outra pessoa tem de mudar o seu papel: assim o serviço nunca fica sem administrador.",
        en: "Somebody else has to change your role, so that the desk is never without an administrator."
    )
    private static let oneself = LocalizedText(
        "Você não pode desativar a própria conta.",
        ptPT: "Não pode desativar a própria conta.",
        en: "You cannot disable your own account."
    )
}
