/// Which tickets a list shows.
public struct TicketQuery: Sendable, Equatable {
    public enum Situation: String, Sendable, CaseIterable { case all, open, closed }

    /// Words, a number, a protocol, a document or a phone; accents do not matter.
    public var words = ""
    public var situation = Situation.all
    public var customerID: Int64?
    /// Departments the reader belongs to; nil sees all.
    public var departments: [String]?
    /// The last id of the page before; newest come first.
    public var before: Int64?
    public var limit = 50

    public init() {}
}

/// Reading tickets and their threads.
public struct TicketDirectory: Sendable {
    private let database: any Database
    private let region: Region

    /// - Parameter region: how a phone or a document typed into a search is read.
    public init(database: any Database, region: Region = .brazil) {
        self.database = database
        self.region = region
    }

    public func find(_ id: Int64) async throws(StoreError) -> Ticket? {
        try await database.read { session in try Self.find(id, in: session) }
    }

    public func find(number: String) async throws(StoreError) -> Ticket? {
        try await database.read { session in
            try session.row("SELECT \(Ticket.columns) FROM ticket WHERE number = $1", [.text(number)])
                .map { row throws(StoreError) in try Ticket(row: row) }
        }
    }

    static func find(_ id: Int64, in session: any SQLSession) throws(StoreError) -> Ticket? {
        guard let row = try session.row("SELECT \(Ticket.columns) FROM ticket WHERE id = $1", [.integer(id)]) else {
            return nil
        }
        return try Ticket(row: row)
    }

    /// The tickets made under one protocol number.
    public func list(attendanceID: Int64) async throws(StoreError) -> [Ticket] {
        try await database.read { session in
            try session.rows(
                "SELECT \(Ticket.columns) FROM ticket WHERE attendance_id = $1 ORDER BY id",
                [.integer(attendanceID)],
                limit: 200
            ).map { row throws(StoreError) in try Ticket(row: row) }
        }
    }

    /// A page of tickets, newest first.
    public func list(_ query: TicketQuery) async throws(StoreError) -> [Ticket] {
        let limit = min(max(1, query.limit), 200)
        let region = region
        return try await database.read { session in
            var conditions = ["id < $1"]
            var arguments: [SQLValue] = [.integer(query.before ?? .max)]
            func bind(_ value: SQLValue) -> String {
                arguments.append(value)
                return "$\(arguments.count)"
            }
            if query.words.contains(where: { !$0.isWhitespace }) {
                // The index pages by id itself, so that a page costs the same however many tickets match.
                let found = try SearchIndex.find(
                    kind: .ticket,
                    TypedSearch(query.words, region: region),
                    before: query.before,
                    limit: SearchWindow.most,
                    in: session
                )
                guard !found.isEmpty else { return [] }
                conditions.append("id IN (\(found.map(String.init).joined(separator: ", ")))")
            }
            switch query.situation {
            case .all: break
            case .open: conditions.append("state IN ('triage', 'in_progress', 'waiting')")
            case .closed: conditions.append("state IN ('solved', 'closed')")
            }
            if let customer = query.customerID { conditions.append("customer_id = \(bind(.integer(customer)))") }
            if let departments = query.departments {
                guard !departments.isEmpty else { return [] }
                conditions.append(
                    "department IN (\(departments.prefix(100).map { bind(.text($0)) }.joined(separator: ", ")))"
                )
            }
            return try session.rows(
                """
                SELECT \(Ticket.columns) FROM ticket WHERE \(conditions.joined(separator: " AND "))
                ORDER BY id DESC LIMIT \(limit)
                """,
                arguments
            ).map { row throws(StoreError) in try Ticket(row: row) }
        }
    }

    /// A ticket's thread in order; `internal` includes notes.
    public func thread(_ ticketID: Int64, notes: Bool) async throws(StoreError) -> [Entry] {
        let kinds = notes ? "('reply', 'note', 'event')" : "('reply', 'event')"
        return try await database.read { session in
            try session.rows(
                "SELECT \(Entry.columns) FROM entry WHERE ticket_id = $1 AND kind IN \(kinds) ORDER BY id",
                [.integer(ticketID)],
                limit: 2000
            ).map { row throws(StoreError) in try Entry(row: row) }
        }
    }
}

/// How many matches of a search are looked at before other filters apply.
enum SearchWindow {
    /// Enough to fill a page of 200 for a department that owns every fifth match; more would cost every search.
    static let most = 1000
}
