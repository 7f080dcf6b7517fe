import Codecs

/// What came of a customer's sign-in; a refusal says nothing more.
public enum PersonSignIn: Sendable {
    case accepted(Person)
    case refused
    /// Too many sign-ins at once, whoever they are.
    case busy
}

extension PersonDesk {
    /// Checks a login or e-mail and a password, by the rule for the desk's own people.
    ///
    /// - Throws: `StoreError` when the database cannot be used.
    public func verify(
        login: String,
        password: String,
        address: String,
        device: String? = nil
    ) async throws(StoreError) -> PersonSignIn {
        let name = PersonChecks.signInName(login) ?? ""
        let outcome = try await door.verify(login: name, password: password, address: address, device: device) {
            session throws(StoreError) -> PasswordDoor.Candidate<Person>? in
            let row = try session.row(
                """
                SELECT \(Person.columns), person.password FROM person
                WHERE (person.login = $1 OR person.email = $1) AND person.domain IS NULL
                """,
                [.text(name)]
            )
            guard let row else { return nil }
            let person = try Person(row: row)
            return .init(
                holder: person,
                id: person.id,
                password: row.text(Person.columnCount),
                isOpen: person.state == .active
            )
        }
        return switch outcome {
        case .busy: .busy
        case .refused: .refused
        case .accepted(let person): .accepted(person)
        }
    }

    /// Whether a browser is one from which the owner of a login or e-mail signed in before.
    ///
    /// - Throws: `StoreError`.
    public func knowsDevice(_ token: String?, login: String) async throws(StoreError) -> Bool {
        guard let token, token.utf8.count == 2 * KnownDevices.bytes, let name = PersonChecks.signInName(login) else {
            return false
        }
        let now = clock.now
        return try await database.read { session in
            let person = try Self.one(
                "(person.login = $1 OR person.email = $1) AND person.domain IS NULL",
                [.text(name)],
                in: session
            )
            guard let person else { return false }
            return try KnownDevices.persons.knows(token, of: person.id, at: now, in: session)
        }
    }

    /// Remembers the browser of somebody who has just signed in, for its cookie.
    public func rememberDevice(_ token: String?, of id: Int64) async throws(StoreError) -> String {
        let (now, fresh) = (clock.now, Hexadecimal.text(random.bytes(KnownDevices.bytes)))
        return try await database.write { session in
            try KnownDevices.persons.remember(token, orAs: fresh, of: id, at: now, in: session)
        }
    }

    var door: PasswordDoor {
        PasswordDoor(
            side: .persons,
            database: database,
            clock: clock,
            random: random,
            cost: accounts.cost,
            mill: accounts.mill
        )
    }

    /// Tries a password against a few hashes, as one try counted under a subject of its own.
    ///
    /// - Returns: the place of the first it fits.
    func tries(
        _ password: String,
        against hashes: [String],
        of subject: String,
        address: String
    ) async throws(StoreError) -> PasswordDoor.Outcome<Int> {
        let mill = accounts.mill
        return try await door.verify(
            login: subject,
            address: address,
            device: nil,
            find: { _ throws(StoreError) -> PasswordDoor.Candidate<Int>? in nil },
            prove: { asker async throws(StoreError) -> PasswordDoor.Proof<Int> in
                guard password.utf8.count <= 4 * PasswordRule.longest else { return .wrong }
                for (place, hash) in hashes.enumerated() {
                    let answer = await mill.run(for: asker) { PasswordHash(hash)?.matches(password) ?? false }
                    guard let isRight = answer else { return .untold }
                    if isRight { return .right(.init(holder: place, id: 0, password: nil, isOpen: true)) }
                }
                return .wrong
            }
        )
    }

    // MARK: - Choosing a password

