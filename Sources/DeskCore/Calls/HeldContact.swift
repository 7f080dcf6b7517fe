/// An open contact that somebody holds, and how sure it is that the caller is the customer.
public struct HeldContact: Sendable, Equatable {
    public var customerID: Int64
    public var level: IdentityLevel
    /// The number the caller calls from.
    public var number: String?
}

extension AttendanceDesk {
    /// Nobody talks to more customers at once; what lies open besides is older.
    private static let mostHeld = 50

    /// The open contacts of an account with customers, the newest first.
    public func held(by accountID: Int64) async throws(StoreError) -> [HeldContact] {
        try await database.read { session in try Self.held(by: accountID, in: session) }
    }

    static func held(by accountID: Int64, in session: any SQLSession) throws(StoreError) -> [HeldContact] {
        try held("account_id", accountID, in: session).map(\.contact)
    }

    /// Who holds an open contact with customers, by customer and account: each with the newest of theirs.
    public func holders(with customerIDs: Set<Int64>) async throws(StoreError) -> [Int64: [Int64: HeldContact]] {
        try await database.read { session in
            var holders: [Int64: [Int64: HeldContact]] = [:]
            for id in customerIDs { holders[id] = try Self.holders(with: id, in: session) }
            return holders
        }
    }

    static func holders(
        with customerID: Int64,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64: HeldContact] {
        let found = try held("customer_id", customerID, in: session)
        return Dictionary(found.map { ($0.accountID, $0.contact) }) { newest, _ in newest }
    }

    /// The open contacts of an account or of a customer that have both, the newest first.
    private static func held(
        _ column: String,
        _ id: Int64,
        in session: any SQLSession
    ) throws(StoreError) -> [(accountID: Int64, contact: HeldContact)] {
        try session.rows(
            """
            SELECT attendance.account_id, attendance.customer_id, attendance.identity_level, call.number
            FROM attendance LEFT JOIN call ON call.id = attendance.call_id
            WHERE attendance.state = 'open' AND attendance.\(column) = $1
                AND attendance.account_id IS NOT NULL AND attendance.customer_id IS NOT NULL
            ORDER BY attendance.id DESC LIMIT \(mostHeld)
            """,
            [.integer(id)]
        ).map { row throws(StoreError) in
            (
                try row.need(row.integer(0), "attendance.account_id"),
                HeldContact(
                    customerID: try row.need(row.integer(1), "attendance.customer_id"),
                    level: row.integer(2).flatMap { IdentityLevel(rawValue: Int($0)) } ?? .none,
                    number: row.text(3)
                )
            )
        }
    }
}
