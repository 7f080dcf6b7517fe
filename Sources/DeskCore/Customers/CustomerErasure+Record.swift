extension CustomerErasure {
    /// Erases a customer's record, people, telephones and accounts, and has what they said and asked for follow.
    ///
    /// Done once more, it takes what came after: a report of a call that was late, a ticket of a program that kept the number.
    /// - Throws: `CustomerError.refused`: `merged` (the record that stays is the one to erase), `working` while a ticket, a
    ///   contact or a call of theirs is not over.
    public func begin(_ id: Int64, reason: String, by actor: AuditActor) async throws(CustomerError) {
        let gone = try await customers.write { session throws(CustomerError) in
            try begin(id, reason: reason, by: actor, in: session)
        }
        for person in gone { persons.accounts.changes.note(.person(person)) }
    }

    /// - Returns: whose accounts are gone, or speak for one customer less.
    private func begin(
        _ id: Int64,
        reason: String,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> [Int64] {
        guard let reason = CleanText.line(reason, longest: Self.longestReason) else {
            throw .refused(.reason, .tooLong)
        }
        guard !reason.isEmpty else { throw .refused(.reason, .missing) }
        return try CustomerDirectory.storing { () throws(StoreError) in
            guard let customer = try customers.find(id, in: session) else {
                throw .refused(CustomerError.refused(.customer, .notFound))
            }
            guard customer.mergedInto == nil else { throw .refused(CustomerError.refused(.customer, .merged)) }
            // One that has not ended goes on as it is: it knows what the record does not say any more.
            if let state = try Self.state(of: id, in: session), state.endedAt == nil { return [] }
            let family = try family(of: id, in: session)
            try endUnsent(of: family, in: session)
            guard try isOver(family, in: session) else {
                throw .refused(CustomerError.refused(.customer, .working))
            }
            var known = try knownBy(family, in: session)
            let gone = try accounts(of: family, known: &known, in: session)
            try record(family, in: session)
            let now = customers.clock.now
            try session.execute(
                """
                INSERT INTO customer_erasure (customer_id, reason, began_at, stage, known_by) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (customer_id) DO UPDATE SET reason = excluded.reason, began_at = excluded.began_at,
                    ended_at = NULL, stage = excluded.stage, after = 0, known_by = excluded.known_by
                """,
                [
                    .integer(id), .text(reason), .moment(now), .text(Stage.first.rawValue),
                    .text(StoredList.encode(known)),
                ]
            )
            try AuditTrail.record(
                "customer.erase",
                subject: CustomerDirectory.subject(id),
                by: actor,
                at: now,
                in: session
            )
            for person in gone { try persons.accounts.changes.publish(.person(person), in: session) }
            return gone
        }
    }

    /// The record and those that were made part of it, at any remove.
    private func family(of id: Int64, in session: any SQLSession) throws(StoreError) -> [Int64] {
        var family = [id]
        var next = 0
        while next < family.count, family.count < Self.largestFamily {
            let parts = try session.rows("SELECT id FROM customer WHERE merged_into = $1", [.integer(family[next])])
            family += parts.compactMap { $0.integer(0) }.filter { !family.contains($0) }
            next += 1
        }
        return family
    }

    /// Records of one customer; a chain of merges is fifty long at the most.
    private static let largestFamily = 500

    /// Ends what they began to write at the portal and never sent: nobody else can, and it goes with the rest.
    private func endUnsent(of family: [Int64], in session: any SQLSession) throws(StoreError) {
        let unsent = "customer_id IN (\(Self.list(family))) AND channel = 'portal' AND state = 'open'"
        try session.execute(
            "DELETE FROM draft WHERE attendance_id IN (SELECT id FROM attendance WHERE \(unsent))"
        )
        try session.execute(
            "UPDATE attendance SET state = 'ended', outcome = $1, ended_at = $2 WHERE \(unsent)",
            [.text(AttendanceOutcome.other.rawValue), .moment(customers.clock.now)]
        )
    }

    /// Whether no ticket of theirs can be answered any more, and nobody is talking to them.
    private func isOver(_ family: [Int64], in session: any SQLSession) throws(StoreError) -> Bool {
        let theirs = "customer_id IN (\(Self.list(family)))"
        let over = TicketState.allCases.filter(\.isOver).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        if try session.row("SELECT 1 FROM ticket WHERE \(theirs) AND state NOT IN (\(over)) LIMIT 1") != nil {
            return false
        }
        // A line goes on telling of a call until its end, with all it knows.
        let talk = try session.row(
            """
            SELECT 1 FROM call WHERE ended_at IS NULL AND (number IN (SELECT lookup FROM phone WHERE \(theirs))
                OR id IN (SELECT call_id FROM attendance WHERE \(theirs))) LIMIT 1
            """
        )
        guard talk == nil else { return false }
        return try session.row("SELECT 1 FROM attendance WHERE \(theirs) AND \(Attendance.inHand) LIMIT 1") == nil
    }

    private func knownBy(_ family: [Int64], in session: any SQLSession) throws(StoreError) -> KnownBy {
        var known = KnownBy(customers: family, phones: [], emails: [], words: [], photos: [])
        var words: [String] = []
        for id in family {
            guard let customer = try customers.find(id, in: session) else { continue }
            words += [customer.name, customer.document?.canonical ?? ""]
            for contact in try customers.contacts(of: id, in: session) {
                words += [contact.name, contact.email ?? ""]
                if let email = contact.email { known.emails.append(email) }
            }
            words += try customers.contracts(of: id, in: session).map(\.number)
        }
        let theirs = Self.list(family)
        let phones = try session.rows(
            """
            SELECT e164, lookup, (SELECT COUNT(*) FROM phone AS other
                WHERE other.lookup = phone.lookup AND other.customer_id NOT IN (\(theirs)))
            FROM phone WHERE customer_id IN (\(theirs)) ORDER BY id
            """
        )
        for phone in phones {
            words += [phone.text(1)].compactMap { $0.map { PhoneNumber.searchWords($0) } }
            // A number two customers have says nothing of one of them.
            if phone.integer(2) == 0 { known.phones += [phone.text(0), phone.text(1)].compactMap(\.self) }
        }
        known.phones = Set(known.phones).sorted()
        known.words = SearchWords.kept(of: words.joined(separator: " ")).split(separator: " ").map(String.init)
        return known
    }

    /// Takes the accounts of people who are nobody else's.
    ///
    /// - Returns: those people, and who goes on for another customer.
    private func accounts(
        of family: [Int64],
        known: inout KnownBy,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        let contacts = "SELECT id FROM contact WHERE customer_id IN (\(Self.list(family)))"
        let people = try session.rows(
            """
            SELECT DISTINCT person_id FROM person_contact WHERE contact_id IN (\(contacts))
            UNION SELECT person_id FROM person_claim WHERE contact_id IN (\(contacts))
            """
        ).compactMap { $0.integer(0) }
        try session.execute("DELETE FROM person_claim WHERE contact_id IN (\(contacts))")
        try session.execute("DELETE FROM person_contact WHERE contact_id IN (\(contacts))")
        for id in people {
            let isElsewhere = try session.row("SELECT 1 FROM person_contact WHERE person_id = $1", [.integer(id)])
            guard isElsewhere == nil,
                let person = try session.row("SELECT photo, email FROM person WHERE id = $1", [.integer(id)])
            else { continue }
            known.photos += [person.text(0)].compactMap(\.self)
            known.emails += [person.text(1)].compactMap(\.self)
            for table in ["person_session", "person_link", "person_device", "person_read", "person_claim"] {
                try session.execute("DELETE FROM \(table) WHERE person_id = $1", [.integer(id)])
            }
            try session.execute("DELETE FROM person WHERE id = $1", [.integer(id)])
        }
        return people
    }

    private func record(_ family: [Int64], in session: any SQLSession) throws(StoreError) {
        let theirs = "customer_id IN (\(Self.list(family)))"
        let mark: [SQLValue] = [.text(Self.mark), .text(TextFolding.fold(Self.mark))]
        try session.execute("DELETE FROM phone WHERE \(theirs)")
        try session.execute(
            """
            UPDATE contact SET name = $1, name_folded = $2, email = NULL, role = NULL, active = 0,
                revision = revision + 1 WHERE \(theirs)
            """,
            mark
        )
        // A contract's number is unique, and tells whose it is.
        try session.execute(
            """
            UPDATE contract SET number = CAST($1 AS TEXT) || id, title = $2, active = 0, products = '[]', revision = revision + 1
            WHERE \(theirs)
            """,
            [.text("#\(customers.clock.now.milliseconds)#"), .text(Self.mark)]
        )
        try session.execute(
            """
            UPDATE customer SET name = $1, name_folded = $2, document = NULL, document_kind = NULL, address = NULL,
                notes = NULL, updated_at = $3, erased_at = $3, revision = revision + 1
            WHERE id IN (\(Self.list(family)))
            """,
            mark + [.moment(customers.clock.now)]
        )
        for id in family { try SearchIndex.remove(kind: .customer, id: id, in: session) }
    }
}
