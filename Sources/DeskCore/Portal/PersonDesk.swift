/// The accounts of customers: made, found, activated, signed in.
///
/// Passwords are tried and hashed by the same rule and on the same threads as those of the desk's own people.
public struct PersonDesk: Sendable {
    let accounts: AccountDesk
    var database: any Database { accounts.database }
    var clock: DeskClock { accounts.clock }
    var random: RandomSource { accounts.random }

    public init(_ accounts: AccountDesk) { self.accounts = accounts }

    static func subject(_ id: Int64) -> String { "person:\(id)" }

    /// A write after which what was known about who may do what is void.
    func change<Value: Sendable>(
        of id: Int64,
        _ body: @escaping @Sendable (any SQLSession) throws(PersonError) -> Value
    ) async throws(PersonError) -> Value {
        defer { accounts.changes.note(.person(id)) }
        let changes = accounts.changes
        return try await write { session throws(PersonError) in
            let value = try body(session)
            try PersonError.storing { () throws(StoreError) in try changes.publish(.person(id), in: session) }
            return value
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(PersonError) -> Value
    ) async throws(PersonError) -> Value {
        do {
            return try await database.write { session in
                do throws(PersonError) { return try body(session) } catch { throw error.passage }
            }
        } catch {
            throw PersonError(error)
        }
    }

    // MARK: - Finding

    public func find(_ id: Int64) async throws(StoreError) -> Person? {
        try await database.read { session in try Self.one("person.id = $1", [.integer(id)], in: session) }
    }

    /// The account of a contact; nil without one.
    public func find(contactID: Int64) async throws(StoreError) -> Person? {
        try await database.read { session in try Self.find(contactID: contactID, in: session) }
    }

    static func find(contactID: Int64, in session: any SQLSession) throws(StoreError) -> Person? {
        try one(
            "person.id = (SELECT person_id FROM person_contact WHERE contact_id = $1)",
            [.integer(contactID)],
            in: session
        )
    }

    /// The account of a login or an e-mail, as somebody types it.
    static func find(name: String, in session: any SQLSession) throws(StoreError) -> Person? {
        try one("person.login = $1 OR person.email = $1", [.text(name)], in: session)
    }

    static func one(
        _ condition: String,
        _ arguments: [SQLValue],
        in session: any SQLSession
    ) throws(StoreError) -> Person? {
        let row = try session.row("SELECT \(Person.columns) FROM person WHERE \(condition)", arguments)
        guard let row else { return nil }
        return try Person(row: row)
    }

    /// The contacts a person is and how far each sees: those who still speak for their customer.
    public func contacts(of id: Int64) async throws(StoreError) -> [PersonContact] {
        try await database.read { session in try Self.contacts(of: id, in: session) }
    }

    static func contacts(of id: Int64, in session: any SQLSession) throws(StoreError) -> [PersonContact] {
        try session.rows(
            """
            SELECT person_contact.contact_id, contact.customer_id, person_contact.reach, person_contact.departments
            FROM person_contact JOIN contact ON contact.id = person_contact.contact_id
            WHERE person_contact.person_id = $1 AND contact.active = 1 ORDER BY person_contact.contact_id
            """,
            [.integer(id)],
            limit: mostContacts
        ).map { row throws(StoreError) in
            PersonContact(
                contactID: try row.need(row.integer(0), "person_contact.contact_id"),
                customerID: try row.need(row.integer(1), "contact.customer_id"),
                reach: try row.need(
                    Reach(row.text(2) ?? "", departments: StoredList.texts(row.text(3), "person_contact.departments")),
                    "person_contact.reach"
                )
            )
        }
    }

    /// Customers one person speaks for: an accountant has some dozens.
    static let mostContacts = 100

    // MARK: - Making

    /// Makes the account of a contact, waiting for its owner, or gives the one it has; `reach`: how far it sees from now on,
    /// nil for as it does or as is usual.
    public func invite(
        contactID: Int64,
        reach: Reach? = nil,
        by actor: AuditActor
    ) async throws(PersonError) -> Person {
        let now = clock.now
        return try await write { session throws(PersonError) in
            try Self.invite(contactID: contactID, reach: reach, by: actor, at: now, in: session)
        }
    }

    static func invite(
        contactID: Int64,
        reach: Reach?,
        by actor: AuditActor,
        at now: Moment,
        in session: any SQLSession
    ) throws(PersonError) -> Person {
        let made = try PersonError.storing { () throws(StoreError) -> Person? in
            let address = try session.row(
                "SELECT email FROM contact WHERE id = $1 AND active = 1",
                [.integer(contactID)]
            )
            // An earlier release left the address of the first invitation where the contact's was changed.
            if let email = address?.text(0) { try readdress(contactID, to: email, at: now, in: session) }
            if let person = try find(contactID: contactID, in: session) {
                if let reach { try set(reach, of: person, contactID, by: actor, at: now, in: session) }
                return person
            }
            let row = try session.row(
                """
                SELECT contact.name, contact.email, contact.language, customer.kind FROM contact
                JOIN customer ON customer.id = contact.customer_id WHERE contact.id = $1 AND contact.active = 1
                """,
                [.integer(contactID)]
            )
            guard let row else { return nil }
            let kind = try row.need(row.text(3).flatMap(Customer.Kind.init), "customer.kind")
            let email = row.text(1)
            // Somebody with this address already: one more contact of theirs.
            let known = try email.flatMap { email throws(StoreError) in
                try one("person.email = $1", [.text(email)], in: session)
            }
            let person: Person
            if let known {
                person = known
            } else {
                person = try insert(row.text(0) ?? "", email, row.text(2), at: now, in: session)
            }
            try link(person.id, contactID, reach ?? .standard(for: kind), at: now, in: session)
            try AuditTrail.record(
                "person.invite",
                subject: subject(person.id),
                by: actor,
                detail: "contact:\(contactID)",
                at: now,
                in: session
            )
            return person
        }
        guard let made else { throw .notFound }
        return made
    }

    /// Makes a contact one more of a person's: an accountant speaks for several customers.
    ///
    /// - Throws: `PersonError`, `notFound` for a contact or person that is none, or a contact whose account is another's.
    public func join(
        _ id: Int64,
        contactID: Int64,
        reach: Reach? = nil,
        by actor: AuditActor
    ) async throws(PersonError) {
        let now = clock.now
        try await change(of: id) { session throws(PersonError) in
            let isDone = try PersonError.storing { () throws(StoreError) -> Bool in
                let owner = try Self.find(contactID: contactID, in: session)
                guard owner.map({ $0.id == id || $0.isUnanswered }) ?? true else { return false }
                let row = try session.row(
                    """
                    SELECT customer.kind FROM contact JOIN customer ON customer.id = contact.customer_id
                    WHERE contact.id = $1 AND contact.active = 1
                    """,
                    [.integer(contactID)]
                )
                guard let kind = row?.text(0).flatMap(Customer.Kind.init),
                    try Self.one("person.id = $1", [.integer(id)], in: session) != nil
                else { return false }
                // An invitation nobody has answered gives way.
                if owner?.id != id { _ = try Self.handOver(contactID, to: id, at: now, in: session) }
                try Self.link(id, contactID, reach ?? .standard(for: kind), at: now, in: session)
                try AuditTrail.record(
                    "person.join",
                    subject: Self.subject(id),
                    by: actor,
                    detail: "contact:\(contactID)",
                    at: now,
                    in: session
                )
                return true
            }
            if !isDone { throw .notFound }
        }
    }

    private static func insert(
        _ name: String,
        _ email: String?,
        _ language: String?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Person {
        let row = try session.row(
            """
            INSERT INTO person (name, email, state, language, created_at, updated_at)
            VALUES ($1, $2, 'pending', $3, $4, $4) RETURNING \(Person.columns)
            """,
            [.text(name), .text(email), .text(language), .moment(now)]
        )
        guard let row else { throw .corrupt(what: "person") }
        return try Person(row: row)
    }

    static func link(
        _ id: Int64,
        _ contactID: Int64,
        _ reach: Reach,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO person_contact (contact_id, person_id, reach, departments, created_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (contact_id) DO UPDATE SET reach = excluded.reach, departments = excluded.departments
            """,
            [
                .integer(contactID), .integer(id), .text(reach.word), .text(StoredList.encode(reach.departments)),
                .moment(now),
            ]
        )
    }

    /// Sets how far a contact sees and whether its person is kept out, both or none; nil leaves it as it is.
    ///
    /// - Throws: `PersonError`, `notFound` for a contact without an account.
    public func set(
        reach: Reach? = nil,
        isBlocked: Bool? = nil,
        contactID: Int64,
        by actor: AuditActor
    ) async throws(PersonError) -> Person {
        if let reach, reach.departments.count > Reach.mostDepartments { throw .invalid(.departments, .tooMany) }
        let found: Person?
        do { found = try await find(contactID: contactID) } catch { throw PersonError(error) }
        guard let person = found else { throw .notFound }
        let now = clock.now
        return try await change(of: person.id) { session throws(PersonError) in
            let changed = try PersonError.storing { () throws(StoreError) -> Person? in
                // Meanwhile it may have become another's.
                guard try Self.find(contactID: contactID, in: session)?.id == person.id else { return nil }
                if let reach { try Self.set(reach, of: person, contactID, by: actor, at: now, in: session) }
                if let isBlocked { _ = try Self.block(person.id, isBlocked, by: actor, at: now, in: session) }
                return try Self.one("person.id = $1", [.integer(person.id)], in: session)
            }
            guard let changed else { throw .notFound }
            return changed
        }
    }

    private static func set(
        _ reach: Reach,
        of person: Person,
        _ contactID: Int64,
        by actor: AuditActor,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try link(person.id, contactID, reach, at: now, in: session)
        try AuditTrail.record(
            "person.reach",
            subject: subject(person.id),
            by: actor,
            detail: "contact:\(contactID) \(reach.word)",
            at: now,
            in: session
        )
    }

    /// Keeps a person out and ends their sessions at once; letting them in again takes it back.
    public func block(_ id: Int64, _ isBlocked: Bool = true, by actor: AuditActor) async throws(PersonError) {
        let now = clock.now
        try await change(of: id) { session throws(PersonError) in
            let changed = try PersonError.storing { () throws(StoreError) in
                try Self.block(id, isBlocked, by: actor, at: now, in: session)
            }
            if changed == 0 { throw .notFound }
        }
    }

    private static func block(
        _ id: Int64,
        _ isBlocked: Bool,
        by actor: AuditActor,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Int {
        let changed = try session.execute(
            """
            UPDATE person SET updated_at = $2, state = CASE WHEN $1 = 1 THEN 'blocked'
                WHEN activated_at IS NULL THEN 'pending' ELSE 'active' END
            WHERE id = $3
            """,
            [.bool(isBlocked), .moment(now), .integer(id)]
        )
        if isBlocked { try SessionTable.persons.endAll(of: id, in: session) }
        if changed > 0 {
            try AuditTrail.record(
                isBlocked ? "person.block" : "person.unblock",
                subject: subject(id),
                by: actor,
                at: now,
                in: session
            )
        }
        return changed
    }
}

// MARK: - Preferences

extension PersonDesk {
    /// Changes what a person chooses for themselves; nil leaves it as it is.
    ///
    /// - Throws: `PersonError`, `notFound` for a person who is none.
    public func prefer(
        _ id: Int64,
        language: Language? = nil,
        wishes: NoticeWishes? = nil,
        by actor: AuditActor
    ) async throws(PersonError) {
        let (now, kept) = (clock.now, wishes.map { StoredList.encode($0) })
        let changed = try await change(of: id) { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                try AuditTrail.record("person.prefer", subject: Self.subject(id), by: actor, at: now, in: session)
                // What is written to them comes in their language too.
                if let language {
                    try session.execute(
                        """
                        UPDATE contact SET language = $1, revision = revision + 1
                        WHERE id IN (SELECT contact_id FROM person_contact WHERE person_id = $2)
                        """,
                        [.text(language.rawValue), .integer(id)]
                    )
                }
                return try session.execute(
                    """
                    UPDATE person SET language = COALESCE($1, language), preferences = COALESCE($2, preferences),
                        updated_at = $3 WHERE id = $4
                    """,
                    [.text(language?.rawValue), .text(kept), .moment(now), .integer(id)]
                )
            }
        }
        if changed == 0 { throw .notFound }
    }

    /// What somebody who registered themselves said, until they have joined a customer or the desk has.
    public func claim(of id: Int64) async throws(StoreError) -> (contactID: Int64, document: String?)? {
        try await database.read { session in
            let row = try session.row(
                "SELECT contact_id, document FROM person_claim WHERE person_id = $1",
                [.integer(id)]
            )
            return row.flatMap { row in row.integer(0).map { ($0, row.text(1)) } }
        }
    }
}
