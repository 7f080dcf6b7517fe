/// How far the erasure of a customer's data has come.
public struct ErasureState: Sendable, Equatable {
    public var customerID: Int64
    public var beganAt: Moment
    /// Nil while something is left to go through.
    public var endedAt: Moment?
    public var tickets: Int64
    public var contacts: Int64
    public var calls: Int64
    /// Recordings of their calls, by the names the PBX gave them: its files are its administrator's to remove.
    public var recordings: [String]
}

/// Erases what the desk knows of a customer, at their request: LGPD article 18, GDPR article 17.
///
/// The record, its people, telephones and accounts go at once, in one transaction; what they asked for and said follows in
/// small ones, which a node that comes later takes up where the last one ended. What stays says nothing of the person:
/// that there were calls, contacts and tickets, when, about which topic and how they ended, so that the desk's figures are
/// what they were.
public struct CustomerErasure: Sendable {
    /// What stands where something was erased.
    public static let mark = "Dados apagados"
    /// The words of why; a ticket's number as a rule.
    public static let longestReason = 200
    /// Names of recordings that are told: some years of daily calls.
    static let mostRecordings = 2_000
    /// Rows of one transaction: others who write wait no longer than for a few tickets.
    static let batch = 20

    /// What is gone through, one after the other.
    enum Stage: String, CaseIterable {
        // A ticket is found by who called and from where, so that it comes after the call.
        case contacts, calls, tickets, notices, words

        static let first = Stage.contacts

        /// The column that counts its rows.
        var count: String? {
            switch self {
            case .tickets, .contacts, .calls: rawValue
            case .notices, .words: nil
            }
        }
    }

    /// What the rest is found by once the record is empty.
    struct KnownBy: Codable, Sendable {
        /// The record and those that were made part of it.
        var customers: [Int64]
        /// Numbers that are no other customer's.
        var phones: [String]
        var emails: [String]
        /// The words the record was found by.
        var words: [String]
        var photos: [String]
    }

    let customers: CustomerDirectory
    let persons: PersonDesk
    let photos: PhotoShelf

    var database: any Database { customers.database }

    public init(customers: CustomerDirectory, persons: PersonDesk, photos: PhotoShelf) {
        self.customers = customers
        self.persons = persons
        self.photos = photos
    }

    /// How far it has come; nil for a customer whose data nobody erased.
    public func state(of customerID: Int64) async throws(StoreError) -> ErasureState? {
        try await database.read { session in try Self.state(of: customerID, in: session) }
    }

    static func state(of customerID: Int64, in session: any SQLSession) throws(StoreError) -> ErasureState? {
        let row = try session.row(
            """
            SELECT began_at, ended_at, tickets, contacts, calls, recordings FROM customer_erasure WHERE customer_id = $1
            """,
            [.integer(customerID)]
        )
        guard let row else { return nil }
        return ErasureState(
            customerID: customerID,
            beganAt: try row.need(row.moment(0), "customer_erasure.began_at"),
            endedAt: row.moment(1),
            tickets: row.integer(2) ?? 0,
            contacts: row.integer(3) ?? 0,
            calls: row.integer(4) ?? 0,
            recordings: StoredList.decode([String].self, row.text(5)) ?? []
        )
    }

    /// Goes on with what is left of all erasures, so many batches at the most.
    ///
    /// One that fails holds up none of the others, and is come back to in the next turn.
    /// - Returns: how many rows were gone through; 0 when nothing is left.
    /// - Throws: the first failure, after the others were gone on with; at once what passes by itself.
    @discardableResult
    public func goOn(batches: Int = 50) async throws -> Int {
        var (count, left) = (0, batches)
        var past: Int64 = 0
        var fault: (any Error)?
        while left > 0, let customer = try await next(after: past) {
            do {
                count += try await goOn(with: customer)
                left -= 1
            } catch let error as StoreError where error.isTransient {
                throw error
            } catch {
                (fault, past) = (fault ?? error, customer)
            }
        }
        if let fault { throw fault }
        return count
    }

