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
    /// Whether its tickets come without answers, path and promise, which no line of a list shows.
    public var isBrief = false

    public init() {}
}

/// Reading tickets and their threads.
public struct TicketDirectory: Sendable {
    let database: any Database
    private let region: Region

    /// `region`: how a phone or a document typed into a search is read.
    public init(database: any Database, region: Region = .brazil) {
        self.database = database
        self.region = region
    }

    public func find(_ id: Int64) async throws(StoreError) -> Ticket? {
        try await database.read { session in try Self.find(id, in: session) }
    }

    /// The ticket with this number as it was given out, of whatever format; old numbers resolve for ever.
    public func find(number: String) async throws(StoreError) -> Ticket? {
        let number = number.trimmingBlanks
        return try await database.read { session in try Self.find(number: number, in: session) }
    }

    /// What a number that somebody typed or dictated leads to; blanks, dots and dashes do not count.
    public func read(number text: String, format: ProtocolFormat) async throws(StoreError) -> NumberReading {
        // No format makes longer numbers, and separators stand between every two digits at the most.
        guard text.utf8.count <= 100 else { return .unknown }
        if let ticket = try await find(number: text) { return .ticket(ticket) }
        let bare = text.filter { !$0.isWhitespace && $0 != "." && $0 != "-" }
        if bare != text, let ticket = try await find(number: bare) { return .ticket(ticket) }
        return format.read(bare) == .mistyped ? .mistyped : .unknown
    }

    /// The one that counts for a ticket that was merged into another; itself otherwise.
    public func survivor(of ticket: Ticket) async throws(StoreError) -> Ticket {
        guard ticket.mergedInto != nil else { return ticket }
        return try await database.read { session in try TicketFamily.survivor(of: ticket, in: session) }
    }

    static func find(_ id: Int64, in session: any SQLSession) throws(StoreError) -> Ticket? {
        guard let row = try session.row("SELECT \(Ticket.columns) FROM ticket WHERE id = $1", [.integer(id)]) else {
            return nil
        }
        return try Ticket(row: row)
    }

    static func find(number: String, in session: any SQLSession) throws(StoreError) -> Ticket? {
        try session.row("SELECT \(Ticket.columns) FROM ticket WHERE number = $1", [.text(number)])
            .map { row throws(StoreError) in try Ticket(row: row) }
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
            if query.departments?.isEmpty == true { return [] }
            var list = WorkListQuery(.all, of: 0, departments: query.departments)
            (list.order, list.isDescending) = (.created, true)
            (list.situation, list.customerID, list.words) = (query.situation, query.customerID, query.words)
            list.after = query.before.map { WorkListCursor(key: $0, id: $0) }
            // Nothing here is asked by the time.
            let now = Moment(milliseconds: 0)
            let ids: [Int64]
            if list.isSearch {
                ids = try WorkListDesk.search(list, limit: limit, region: region, at: now, in: session).keys.map(\.id)
            } else {
                var statement = WorkListDesk.Statement(list, at: now, on: session.engine)
                ids = try statement.rows(limit: limit, in: session).map(\.id)
            }
            guard !ids.isEmpty else { return [] }
            return try session.rows(
                """
                SELECT \(query.isBrief ? Ticket.briefColumns : Ticket.columns) FROM ticket
                WHERE id IN (\(ids.map(String.init).joined(separator: ", "))) ORDER BY id DESC
                """
            ).map { row throws(StoreError) in try Ticket(row: row) }
        }
    }

    /// A ticket's thread in order as the desk reads it, those merged into it included.
    public func thread(_ ticketID: Int64) async throws(StoreError) -> [Entry] {
        try await database.read { session in try Self.thread(ticketID, publicOnly: false, in: session) }
    }

    /// A ticket's thread as its customer reads it.
    public func publicThread(_ ticketID: Int64) async throws(StoreError) -> [PublicEntry] {
        try await database.read { session in
            try Self.thread(ticketID, publicOnly: true, in: session).compactMap(PublicEntry.init)
        }
    }

    /// Longer threads show their newest part; a page of more nobody reads.
    private static let longestThread = 2_000

    private static func thread(
        _ ticketID: Int64,
        publicOnly: Bool,
        in session: any SQLSession
    ) throws(StoreError) -> [Entry] {
        let family = try TicketFamily.list(of: ticketID, in: session)
        var numbers: [Int64: String] = [:]
        for row in try session.rows("SELECT id, number FROM ticket WHERE id IN (\(family))") {
            if let id = row.integer(0), id != ticketID { numbers[id] = row.text(1) }
        }
        let kinds = publicOnly ? " AND kind IN (\(EntryKind.publicList))" : ""
        var entries: [Entry] = []
        for row in try session.rows(
            """
            SELECT \(Entry.columns) FROM entry WHERE ticket_id IN (\(family))\(kinds)
            ORDER BY id DESC LIMIT \(longestThread)
            """
        ) {
            var entry = try Entry(row: row)
            entry.facts.mergedNumber = numbers[entry.ticketID]
            entries.append(entry)
        }
        return entries.reversed()
    }

    /// Who watches a ticket.
    public func watchers(of ticketID: Int64) async throws(StoreError) -> [Int64] {
        try await database.read { session in try TicketWatching.list(of: ticketID, in: session) }
    }

    /// The stretches in which its clocks stood, so that a deadline can be explained line by line.
    public func pauses(of ticketID: Int64) async throws(StoreError) -> [ServicePause] {
        try await database.read { session in try TicketPauses.list(ticketID, in: session) }
    }
}

/// What a typed ticket number leads to.
public enum NumberReading: Sendable, Equatable {
    case ticket(Ticket)
    /// Its check digit does not fit: one digit is wrong, or two are swapped.
    case mistyped
    case unknown
}
