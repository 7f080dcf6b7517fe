/// One line of a customer's story.
public struct CustomerEvent: Sendable, Equatable {
    public enum What: Sendable, Equatable {
        case contact(Attendance)
        case ticket(Ticket)
        case notice(NoticeFate)
        /// What was changed in the record; never the values.
        case change(AuditRecord)

        /// At one moment the later of two: a contact comes before the ticket made in it, and that before its notices.
        fileprivate var rank: Int64 {
            switch self {
            case .change: 0
            case .contact: 1
            case .ticket: 2
            case .notice: 3
            }
        }

        fileprivate var id: Int64 {
            switch self {
            case .contact(let contact): contact.id
            case .ticket(let ticket): ticket.id
            case .notice(let notice): notice.id
            case .change(let record): record.id
            }
        }
    }

    public var at: Moment
    public var what: What

    public var cursor: TimelineCursor { TimelineCursor(at: at, rank: what.rank, id: what.id) }
}

/// Where a page of the story ends, as an address says it: `1795236570000.2.17`.
public struct TimelineCursor: Sendable, Equatable {
    fileprivate var at: Moment
    fileprivate var rank: Int64
    fileprivate var id: Int64

    fileprivate init(at: Moment, rank: Int64, id: Int64) {
        self.at = at
        self.rank = rank
        self.id = id
    }

    /// Nil for what no page ever said.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard text.utf8.count <= 60, parts.count == 3, let at = parts[0], let rank = parts[1], let id = parts[2],
            (0...3).contains(rank), id > 0
        else { return nil }
        self.init(at: Moment(milliseconds: at), rank: rank, id: id)
    }

    public var text: String { "\(at.milliseconds).\(rank).\(id)" }

    /// The last id that is still before the cursor at its very moment, for lines of a rank; none is 0.
    fileprivate func limit(of rank: Int64) -> Int64 { rank < self.rank ? .max : rank == self.rank ? id : 0 }

    fileprivate func isAfter(_ other: Self) -> Bool {
        (at.milliseconds, rank, id) > (other.at.milliseconds, other.rank, other.id)
    }
}

extension CustomerDirectory {
    /// A customer's contacts, tickets, notices and changes in one story, the newest first.
    ///
    /// `departments`: whose tickets the reader sees, with their notices; nil for all. `after`: the last line of the page before.
    /// `isBrief`: its tickets come without answers, path and promise.
    public func timeline(
        of id: Int64,
        departments: [String]?,
        after: TimelineCursor? = nil,
        limit: Int = 30,
        isBrief: Bool = false
    ) async throws(StoreError) -> [CustomerEvent] {
        let bounded = min(max(1, limit), 200)
        let cursor = after ?? TimelineCursor(at: Moment(milliseconds: .max), rank: 3, id: .max)
        return try await read { session throws(StoreError) in
            var found = try contacts(of: id, before: cursor, bounded, in: session)
            found += try tickets(of: id, departments, before: cursor, bounded, isBrief, in: session)
            found += try notices(of: id, departments, before: cursor, bounded, in: session)
            found += try changes(of: id, before: cursor, bounded, in: session)
            return Array(found.sorted { $0.cursor.isAfter($1.cursor) }.prefix(bounded))
        }
    }

    private static func before(_ cursor: TimelineCursor, rank: Int64) -> [SQLValue] {
        [.moment(cursor.at), .integer(cursor.limit(of: rank))]
    }

    private func contacts(
        of id: Int64,
        before cursor: TimelineCursor,
        _ limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [CustomerEvent] {
        try session.rows(
            """
            SELECT \(Attendance.columns) FROM attendance
            WHERE customer_id = $1 AND started_at <= $2 AND (started_at < $2 OR id < $3)
            ORDER BY started_at DESC, id DESC LIMIT \(limit)
            """,
            [.integer(id)] + Self.before(cursor, rank: 1)
        ).map { row throws(StoreError) in
            let contact = try Attendance(row: row)
            return CustomerEvent(at: contact.startedAt, what: .contact(contact))
        }
    }

    private func tickets(
        of id: Int64,
        _ departments: [String]?,
        before cursor: TimelineCursor,
        _ limit: Int,
        _ isBrief: Bool,
        in session: any SQLSession
    ) throws(StoreError) -> [CustomerEvent] {
        let seen = Self.seen(departments, from: 4)
        return try session.rows(
            """
            SELECT \(isBrief ? Ticket.briefColumns : Ticket.columns) FROM ticket
            WHERE customer_id = $1 AND created_at <= $2 AND (created_at < $2 OR id < $3)\(seen.condition)
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """,
            [.integer(id)] + Self.before(cursor, rank: 2) + seen.values
        ).map { row throws(StoreError) in
            let ticket = try Ticket(row: row)
            return CustomerEvent(at: ticket.createdAt, what: .ticket(ticket))
        }
    }

    private func notices(
        of id: Int64,
        _ departments: [String]?,
        before cursor: TimelineCursor,
        _ limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [CustomerEvent] {
        let seen = Self.seen(departments, from: 4)
        let readable =
            seen.condition.isEmpty
            ? ""
            : " AND (ticket_id IS NULL OR ticket_id IN (SELECT id FROM ticket WHERE customer_id = $1\(seen.condition)))"
        return try session.rows(
            """
            SELECT \(NoticeFate.columns) FROM notice
            WHERE customer_id = $1 AND created_at <= $2 AND (created_at < $2 OR id < $3)\(readable)
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """,
            [.integer(id)] + Self.before(cursor, rank: 3) + seen.values
        ).map { row throws(StoreError) in
            let notice = try NoticeFate(row: row)
            return CustomerEvent(at: notice.createdAt, what: .notice(notice))
        }
    }

    private func changes(
        of id: Int64,
        before cursor: TimelineCursor,
        _ limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [CustomerEvent] {
        try session.rows(
            """
            SELECT id, at, actor, action FROM audit
            WHERE subject = $1 AND at <= $2 AND (at < $2 OR id < $3) ORDER BY at DESC, id DESC LIMIT \(limit)
            """,
            [.text(Self.subject(id))] + Self.before(cursor, rank: 0)
        ).map { row throws(StoreError) in
            let at = try row.need(row.moment(1), "audit.at")
            return CustomerEvent(
                at: at,
                what: .change(
                    AuditRecord(
                        id: try row.need(row.integer(0), "audit.id"),
                        at: at,
                        actor: row.text(2) ?? "",
                        action: row.text(3) ?? "",
                        subject: Self.subject(id),
                        detail: nil
                    )
                )
            )
        }
    }

    /// The condition that leaves out other departments' tickets; one who has no department at all sees none.
    private static func seen(_ departments: [String]?, from first: Int) -> (condition: String, values: [SQLValue]) {
        guard let departments else { return ("", []) }
        guard !departments.isEmpty else { return (" AND 1 = 0", []) }
        let places = departments.indices.map { "$\($0 + first)" }.joined(separator: ", ")
        return (" AND department IN (\(places))", departments.map { .text($0) })
    }
}
