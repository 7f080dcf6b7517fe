import DeskCore
import HTTPTypes
import Hummingbird

/// Changing who works at the desk: accounts, roles, phones, departments, passwords.
///
/// For administrators.
struct UserOperations: OperationSet {
    let app: App

    var operations: [Operation] { [add, show] + changes + [setPassword, disable] }

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

    private var show: Operation {
        operation(.get, "/{id}", id: "getUser", "An account with its phones.", revisions: .told, answer: "User") {
            ask in
            let (json, revision) = try await written(ask.id())
            return .one(revision: revision) { $0.raw(json) }
        }
    }

    private var changes: [Operation] {
        [HTTPRequest.Method.patch, .put].map { method in
            let isWhole = method == .put
            return operation(
                method,
                "/{id}",
                id: isWhole ? "replaceUser" : "updateUser",
                isWhole
                    ? "Writes an account's data anew; what is not named becomes empty."
                    : "Changes an account's data; what is not named stays, null empties it.",
                revisions: isWhole ? .needed : .taken,
                body: "UserChange",
                answer: "User"
            ) { ask in
                let body = try ask.fields()
                let id = try ask.id()
                let me = try ask.person()
                let change = Self.change(body, isWhole: isWhole)
                var own = AccountDraft(me, extensions: [])
                change(&own)
                if id == me.id, own.role != me.role { body.fault("role", Self.ownRole) }
                let copy = try StaleCopy(ask, body, isWhole: isWhole)
                let work = work(body)
                try body.finish()
                try await copy.change {
                    _ = try await app.accounts.update(
                        id,
                        revision: copy.revision,
                        keeping: work,
                        by: ask.actor,
                        change
                    )
                } current: {
                    try await written(id).json
                }
                let (json, revision) = try await written(id)
                return .one(revision: revision) { $0.raw(json) }
            }
        }
    }

    /// The departments that are to keep somebody, unless the body says otherwise.
    private func work(_ body: FieldReader) -> DepartmentWork? {
        body.bool("leave_unattended") == true ? nil : DepartmentWork(app.catalogue.current)
    }

