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
    /// Every ticket of my departments, ended ones too.
    case all
}

/// What a work list is in order of.
public enum WorkListOrder: String, Sendable, Codable, CaseIterable {
    /// As people work: reiterated first, then by priority, then as they came; what waits or is late, by how long.
    case work
    /// By when they were opened.
    case created
    /// By their due time; those without one come after all others.
    case due
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
    /// The list has more rows than any of its pages shows: too many tickets have its words (`WorkListDesk.search`).
    public var isCut = false
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
    public var order = WorkListOrder.work
    public var isDescending = false
    /// Words, a number, a protocol, a document or a phone; accents do not matter.
    public var words = ""
    public var accountID: Int64
    /// The reader's departments; nil for everybody's.
    public var departments: [String]?
    /// Only this department's.
    public var department: String?
    public var state: TicketState?
    /// Of all tickets, only those that are open or that have ended.
    var situation = TicketQuery.Situation.all
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
    /// Whether its tickets come without answers, path and promise, which no line of a list shows.
    public var isBrief = false

    public init(_ kind: WorkListKind, of accountID: Int64, departments: [String]?) {
        self.kind = kind
        self.accountID = accountID
        self.departments = departments
    }

    /// The departments whose tickets it walks, nil for all: what somebody has or watches is theirs wherever it is.
    var places: [String]? {
        if isByName { return nil }
        guard let department else { return departments }
        return departments.map { $0.contains(department) ? [department] : [] } ?? [department]
    }

    var isByName: Bool { kind == .mine || kind == .watched }

    /// Whether no ticket can be in it, which no index has to be walked for.
    var isEmpty: Bool {
        // Whoever belongs to no department has only what is theirs by name.
        if places?.isEmpty == true { return true }
        switch kind {
        case .all: return false
        case .unassigned where personID != nil: return true
        case .waiting: return state.map { $0 != .waiting } ?? false
        case .late: return state.map { $0 != .triage && $0 != .inProgress } ?? false
        case .mine, .department, .unassigned, .watched: return state.map { !$0.isOpen } ?? false
        }
    }
}

/// Reads work lists: each is a walk along an index from where the last page ended, however many tickets there are.
public struct WorkListDesk: Sendable {
    /// Each department takes up to six walks, and SQLite puts 500 together.
    static let mostDepartments = 80

    private let database: any Database
    private let clock: DeskClock
    private let region: Region

    /// `region`: how a phone or a document typed into a search is read.
    public init(database: any Database, clock: DeskClock, region: Region = .brazil) {
        self.database = database
        self.clock = clock
        self.region = region
    }

    /// A page in the query's order.
    public func page(_ query: WorkListQuery) async throws(StoreError) -> WorkListPage {
        let (now, region) = (clock.now, region)
        return try await database.read { session in
            try Self.page(query, region: region, at: now, in: session)
        }
    }

    /// How many rows the list has: counted as it is listed, up to `most`.
    public func count(_ query: WorkListQuery, most: Int = 1_000) async throws(StoreError) -> Int {
        try await counts([query], most: most).first ?? 0
    }

    /// How many rows each list has, up to `most`: in the lists' order, all at one moment.
    public func counts(_ queries: [WorkListQuery], most: Int = 1_000) async throws(StoreError) -> [Int] {
        let (now, region) = (clock.now, region)
        let bounded = min(max(1, most), 10_000)
        return try await database.read { session in
            try queries.map { query throws(StoreError) in
                if query.isEmpty { return 0 }
                var all = query
                all.after = nil
                if all.isSearch {
                    return try Self.search(all, limit: bounded, region: region, at: now, in: session).keys.count
                }
                var statement = Statement(all, at: now, on: session.engine)
                let sql = "SELECT COUNT(*) FROM (\(statement.keys(limit: bounded))) AS listed"
                return Int(try session.row(sql, statement.arguments)?.integer(0) ?? 0)
            }
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
        // It is asked without words, which no region has to read.
        return try page(query, region: .brazil, at: now, in: session).rows.first?.ticket
    }

    private static func page(
        _ query: WorkListQuery,
        region: Region,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> WorkListPage {
        let limit = min(max(1, query.limit), 200)
        if query.isEmpty { return WorkListPage(rows: [], next: nil) }
        let keys: [WorkListCursor]
        var reached: WorkListCursor?
        var isCut = false
        if query.isSearch {
            (keys, reached, isCut) = try search(query, limit: limit + 1, region: region, at: now, in: session)
        } else {
            var statement = Statement(query, at: now, on: session.engine)
            keys = try statement.rows(limit: limit + 1, in: session)
        }
        let shown = keys.prefix(limit)
        guard !shown.isEmpty else { return WorkListPage(rows: [], next: reached, isCut: isCut) }
        let ids = shown.map { String($0.id) }.joined(separator: ", ")
        var byID: [Int64: WorkListPage.Row] = [:]
        for row in try session.rows(
            """
            SELECT \(query.isBrief ? Ticket.briefColumns : Ticket.columns), (SELECT COUNT(*) FROM entry WHERE entry.ticket_id = ticket.id
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
            next: keys.count > limit ? shown.last : reached,
            isCut: isCut
        )
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