    /// The first customer after another whose erasure is not at its end.
    private func next(after past: Int64) async throws(StoreError) -> Int64? {
        try await database.read { session in
            try session.row(
                """
                SELECT customer_id FROM customer_erasure WHERE ended_at IS NULL AND customer_id > $1
                ORDER BY customer_id LIMIT 1
                """,
                [.integer(past)]
            )?.integer(0)
        }
    }

    /// One batch of a customer's; how many rows it went through.
    private func goOn(with customer: Int64) async throws -> Int {
        switch try await database.write({ session in try step(of: customer, in: session) }) {
        case .rows(let rows): return rows
        case .pictures(let names):
            var fault: (any Error)?
            // Files last: one that cannot be removed is tried again in the next turn, as the erasure has not ended.
            for name in names {
                do { try await photos.letGo(name) } catch { fault = fault ?? error }
            }
            if let fault { throw fault }
            try await end(customer)
            return 1
        }
    }

    private enum Progress: Sendable {
        case rows(Int)
        /// The rows are gone through: the pictures of people who are gone have to go.
        case pictures([String])
    }

    private func step(of id: Int64, in session: any SQLSession) throws(StoreError) -> Progress {
        let row = try session.row(
            """
            SELECT customer_id, stage, after, known_by, recordings FROM customer_erasure
            WHERE ended_at IS NULL AND customer_id = $1
            """,
            [.integer(id)]
        )
        // Another node has come to its end meanwhile.
        guard let row else { return .rows(0) }
        let stage = try row.need(row.text(1).flatMap(Stage.init), "customer_erasure.stage")
        let known = try row.need(StoredList.decode(KnownBy.self, row.text(3)), "customer_erasure.known_by")
        let after = row.integer(2) ?? 0
        var recordings: [String] = []
        let taken =
            switch stage {
            case .tickets: try tickets(known, after: after, in: session)
            case .contacts: try contacts(known, after: after, recordings: &recordings, in: session)
            case .calls: try calls(known, after: after, recordings: &recordings, in: session)
            case .notices: try notices(known, after: after, in: session)
            case .words: try words(known, after: after, in: session)
            }
        guard let last = taken.last else {
            guard let next = Stage.allCases.drop(while: { $0 != stage }).dropFirst().first else {
                return .pictures(known.photos)
            }
            try session.execute(
                "UPDATE customer_erasure SET stage = $1, after = 0 WHERE customer_id = $2",
                [.text(next.rawValue), .integer(id)]
            )
            return .rows(0)
        }
        let names = (StoredList.decode([String].self, row.text(4)) ?? []) + recordings
        let counted = stage.count.map { ", \($0) = \($0) + \(taken.count)" } ?? ""
        try session.execute(
            "UPDATE customer_erasure SET after = $1, recordings = $2\(counted) WHERE customer_id = $3",
            [.integer(last), .text(StoredList.encode(Array(names.prefix(Self.mostRecordings)))), .integer(id)]
        )
        return .rows(taken.count)
    }

    private func end(_ customer: Int64) async throws(StoreError) {
        let now = customers.clock.now
        try await database.write { session in
            try session.execute(
                "UPDATE customer_erasure SET ended_at = $1, known_by = NULL WHERE customer_id = $2 AND ended_at IS NULL",
                [.moment(now), .integer(customer)]
            )
        }
    }

    /// The next ids of `table` that belong to the customer.
    func ids(
        _ table: String,
        of customers: [Int64],
        after: Int64,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        try session.rows(
            """
            SELECT id FROM \(table) WHERE customer_id IN (\(Self.list(customers))) AND id > $1
            ORDER BY id LIMIT \(Self.batch)
            """,
            [.integer(after)]
        ).compactMap { $0.integer(0) }
    }

    /// Ids of our own, and no text of anybody's.
    static func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }
}