    /// An account as the API writes it, with its revision.
    private func written(_ id: Int64) async throws -> (json: [UInt8], revision: Int64) {
        guard let account = try await app.accounts.find(id) else { throw Problem.notFound }
        let extensions = try await app.accounts.extensions(of: id)
        var json = JSONWriter()
        json.object { json in
            json.field("id", account.id)
            json.field("login", account.login)
            json.field("name", account.name)
            json.field("email", account.email)
            json.field("role", account.role.rawValue)
            json.field("language", account.language?.rawValue)
            json.field("pop", account.pop.rawValue)
            json.field("departments", account.departments)
            json.field("queues", account.queues)
            json.field("extensions", extensions.map(\.written))
            json.field("disabled", account.isDisabled)
            json.field("revision", account.revision)
        }
        return (json.bytes, account.revision)
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
            "Shuts an account out at once, or lets it in again; its open tickets need somebody else first (`successor_id`).",
            body: "Disabling",
            answer: "Disabled"
        ) { ask in
            let body = try ask.fields()
            let isDisabled = body.bool("disabled", required: true) ?? true
            let id = try ask.id()
            if id == (try ask.person().id) { body.fault("disabled", Self.oneself) }
            let successor = body.id("successor_id")
            if successor == id { body.fault("successor_id", Self.itself) }
            let work = work(body)
            try body.finish()
            if isDisabled {
                // Asked before the tickets are handed over, so that a refusal leaves everything as it was.
                try await work?.check(leaving: id, in: app.database)
                try await handOver(from: id, to: successor, ask)
            }
            try await app.accounts.disable(id, isDisabled, keeping: work, by: ask.actor)
            return .one { json in json.object { $0.field("disabled", isDisabled) } }
        }
    }

    /// Gives what somebody holds to somebody else, so that no customer writes to nobody.
    ///
    /// - Throws: `Problem` 409 `holds-tickets` when there is something and nobody is named for it.
    private func handOver(from id: Int64, to successor: Int64?, _ ask: Ask) async throws {
        let actor = ask.caller.ticketActor(on: nil)
        // Each round takes five hundred, or is refused as a whole; nobody has a hundred rounds.
        for _ in 0..<100 {
            let held = try await app.directory.held(by: id)
            guard !held.isEmpty else { return }
            guard let successor else { throw Self.holds(held.count) }
            _ = try await app.tickets.make(
                held.map { ticket in
                    var order = MoveOrder(.assign, of: ticket)
                    order.personID = successor
                    return order
                },
                by: actor
            )
        }
    }

    private static func holds(_ count: Int) -> Problem {
        let number = count < TicketDesk.mostAtOnce ? "\(count)" : "\(count)+"
        return Problem(
            .conflict,
            "holds-tickets",
            LocalizedText(
                "Esta pessoa tem chamados abertos (\(number))",
                ptPT: "Esta pessoa tem pedidos abertos (\(number))",
                en: "This person has open tickets (\(number))"
            ),
            detail: LocalizedText(
                "Escolha quem fica com eles (successor_id): assim nenhum cliente escreve para ninguém.",
                ptPT: "Escolha quem fica com eles (successor_id): assim nenhum cliente escreve a ninguém.",
                en: "Choose who gets them (successor_id), so that no customer writes to nobody."
            )
        )
    }

    private func operation(
        _ method: HTTPRequest.Method,
        _ path: String,
        id: String,
        _ summary: String,
        revisions: Operation.Revisions = .none,
        body: String? = nil,
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
            revisions: revisions,
            body: body.map(Operation.Body.json),
            status: status,
            answer: .one(answer),
            problems: [.conflict],
            handle: handle
        )
    }

    private static func draft(_ body: FieldReader) -> AccountDraft {
        var draft = AccountDraft(login: "", name: "")
        change(body, isWhole: true)(&draft)
        return draft
    }

    /// What a body names of an account; of a whole one, what it does not name becomes empty.
    private static func change(_ body: FieldReader, isWhole: Bool) -> @Sendable (inout AccountDraft) -> Void {
        let login = body.text("login", maximum: 120) ?? (isWhole ? "" : nil)
        let name = body.text("name", maximum: 500) ?? (isWhole ? "" : nil)
        let email = Named(body, "email", isWhole: isWhole) { body.text($0, maximum: 254) }
        let role = body.choice("role", Account.Role.self) ?? (isWhole ? .technician : nil)
        let language = Named(body, "language", isWhole: isWhole) { body.choice($0, Language.self) }
        let pop = body.choice("pop", Account.Pop.self) ?? (isWhole ? .open : nil)
        let departments = Named(body, "departments", isWhole: isWhole) { body.texts($0, most: AccountLimit.groups) }
        let queues = Named(body, "queues", isWhole: isWhole) { body.texts($0, most: AccountLimit.groups) }
        let extensions = Named(body, "extensions", isWhole: isWhole) {
            body.texts($0, most: 40, maximum: 200)?.compactMap(AccountExtension.init(written:))
        }
        return { draft in
            if let login { draft.login = login }
            if let name { draft.name = name }
            email.put(into: &draft.email)
            if let role { draft.role = role }
            language.put(into: &draft.language)
            if let pop { draft.pop = pop }
            departments.put(into: &draft.departments)
            queues.put(into: &draft.queues)
            extensions.put(into: &draft.extensions)
        }
    }

    /// The desk's own bounds are the same; these keep a form from being read on for nothing.
    enum AccountLimit { static let groups = 200 }

    private static let ownRole = LocalizedText(
        "Outra pessoa precisa mudar o seu papel: assim a central nunca fica sem administrador.",
        ptPT: "Outra pessoa tem de mudar o seu papel: assim o serviço nunca fica sem administrador.",
        en: "Somebody else has to change your role, so that the desk is never without an administrator."
    )
    private static let itself = LocalizedText("É a mesma pessoa.", en: "That is the same person.")
    private static let oneself = LocalizedText(
        "Você não pode desativar a própria conta.",
        ptPT: "Não pode desativar a própria conta.",
        en: "You cannot disable your own account."
    )
}

extension AccountExtension {
    /// `PJSIP/1001` on any line, or the line's name before it; nil for nothing.
    init?(written line: String) {
        let parts = line.split(whereSeparator: \.isWhitespace).map(String.init)
        switch parts.count {
        case 0: return nil
        case 1: self.init(party: parts[0])
        default: self.init(line: parts[0], party: parts[1])
        }
    }

    var written: String { line.isEmpty ? party : "\(line) \(party)" }
}
