/// What a form says about an account, unchecked.
public struct AccountDraft: Sendable, Hashable {
    public var login: String
    public var name: String
    public var email: String?
    public var role: Account.Role
    public var language: Language?
    public var pop: Account.Pop
    public var departments: [String]
    public var queues: [String]
    public var extensions: [AccountExtension]

    public init(
        login: String,
        name: String,
        email: String? = nil,
        role: Account.Role = .technician,
        language: Language? = nil,
        pop: Account.Pop = .open,
        departments: [String] = [],
        queues: [String] = [],
        extensions: [AccountExtension] = []
    ) {
        self.login = login
        self.name = name
        self.email = email
        self.role = role
        self.language = language
        self.pop = pop
        self.departments = departments
        self.queues = queues
        self.extensions = extensions
    }

    public init(_ account: Account, extensions: [AccountExtension]) {
        self.init(
            login: account.login,
            name: account.name,
            email: account.email,
            role: account.role,
            language: account.language,
            pop: account.pop,
            departments: account.departments,
            queues: account.queues,
            extensions: extensions
        )
    }
}

/// Those who work at the desk: their accounts, phones and passwords.
public struct AccountDesk: Sendable {
    let database: any Database
    let clock: DeskClock
    let random: RandomSource
    let cost: PasswordCost
    let mill: PasswordMill
    let changes: AccessChanges

    /// An account desk with its own threads for passwords: make one for the service and hand it around.
    public init(
        database: any Database,
        clock: DeskClock,
        random: RandomSource = .system,
        cost: PasswordCost = .standard,
        passwordThreads: Int = 2,
        changes: AccessChanges = AccessChanges()
    ) {
        self.database = database
        self.clock = clock
        self.random = random
        self.cost = cost
        self.changes = changes
        mill = PasswordMill(threads: passwordThreads)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        do {
            return try await database.write { session in
                do throws(AccountError) { return try body(session) } catch { throw error.passage }
            }
        } catch {
            throw AccountError(error)
        }
    }

    /// A write after which what was known about who may do what is void.
    func change<Value: Sendable>(
        of id: Int64,
        _ body: @escaping @Sendable (any SQLSession) throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        defer { changes.note(.account(id)) }
        return try await write { session throws(AccountError) in
            let value = try body(session)
            try Self.storing { () throws(StoreError) in try changes.publish(.account(id), in: session) }
            return value
        }
    }

    static func storing<Value>(_ body: () throws(StoreError) -> Value) throws(AccountError) -> Value {
        do throws(StoreError) { return try body() } catch { throw AccountError(error) }
    }

    static func subject(_ id: Int64) -> String { "account:\(id)" }
}

// MARK: - Accounts

extension AccountDesk {
    /// Adds an account, with a password or, without one, unable to sign in until it gets one.
    public func add(
        _ draft: AccountDraft,
        password: String? = nil,
        by actor: AuditActor
    ) async throws(AccountError) -> Account {
        let checked = try AccountChecks.check(draft)
        let hash = try await hash(password, login: checked.login, for: .known)
        let now = clock.now
        return try await write { session throws(AccountError) in
            try Self.storing { () throws(StoreError) in
                let row = try session.row(
                    """
                    INSERT INTO account (login, name, email, role, language, pop, departments, queues, password, created_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING \(Account.columns)
                    """,
                    checked.values + [.text(hash), .moment(now)]
                )
                guard let row else { throw StoreError.corrupt(what: "account") }
                let account = try Account(row: row)
                try Self.put(checked.extensions, accountID: account.id, in: session)
                try AuditTrail.record(
                    "account.add",
                    subject: Self.subject(account.id),
                    by: actor,
                    detail: account.role.rawValue,
                    at: now,
                    in: session
                )
                return account
            }
        }
    }

