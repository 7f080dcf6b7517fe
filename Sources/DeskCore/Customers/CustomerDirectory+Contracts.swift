extension CustomerDirectory {
    /// A customer's contracts, those in use first.
    public func contracts(of customerID: Int64) async throws(StoreError) -> [Contract] {
        try await read { session throws(StoreError) in try contracts(of: customerID, in: session) }
    }

    public func contracts(of customerID: Int64, in session: any SQLSession) throws(StoreError) -> [Contract] {
        var contracts: [Contract] = []
        for row in try session.rows(
            """
            SELECT \(Contract.columns) FROM contract WHERE contract.customer_id = $1
            ORDER BY contract.active DESC, contract.id
            """,
            [.integer(customerID)],
            limit: CustomerLimits.contracts
        ) {
            contracts.append(try Contract(row: row))
        }
        return contracts
    }

    /// Catalogue sections the customer may use now; nil means all, none means that every contract has ended.
    public func allowedSections(of customerID: Int64) async throws(StoreError) -> [String]? {
        try await read { session throws(StoreError) in
            Self.allowedSections(try contracts(of: customerID, in: session), at: clock.now)
        }
    }

    /// Who asks for something, as one look at the database has it.
    ///
    /// - Returns: nil when there is no such customer, when it was merged into another or its data erased.
    public func asking(_ customerID: Int64, contactID: Int64?) async throws(StoreError) -> AskingCustomer? {
        try await read { session throws(StoreError) in
            guard let customer = try find(customerID, in: session), customer.mergedInto == nil, customer.erasedAt == nil
            else { return nil }
            return AskingCustomer(
                customer: customer,
                contact: try contactID.flatMap { id throws(StoreError) in try contact(id, in: session) },
                allowedSections: Self.allowedSections(try contracts(of: customerID, in: session), at: clock.now)
            )
        }
    }

    /// The sections of the contracts in force together; one that names none opens all.
    ///
    /// A customer that never had a contract may use all: the desk works without contracts then. One whose contracts have all
    /// ended, or begin later, may use none.
    static func allowedSections(_ contracts: [Contract], at moment: Moment) -> [String]? {
        guard !contracts.isEmpty else { return nil }
        let inForce = contracts.filter { $0.isInForce(at: moment) }
        guard !inForce.contains(where: \.sections.isEmpty) else { return nil }
        return Array(Set(inForce.flatMap(\.sections))).sorted()
    }

    /// Adds a contract.
    public func addContract(
        _ draft: ContractDraft,
        to customerID: Int64,
        by actor: AuditActor
    ) async throws(CustomerError) -> Contract {
        try await write { session throws(CustomerError) in
            try addContract(draft, to: customerID, by: actor, in: session)
        }
    }

    public func addContract(
        _ draft: ContractDraft,
        to customerID: Int64,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Contract {
        _ = try current(customerID, in: session)
        var checks = CustomerChecks(region: region)
        let checked = checks.contract(draft)
        let (owner, count) = try Self.storing { () throws(StoreError) in
            let owner = try contract(number: checked.number, in: session)
            let row = try session.row("SELECT COUNT(*) FROM contract WHERE customer_id = $1", [.integer(customerID)])
            return (owner, row?.integer(0) ?? 0)
        }
        if owner != nil { checks.fault(.contractNumber, .taken) }
        if count >= CustomerLimits.contracts { checks.fault(.contract, .tooMany) }
        try checks.finish()
        return try insert(checked, customerID: customerID, by: actor, in: session)
    }

    /// Changes a contract: `change` names what is meant, the rest stays as it is in the database, its customer always.
    ///
    /// `revision`: the one that was read; nil for a change that holds whatever the record says.
    /// - Throws: `CustomerError`, `stale` when the record was changed since.
    public func updateContract(
        _ id: Int64,
        revision: Int64? = nil,
        by actor: AuditActor,
        _ change: @escaping @Sendable (inout ContractDraft) -> Void
    ) async throws(CustomerError) -> Contract {
        try await write { session throws(CustomerError) in
            try updateContract(id, revision: revision, by: actor, in: session, change)
        }
    }

    public func updateContract(
        _ id: Int64,
        revision: Int64? = nil,
        by actor: AuditActor,
        in session: any SQLSession,
        _ change: (inout ContractDraft) -> Void
    ) throws(CustomerError) -> Contract {
        let before = try Self.storing { () throws(StoreError) in try contract(id, in: session) }
        guard let before else { throw .refused(.contract, .notFound) }
        guard revision ?? before.revision == before.revision else { throw .stale }
        var draft = ContractDraft(before)
        change(&draft)
        var checks = CustomerChecks(region: region)
        let checked = checks.contract(draft)
        let owner = try Self.storing { () throws(StoreError) in try contract(number: checked.number, in: session) }
        if let owner, owner.id != id { checks.fault(.contractNumber, .taken) }
        try checks.finish()
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                UPDATE contract SET number = $1, title = $2, active = $3, sms = $4, sections = $5, products = $6,
                    starts_at = $7, ends_at = $8, revision = revision + 1
                WHERE id = $9 RETURNING \(Contract.columns)
                """,
                Self.values(checked) + [.integer(id)]
            )
            guard let row else { throw StoreError.corrupt(what: "contract") }
            let contract = try Contract(row: row)
            try index(contract.customerID, in: session)
            try AuditTrail.record(
                "contract.update",
                subject: Self.subject(contract.customerID),
                by: actor,
                detail: "contract:\(id)",
                at: now,
                in: session
            )
            return contract
        }
    }

    func insert(
        _ checked: CheckedContract,
        customerID: Int64,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Contract {
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                INSERT INTO contract (number, title, active, sms, sections, products, starts_at, ends_at, customer_id,
                    created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING \(Contract.columns)
                """,
                Self.values(checked) + [.integer(customerID), .moment(now)]
            )
            guard let row else { throw StoreError.corrupt(what: "contract") }
            let contract = try Contract(row: row)
            try index(contract.customerID, in: session)
            try AuditTrail.record(
                "contract.add",
                subject: Self.subject(customerID),
                by: actor,
                detail: "contract:\(contract.id)",
                at: now,
                in: session
            )
            return contract
        }
    }

    /// A contract as it is; nil when there is none.
    public func contract(_ id: Int64) async throws(StoreError) -> Contract? {
        try await read { session throws(StoreError) in try contract(id, in: session) }
    }

    func contract(_ id: Int64, in session: any SQLSession) throws(StoreError) -> Contract? {
        let row = try session.row("SELECT \(Contract.columns) FROM contract WHERE contract.id = $1", [.integer(id)])
        guard let row else { return nil }
        return try Contract(row: row)
    }

    func contract(number: String, in session: any SQLSession) throws(StoreError) -> Contract? {
        let row = try session.row(
            "SELECT \(Contract.columns) FROM contract WHERE contract.number = $1",
            [.text(number)]
        )
        guard let row else { return nil }
        return try Contract(row: row)
    }

    /// Whether a contract has this number with zeros in front, as a spreadsheet takes them off.
    func hasContract(withZerosBefore number: String, in session: any SQLSession) throws(StoreError) -> Bool {
        guard number.utf8.allSatisfy(DocumentText.isDigit) else { return false }
        // More zeros than that are no number anybody gave.
        let padded = (1...8).map { SQLValue.text(String(repeating: "0", count: $0) + number) }
        let places = padded.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return try session.row("SELECT id FROM contract WHERE number IN (\(places)) LIMIT 1", padded) != nil
    }

    private static func values(_ checked: CheckedContract) -> [SQLValue] {
        [
            .text(checked.number), .text(checked.title), .bool(checked.isActive), .bool(checked.hasSMS),
            .text(StoredList.encode(checked.sections)), .text(StoredList.encode(checked.products)),
            .moment(checked.startsAt), .moment(checked.endsAt),
        ]
    }
}

/// A customer who asks for something: the one asked about, who speaks for it, and what its contracts open.
public struct AskingCustomer: Sendable {
    public let customer: Customer
    /// Of any customer: whether it is this one's is for the asker to look at.
    public let contact: Contact?
    /// nil opens all sections.
    public let allowedSections: [String]?
}
