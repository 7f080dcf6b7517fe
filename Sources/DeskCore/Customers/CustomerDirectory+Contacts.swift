extension CustomerDirectory {
    /// The people who speak for a customer, those who still do first, then by name.
    public func contacts(of customerID: Int64) async throws(StoreError) -> [Contact] {
        try await read { session throws(StoreError) in try contacts(of: customerID, in: session) }
    }

    public func contacts(of customerID: Int64, in session: any SQLSession) throws(StoreError) -> [Contact] {
        var contacts: [Contact] = []
        for row in try session.rows(
            """
            SELECT \(Contact.columns) FROM contact WHERE contact.customer_id = $1
            ORDER BY contact.active DESC, contact.name_folded, contact.id
            """,
            [.integer(customerID)],
            limit: CustomerLimits.contacts
        ) {
            contacts.append(try Contact(row: row))
        }
        return contacts
    }

    public func contact(_ id: Int64) async throws(StoreError) -> Contact? {
        try await read { session throws(StoreError) in try contact(id, in: session) }
    }

    public func contact(_ id: Int64, in session: any SQLSession) throws(StoreError) -> Contact? {
        let row = try session.row("SELECT \(Contact.columns) FROM contact WHERE contact.id = $1", [.integer(id)])
        guard let row else { return nil }
        return try Contact(row: row)
    }

    /// The one contact with this address.
    public func contact(email: EmailAddress) async throws(StoreError) -> Contact? {
        try await read { session throws(StoreError) in try contact(email: email, in: session) }
    }

    public func contact(email: EmailAddress, in session: any SQLSession) throws(StoreError) -> Contact? {
        let row = try session.row(
            "SELECT \(Contact.columns) FROM contact WHERE contact.email = $1",
            [.text(email.canonical)]
        )
        guard let row else { return nil }
        return try Contact(row: row)
    }

    /// Adds a person who speaks for the customer.
    public func addContact(
        _ draft: ContactDraft,
        to customerID: Int64,
        by actor: AuditActor
    ) async throws(CustomerError) -> Contact {
        try await write { session throws(CustomerError) in
            try addContact(draft, to: customerID, by: actor, in: session)
        }
    }

    public func addContact(
        _ draft: ContactDraft,
        to customerID: Int64,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Contact {
        _ = try current(customerID, in: session)
        var checks = CustomerChecks(region: region)
        let checked = checks.contact(draft)
        try faultIfTaken(checked, except: nil, by: actor, &checks, in: session)
        let count = try Self.storing { () throws(StoreError) in
            try session.row("SELECT COUNT(*) FROM contact WHERE customer_id = $1", [.integer(customerID)])?.integer(0)
        }
        if count ?? 0 >= CustomerLimits.contacts { checks.fault(.contact, .tooMany) }
        try checks.finish()
        return try insert(checked, customerID: customerID, by: actor, in: session)
    }

    /// Changes a contact's data: `change` names what is meant, the rest stays as it is in the database.
    ///
    /// `revision`: the one that was read; nil for a change that holds whatever the record says.
    /// - Throws: `CustomerError`, `stale` when the record was changed since.
    public func updateContact(
        _ id: Int64,
        revision: Int64? = nil,
        by actor: AuditActor,
        _ change: @escaping @Sendable (inout ContactDraft) -> Void
    ) async throws(CustomerError) -> Contact {
        try await write { session throws(CustomerError) in
            try updateContact(id, revision: revision, by: actor, in: session, change)
        }
    }

    public func updateContact(
        _ id: Int64,
        revision: Int64? = nil,
        by actor: AuditActor,
        in session: any SQLSession,
        _ change: (inout ContactDraft) -> Void
    ) throws(CustomerError) -> Contact {
        let before = try existing(id, in: session)
        guard revision ?? before.revision == before.revision else { throw .stale }
        var checks = CustomerChecks(region: region)
        var draft = ContactDraft(before)
        change(&draft)
        // A form that does not ask for the language leaves it as it is; there is none without one.
        draft.language = draft.language ?? before.language
        // An address that was allowed once needs no second permission.
        let keepsAddress = draft.email.flatMap { WrittenAddress($0)?.address.canonical } == before.email
        if keepsAddress { draft.allowsDepartmental = true }
        let checked = checks.contact(draft)
        try faultIfTaken(checked, except: before, by: actor, &checks, in: session)
        try checks.finish()
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                UPDATE contact SET name = $1, name_folded = $2, email = $3, role = $4, language = $5,
                    revision = revision + 1
                WHERE id = $6
                RETURNING \(Contact.columns)
                """,
                Self.values(checked) + [.integer(id)]
            )
            guard let row else { throw StoreError.corrupt(what: "contact") }
            let after = try Contact(row: row)
            if after.email != before.email {
                try QuickLinks.withdraw(
                    sentTo: before.email,
                    of: after.customerID,
                    by: actor,
                    at: now,
                    in: session
                )
                try MailLog.forget(before.email, in: session)
                try PersonDesk.readdress(id, to: after.email, at: now, in: session)
            }
            try index(after.customerID, in: session)
            try AuditTrail.record(
                "contact.update",
                subject: Self.subject(after.customerID),
                by: actor,
                detail: "contact:\(id)",
                at: now,
                in: session
            )
            return after
        }
    }

    /// Ends a contact's speaking for the customer; past tickets keep the person, the address is free again.
    public func removeContact(_ id: Int64, by actor: AuditActor) async throws(CustomerError) {
        try await write { session throws(CustomerError) in try removeContact(id, by: actor, in: session) }
    }

    public func removeContact(
        _ id: Int64,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) {
        let contact = try existing(id, in: session)
        let now = clock.now
        try Self.storing { () throws(StoreError) in
            try session.execute(
                "UPDATE contact SET active = 0, email = NULL, revision = revision + 1 WHERE id = $1",
                [.integer(id)]
            )
            let numbers = try phones(of: contact.customerID, in: session).filter { $0.contactID == id }.map(\.lookup)
            for address in [contact.email].compactMap(\.self) + numbers {
                try QuickLinks.withdraw(
                    sentTo: address,
                    of: contact.customerID,
                    by: actor,
                    at: now,
                    in: session
                )
            }
            // With the customer, whose phones are indexed.
            try session.execute(
                "DELETE FROM phone WHERE contact_id = $1 AND customer_id = $2",
                [.integer(id), .integer(contact.customerID)]
            )
            try PersonDesk.withdraw(id, at: now, in: session)
            try MailLog.forget(contact.email, in: session)
            try index(contact.customerID, in: session)
            try AuditTrail.record(
                "contact.remove",
                subject: Self.subject(contact.customerID),
                by: actor,
                detail: "contact:\(id)",
                at: now,
                in: session
            )
        }
    }

    func insert(
        _ checked: CheckedContact,
        customerID: Int64,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Contact {
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                INSERT INTO contact (name, name_folded, email, role, language, customer_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING \(Contact.columns)
                """,
                Self.values(checked) + [.integer(customerID), .moment(now)]
            )
            guard let row else { throw StoreError.corrupt(what: "contact") }
            let contact = try Contact(row: row)
            try index(customerID, in: session)
            try AuditTrail.record(
                checked.needsAdministrator ? "contact.add.departmental" : "contact.add",
                subject: Self.subject(customerID),
                by: actor,
                detail: "contact:\(contact.id)",
                at: now,
                in: session
            )
            return contact
        }
    }

    private static func values(_ checked: CheckedContact) -> [SQLValue] {
        [
            .text(checked.name), .text(searchable(checked.name)), .text(checked.email?.canonical), .text(checked.role),
            .text(checked.language?.rawValue),
        ]
    }

    private func existing(_ id: Int64, in session: any SQLSession) throws(CustomerError) -> Contact {
        let contact = try Self.storing { () throws(StoreError) in try self.contact(id, in: session) }
        guard let contact else { throw .refused(.contact, .notFound) }
        return contact
    }

    /// Faults an address another contact has, and a department's that nobody with the right to allowed.
    func faultIfTaken(
        _ checked: CheckedContact,
        except before: Contact?,
        by actor: AuditActor,
        _ checks: inout CustomerChecks,
        in session: any SQLSession
    ) throws(CustomerError) {
        guard let email = checked.email else { return }
        let owner = try Self.storing { () throws(StoreError) in try contact(email: email, in: session) }
        if let owner, owner.id != before?.id { checks.fault(.email, .taken) }
        guard checked.needsAdministrator, email.canonical != before?.email, checks.faults.isEmpty else { return }
        let isAllowed = try Self.storing { () throws(StoreError) -> Bool in
            try Self.mayOverrule(actor, in: session)
        }
        if !isAllowed { checks.fault(.email, .notAllowed) }
    }

    /// Whether `actor` may register what the rules refuse: an administrator, or the operator at the machine.
    private static func mayOverrule(_ actor: AuditActor, in session: any SQLSession) throws(StoreError) -> Bool {
        switch actor {
        case .system: return true
        case .account(let id):
            let row = try session.row(
                "SELECT role FROM account WHERE id = $1 AND disabled_at IS NULL",
                [.integer(id)]
            )
            return row?.text(0) == Account.Role.administrator.rawValue
        case .contact, .person, .token: return false
        }
    }
}
