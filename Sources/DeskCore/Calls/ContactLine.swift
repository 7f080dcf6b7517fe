/// What a list shows of a contact: protocol, holder, customer and what came of it.
public struct ContactLine: Sendable, Equatable {
    public var id: Int64
    public var protocolNumber: String
    public var accountID: Int64?
    public var holder: String?
    public var customer: String?
    public var customerID: Int64?
    public var outcome: String?
    public var ticket: String?
}

extension AttendanceDesk {
    /// The lines of these contacts, by their ids: one statement for all the calls of a screen, whatever their number.
    public func lines(of ids: [Int64]) async throws(StoreError) -> [Int64: ContactLine] {
        let wanted = Set(ids).sorted()
        guard let last = wanted.last else { return [:] }
        // Statements are prepared once and kept: padded to whole pages there are a few of them, not hundreds.
        let count = (wanted.count + 63) / 64 * 64
        let padded = wanted + Array(repeating: last, count: count - wanted.count)
        let places = padded.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return try await database.read { session in
            var found: [Int64: ContactLine] = [:]
            for row in try session.rows(
                """
                SELECT attendance.id, attendance.protocol, attendance.account_id, account.name, customer.name,
                    attendance.customer_id, attendance.outcome,
                    (SELECT MAX(number) FROM ticket WHERE ticket.attendance_id = attendance.id)
                FROM attendance LEFT JOIN customer ON customer.id = attendance.customer_id
                    LEFT JOIN account ON account.id = attendance.account_id
                WHERE attendance.id IN (\(places))
                """,
                padded.map { .integer($0) }
            ) {
                guard let id = row.integer(0), let number = row.text(1) else { continue }
                found[id] = ContactLine(
                    id: id,
                    protocolNumber: number,
                    accountID: row.integer(2),
                    holder: row.text(3),
                    customer: row.text(4),
                    customerID: row.integer(5),
                    outcome: row.text(6),
                    ticket: row.text(7)
                )
            }
            return found
        }
    }
}
