/// Whom a notice concerns: who holds the contact, and of the ticket who opened it, who has it, and its department.
public struct NoticeReaders: Sendable, Equatable {
    /// What a notice is about.
    public struct Thing: Sendable, Hashable {
        public var attendanceID: Int64?
        public var ticketID: Int64?

        public init(attendanceID: Int64?, ticketID: Int64?) {
            self.attendanceID = attendanceID
            self.ticketID = ticketID
        }
    }

    public var accountIDs: Set<Int64> = []
    public var department: String?

    /// Reads them in one visit: thousands of notices may settle within a second, several about one ticket.
    ///
    /// - Throws: `StoreError`.
    public static func find(_ things: Set<Thing>, in database: any Database) async throws(StoreError)
        -> [Thing: NoticeReaders]
    {
        try await database.read { session in
            var found: [Thing: NoticeReaders] = [:]
            let rows = try Self.list.rows(Array(things), in: session) { thing in
                [.integer(thing.attendanceID), .integer(thing.ticketID)]
            }
            for row in rows {
                found[Thing(attendanceID: row.integer(0), ticketID: row.integer(1))] = NoticeReaders(
                    accountIDs: Set([row.integer(2), row.integer(3), row.integer(4)].compactMap(\.self)),
                    department: row.text(5)
                )
            }
            return found
        }
    }

    private static let list = SQLRowList(["BIGINT", "BIGINT"]) { list, _ in
        """
        WITH thing (attendance_id, ticket_id) AS (\(list))
        SELECT thing.attendance_id, thing.ticket_id,
            attendance.account_id, ticket.created_by, ticket.assigned_to, ticket.department
        FROM thing
        LEFT JOIN attendance ON attendance.id = thing.attendance_id
        LEFT JOIN ticket ON ticket.id = thing.ticket_id
        """
    }
}
