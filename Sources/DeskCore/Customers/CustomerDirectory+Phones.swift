extension CustomerDirectory {
    /// A customer's phones in the order they were added (A2).
    public func phones(of customerID: Int64) async throws(StoreError) -> [Phone] {
        try await read { session throws(StoreError) in try phones(of: customerID, in: session) }
    }

    public func phones(of customerID: Int64, in session: any SQLSession) throws(StoreError) -> [Phone] {
        var phones: [Phone] = []
        for row in try session.rows(
            "SELECT \(Phone.columns) FROM phone WHERE phone.customer_id = $1 ORDER BY phone.id",
            [.integer(customerID)],
            limit: CustomerLimits.phones * 4
        ) {
            phones.append(try Phone(row: row))
        }
        return phones
    }

    /// Registers a number for a customer, or for one of its contacts.
    ///
    /// A number that is there and not confirmed is confirmed by whoever adds it as one that is.
    /// With `backfill`, past contacts from this number that nobody identified become the customer's as well.
    public func addPhone(
        _ raw: String,
        to customerID: Int64,
        contactID: Int64? = nil,
        label: String? = nil,
        backfill: Bool = false,
        by actor: AuditActor
    ) async throws(CustomerError) -> Phone {
        try await write { session throws(CustomerError) in
            try addPhone(
                raw,
                to: customerID,
                contactID: contactID,
                label: label,
                backfill: backfill,
                by: actor,
                in: session
            )
        }
    }

    public func addPhone(
        _ raw: String,
        to customerID: Int64,
        contactID: Int64? = nil,
        label: String? = nil,
        isConfirmed: Bool = true,
        backfill: Bool = false,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Phone {
        _ = try current(customerID, in: session)
        var checks = CustomerChecks(region: region)
        let number = checks.phone(raw)
        let label = checks.label(label)
        let there = try Self.storing { () throws(StoreError) in try phones(of: customerID, in: session) }
        let known = number.flatMap { number in there.first { number.lookupVariants.contains($0.lookup) } }
        let confirms = isConfirmed && known?.isConfirmed == false
        if known != nil, !confirms { checks.fault(.phone, .alreadyThere) }
        if there.count >= CustomerLimits.phones, !confirms { checks.fault(.phone, .tooMany) }
        if let contactID {
            let owner = try Self.storing { () throws(StoreError) in try contact(contactID, in: session) }
            if owner?.customerID != customerID { checks.fault(.contact, .notFound) }
        }
        try checks.finish()
        guard let number else { throw .refused(.phone, .invalid) }
        let phone =
            if let known, confirms {
                try confirm(known, contactID, label, by: actor, in: session)
            } else {
                try insert(number, customerID, contactID, label, isConfirmed: isConfirmed, by: actor, in: session)
            }
        if backfill { try fill(number, customerID, contactID, in: session) }
        return phone
    }

    /// Takes a number off a customer's record; `customerID` guards against another's.
    public func removePhone(_ id: Int64, of customerID: Int64, by actor: AuditActor) async throws(CustomerError) {
        try await write { session throws(CustomerError) in
            try removePhone(id, of: customerID, by: actor, in: session)
        }
    }

    public func removePhone(
        _ id: Int64,
        of customerID: Int64,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) {
        let now = clock.now
        let removed = try Self.storing { () throws(StoreError) in
            let removed = try session.row(
                "DELETE FROM phone WHERE id = $1 AND customer_id = $2 RETURNING lookup",
                [.integer(id), .integer(customerID)]
            )
            guard let removed else { return false }
            try QuickLinks.withdraw(sentTo: removed.text(0), of: customerID, by: actor, at: now, in: session)
            try index(customerID, in: session)
            try AuditTrail.record(
                "phone.remove",
                subject: Self.subject(customerID),
                by: actor,
                detail: "phone:\(id)",
                at: now,
                in: session
            )
            return true
        }
        if !removed { throw .refused(.phone, .notFound) }
    }

    /// Makes a number that somebody said is theirs one that is; it stays as they wrote it.
    func confirm(
        _ phone: Phone,
        _ contactID: Int64?,
        _ label: String?,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Phone {
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                UPDATE phone SET confirmed = 1, label = COALESCE($1, label), contact_id = COALESCE($2, contact_id)
                WHERE id = $3 RETURNING \(Phone.columns)
                """,
                [.text(label), .integer(contactID), .integer(phone.id)]
            )
            guard let row else { throw StoreError.corrupt(what: "phone") }
            try index(phone.customerID, in: session)
            try AuditTrail.record(
                "phone.add",
                subject: Self.subject(phone.customerID),
                by: actor,
                detail: "phone:\(phone.id)",
                at: now,
                in: session
            )
            return try Phone(row: row)
        }
    }

    func insert(
        _ number: PhoneNumber,
        _ customerID: Int64,
        _ contactID: Int64?,
        _ label: String?,
        isConfirmed: Bool = true,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Phone {
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                INSERT INTO phone (customer_id, contact_id, e164, lookup, kind, label, created_at, confirmed)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING \(Phone.columns)
                """,
                [
                    .integer(customerID), .integer(contactID), .text(number.e164), .text(number.lookup),
                    .text(number.kind.rawValue), .text(label), .moment(now), .bool(isConfirmed),
                ]
            )
            guard let row else { throw StoreError.corrupt(what: "phone") }
            let phone = try Phone(row: row)
            try index(customerID, in: session)
            try AuditTrail.record(
                "phone.add",
                subject: Self.subject(customerID),
                by: actor,
                detail: "phone:\(phone.id)",
                at: now,
                in: session
            )
            return phone
        }
    }

    /// Past contacts by this number belong to the customer now, as far as nobody said whose they are.
    private func fill(
        _ number: PhoneNumber,
        _ customerID: Int64,
        _ contactID: Int64?,
        in session: any SQLSession
    ) throws(CustomerError) {
        try Self.storing { () throws(StoreError) -> Void in
            // The sum keeps SQLite on the number's calls, off all contacts of nobody.
            try session.execute(
                """
                UPDATE attendance SET customer_id = $1, contact_id = $2
                WHERE customer_id + 0 IS NULL AND call_id IN (SELECT id FROM call WHERE number IN ($3, $4))
                """,
                [
                    .integer(customerID), .integer(contactID), .text(number.lookupVariants.first ?? number.lookup),
                    .text(number.lookupVariants.last ?? number.lookup),
                ]
            )
        }
    }
}
