import Logging

/// What a customer's list of tickets shows, and in what order.
public struct CustomerTicketQuery: Sendable {
    /// Todos · Abertos · Fechados, and those with something unread.
    public enum Situation: String, Sendable, CaseIterable { case all, open, closed, news }

    /// What the list can be put in order of.
    public enum Column: String, Sendable, CaseIterable {
        case created, updated, due, state, priority, service

        var expression: String {
            switch self {
            // Ids grow as tickets are opened.
            case .created: "ticket.id"
            case .updated: "ticket.updated_at"
            // “A combinar” comes after every day. Not the very words of the desk's own index of days: PostgreSQL would walk
            // the whole desk's to meet one customer's.
            case .due: "COALESCE(ticket.due_at, 9223372036854775806)"
            case .state:
                """
                CASE ticket.state WHEN 'waiting' THEN 0 WHEN 'triage' THEN 1 WHEN 'in_progress' THEN 2
                    WHEN 'solved' THEN 3 WHEN 'closed' THEN 4 ELSE 5 END
                """
            case .priority:
                "CASE ticket.priority WHEN 'urgent' THEN 3 WHEN 'high' THEN 2 WHEN 'low' THEN 0 ELSE 1 END"
            case .service: "ticket.topic_title"
            }
        }
    }

    public var reader: CustomerReader
    /// Service, description or number.
    public var words = ""
    public var situation = Situation.open
    public var column = Column.created
    public var isAscending = false
    /// The last ticket of the page before.
    public var after: Int64?
    public var limit = 20

    public init(of reader: CustomerReader) { self.reader = reader }
}

/// Who reads: a person, what they see, and since when they have an account: what is older is not news to them.
public struct CustomerReader: Sendable {
    public var personID: Int64
    public var reach: TicketReach
    public var since: Moment

    public init(personID: Int64, reach: TicketReach, since: Moment) {
        self.personID = personID
        self.reach = reach
        self.since = since
    }
}

/// One line of a customer's list.
public struct CustomerTicketRow: Sendable {
    public var ticket: Ticket
    public var isUnread: Bool
    public var hasFiles: Bool
}

/// How many tickets a customer has, counted as they are listed, up to `CustomerTickets.mostCounted`.
public struct CustomerCounts: Sendable, Equatable {
    public var open = 0
    public var news = 0
    public var closed = 0
}

/// A customer's tickets: their lists, what is unread, and what they have read.
///
/// Each way a person sees tickets (as the requester, as one more contact, by the reach into a customer) is a walk along an
/// index of its own, so that the first page in the usual order costs the same however many tickets there are.
public struct CustomerTickets: Sendable {
    /// A thousand and more are told as that.
    public static let mostCounted = 1_000
    /// Of many more nobody reads what is new; the newest are looked at.
    static let mostNews = 200
    /// People who are more contacts than this see what the first ones see.
    static let mostContacts = 50

    private let database: any Database
    private let region: Region
    private let marks: PassingWrites

    public init(database: any Database, region: Region, logger: Logger? = nil) {
        self.database = database
        self.region = region
        marks = PassingWrites(logger: logger)
    }

    /// A page of the list, and whether another follows.
    public func page(_ query: CustomerTicketQuery) async throws(StoreError) -> (rows: [CustomerTicketRow], more: Bool) {
        let limit = min(max(1, query.limit), 200)
        let region = region
        return try await database.read { session in
            var statement = CustomerStatement(query.reader)
            guard let sql = try statement.keys(query, limit: limit + 1, region: region, in: session) else {
                return ([], false)
            }
            let ids = try session.rows(sql, statement.arguments, limit: limit + 1).compactMap { $0.integer(0) }
            return (try Self.rows(Array(ids.prefix(limit)), query.reader, in: session), ids.count > limit)
        }
    }

    /// How many are open, unread and ended.
    public func counts(_ reader: CustomerReader) async throws(StoreError) -> CustomerCounts {
        let region = region
        return try await database.read { session in
            func count(_ situation: CustomerTicketQuery.Situation) throws(StoreError) -> Int {
                var query = CustomerTicketQuery(of: reader)
                query.situation = situation
                var statement = CustomerStatement(reader)
                let sql = try statement.keys(query, limit: Self.mostCounted, region: region, in: session)
                return try sql.map { sql throws(StoreError) in
                    try session.rows(sql, statement.arguments, limit: Self.mostCounted).count
                } ?? 0
            }
            return CustomerCounts(open: try count(.open), news: try count(.news), closed: try count(.closed))
        }
    }

