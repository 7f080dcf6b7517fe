/// One contact of a customer with the desk, as they see it: a protocol number, a day, and how long a call took.
public struct CustomerProtocol: Sendable {
    public var attendance: Attendance
    /// When it was a call: from when to when.
    public var call: Call?
    /// Tickets made in it.
    public var tickets: Int
}

extension CustomerTickets {
    /// A person's protocols, the newest first: their own contacts, and those of customers all of whose matters they see.
    ///
    /// A contact in which a confidential ticket was made is seen by who made it, and a portal visit under way by nobody.
    ///
    /// `before`: the last id of the page before.
    public func protocols(
        _ reader: CustomerReader,
        before: Int64? = nil,
        limit: Int = 20
    ) async throws(StoreError) -> [CustomerProtocol] {
        let bounded = min(max(1, limit), 200)
        return try await read { session in
            var arguments: [SQLValue] = [.integer(before ?? .max)]
            let ways = Self.ways(reader, &arguments)
            guard !ways.isEmpty else { return [] }
            let walks = ways.map { way in
                """
                SELECT * FROM (SELECT attendance.id FROM attendance WHERE attendance.id < $1 AND \(way)
                    AND NOT (attendance.channel = 'portal' AND attendance.state = 'open')
                    ORDER BY attendance.id DESC LIMIT \(bounded)) AS walk
                """
            }
            let ids = try session.rows(
                "\(walks.joined(separator: " UNION ")) ORDER BY 1 DESC LIMIT \(bounded)",
                arguments
            ).compactMap { $0.integer(0) }
            var found: [CustomerProtocol] = []
            for id in ids {
                if let one = try Self.one(id, in: session) { found.append(one) }
            }
            return found
        }
    }

    /// One protocol by its number as people write it; nil for one that is not this person's to see.
    public func `protocol`(_ number: String, _ reader: CustomerReader) async throws(StoreError) -> CustomerProtocol? {
        try await read { session in
            var arguments: [SQLValue] = [.text(number.filter { !$0.isWhitespace })]
            let ways = Self.ways(reader, &arguments)
            guard !ways.isEmpty else { return nil }
            let row = try session.row(
                "SELECT attendance.id FROM attendance WHERE attendance.protocol = $1 AND (\(ways.map { "(\($0))" }.joined(separator: " OR ")))",
                arguments
            )
            return try row?.integer(0).flatMap { id throws(StoreError) in try Self.one(id, in: session) }
        }
    }

    private static func one(_ id: Int64, in session: any SQLSession) throws(StoreError) -> CustomerProtocol? {
        guard let attendance = try AttendanceDesk.find(id, in: session) else { return nil }
        var call: Call?
        if let callID = attendance.callID {
            call = try session.row("SELECT \(Call.columns) FROM call WHERE id = $1", [.integer(callID)])
                .map { row throws(StoreError) in try Call(row: row) }
        }
        let count = try session.row("SELECT COUNT(*) FROM ticket WHERE attendance_id = $1", [.integer(id)])?.integer(0)
        return CustomerProtocol(attendance: attendance, call: call, tickets: Int(count ?? 0))
    }

    private static func ways(_ reader: CustomerReader, _ arguments: inout [SQLValue]) -> [String] {
        var ways: [String] = []
        for contact in reader.reach.contacts.prefix(mostContacts) {
            arguments.append(.integer(contact.contactID))
            ways.append("attendance.contact_id = $\(arguments.count)")
            guard contact.reach == .all else { continue }
            arguments.append(.integer(contact.customerID))
            ways.append(
                """
                attendance.customer_id = $\(arguments.count) AND NOT EXISTS (SELECT 1 FROM ticket
                    WHERE ticket.attendance_id = attendance.id AND ticket.confidential = 1)
                """
            )
        }
        return ways
    }
}
