import Foundation

/// Customers, their contacts, phones and contracts: found, registered, changed.
///
/// Every function comes twice: with a session, to be part of another transaction, and async, with a transaction of its own.
public struct CustomerDirectory: Sendable {
    let database: any Database
    let clock: DeskClock
    public let region: Region
    let timeZone: TimeZone

    /// A directory over `database`; `region` decides how documents and numbers are read, `timeZone` what “yesterday” is.
    public init(database: any Database, clock: DeskClock, region: Region, timeZone: TimeZone = .gmt) {
        self.database = database
        self.clock = clock
        self.region = region
        self.timeZone = timeZone
    }

    /// Runs `body` in one durable transaction.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(CustomerError) -> Value
    ) async throws(CustomerError) -> Value {
        do {
            return try await database.write { session in
                do throws(CustomerError) { return try body(session) } catch { throw error.passage }
            }
        } catch {
            throw CustomerError(error)
        }
    }

    /// Runs `body` on one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await database.read { session in try body(session) }
    }
}

// MARK: - Registering and changing

extension CustomerDirectory {
    /// Registers a customer.
    public func create(_ draft: CustomerDraft, by actor: AuditActor) async throws(CustomerError) -> Customer {
        try await write { session throws(CustomerError) in try create(draft, by: actor, in: session) }
    }