    /// How many have something unread.
    public func news(_ reader: CustomerReader) async throws(StoreError) -> Int {
        let region = region
        return try await database.read { session in
            var query = CustomerTicketQuery(of: reader)
            query.situation = .news
            var statement = CustomerStatement(reader)
            guard let sql = try statement.keys(query, limit: Self.mostNews, region: region, in: session) else {
                return 0
            }
            return try session.rows(sql, statement.arguments, limit: Self.mostNews).count
        }
    }

    /// Whether a ticket holds something this person has not read.
    public func isUnread(_ ticketID: Int64, by reader: CustomerReader) async throws(StoreError) -> Bool {
        try await database.read { session in try Self.rows([ticketID], reader, in: session).first?.isUnread ?? false }
    }

    /// Marks a ticket as read up to its last public entry that was shown; while the database takes no writes it stays unread.
    public func read(_ ticketID: Int64, upTo entryID: Int64, by personID: Int64) async {
        await marks.attempt("\(personID)/\(ticketID)") { [database] () async throws(StoreError) in
            _ = try await database.write { session in
                try session.execute(
                    """
                    INSERT INTO person_read (person_id, ticket_id, entry_id) VALUES ($1, $2, $3)
                    ON CONFLICT (person_id, ticket_id) DO UPDATE SET entry_id = excluded.entry_id
                    WHERE person_read.entry_id < excluded.entry_id
                    """,
                    [.integer(personID), .integer(ticketID), .integer(entryID)]
                )
            }
        }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        try await database.read(body)
    }

    /// The lines of tickets that were chosen otherwise.
    public func rows(_ ids: [Int64], _ reader: CustomerReader) async throws(StoreError) -> [CustomerTicketRow] {
        try await database.read { session in try Self.rows(ids, reader, in: session) }
    }

    private static func rows(
        _ ids: [Int64],
        _ reader: CustomerReader,
        in session: any SQLSession
    ) throws(StoreError) -> [CustomerTicketRow] {
        guard !ids.isEmpty else { return [] }
        var byID: [Int64: CustomerTicketRow] = [:]
        for row in try session.rows(
            """
            SELECT \(Ticket.columns), CASE WHEN \(CustomerStatement.unread("$1", "$2")) THEN 1 ELSE 0 END,
                CASE WHEN EXISTS (SELECT 1 FROM attachment LEFT JOIN entry ON entry.id = attachment.entry_id
                    WHERE attachment.ticket_id = ticket.id AND \(AttachmentStore.isPublic)) THEN 1 ELSE 0 END
            FROM ticket WHERE id IN (\(ids.map(String.init).joined(separator: ", ")))
            """,
            [.integer(reader.personID), .moment(reader.since)]
        ) {
            let ticket = try Ticket(row: row)
            byID[ticket.id] = CustomerTicketRow(
                ticket: ticket,
                isUnread: row.bool(Ticket.columnCount),
                hasFiles: row.bool(Ticket.columnCount + 1)
            )
        }
        return ids.compactMap { byID[$0] }
    }
}

/// The statement of a customer's list, built with its arguments.
struct CustomerStatement {
    private let reader: CustomerReader
    private(set) var arguments: [SQLValue] = []

    init(_ reader: CustomerReader) { self.reader = reader }

    /// Whether `ticket` has news for a person: later than what they read, and than their account.
    static func unread(_ person: String, _ since: String) -> String {
        """
        ticket.news_entry > COALESCE((SELECT entry_id FROM person_read
                WHERE person_read.person_id = \(person) AND person_read.ticket_id = ticket.id), 0)
            AND (SELECT created_at FROM entry WHERE entry.id = ticket.news_entry) > \(since)
        """
    }

    private mutating func bind(_ value: SQLValue) -> String {
        arguments.append(value)
        return "$\(arguments.count)"
    }