    /// Gives an account handed out by the desk (B1) its login and password; it is active then.
    ///
    /// - Throws: `PersonError` with the field that is wrong.
    public func activate(
        _ id: Int64,
        login: String,
        password: String,
        repeated: String? = nil,
        by actor: AuditActor
    ) async throws(PersonError) -> Person {
        let found: Person?
        do { found = try await find(id) } catch { throw PersonError(error) }
        guard let person = found, person.state == .pending else { throw .notFound }
        guard let name = PersonChecks.login(login, email: person.email) else {
            throw .invalid(.login, login.isEmpty ? .missing : .invalid)
        }
        let hash = try await hash(password, login: name, repeated: repeated)
        let now = clock.now
        return try await change(of: id) { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> Person? in
                let row = try session.row(
                    """
                    UPDATE person SET login = $1, password = $2, state = 'active', activated_at = $3, updated_at = $3
                    WHERE id = $4 AND state = 'pending' RETURNING \(Person.columns)
                    """,
                    [.text(name), .text(hash), .moment(now), .integer(id)]
                )
                guard let row else { return nil }
                try AuditTrail.record("person.activate", subject: Self.subject(id), by: actor, at: now, in: session)
                return try Person(row: row)
            }.orThrow(.notFound)
        }
    }

    /// Changes one's own password (A4): the present one, the new one twice; every other session ends.
    ///
    /// - Throws: `PersonError` with the field that is wrong.
    public func changePassword(
        of id: Int64,
        current: String,
        new: String,
        repeated: String,
        keeping token: String? = nil,
        address: String
    ) async throws(PersonError) {
        let found: Person?
        do { found = try await find(id) } catch { throw PersonError(error) }
        guard let person = found, person.domain == nil else { throw .notFound }
        guard !current.isEmpty else { throw .invalid(.currentPassword, .missing) }
        if let fault = PasswordRule.fault(of: new, login: person.login ?? "", repeated: repeated) {
            throw .password(fault)
        }
        try await prove(current, of: id, address: address)
        let hash = try await hash(new, login: person.login ?? "", for: .known)
        let now = clock.now
        try await change(of: id) { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                try Self.replace(hash, of: id, keeping: token, by: .person(id), at: now, in: session)
            }
        }
    }

    /// Asks for the password again, by the rule for sign-ins: whoever finds a screen unlocked must not try without end.
    ///
    /// - Throws: `PersonError.wrongPassword`, `busy`.
    func prove(_ password: String, of id: Int64, address: String) async throws(PersonError) {
        let outcome: PasswordDoor.Outcome<Int64>
        do throws(StoreError) {
            outcome = try await door.verify(
                login: "\0own\(id)",
                password: password,
                address: address,
                device: nil,
                asker: .known
            ) { session throws(StoreError) -> PasswordDoor.Candidate<Int64>? in
                let row = try session.row("SELECT password FROM person WHERE id = $1", [.integer(id)])
                return .init(holder: id, id: id, password: row?.text(0), isOpen: true)
            }
        } catch { throw PersonError(error) }
        switch outcome {
        case .accepted: return
        case .refused: throw .wrongPassword
        case .busy: throw .busy
        }
    }

    /// Writes a new password, ends the other sessions, and without one to keep forgets every browser.
    static func replace(
        _ hash: String,
        of id: Int64,
        keeping token: String?,
        by actor: AuditActor,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            "UPDATE person SET password = $1, updated_at = $2 WHERE id = $3",
            [.text(hash), .moment(now), .integer(id)]
        )
        try SessionTable.persons.endAll(of: id, keeping: token.map(SessionToken.hash) ?? "", in: session)
        if token == nil { try KnownDevices.persons.forget(of: id, in: session) }
        try AuditTrail.record("person.password", subject: subject(id), by: actor, at: now, in: session)
    }

    /// The stored form of a new password.
    func hash(
        _ password: String,
        login: String,
        repeated: String? = nil,
        for asker: PasswordMill.Asker = .stranger
    ) async throws(PersonError) -> String {
        if let fault = PasswordRule.fault(of: password, login: login, repeated: repeated) { throw .password(fault) }
        do throws(AccountError) {
            guard let hash = try await accounts.hash(password, login: login, for: asker) else {
                throw AccountError.busy
            }
            return hash
        } catch {
            throw PersonError(error)
        }
    }
}

extension Optional where Wrapped: Sendable {
    /// The value, or the error that says it is not there.
    func orThrow(_ error: PersonError) throws(PersonError) -> Wrapped {
        guard let self else { throw error }
        return self
    }
}