    /// Changes an account's data: `change` names what is meant, the rest stays as it is in the database, the password always.
    ///
    /// `revision`: the one that was read; nil for a change that holds whatever the account says. `work`: the departments
    /// that are to keep somebody; nil lets any of them go.
    /// - Throws: `AccountError`, `stale` when the account was changed since, `unattended` when it was somewhere the last,
    ///   `lastAdministrator`.
    public func update(
        _ id: Int64,
        revision: Int64? = nil,
        keeping work: DepartmentWork? = nil,
        by actor: AuditActor,
        _ change: @escaping @Sendable (inout AccountDraft) -> Void
    ) async throws(AccountError) -> Account {
        let now = clock.now
        return try await self.change(of: id) { session throws(AccountError) in
            let found = try Self.storing { () throws(StoreError) -> (Account, [AccountExtension])? in
                guard let account = try Self.one("account.id = $1", [.integer(id)], in: session) else { return nil }
                return (account, try Self.extensions(of: id, in: session))
            }
            guard let (before, phones) = found else { throw .notFound }
            guard revision ?? before.revision == before.revision else { throw .stale }
            var draft = AccountDraft(before, extensions: phones)
            change(&draft)
            let checked = try AccountChecks.check(draft)
            var left: [UnattendedDepartment] = []
            var isRuled = true
            let account = try Self.storing { () throws(StoreError) -> Account? in
                let row = try session.row(
                    """
                    UPDATE account SET login = $1, name = $2, email = $3, role = $4, language = $5, pop = $6,
                        departments = $7, queues = $8, revision = revision + 1
                    WHERE id = $9 RETURNING \(Account.columns)
                    """,
                    checked.values + [.integer(id)]
                )
                guard let row else { return nil }
                let account = try Account(row: row)
                try session.execute("DELETE FROM extension WHERE account_id = $1", [.integer(id)])
                try Self.put(checked.extensions, accountID: id, in: session)
                left = try work?.left(by: before, in: session) ?? []
                isRuled = try Self.isRuled(after: before, in: session)
                try AuditTrail.record(
                    "account.update",
                    subject: Self.subject(id),
                    by: actor,
                    detail: account.role.rawValue,
                    at: now,
                    in: session
                )
                return account
            }
            guard let account else { throw .notFound }
            guard isRuled else { throw .lastAdministrator }
            guard left.isEmpty else { throw .unattended(left) }
            return account
        }
    }

    /// Changes what a person chooses for themselves, and nothing that others decide: nil leaves it as it is.
    ///
    /// - Returns: the account as it is then.
    /// - Throws: `AccountError`, `notFound` for an account that is none.
    public func prefer(
        _ id: Int64,
        language: Language? = nil,
        pop: Account.Pop? = nil,
        by actor: AuditActor
    ) async throws(AccountError) -> Account {
        let now = clock.now
        return try await change(of: id) { session throws(AccountError) in
            let account = try Self.storing { () throws(StoreError) -> Account? in
                let row = try session.row(
                    """
                    UPDATE account SET language = COALESCE($1, language), pop = COALESCE($2, pop),
                        revision = revision + 1
                    WHERE id = $3 RETURNING \(Account.columns)
                    """,
                    [.text(language?.rawValue), .text(pop?.rawValue), .integer(id)]
                )
                guard let row else { return nil }
                try AuditTrail.record("account.prefer", subject: Self.subject(id), by: actor, at: now, in: session)
                return try Account(row: row)
            }
            guard let account else { throw .notFound }
            return account
        }
    }

    /// Lets nobody sign in with the account any more and ends its sessions at once; enabling takes it back.
    ///
    /// `work`: the departments that are to keep somebody; nil lets any of them go. `anyhow`: even the last administrator,
    /// for whoever can make another without signing in.
    /// - Throws: `AccountError`, `unattended` when the account was somewhere the last, `lastAdministrator`.
    public func disable(
        _ id: Int64,
        _ isDisabled: Bool = true,
        keeping work: DepartmentWork? = nil,
        anyhow: Bool = false,
        by actor: AuditActor
    ) async throws(AccountError) {
        let now = clock.now
        try await change(of: id) { session throws(AccountError) in
            var left: [UnattendedDepartment] = []
            var isRuled = true
            let changed = try Self.storing { () throws(StoreError) in
                let before = try Self.one("account.id = $1", [.integer(id)], in: session)
                let changed = try session.execute(
                    "UPDATE account SET disabled_at = $1, revision = revision + 1 WHERE id = $2",
                    [.moment(isDisabled ? now : nil), .integer(id)]
                )
                if isDisabled {
                    try SessionTable.accounts.endAll(of: id, in: session)
                    if let before {
                        left = try work?.left(by: before, in: session) ?? []
                        isRuled = anyhow ? true : try Self.isRuled(after: before, in: session)
                    }
                }
                if changed > 0 {
                    try AuditTrail.record(
                        isDisabled ? "account.disable" : "account.enable",
                        subject: Self.subject(id),
                        by: actor,
                        at: now,
                        in: session
                    )
                }
                return changed
            }
            if changed == 0 { throw .notFound }
            guard isRuled else { throw .lastAdministrator }
            guard left.isEmpty else { throw .unattended(left) }
        }
    }