    /// The ids of a page in order; nil when nothing can be in it.
    mutating func keys(
        _ query: CustomerTicketQuery,
        limit: Int,
        region: Region,
        in session: any SQLSession
    ) throws(StoreError) -> String? {
        let contacts = Array(query.reader.reach.contacts.prefix(CustomerTickets.mostContacts))
        let isSearch = query.words.contains { !$0.isWhitespace }
        var walks: [String] = []
        for contact in contacts {
            var found: String?
            if isSearch {
                let ids = try Self.search(query.words, contact, region: region, in: session)
                guard !ids.isEmpty else { continue }
                found = "ticket.id IN (\(ids.map(String.init).joined(separator: ", ")))"
            }
            for way in ways(contact) {
                walks.append("SELECT * FROM (\(walk(way, found, query, limit: limit))) AS walk")
            }
        }
        guard !walks.isEmpty else { return nil }
        let direction = query.isAscending ? "ASC" : "DESC"
        return "\(walks.joined(separator: " UNION ")) ORDER BY 2 \(direction), 1 \(direction) LIMIT \(limit)"
    }

    /// One condition for each way a contact sees tickets; together they are `TicketReach.condition`.
    private mutating func ways(_ contact: PersonContact) -> [String] {
        var ways = [
            "ticket.contact_id = \(bind(.integer(contact.contactID)))",
            "ticket.second_contact_id = \(bind(.integer(contact.contactID)))",
        ]
        switch contact.reach {
        case .own: break
        case .all:
            ways.append("ticket.customer_id = \(bind(.integer(contact.customerID))) AND ticket.confidential = 0")
        case .departments(let names):
            guard !names.isEmpty else { break }
            let customer = bind(.integer(contact.customerID))
            let list = names.prefix(Reach.mostDepartments).map { bind(.text($0)) }.joined(separator: ", ")
            ways.append(
                "ticket.customer_id = \(customer) AND ticket.confidential = 0 AND ticket.department IN (\(list))"
            )
        }
        return ways
    }

    private mutating func walk(_ way: String, _ found: String?, _ query: CustomerTicketQuery, limit: Int) -> String {
        let key = query.column.expression
        // A merged one is read as the one that counts.
        var conditions = [way, "ticket.state <> 'merged'"]
        if let found { conditions.append(found) }
        switch query.situation {
        case .all: break
        case .open: conditions.append(TicketState.openCondition)
        case .closed: conditions.append("ticket.state IN ('solved', 'closed', 'cancelled')")
        case .news:
            // The newest by the index; what lies behind them nobody has read for long.
            conditions[0] = """
                ticket.id IN (SELECT ticket.id FROM ticket WHERE \(way) AND ticket.news_entry IS NOT NULL
                    ORDER BY ticket.news_entry DESC LIMIT \(CustomerTickets.mostNews))
                """
            let person = bind(.integer(reader.personID))
            conditions.append(Self.unread(person, bind(.moment(reader.since))))
        }
        if let after = query.after {
            let last = bind(.integer(after))
            let expression = key.replacing("ticket.", with: "last.")
            conditions.append(
                """
                (\(key), ticket.id) \(query.isAscending ? ">" : "<")
                    (SELECT \(expression), last.id FROM ticket AS last WHERE last.id = \(last))
                """
            )
        }
        let direction = query.isAscending ? "ASC" : "DESC"
        return """
            SELECT ticket.id, \(key) AS place FROM ticket WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(key) \(direction), ticket.id \(direction) LIMIT \(limit)
            """
    }

    /// Tickets of a contact, or of all their customer where they see those, that have the words.
    private static func search(
        _ words: String,
        _ contact: PersonContact,
        region: Region,
        in session: any SQLSession
    ) throws(StoreError) -> Set<Int64> {
        var owners = [TicketSearch.word(ofContact: contact.contactID)]
        if contact.reach != .own { owners.append(TicketSearch.word(ofCustomer: contact.customerID)) }
        var found: Set<Int64> = []
        for owner in owners {
            for reading in TypedSearch(words, region: region).readings {
                // The owner first: of a long question only the first words count.
                found.formUnion(
                    try SearchIndex.find(
                        kind: .ticket,
                        words: "\(owner) \(reading)",
                        before: nil,
                        limit: SearchWindow.most,
                        in: session
                    )
                )
            }
        }
        return found
    }
}
