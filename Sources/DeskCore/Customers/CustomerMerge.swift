/// The tables whose rows belong to a customer and move in a merge; only these five, never a name from outside.
private enum Belonging: String, CaseIterable {
    case contact
    case phone
    case contract
    case attendance
    case ticket

    /// The tables whose rows are about one of these and name the customer too, with the column that says which.
    var followers: [(table: String, key: String)] {
        switch self {
        case .contact, .phone, .contract: []
        case .attendance: [("notice", "attendance_id")]
        case .ticket: [("ticket_survey", "ticket_id"), ("notice", "ticket_id")]
        }
    }
}

/// What a merge moved from one record to the other, by table, so that it can be undone.
private typealias MovedRecords = [String: [Int64]]

extension CustomerDirectory {
    /// Makes two records of the same customer one: all that belongs to `duplicate` belongs to `kept` from now on.
    ///
    /// A number both have stays with the hidden record. Document, address and notes are not taken over: a technician
    /// compares and types them.
    ///
    /// - Throws: `CustomerError.refused` when either is missing, merged already, both are the same, or too much would move.
    public func merge(_ duplicate: Int64, into kept: Int64, by actor: AuditActor) async throws(CustomerError) {
        try await write { session throws(CustomerError) in try merge(duplicate, into: kept, by: actor, in: session) }
        await settleSearch()
    }

    /// Has the tickets that moved found by whose they are now; what cannot be done at once is done within the minute.
    func settleSearch() async { _ = try? await SearchDebt.settle(in: database) }

    public func merge(
        _ duplicate: Int64,
        into kept: Int64,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) {
        guard duplicate != kept else { throw .refused(.customer, .alreadyThere) }
        let (former, stays) = (try current(duplicate, in: session), try current(kept, in: session))
        var moved: MovedRecords = [:]
        for table in Belonging.allCases {
            let ids = try movable(table, from: duplicate, to: kept, in: session)
            guard ids.count <= CustomerLimits.merge else { throw .refused(.customer, .tooMany) }
            moved[table.rawValue] = ids
        }
        let now = clock.now
        try Self.storing { () throws(StoreError) in
            for table in Belonging.allCases {
                for id in moved[table.rawValue, default: []] {
                    try move(table, id, from: duplicate, to: kept, in: session)
                }
            }
            // What the desk or a code said of a number holds for the one record there is now.
            moved[Self.confirmed] = try session.rows(
                """
                UPDATE phone SET confirmed = 1 WHERE customer_id = $1 AND confirmed = 0
                    AND lookup IN (SELECT lookup FROM phone WHERE customer_id = $2 AND confirmed = 1)
                RETURNING id
                """,
                [.integer(kept), .integer(duplicate)]
            ).compactMap { $0.integer(0) }
            let people = moved[Belonging.contact.rawValue, default: []]
            if former.kind == .person, stays.kind == .company {
                moved[Self.narrowed] = try PersonContact.narrow(people, in: session)
            }
            try PersonContact.settleClaims(of: people, in: kept, and: duplicate, session: session)
            try SearchDebt.note(moved[Belonging.ticket.rawValue, default: []], in: session)
            // Records merged into the duplicate earlier go on pointing at it, so that each merge can be undone alone.
            try session.execute(
                "UPDATE customer SET merged_into = $1, updated_at = $2, revision = revision + 1 WHERE id = $3",
                [.integer(kept), .moment(now), .integer(duplicate)]
            )
            try index(duplicate, in: session)
            try index(kept, in: session)
            try AuditTrail.record(
                "customer.merge",
                subject: Self.subject(duplicate),
                by: actor,
                detail: StoredList.encode(moved),
                at: now,
                in: session
            )
            try AuditTrail.record(
                "customer.absorb",
                subject: Self.subject(kept),
                by: actor,
                detail: Self.subject(duplicate),
                at: now,
                in: session
            )
        }
    }

    /// Undoes the merge of `duplicate`: it is a record of its own again, with what it had and nobody moved since, and with
    /// what its people asked for meanwhile.
    ///
    /// Tickets of the two that were merged meanwhile go on apart, and nobody follows a ticket of the other's.
    ///
    /// - Throws: `CustomerError.refused` when it is not merged, or a third record has its document meanwhile.
    public func unmerge(_ duplicate: Int64, by actor: AuditActor, with tickets: TicketDesk) async throws(CustomerError)
    {
        let worker = tickets.worker
        let parted = try await write { session throws(CustomerError) in
            try unmerge(duplicate, by: actor, worker(session), in: session)
        }
        for ticket in parted { await tickets.tellChange(of: ticket) }
        await settleSearch()
    }

