/// Somebody a directory knows, as it describes them.
public struct DirectoryPerson: Sendable, Equatable {
    /// What names them for good, whatever becomes of login, name and e-mail.
    public var id: String
    public var name: String
    /// Empty when the directory has none.
    public var email: String

    public init(id: String, name: String, email: String) { (self.id, self.name, self.email) = (id, name, email) }
}

/// What a directory said of a login and a password.
public enum DirectoryAnswer: Sendable, Equatable {
    case right(DirectoryPerson)
    /// Nobody of that name, or another password.
    case wrong
    /// It could not be asked; nothing is known about the password.
    case unreachable
}

/// A second domain, whose directory knows the passwords (C2).
public struct PersonDomain: Sendable {
    /// What becomes of somebody who signs in for the first time.
    public enum Newcomer: Sendable, Equatable {
        /// They become the account of the contact the desk keeps under the directory's e-mail; nobody else gets in.
        case join
        /// Besides, whoever is no contact becomes one: of the customer with this document, else a customer of their own.
        case make(document: String?)
    }

    /// As people choose it: `citsmart.local`.
    public var name: String
    public var newcomers: Newcomer
    /// Asks the directory, within a bounded time.
    public typealias Asking =
        @Sendable (_ login: String, _ password: String, _ asker: PasswordMill.Asker) async -> DirectoryAnswer

    public var ask: Asking

    public init(
        name: String,
        newcomers: Newcomer,
        ask: @escaping Asking
    ) {
        (self.name, self.newcomers, self.ask) = (name, newcomers, ask)
    }
}

/// What came of a sign-in by a second domain.
public enum DomainSignIn: Sendable {
    case accepted(Person)
    case refused
    /// The directory could not be asked.
    case unreachable
    /// The password is right, and the desk knows nobody it belongs to.
    case stranger
    /// The password is right, and its e-mail is that of an account with a password of its own.
    case elsewhere
}

extension PersonDesk {
    /// The longest login a directory is asked for, in bytes: as long as an e-mail address may be.
    static let longestDirectoryLogin = 254

    /// What comes of a right password.
    private enum Admission: Sendable {
        case person(Person)
        case stranger
        case elsewhere
    }

    /// Checks a login and a password with a directory, by the rule of tries and lock-outs of every sign-in.
    ///
    /// An empty password is wrong without being asked for: a directory takes it for “nobody in particular” and says yes
    /// (RFC 4513, 5.1.2).
    /// - Throws: `StoreError` when the database cannot be used.
    public func verify(
        login: String,
        password: String,
        domain: PersonDomain,
        customers: CustomerDirectory,
        address: String,
        device: String? = nil
    ) async throws(StoreError) -> DomainSignIn {
        let typed = CleanText.line(login, longest: Self.longestDirectoryLogin) ?? ""
        let isWhole =
            !typed.isEmpty && !password.isEmpty && typed.utf8.count <= Self.longestDirectoryLogin
            && password.utf8.count <= 4 * PasswordRule.longest
        let name = Self.login(typed, of: domain.name)
        let outcome = try await door.verify(
            login: name,
            address: address,
            device: device,
            find: { session throws(StoreError) -> PasswordDoor.Candidate<Admission>? in
                guard let person = try Self.one("person.login = $1", [.text(name)], in: session) else { return nil }
                return .init(holder: .person(person), id: person.id, isOpen: person.state == .active)
            },
            prove: { asker async throws(StoreError) -> PasswordDoor.Proof<Admission> in
                guard isWhole else { return .wrong }
                switch await domain.ask(typed, password, asker) {
                case .wrong: return .wrong
                case .unreachable: return .untold
                case .right(let found):
                    switch try await self.admit(found, as: name, domain, customers) {
                    case .person(let person):
                        return .right(.init(holder: .person(person), id: person.id, isOpen: person.state == .active))
                    case let other: return .apart(other)
                    }
                }
            }
        )
        return switch outcome {
        case .refused: .refused
        case .busy: .unreachable
        case .accepted(.person(let person)): .accepted(person)
        case .accepted(.stranger): .stranger
        case .accepted(.elsewhere): .elsewhere
        }
    }

    /// How a person of a domain is named among logins: no login of the desk's own has a backslash.
    private static func login(_ typed: String, of domain: String) -> String { "\(domain)\\\(typed.lowercased())" }

