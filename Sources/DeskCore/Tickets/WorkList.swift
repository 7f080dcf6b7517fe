/// The lists people work from.
public enum WorkListKind: String, Sendable, Codable, CaseIterable {
    /// Those I have.
    case mine
    /// Open ones of my departments.
    case department
    /// Open ones nobody has.
    case unassigned
    /// Those I watch.
    case watched
    /// Those that wait for the customer.
    case waiting
    /// Those whose time is over.
    case late
}

/// A page of a work list and where the next begins.
public struct WorkListPage: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public var ticket: Ticket
        /// Entries of others the reader has not seen.
        public var unread: Int
    }

    public var rows: [Row]
    /// Hand it back for the next page; nil at the end.
    public var next: WorkListCursor?
}

/// The place in a list after which the next page begins: the sort key and the id of the last row.
public struct WorkListCursor: Sendable, Equatable {
    public var key: Int64
    public var id: Int64

    public init(key: Int64, id: Int64) {
        self.key = key
        self.id = id
    }

    /// From `12-3456`.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let key = Int64(parts[0]), let id = Int64(parts[1]) else { return nil }
        self.init(key: key, id: id)
    }

    public var text: String { "\(key).\(id)" }
}

/// What a work list is narrowed to.
public struct WorkListQuery: Sendable, Equatable {
    public var kind: WorkListKind
    public var accountID: Int64
    /// The reader's departments; nil for everybody's.
    public var departments: [String]?
    public var state: TicketState?
    public var priority: TopicPriority?
    public var topic: String?
    public var customerID: Int64?
    public var channel: AttendanceChannel?
    public var personID: Int64?
    public var service: ServiceStatus?
    public var from: Moment?
    public var to: Moment?
    public var after: WorkListCursor?
    public var limit = 50

    public init(_ kind: WorkListKind, of accountID: Int64, departments: [String]?) {
        self.kind = kind
        self.accountID = accountID
        self.departments = departments
    }
}

/// Reads work lists: each is a walk along an index from where the last page ended, however many tickets there are.
public struct WorkListDesk: Sendable {
    /// People of more departments read them as everybody does.
    static let mostDepartments = 50

    private let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// A page: reiterated first, then by priority, then as they came; those that wait or are late by how long.
    public func page(_ query: WorkListQuery) async throws(StoreError) -> WorkListPage {
        let now = clock.now
        return try await database.read { session in try Self.page(query, at: now, in: session) }
    }

    /// How many rows the list has: counted as it is listed, up to `most`.
    public func count(_ query: WorkListQuery, most: Int = 1_000) async throws(StoreError) -> Int {
        let now = clock.now
        let bounded = min(max(1, most), 10_000)
        return try await database.read { session in
            var all = query
            all.after = nil
            var statement = Statement(all, at: now, on: session.engine)
            let sql = statement.keys(limit: bounded)
            return try session.rows(sql, statement.arguments, limit: bounded).count
        }
    }

