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
            return .page(try await form(nil, [], context))
        }
        routes.get("/admin/users/:id") { _, context, frame in
            try begin(context, &frame, title: "users.title")
            guard let account = try await app.accounts.find(context.id("id")) else { throw Problem.notFound }
            frame.title = account.name
            let extensions = try await app.accounts.extensions(of: account.id)
            return .page(try await form(account, extensions, context))
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
        var rows: [UserListPage.Row] = []
        for account in try await app.accounts.list(limit: 500) {
            let extensions = try await app.accounts.extensions(of: account.id)
            rows.append(
                UserListPage.Row(
                    id: account.id,
                    name: account.name,
                    login: account.login,
                    role: account.role.title(in: context.language),
                    extensions: extensions.map(\.party).joined(separator: ", "),
                    departments: account.departments.joined(separator: ", "),
                    isDisabled: account.isDisabled,
                    warning: extensions.isEmpty && account.role == .technician ? words("users.noExtension") : nil
                )
            )
        }
        let unattended = try await DepartmentWork(app.catalogue.current).unattended(in: app.database)
        return .page(UserListPage(rows: rows, unattended: UnattendedNote(unattended, words, context.language)))
    }

    private func form(
        _ account: Account?,
        _ extensions: [AccountExtension],
        _ context: SignedInContext
    ) async throws -> UserPage {
        let language = context.language
        let chosen = Set(account?.departments ?? [])
        let known = app.catalogue.current.departments
        let strays = chosen.subtracting(known.map(\.id)).sorted()
        let departments =
            known.map { ($0.id, $0.name[language]) } + strays.map { ($0, $0) }
        return UserPage(
            id: account?.id,
            revision: account?.revision,
            isNew: account == nil,
            isSelf: account?.id == context.account.id,
            isDisabled: account?.isDisabled ?? false,
            login: account?.login ?? "",
            name: account?.name ?? "",
            email: account?.email,
            roles: PageChoice.all(Account.Role.self, chosen: account?.role ?? .technician) { $0.title(in: language) },
            pops: PageChoice.all(Account.Pop.self, chosen: account?.pop ?? .open) { $0.title(in: language) },
            languages: PageChoice.all(
                Language.self,
                chosen: account?.language ?? app.language,
                label: ProfilePages.name(of:)
            ),
            extensions: extensions.map(\.written).joined(separator: "\n"),
            queues: (account?.queues ?? []).joined(separator: "\n"),
            departments: departments.map { id, label in
                UserPage.Department(id: id, label: label, isChosen: chosen.contains(id))
            },
            successors: account == nil
                ? []
                : try await app.accounts.list(limit: 500).filter { $0.id != account?.id && !$0.isDisabled }.map {
                    PageChoice(value: String($0.id), label: $0.name, isChosen: false)
                }
        )
    }
}

/// Who works at the desk.
struct UserListPage: Page {
    static let template = "users"

    struct Row: PagePart {
        var id: Int64
        var name: String
        var login: String
        var role: String
        var extensions: String
        var departments: String
        var isDisabled: Bool
        var warning: String?
    }

    var rows: [Row]
    var unattended: UnattendedNote?
}

/// Departments nobody works for, told where people and topics are looked after.
struct UnattendedNote: PagePart {
    var title: String
    var departments: [String]
}

extension UnattendedNote {
    /// Nil where every department has somebody.
    init?(_ departments: [UnattendedDepartment], _ words: Words, _ language: Language) {
        guard !departments.isEmpty else { return nil }
        title = words("users.unattended")
        self.departments = departments.map { $0.text(in: language) }
    }
}

/// One account's form.
struct UserPage: Page {
    static let template = "user"

    struct Department: PagePart {
        var id: String
        var label: String
        var isChosen: Bool
    }

    /// Nil for a new one.
    var id: Int64?
    /// Of the account as it is shown.
    var revision: Int64?
    var isNew: Bool
    var isSelf: Bool
    var isDisabled: Bool
    var login: String
    var name: String
    var email: String?
    var roles: [PageChoice]
    var pops: [PageChoice]
    var languages: [PageChoice]
    /// One on each line, as the queues are.
    var extensions: String
    var queues: String
    var departments: [Department]
    /// Who may get the open tickets of an account that is shut out.
    var successors: [PageChoice]
}