    private func unmerge(
        _ duplicate: Int64,
        by actor: AuditActor,
        _ work: TicketWork,
        in session: any SQLSession
    ) throws(CustomerError) -> [Ticket] {
        let customer = try Self.storing { () throws(StoreError) in try find(duplicate, in: session) }
        guard let customer, let kept = customer.mergedInto else { throw .refused(.customer, .notFound) }
        guard customer.erasedAt == nil else { throw .refused(.customer, .erased) }
        if let document = customer.document {
            let owner = try Self.storing { () throws(StoreError) in try find(document: document, in: session) }
            if owner != nil { throw .refused(.document, .taken) }
        }
        let now = clock.now
        return try Self.storing { () throws(StoreError) -> [Ticket] in
            let row = try session.row(
                "SELECT detail FROM audit WHERE subject = $1 AND action = 'customer.merge' ORDER BY id DESC",
                [.text(Self.subject(duplicate))]
            )
            guard let moved = StoredList.decode(MovedRecords.self, row?.text(0)) else {
                throw StoreError.corrupt(what: "audit.detail")
            }
            // The record that stayed may be part of another by now: what came from here is wherever that one's went.
            let holders = try Self.survivors(from: kept, in: session)
            for table in Belonging.allCases {
                for id in moved[table.rawValue, default: []] {
                    for holder in holders { try move(table, id, from: holder, to: duplicate, in: session) }
                }
            }
            let since = try takeAlong(from: holders, to: duplicate, in: session)
            try PersonContact.widen(moved[Self.narrowed, default: []], of: duplicate, in: session)
            for id in moved[Self.confirmed, default: []] {
                try session.execute("UPDATE phone SET confirmed = 0 WHERE id = $1", [.integer(id)])
            }
            try SearchDebt.note(moved[Belonging.ticket.rawValue, default: []] + since, in: session)
            try session.execute(
                "UPDATE customer SET merged_into = NULL, updated_at = $1, revision = revision + 1 WHERE id = $2",
                [.moment(now), .integer(duplicate)]
            )
            try index(duplicate, in: session)
            for holder in holders { try index(holder, in: session) }
            for subject in [Self.subject(duplicate), Self.subject(kept)] {
                try AuditTrail.record(
                    "customer.unmerge",
                    subject: subject,
                    by: actor,
                    detail: subject == Self.subject(kept) ? Self.subject(duplicate) : Self.subject(kept),
                    at: now,
                    in: session
                )
            }
            do { return try work.part(from: duplicate) } catch let error as StoreError { throw error } catch {
                throw StoreError.refused(error)
            }
        }
    }

    /// Moves what the duplicate's people said and asked for while they were the other's.
    ///
    /// - Returns: the tickets.
    private func takeAlong(
        from holders: [Int64],
        to duplicate: Int64,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        var tickets: [Int64] = []
        for holder in holders {
            for table in [Belonging.attendance, .ticket] {
                let ids = try session.rows(
                    """
                    SELECT id FROM \(table.rawValue) WHERE customer_id = $1
                        AND contact_id IN (SELECT id FROM contact WHERE customer_id = $2) ORDER BY id
                    """,
                    [.integer(holder), .integer(duplicate)],
                    limit: CustomerLimits.merge
                ).compactMap { $0.integer(0) }
                for id in ids { try move(table, id, from: holder, to: duplicate, in: session) }
                if table == .ticket { tickets += ids }
            }
        }
        return tickets
    }

    /// Where a merge keeps whose reach it narrowed, beside what it moved.
    private static let narrowed = "reach"
    /// Where it keeps the numbers that count as confirmed by what the duplicate had.
    private static let confirmed = "confirmed"

    /// Records that were made part of this one, the newest merge last.
    public func duplicates(of id: Int64) async throws(StoreError) -> [Customer] {
        try await read { session throws(StoreError) in
            try session.rows(
                "SELECT \(Customer.columns) FROM customer WHERE merged_into = $1 ORDER BY id",
                [.integer(id)],
                limit: Self.longestChain
            ).map { row throws(StoreError) in try Customer(row: row) }
        }
    }

    /// A chain of merges longer than this is a loop.
    private static let longestChain = 50

    /// A record and the ones it was made part of since, up to the one that stays.
    private static func survivors(from id: Int64, in session: any SQLSession) throws(StoreError) -> [Int64] {
        var chain = [id]
        while chain.count < longestChain, let last = chain.last,
            let next = try session.row("SELECT merged_into FROM customer WHERE id = $1", [.integer(last)])?.integer(0),
            !chain.contains(next)
        {
            chain.append(next)
        }
        return chain
    }

    /// The record that counts for one: itself, or at the end of its chain of merges the one that stays.
    static func survivor(of id: Int64, in session: any SQLSession) throws(StoreError) -> Int64 {
        try survivors(from: id, in: session).last ?? id
    }

    /// The rows of `table` that can move; a number the other record has as well cannot.
    private func movable(
        _ table: Belonging,
        from: Int64,
        to: Int64,
        in session: any SQLSession
    ) throws(CustomerError) -> [Int64] {
        let isPhone = table == .phone
        let both = " AND lookup NOT IN (SELECT lookup FROM phone WHERE customer_id = $2)"
        return try Self.storing { () throws(StoreError) in
            try session.rows(
                "SELECT id FROM \(table.rawValue) WHERE customer_id = $1\(isPhone ? both : "") ORDER BY id",
                isPhone ? [.integer(from), .integer(to)] : [.integer(from)],
                limit: CustomerLimits.merge + 1
            ).compactMap { $0.integer(0) }
        }
    }

    private func move(
        _ table: Belonging,
        _ id: Int64,
        from: Int64,
        to: Int64,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            "UPDATE \(table.rawValue) SET customer_id = $1 WHERE id = $2 AND customer_id = $3",
            [.integer(to), .integer(id), .integer(from)]
        )
        // What was said and sent about it goes with it: a survey is asked once in some days of the whole customer.
        for (follower, key) in table.followers {
            try session.execute(
                "UPDATE \(follower) SET customer_id = $1 WHERE \(key) = $2 AND customer_id = $3",
                [.integer(to), .integer(id), .integer(from)]
            )
        }
    }
}
