import DeskCore
import HTTPTypes
import Hummingbird

/// Who works at the desk: accounts, roles, phones, departments, passwords.
///
/// For administrators.
struct UserRoutes: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/users") { _, context, frame in try await list(context, &frame) }
        routes.get("/admin/users/new") { _, context, frame in
            try begin(context, &frame, title: "users.new")
            return PageContent("user", form(nil, [], context))
        }
        routes.get("/admin/users/:id") { _, context, frame in
            try begin(context, &frame, title: "users.title")
            guard let account = try await app.accounts.find(context.id("id")) else { throw Problem.notFound }
            frame.title = account.name
            let extensions = try await app.accounts.extensions(of: account.id)
            return PageContent("user", form(account, extensions, context))
        }
    }

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.post("/desk/api/users") { request, context -> Response in
            try context.need(.administrator)
            let body = try FieldReader(await request.json())
            let draft = Self.draft(body)
            let password = body.text("password", maximum: PasswordRule.longest * 4)
            try body.finish()
            let account = try await app.accounts.add(draft, password: password, by: context.actor)
            return .one(.created) { json in json.object { $0.field("id", account.id) } }
        }
        group.put("/desk/api/users/:id") { request, context -> Response in
            try context.need(.administrator)
            let body = try FieldReader(await request.json())
            let draft = Self.draft(body)
            let id = try context.id("id")
            if id == context.account.id, draft.role != context.account.role {
                body.fault("role", Self.ownRole)
            }
            try body.finish()
            let account = try await app.accounts.update(id, draft, by: context.actor)
            return .one { json in json.object { $0.field("id", account.id) } }
        }
        group.put("/desk/api/users/:id/password") { request, context -> Response in
            try context.need(.administrator)
            let body = try FieldReader(await request.json())
            let password = body.text("password", maximum: PasswordRule.longest * 4, required: true) ?? ""
            try body.finish()
            try await app.accounts.setPassword(password, of: context.id("id"), by: context.actor)
            return .one { json in json.object { $0.field("changed", true) } }
        }
        group.put("/desk/api/users/:id/disabled") { request, context -> Response in
            try context.need(.administrator)
            let body = try FieldReader(await request.json())
            let isDisabled = body.bool("disabled", required: true) ?? true
            let id = try context.id("id")
            if id == context.account.id { body.fault("disabled", Self.oneself) }
            try body.finish()
            try await app.accounts.disable(id, isDisabled, by: context.actor)
            return .one { json in json.object { $0.field("disabled", isDisabled) } }
        }
    }

    private func begin(_ context: SignedInContext, _ frame: inout PageFrame, title: String) throws {
        try context.need(.administrator)
        frame.title = pages[context.language](title)
        frame.place = "admin"
    }

    private func list(_ context: SignedInContext, _ frame: inout PageFrame) async throws -> PageContent {
        try begin(context, &frame, title: "users.title")
        let words = pages[context.language]
        var rows: [[String: Any]] = []
        for account in try await app.accounts.list(limit: 500) {
            let extensions = try await app.accounts.extensions(of: account.id)
            rows.append([
                "id": account.id, "name": account.name, "login": account.login,
                "role": account.role.title(in: context.language),
                "extensions": extensions.map(\.party).joined(separator: ", "),
                "departments": account.departments.joined(separator: ", "),
                "isDisabled": account.isDisabled,
                "warning": extensions.isEmpty && account.role == .technician ? words("users.noExtension") : "",
            ])
        }
        return PageContent("users", ["rows": rows])
    }

    private func form(_ account: Account?, _ extensions: [AccountExtension], _ context: SignedInContext) -> [String:
        Any]
    {
        let language = context.language
        let chosen = Set(account?.departments ?? [])
        let known = app.catalogue.current.departments
        let strays = chosen.subtracting(known.map(\.id)).sorted()
        let departments =
            known.map { ($0.id, $0.name[language]) } + strays.map { ($0, $0) }
        var values: [String: Any] = [
            "isNew": account == nil,
            "isSelf": account?.id == context.account.id,
            "isDisabled": account?.isDisabled ?? false,
            "login": account?.login ?? "", "name": account?.name ?? "", "email": account?.email ?? "",
            "roles": Account.Role.allCases.map { role -> [String: Any] in
                [
                    "value": role.rawValue, "label": role.title(in: language),
                    "isChosen": role == account?.role ?? .technician,
                ]
            },
            "pops": Account.Pop.allCases.map { pop -> [String: Any] in
                ["value": pop.rawValue, "label": pop.title(in: language), "isChosen": pop == account?.pop ?? .open]
            },
            "languages": Language.allCases.map { item -> [String: Any] in
                [
                    "value": item.rawValue, "label": ProfileRoutes.name(of: item),
                    "isChosen": item == account?.language ?? app.language,
                ]
            },
            "extensions": extensions.map { $0.line.isEmpty ? $0.party : "\($0.line) \($0.party)" }
                .joined(separator: "\n"),
            "queues": (account?.queues ?? []).joined(separator: "\n"),
            "departments": departments.map { department -> [String: Any] in
                ["id": department.0, "label": department.1, "isChosen": chosen.contains(department.0)]
            },
        ]
        if let account { values["id"] = account.id }
        return values
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
    private enum AccountLimit { static let groups = 200 }

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
