/// What came of a sign-in.
///
/// A refusal says nothing more: not whether the login exists, is locked or disabled.
public enum SignInResult: Sendable {
    case accepted(Account)
    case refused
    /// Too many sign-ins at once, whoever they are.
    case busy

    /// The one sentence for every refusal.
    public static func refusalMessage(in language: Language) -> String {
        LocalizedText(
            "Login ou senha não conferem. Depois de várias tentativas, espere alguns minutos.",
            ptPT: "Utilizador ou palavra-passe não conferem. Depois de várias tentativas, espere alguns minutos.",
            en: "Login or password is not right. After several tries, wait some minutes."
        )[language]
    }
}

extension AccountDesk {
    /// Checks login and password.
    ///
    /// An unknown, locked or disabled login costs the same work as a known one and gets the same answer; only an address
    /// that failed very often is refused without work, which tells about itself alone.
    ///
    /// - Parameters:
    ///   - login: as typed.
    ///   - password: as typed.
    ///   - address: whence the request came, as the service knows it.
    ///   - device: what the browser says it was given by `rememberDevice`, if anything.
    /// - Returns: the account, or a refusal.
    /// - Throws: `StoreError` when the database cannot be used.
    public func verify(
        login: String,
        password: String,
        address: String,
        device: String? = nil
    ) async throws(StoreError) -> SignInResult {
        let login = AccountChecks.login(login) ?? ""
        let outcome = try await door.verify(login: login, password: password, address: address, device: device) {
            session throws(StoreError) -> PasswordDoor.Candidate<Account>? in
            let row = try session.row(
                "SELECT \(Account.columns), account.password FROM account WHERE account.login = $1",
                [.text(login)]
            )
            guard let row else { return nil }
            let account = try Account(row: row)
            return .init(
                holder: account,
                id: account.id,
                password: row.text(Account.columnCount),
                isOpen: !account.isDisabled
            )
        }
        return switch outcome {
        case .busy: .busy
        case .refused: .refused
        case .accepted(let account): .accepted(account)
        }
    }

    private var door: PasswordDoor {
        PasswordDoor(side: .accounts, database: database, clock: clock, random: random, cost: cost, mill: mill)
    }

    // MARK: - Passwords

    /// Gives an account a new password and ends its sessions: an administrator's or the console's way.
    public func setPassword(_ password: String, of id: Int64, by actor: AuditActor) async throws(AccountError) {
        let found: Account?
        do { found = try await find(id) } catch { throw AccountError(error) }
        guard let account = found else { throw .notFound }
        try await replacePassword(password, of: account, keeping: nil, by: actor)
    }

    /// Changes one's own password (A4): the present one, the new one twice.
    ///
    /// Every other session of the account ends.
    ///
    /// - Throws: `AccountError` with the field that is wrong.
    public func changePassword(
        of id: Int64,
        current: String,
        new: String,
        repeated: String,
        keeping token: String? = nil
    ) async throws(AccountError) {
        let found: (Account, String?)?
        do {
            found = try await database.read { session in
                let row = try session.row(
                    "SELECT \(Account.columns), account.password FROM account WHERE account.id = $1",
                    [.integer(id)]
                )
                guard let row else { return nil }
                return (try Account(row: row), row.text(Account.columnCount))
            }
        } catch {
            throw AccountError(error)
        }
        guard let (account, stored) = found else { throw .notFound }
        guard !current.isEmpty else { throw .invalid(.currentPassword, .missing) }
        if let fault = PasswordRule.fault(of: new, login: account.login, repeated: repeated) { throw .password(fault) }
        guard current.utf8.count <= 4 * PasswordRule.longest, let hash = stored.flatMap({ PasswordHash($0) }) else {
            throw .wrongPassword
        }
        // Whoever finds a screen unlocked must not be able to try passwords without end.
        let (subject, now) = (SignInFailures.subject("change", String(id)), clock.now)
        let isLocked: Bool
        do {
            isLocked = try await database.read { session in
                try SignInFailures.find(subject, in: session)?.isLocked(at: now) ?? false
            }
        } catch { throw AccountError(error) }
        guard !isLocked else { throw .wrongPassword }
        guard let matches = await mill.run(for: .known, { hash.matches(current) }) else { throw .busy }
        guard matches else {
            try await write { session throws(AccountError) in
                try Self.storing { () throws(StoreError) in
                    try SignInFailures.add(subject, .login, at: now, in: session)
                }
            }
            throw .wrongPassword
        }
        try await replacePassword(new, of: account, keeping: token, by: .account(id))
    }

    /// “Senha alterada com sucesso!” (A4).
    public static func passwordChangedMessage(in language: Language) -> String {
        LocalizedText(
            "Senha alterada com sucesso!",
            ptPT: "Palavra-passe alterada com sucesso!",
            en: "Password changed."
        )[language]
    }

    private func replacePassword(
        _ password: String,
        of account: Account,
        keeping token: String?,
        by actor: AuditActor
    ) async throws(AccountError) {
        let hash = try await hash(password, login: account.login, for: .known)
        let (now, kept) = (clock.now, token.map(SessionToken.hash) ?? "")
        try await change(of: account.id) { session throws(AccountError) in
            try Self.storing { () throws(StoreError) in
                try session.execute(
                    "UPDATE account SET password = $1 WHERE id = $2",
                    [.text(hash), .integer(account.id)]
                )
                try SessionTable.accounts.endAll(of: account.id, keeping: kept, in: session)
                // Given a new password by somebody else, an account starts anew everywhere.
                if token == nil { try KnownDevices.accounts.forget(of: account.id, in: session) }
                try AuditTrail.record(
                    "account.password",
                    subject: Self.subject(account.id),
                    by: actor,
                    at: now,
                    in: session
                )
            }
        }
    }

    /// The stored form of a new password, nil for none.
    ///
    /// `asker`: a stranger is whoever registers or follows a link.
    func hash(_ password: String?, login: String, for asker: PasswordMill.Asker) async throws(AccountError)
        -> String?
    {
        guard let password else { return nil }
        if let fault = PasswordRule.fault(of: password, login: login) { throw .password(fault) }
        let (cost, salt) = (cost, random.bytes(PasswordHash.saltBytes))
        guard let hash = await mill.run(for: asker, { PasswordHash(password, cost: cost, salt: salt)?.text }) else {
            throw .busy
        }
        guard let hash else { throw .password(.tooLong) }
        return hash
    }
}