    /// The account of somebody whose password was right; made or joined when they are new.
    private func admit(
        _ found: DirectoryPerson,
        as login: String,
        _ domain: PersonDomain,
        _ customers: CustomerDirectory
    ) async throws(StoreError) -> Admission {
        let (now, changes) = (clock.now, accounts.changes)
        let admission = try await database.write { session throws(StoreError) -> Admission in
            if let person = try Self.one(
                "person.domain = $1 AND person.directory_id = $2",
                [.text(domain.name), .text(found.id)],
                in: session
            ) {
                if person.login != login { try Self.name(person.id, login, in: session) }
                guard try Self.takeAddress(of: person, found.email, customers, at: now, in: session) else {
                    return .person(person)
                }
                try changes.publish(.person(person.id), in: session)
                return .person(try Self.one("person.id = $1", [.integer(person.id)], in: session) ?? person)
            }
            // Somebody without a person's address of their own cannot be told from others, nor written to.
            guard let email = EmailAddress(found.email), !email.isDepartmental else { return .stranger }
            if let person = try Self.find(name: email.canonical, in: session) {
                // Whoever writes the directory's addresses must not get into an account that has its own password.
                guard person.state == .pending, person.domain == nil else { return .elsewhere }
                try changes.publish(.person(person.id), in: session)
                return .person(try Self.take(person.id, found, as: login, domain.name, at: now, in: session))
            }
            guard let contact = try Self.contact(found, email, domain, customers, at: now, in: session) else {
                return .stranger
            }
            let person: Person
            do throws(PersonError) {
                person = try Self.invite(
                    contactID: contact,
                    reach: nil,
                    by: .system("directory"),
                    at: now,
                    in: session
                )
            } catch {
                if case .store(let error) = error { throw error }
                return .stranger
            }
            guard person.state == .pending else { return .elsewhere }
            try changes.publish(.person(person.id), in: session)
            return .person(try Self.take(person.id, found, as: login, domain.name, at: now, in: session))
        }
        if case .person(let person) = admission { accounts.changes.note(.person(person.id)) }
        return admission
    }

    /// The contact somebody new is; nil when the desk knows none and makes none.
    private static func contact(
        _ found: DirectoryPerson,
        _ email: EmailAddress,
        _ domain: PersonDomain,
        _ customers: CustomerDirectory,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Int64? {
        if let contact = try customers.contact(email: email, in: session) {
            return contact.isActive ? contact.id : nil
        }
        guard case .make(let document) = domain.newcomers else { return nil }
        let name = CleanText.shortened(found.name.isEmpty ? email.canonical : found.name, to: TextLimits.name)
        let draft = ContactDraft(name: name, email: email.canonical)
        do throws(CustomerError) {
            if let document {
                guard let read = Document(document, region: customers.region),
                    let company = try CustomerDirectory.storing({ () throws(StoreError) in
                        try customers.find(document: read, in: session)
                    })
                else { return nil }
                return try customers.addContact(draft, to: company.id, by: .system("directory"), in: session).id
            }
            return try customers.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .person, name: name, origin: "directory"),
                    contact: draft
                ),
                by: .system("directory"),
                in: session
            ).contact?.id
        } catch {
            if case .store(let error) = error { throw error }
            return nil
        }
    }

    /// Takes over the e-mail that the directory has by now, with their contact, where it is nobody else's.
    ///
    /// - Returns: whether it is another than before.
    private static func takeAddress(
        of person: Person,
        _ text: String,
        _ customers: CustomerDirectory,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        guard let email = EmailAddress(text), !email.isDepartmental, email.canonical != person.email,
            try find(name: email.canonical, in: session) == nil
        else { return false }
        if let contact = try customers.contact(email: email, in: session),
            try find(contactID: contact.id, in: session)?.id != person.id
        {
            return false
        }
        try session.execute(
            "UPDATE person SET email = $1, updated_at = $2 WHERE id = $3",
            [.text(email.canonical), .moment(now), .integer(person.id)]
        )
        try move(person.id, from: person.email, to: email, among: customers, at: now, in: session)
        try AuditTrail.record(
            "person.email",
            subject: subject(person.id),
            by: .system("directory"),
            at: now,
            in: session
        )
        return true
    }

    /// Keeps the name somebody signs in by; who had it before in the directory has another by now.
    private static func name(_ id: Int64, _ login: String, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "UPDATE person SET login = NULL WHERE login = $1 AND id <> $2",
            [.text(login), .integer(id)]
        )
        try session.execute("UPDATE person SET login = $1 WHERE id = $2", [.text(login), .integer(id)])
    }

    /// Makes an account that waits the directory's: it has no password of its own from then on.
    private static func take(
        _ id: Int64,
        _ found: DirectoryPerson,
        as login: String,
        _ domain: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Person {
        try name(id, login, in: session)
        let row = try session.row(
            """
            UPDATE person SET domain = $1, directory_id = $2, password = NULL, state = 'active',
                activated_at = $3, updated_at = $3 WHERE id = $4 RETURNING \(Person.columns)
            """,
            [.text(domain), .text(found.id), .moment(now), .integer(id)]
        )
        guard let row else { throw .corrupt(what: "person") }
        try AuditTrail.record(
            "person.activate",
            subject: subject(id),
            by: .person(id),
            detail: "domain:\(domain)",
            at: now,
            in: session
        )
        return try Person(row: row)
    }
}