    /// Whether somebody still administers the desk after a change of an account; `before`: the account as it was.
    ///
    /// Asked in the transaction of the change and after it, so that of two who take the role from each other one keeps it.
    private static func isRuled(after before: Account, in session: any SQLSession) throws(StoreError) -> Bool {
        guard before.role == .administrator, !before.isDisabled else { return true }
        return try one("account.role = $1 AND account.disabled_at IS NULL", [.text(before.role.rawValue)], in: session)
            != nil
    }

    public func find(_ id: Int64) async throws(StoreError) -> Account? {
        try await database.read { session in try Self.one("account.id = $1", [.integer(id)], in: session) }
    }

    /// The account of a login, however it is spelled.
    public func find(login: String) async throws(StoreError) -> Account? {
        guard let login = AccountChecks.login(login) else { return nil }
        return try await database.read { session in try Self.one("account.login = $1", [.text(login)], in: session) }
    }

    /// Every account by login; `after` is the last login of the page before.
    public func list(after: String = "", limit: Int = 200) async throws(StoreError) -> [Account] {
        let bounded = min(max(1, limit), 500)
        return try await database.read { session in
            try session.rows(
                "SELECT \(Account.columns) FROM account WHERE account.login > $1 ORDER BY account.login",
                [.text(after)],
                limit: bounded
            ).map { row throws(StoreError) in try Account(row: row) }
        }
    }

    static func one(
        _ condition: String,
        _ arguments: [SQLValue],
        in session: any SQLSession
    ) throws(StoreError) -> Account? {
        let row = try session.row("SELECT \(Account.columns) FROM account WHERE \(condition)", arguments)
        guard let row else { return nil }
        return try Account(row: row)
    }
}

// MARK: - Phones

extension AccountDesk {
    /// The phones of an account.
    public func extensions(of id: Int64) async throws(StoreError) -> [AccountExtension] {
        try await database.read { session in try Self.extensions(of: id, in: session) }
    }

    private static func extensions(
        of id: Int64,
        in session: any SQLSession
    ) throws(StoreError) -> [AccountExtension] {
        try session.rows(
            "SELECT line, party FROM extension WHERE account_id = $1 ORDER BY line, party",
            [.integer(id)],
            limit: AccountChecks.mostExtensions
        ).map { AccountExtension(line: $0.text(0) ?? "", party: $0.text(1) ?? "") }
    }

    /// Whose phone a party of the PBX is: `PJSIP/1001` as channels name it, or the bare extension `1001`.
    ///
    /// The names it may have and their order are `PhoneName`'s. Disabled accounts have no phones.
    public func account(party: String, line: String) async throws(StoreError) -> Account? {
        try await database.read { session in try Self.holder(party: party, line: line, in: session) }
    }

    /// The same within another transaction.
    public static func holder(
        party: String,
        line: String,
        in session: any SQLSession
    ) throws(StoreError) -> Account? {
        guard party.utf8.count <= AccountChecks.longestParty, !party.isEmpty else { return nil }
        let places = PhoneName(party).places(line: line)
        let ranks = places.indices.map { "WHEN line = $\(2 * $0 + 1) AND party = $\(2 * $0 + 2) THEN \($0)" }
        let names = places.indices.map { "$\(2 * $0 + 2)" }.joined(separator: ", ")
        return try one(
            """
            account.disabled_at IS NULL AND account.id = (
                SELECT account_id FROM (
                    SELECT account_id, CASE \(ranks.joined(separator: " ")) END AS place
                    FROM extension WHERE party IN (\(names))) AS phone
                WHERE place IS NOT NULL ORDER BY place LIMIT 1)
            """,
            places.flatMap { [.text($0.line), .text($0.party)] },
            in: session
        )
    }

    private static func put(
        _ extensions: [AccountExtension],
        accountID: Int64,
        in session: any SQLSession
    ) throws(StoreError) {
        for phone in extensions {
            try session.execute(
                "INSERT INTO extension (line, party, account_id) VALUES ($1, $2, $3)",
                [.text(phone.line), .text(phone.party), .integer(accountID)]
            )
        }
    }
}