    public func create(
        _ draft: CustomerDraft,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Customer {
        var checks = CustomerChecks(region: region)
        let checked = checks.customer(draft)
        try faultIfTaken(checked.document, except: nil, &checks, in: session)
        try checks.finish()
        return try insert(checked, by: actor, in: session)
    }

    /// Changes a customer's own data (A1): `change` names what is meant, the rest stays as it is in the database.
    ///
    /// `revision`: the one that was read; nil for a change that holds whatever the record says.
    /// - Throws: `CustomerError`, `stale` when the record was changed since.
    public func update(
        _ id: Int64,
        revision: Int64? = nil,
        by actor: AuditActor,
        _ change: @escaping @Sendable (inout CustomerDraft) -> Void
    ) async throws(CustomerError) -> Customer {
        try await write { session throws(CustomerError) in
            let before = try current(id, in: session)
            guard revision ?? before.revision == before.revision else { throw .stale }
            var draft = CustomerDraft(before)
            change(&draft)
            return try update(before, draft, by: actor, in: session)
        }
    }

    /// Writes a changed draft over what was read in this transaction.
    func update(
        _ before: Customer,
        _ draft: CustomerDraft,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Customer {
        let id = before.id
        var checks = CustomerChecks(region: region)
        let checked = checks.customer(draft)
        try faultIfTaken(checked.document, except: id, &checks, in: session)
        try checks.finish()
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                UPDATE customer SET kind = $1, name = $2, name_folded = $3, document = $4, document_kind = $5,
                    address = $6, notes = $7, updated_at = $8, revision = revision + 1
                WHERE id = $9 RETURNING \(Customer.columns)
                """,
                Self.values(checked) + [.moment(now), .integer(id)]
            )
            guard let row else { throw StoreError.corrupt(what: "customer") }
            let after = try Customer(row: row)
            try index(id, in: session)
            try AuditTrail.record(
                "customer.update",
                subject: Self.subject(id),
                by: actor,
                detail: Self.changes(before, after),
                at: now,
                in: session
            )
            return after
        }
    }

    func insert(
        _ checked: CheckedCustomer,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Customer {
        let now = clock.now
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                """
                INSERT INTO customer (kind, name, name_folded, document, document_kind, address, notes, updated_at,
                    origin, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING \(Customer.columns)
                """,
                Self.values(checked) + [.moment(now), .text(checked.origin), .moment(now)]
            )
            guard let row else { throw StoreError.corrupt(what: "customer") }
            let customer = try Customer(row: row)
            try index(customer.id, in: session)
            try AuditTrail.record(
                "customer.create",
                subject: Self.subject(customer.id),
                by: actor,
                detail: checked.origin,
                at: now,
                in: session
            )
            return customer
        }
    }

    private static func values(_ checked: CheckedCustomer) -> [SQLValue] {
        [
            .text(checked.kind.rawValue), .text(checked.name), .text(searchable(checked.name)),
            .text(checked.document?.canonical), .text(checked.document?.kind.rawValue), .text(checked.address),
            .text(checked.notes),
        ]
    }

    /// Names of the fields that changed.
    private static func changes(_ before: Customer, _ after: Customer) -> String {
        var names: [String] = []
        if before.kind != after.kind { names.append("kind") }
        if before.name != after.name { names.append("name") }
        if before.document != after.document { names.append("document") }
        if before.address != after.address { names.append("address") }
        if before.notes != after.notes { names.append("notes") }
        return names.joined(separator: ",")
    }

    private func faultIfTaken(
        _ document: Document?,
        except id: Int64?,
        _ checks: inout CustomerChecks,
        in session: any SQLSession
    ) throws(CustomerError) {
        guard let document else { return }
        let owner = try Self.storing { () throws(StoreError) in try find(document: document, in: session) }
        if let owner, owner.id != id { checks.fault(.document, .taken) }
    }

    /// The words of a name as they are searched: folded, one space between.
    static func searchable(_ name: String) -> String { TextFolding.words(name).joined(separator: " ") }

    static func subject(_ id: Int64) -> String { "customer:\(id)" }

    /// Runs database work inside a function that throws `CustomerError`.
    static func storing<Value>(_ body: () throws(StoreError) -> Value) throws(CustomerError) -> Value {
        do throws(StoreError) { return try body() } catch { throw CustomerError(error) }
    }
}

// MARK: - Finding one

extension CustomerDirectory {
    /// The record as it is, merged ones too.
    public func find(_ id: Int64) async throws(StoreError) -> Customer? {
        try await read { session throws(StoreError) in try find(id, in: session) }
    }

    public func find(_ id: Int64, in session: any SQLSession) throws(StoreError) -> Customer? {
        try one("customer.id = $1", [.integer(id)], in: session)
    }

    /// A customer's whole document, with a record of who looked, durable before it is shown.
    ///
    /// - Returns: nil for a customer that is none or has none.
    public func revealDocument(of id: Int64, by actor: AuditActor) async throws(StoreError) -> Document? {
        let now = clock.now
        return try await database.write { session in
            guard let document = try find(id, in: session)?.document else { return nil }
            try AuditTrail.record(
                "customer.document.look",
                subject: Self.subject(id),
                by: actor,
                at: now,
                in: session
            )
            return document
        }
    }

    /// The names of a list's customers, in one reading.
    public func names(_ ids: some Collection<Int64>) async throws(StoreError) -> [Int64: String] {
        // A page shows some dozens; one prepared statement serves them all.
        let wanted = Set(ids).prefix(500)
        guard !wanted.isEmpty else { return [:] }
        return try await read { session throws(StoreError) in
            var names: [Int64: String] = [:]
            for id in wanted {
                names[id] = try session.row("SELECT name FROM customer WHERE id = $1", [.integer(id)])?.text(0)
            }
            return names
        }
    }

    /// The customer with this CPF, CNPJ or NIF.
    public func find(document: Document) async throws(StoreError) -> Customer? {
        try await read { session throws(StoreError) in try find(document: document, in: session) }
    }

    public func find(document: Document, in session: any SQLSession) throws(StoreError) -> Customer? {
        try one("customer.document = $1 AND customer.merged_into IS NULL", [.text(document.canonical)], in: session)
    }

    /// The customer with a contract of this number, upper and lower case alike.
    public func find(contractNumber: String) async throws(StoreError) -> Customer? {
        try await read { session throws(StoreError) in try find(contractNumber: contractNumber, in: session) }
    }

    public func find(contractNumber: String, in session: any SQLSession) throws(StoreError) -> Customer? {
        guard let number = CleanText.line(contractNumber, longest: CustomerLimits.number) else { return nil }
        return try one(
            """
            customer.merged_into IS NULL AND customer.id IN (
                SELECT customer_id FROM contract WHERE number IN ($1, $2, $3))
            ORDER BY customer.id
            """,
            [.text(number), .text(number.uppercased()), .text(number.lowercased())],
            in: session
        )
    }

    /// A customer's record, for changing it.
    ///
    /// - Throws: `CustomerError.refused` when there is none, or another took its place.
    func current(_ id: Int64, in session: any SQLSession) throws(CustomerError) -> Customer {
        let customer = try Self.storing { () throws(StoreError) in try find(id, in: session) }
        guard let customer else { throw .refused(.customer, .notFound) }
        guard customer.erasedAt == nil else { throw .refused(.customer, .erased) }
        guard customer.mergedInto == nil else { throw .refused(.customer, .merged) }
        return customer
    }

    /// Customers in order of registration; `after` is the last id of the page before.
    public func list(after: Int64? = nil, limit: Int = 50) async throws(StoreError) -> [Customer] {
        try await read { session throws(StoreError) in
            try many(
                "customer.id > $1 AND customer.merged_into IS NULL AND customer.erased_at IS NULL ORDER BY customer.id",
                [.integer(after ?? 0)],
                limit: min(max(1, limit), 500),
                in: session
            )
        }
    }

    private func one(
        _ condition: String,
        _ arguments: [SQLValue],
        in session: any SQLSession
    ) throws(StoreError) -> Customer? {
        try many(condition, arguments, limit: 1, in: session).first
    }

    func many(
        _ condition: String,
        _ arguments: [SQLValue],
        limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [Customer] {
        var customers: [Customer] = []
        for row in try session.rows(
            "SELECT \(Customer.columns) FROM customer WHERE \(condition) LIMIT \(limit)",
            arguments,
            limit: limit
        ) {
            customers.append(try Customer(row: row))
        }
        return customers
    }
}