    /// The first of the department's list that nobody has and that does not wait; nil when the list is done.
    static func next(
        departments: [String]?,
        accountID: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Ticket? {
        var query = WorkListQuery(.unassigned, of: accountID, departments: departments)
        query.state = .triage
        query.limit = 1
        return try page(query, at: now, in: session).rows.first?.ticket
    }

    private static func page(
        _ query: WorkListQuery,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> WorkListPage {
        let limit = min(max(1, query.limit), 200)
        if query.departments?.isEmpty == true, query.kind != .mine, query.kind != .watched {
            return WorkListPage(rows: [], next: nil)
        }
        var statement = Statement(query, at: now, on: session.engine)
        let sql = statement.keys(limit: limit + 1)
        let keys = try session.rows(sql, statement.arguments, limit: limit + 1).compactMap { row in
            row.integer(0).flatMap { id in row.integer(1).map { WorkListCursor(key: $0, id: id) } }
        }
        let shown = keys.prefix(limit)
        guard !shown.isEmpty else { return WorkListPage(rows: [], next: nil) }
        let ids = shown.map { String($0.id) }.joined(separator: ", ")
        var byID: [Int64: WorkListPage.Row] = [:]
        for row in try session.rows(
            """
            SELECT \(Ticket.columns), (SELECT COUNT(*) FROM entry WHERE entry.ticket_id = ticket.id
                AND entry.kind IN (\(EntryKind.readList))
                AND entry.id > COALESCE((SELECT entry_id FROM ticket_read
                    WHERE ticket_read.account_id = $1 AND ticket_read.ticket_id = ticket.id), 0)
                AND NOT (entry.author_kind = 'technician' AND entry.author_id = $2))
            FROM ticket WHERE id IN (\(ids))
            """,
            [.integer(query.accountID), .integer(query.accountID)]
        ) {
            let ticket = try Ticket(row: row)
            byID[ticket.id] = WorkListPage.Row(
                ticket: ticket,
                unread: ticket.state.isOver ? 0 : Int(row.integer(Ticket.columnCount) ?? 0)
            )
        }
        return WorkListPage(
            rows: shown.compactMap { byID[$0.id] },
            next: keys.count > limit ? shown.last : nil
        )
    }

    /// The statement of one list: for each department a walk of its own along the index, and the first rows of all.
    struct Statement {
        private let query: WorkListQuery
        private let now: Moment
        private(set) var arguments: [SQLValue] = []

        private let engine: DatabaseEngine

        init(_ query: WorkListQuery, at now: Moment, on engine: DatabaseEngine) {
            self.query = query
            self.now = now
            self.engine = engine
        }

        /// SQLite would look each open state up and sort what it finds; it is told which index the list is in order of.
        private var allOf: String {
            guard engine == .sqlite else { return "ticket" }
            return switch query.kind {
            case .department: "ticket INDEXED BY ticket_work_all"
            case .unassigned: "ticket INDEXED BY ticket_unassigned_all"
            case .waiting: "ticket INDEXED BY ticket_waiting_all"
            case .late: "ticket INDEXED BY ticket_late_all"
            case .mine, .watched: "ticket"
            }
        }

        private mutating func bind(_ value: SQLValue) -> String {
            arguments.append(value)
            return "$\(arguments.count)"
        }

        /// The column the list is in order of; ids break ties.
        private var key: String {
            switch query.kind {
            case .mine, .department, .unassigned, .watched: "ticket.list_rank"
            case .waiting: "ticket.waiting_since"
            case .late: "ticket.due_at"
            }
        }

        mutating func keys(limit: Int) -> String {
            switch query.kind {
            case .mine, .watched: return walk(department: nil, limit: limit)
            case .department, .unassigned, .waiting, .late:
                guard let departments = query.departments else {
                    return walk(department: nil, limit: limit)
                }
                let walks = departments.prefix(WorkListDesk.mostDepartments).map { department in
                    "SELECT * FROM (\(walk(department: department, limit: limit))) AS walk"
                }
                return walks.count == 1
                    ? walks[0] : "\(walks.joined(separator: " UNION ALL ")) ORDER BY 2, 1 LIMIT \(limit)"
            }
        }

        private mutating func walk(department: String?, limit: Int) -> String {
            var conditions: [String] = []
            var source = department == nil ? allOf : "ticket"
            switch query.kind {
            case .mine:
                conditions = [TicketState.openCondition, "ticket.assigned_to = \(bind(.integer(query.accountID)))"]
            case .department: conditions = [TicketState.openCondition]
            case .unassigned: conditions = [TicketState.openCondition, "assigned_to IS NULL"]
            case .watched:
                source = "ticket_watcher JOIN ticket ON ticket.id = ticket_watcher.ticket_id"
                conditions = [
                    "ticket_watcher.account_id = \(bind(.integer(query.accountID)))", TicketState.openCondition,
                ]
            case .waiting: conditions = ["state = 'waiting'"]
            case .late:
                conditions = [
                    "state IN ('triage', 'in_progress')", "due_at IS NOT NULL", "ticket.due_at < \(bind(.moment(now)))",
                ]
            }
            if let department { conditions.append("ticket.department = \(bind(.text(department)))") }
            conditions += filters()
            if let after = query.after {
                let first = bind(.integer(after.key))
                let second = bind(.integer(after.id))
                conditions.append("(\(key), ticket.id) > (\(first), \(second))")
            }
            return """
                SELECT ticket.id, \(key) FROM \(source) WHERE \(conditions.joined(separator: " AND "))
                ORDER BY \(key), ticket.id LIMIT \(limit)
                """
        }

        private mutating func filters() -> [String] {
            var conditions: [String] = []
            if let state = query.state { conditions.append("ticket.state = \(bind(.text(state.rawValue)))") }
            if let priority = query.priority { conditions.append("priority = \(bind(.text(priority.rawValue)))") }
            if let topic = query.topic { conditions.append("ticket.topic = \(bind(.text(topic)))") }
            if let customer = query.customerID { conditions.append("customer_id = \(bind(.integer(customer)))") }
            if let channel = query.channel { conditions.append("channel = \(bind(.text(channel.rawValue)))") }
            if let person = query.personID { conditions.append("assigned_to = \(bind(.integer(person)))") }
            if let from = query.from { conditions.append("created_at >= \(bind(.moment(from)))") }
            if let to = query.to { conditions.append("created_at < \(bind(.moment(to)))") }
            switch query.service {
            case .open: conditions.append("due_at IS NULL")
            case .late: conditions.append("due_at < \(bind(.moment(now)))")
            case .atRisk:
                conditions.append("due_at >= \(bind(.moment(now)))")
                conditions.append("at_risk_at <= \(bind(.moment(now)))")
            case .normal:
                conditions.append("due_at IS NOT NULL")
                conditions.append("(at_risk_at IS NULL OR at_risk_at > \(bind(.moment(now))))")
                conditions.append("due_at >= \(bind(.moment(now)))")
            case nil: break
            }
            return conditions
        }
    }
}

extension TicketDesk {
    /// Takes the first ticket of the person's departments that nobody has; nil when there is none.
    ///
    /// The choice and the taking are one transaction: two people who press at once get two tickets.
    public func takeNext(by account: Account) async throws(StoreError) -> MoveResult? {
        let departments = account.departments.isEmpty ? nil : account.departments
        return try await makeNext(departments: departments, by: account)
    }
}
