/// A contact that somebody has in hand or still talks in, and how sure it is that the caller is the customer.
public struct HeldContact: Sendable, Equatable {
    public var customerID: Int64
    public var level: IdentityLevel
    /// The number the caller calls from.
    public var number: String?
}

extension AttendanceDesk {
    /// Nobody talks to more customers at once; what lies open besides is older.
    private static let mostHeld = 50

    /// The contacts of an account with customers that it has in hand or still talks in, the newest first.
    public func held(by accountID: Int64) async throws(StoreError) -> [HeldContact] {
        let now = now
        return try await database.read { session in
            try Self.held("account_id", accountID, at: now, in: session).map(\.contact)
        }
    }

    /// Who holds a contact with customers, by customer and account: each with the newest of theirs.
    public func holders(with customerIDs: Set<Int64>) async throws(StoreError) -> [Int64: [Int64: HeldContact]] {
        let now = now
        return try await database.read { session in
            var holders: [Int64: [Int64: HeldContact]] = [:]
            for id in customerIDs {
                let found = try Self.held("customer_id", id, at: now, in: session)
                holders[id] = Dictionary(found.map { ($0.accountID, $0.contact) }) { newest, _ in newest }
            }
            return holders
        }
    }

    /// The contacts of an account or of a customer that have both, the newest first.
    ///
    /// Those that are open, those that go on with another request, and those that came to something while the caller is on
    /// the line still, in a talk no longer than `longestTalk`: each found by an index of its own, and not among all there
    /// ever were. Joined in the order written.
    private static func held(
        _ column: String,
        _ id: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> [(accountID: Int64, contact: HeldContact)] {
        let whose =
            "attendance.\(column) = $1 AND attendance.account_id IS NOT NULL AND attendance.customer_id IS NOT NULL"
        var values: [SQLValue] = [.integer(id), .moment(now.adding(.zero - longestTalk))]
        let drafts: String
        if column == "account_id" {
            drafts = "draft CROSS JOIN attendance WHERE draft.account_id = $1"
        } else {
            // A contact of long ago goes on with nothing.
            values.append(.moment(now.adding(.zero - CustomerDirectory.memory)))
            drafts = "attendance CROSS JOIN draft WHERE attendance.started_at > $3"
        }
        return try session.rows(
            """
            SELECT attendance.account_id, attendance.customer_id, attendance.identity_level, call.number
            FROM attendance LEFT JOIN call ON call.id = attendance.call_id
            WHERE attendance.id IN (
                SELECT attendance.id FROM attendance WHERE attendance.state = 'open' AND \(whose)
                UNION SELECT attendance.id FROM \(drafts) AND draft.attendance_id = attendance.id AND \(whose)
                UNION SELECT attendance.id FROM call CROSS JOIN attendance
                WHERE call.ended_at IS NULL AND call.answered_at > $2 AND attendance.call_id = call.id AND \(whose))
            ORDER BY attendance.id DESC LIMIT \(mostHeld)
            """,
            values
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
