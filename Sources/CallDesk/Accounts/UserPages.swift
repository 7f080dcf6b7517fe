import DeskCore
import HTTPTypes
import Hummingbird

/// Who works at the desk: accounts, roles, phones, departments, passwords.
///
/// For administrators.
struct UserPages: Sendable {
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
                    "value": item.rawValue, "label": ProfilePages.name(of: item),
                    "isChosen": item == account?.language ?? app.language,
                ]
            },
            "extensions": extensions.map(\.written)
                .joined(separator: "\n"),
            "queues": (account?.queues ?? []).joined(separator: "\n"),
            "departments": departments.map { department -> [String: Any] in
                ["id": department.0, "label": department.1, "isChosen": chosen.contains(department.0)]
            },
        ]
        if let account {
            values["id"] = account.id
            values["revision"] = account.revision
        }
        return values
    }
}
