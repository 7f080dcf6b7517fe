/// What rings on somebody's bell.
public enum BellKind: String, Sendable, Codable, CaseIterable {
    case opened, moved, assigned, reply, linked, file, reiterated, reopened, restarted, cancelled, confirmed
    case changed, note, asked, solved, unanswered, merged, split
    case opinion
    /// A step of the promise was taken.
    case escalated
    case atRisk = "at_risk"
    case late

    init?(_ kind: EntryKind) {
        switch kind {
        case .opened: self = .opened
        case .moved: self = .moved
        case .assigned, .taken: self = .assigned
        case .reply: self = .reply
        case .linked: self = .linked
        case .file: self = .file
        case .reiterated: self = .reiterated
        case .reopened: self = .reopened
        case .restarted: self = .restarted
        case .cancelled: self = .cancelled
        case .confirmed: self = .confirmed
        case .changed, .dueSet, .raised, .referred, .absorbed: self = .changed
        case .note: self = .note
        case .asked: self = .asked
        case .solved: self = .solved
        case .unanswered: self = .unanswered
        case .merged: self = .merged
        case .split: self = .split
        case .escalated: self = .escalated
        case .closed, .reminded, .secretRead, .opinion, .undone, .identified, .parted: return nil
        }
    }
}

/// One thing somebody at the desk has to look at.
public struct Bell: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var ticketID: Int64
    public var ticketNumber: String
    public var summary: String
    public var entryID: Int64?
    public var kind: BellKind
    /// Stays on top until the ticket moves on.
    public var isPinned: Bool
    public var rungAt: Moment
}

/// Who hears of a move, and the rows that say so; written in the move's own transaction.
enum TicketBells {
    /// No department has more people; a bell for each of them is a row.
    private static let mostPeople = 2_000
    /// Bells in one statement: a statement is kept prepared for each count, and most departments fit in.
    private static let mostAtOnce = 16

    static func ring(
        _ kind: BellKind,
        for ticket: Ticket,
        entryID: Int64?,
        to listeners: Set<TicketListener>,
        except actor: Int64?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        var heard: Set<Int64> = []
        for listener in listeners { heard.formUnion(try people(listener, of: ticket, in: session)) }
        // Nobody is told of their own deed.
        if let actor { heard.remove(actor) }
        let accounts = heard.sorted()
        for start in stride(from: 0, to: accounts.count, by: mostAtOnce) {
            let some = accounts[start..<min(start + mostAtOnce, accounts.count)].map { SQLValue.integer($0) }
            let about: [SQLValue] = [.integer(ticket.id), .text(kind.rawValue)]
            // One of a kind: ten replies are one thing to read. A ticket is opened once, and has none yet.
            if kind != .opened {
                let list = (3..<3 + some.count).map { "$\($0)" }.joined(separator: ", ")
                try session.later(
                    "DELETE FROM bell WHERE ticket_id = $1 AND kind = $2 AND account_id IN (\(list))",
                    about + some
                )
            }
            let rows = (6..<6 + some.count).map { "($1, $2, $3, $4, $5, $\($0), 0)" }.joined(separator: ", ")
            try session.later(
                "INSERT INTO bell (ticket_id, kind, entry_id, pinned, rung_at, account_id, mailed) VALUES \(rows)",
                about + [.integer(entryID), .bool(kind == .reiterated), .moment(now)] + some
            )
        }
    }

    private static func people(
        _ listener: TicketListener,
        of ticket: Ticket,
        in session: any SQLSession
    ) throws(StoreError) -> Set<Int64> {
        switch listener {
        case .owner:
            guard let owner = ticket.assignedTo else { return try people(.department, of: ticket, in: session) }
            return [owner]
        case .watchers: return Set(try watchers(of: ticket, in: session).filter { $0.mayRead(ticket) }.map(\.id))
        case .department:
            return Set(try staff(in: session).filter { $0.works(in: ticket.department) }.map(\.id))
        case .supervisors:
            return Set(
                try staff(in: session).filter { $0.role >= .supervisor && $0.works(in: ticket.department) }.map(\.id)
            )
        }
    }

    private static func watchers(of ticket: Ticket, in session: any SQLSession) throws(StoreError) -> [Account] {
        try session.rows(
            """
            SELECT \(Account.columns) FROM account
            WHERE id IN (SELECT account_id FROM ticket_watcher WHERE ticket_id = $1) ORDER BY id
            """,
            [.integer(ticket.id)],
            limit: mostPeople
        ).map { row throws(StoreError) in try Account(row: row) }
    }

    private static func staff(in session: any SQLSession) throws(StoreError) -> [Account] {
        try session.rows(
            "SELECT \(Account.columns) FROM account WHERE disabled_at IS NULL ORDER BY id",
            [],
            limit: mostPeople
        ).map { row throws(StoreError) in try Account(row: row) }
    }

    /// Somebody has it: the others need not look any more.
    static func taken(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "DELETE FROM bell WHERE ticket_id = $1 AND kind IN ('opened', 'moved', 'restarted')",
            [.integer(ticketID)]
        )
    }

    /// Finishing clears every bell.
    static func clear(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM bell WHERE ticket_id = $1", [.integer(ticketID)])
    }
}

/// Reading and clearing one person's bell and unread marks.
public struct BellDesk: Sendable {
    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// The bell's rows, pinned ones first, then the newest; `before` is the last id of the page before.
    ///
    /// What rang of a ticket that they may not read any more is left out.
    public func list(of accountID: Int64, before: Int64? = nil, limit: Int = 50) async throws(StoreError) -> [Bell] {
        let bounded = min(max(1, limit), 200)
        return try await database.read { session in
            var bells: [Bell] = []
            var arguments: [SQLValue] = [.integer(accountID), .integer(before ?? .max)]
            let readable = try Self.readable(by: accountID, &arguments, in: session)
            for row in try session.rows(
                """
                SELECT bell.id, bell.ticket_id, ticket.number, ticket.summary, bell.entry_id, bell.kind, bell.pinned,
                    bell.rung_at
                FROM bell JOIN ticket ON ticket.id = bell.ticket_id
                WHERE bell.account_id = $1 AND bell.id < $2\(readable) ORDER BY bell.id DESC LIMIT \(bounded)
                """,
                arguments
            ) {
                guard let kind = row.text(5).flatMap(BellKind.init(rawValue:)) else { continue }
                bells.append(
                    Bell(
                        id: try row.need(row.integer(0), "bell.id"),
                        ticketID: try row.need(row.integer(1), "bell.ticket_id"),
                        ticketNumber: row.text(2) ?? "",
                        summary: row.text(3) ?? "",
                        entryID: row.integer(4),
                        kind: kind,
                        isPinned: row.bool(6),
                        rungAt: try row.need(row.moment(7), "bell.rung_at")
                    )
                )
            }
            return bells.filter(\.isPinned) + bells.filter { !$0.isPinned }
        }
    }

    /// How many rows the bell has: as many as its list.
    public func count(of accountID: Int64) async throws(StoreError) -> Int {
        try await database.read { session in
            var arguments: [SQLValue] = [.integer(accountID)]
            let readable = try Self.readable(by: accountID, &arguments, in: session)
            let row = try session.row(
                """
                SELECT COUNT(*) FROM bell JOIN ticket ON ticket.id = bell.ticket_id
                WHERE bell.account_id = $1\(readable)
                """,
                arguments
            )
            return Int(row?.integer(0) ?? 0)
        }
    }

    /// The rest of a condition that leaves out what somebody may not read; empty for who reads all.
    private static func readable(
        by accountID: Int64,
        _ arguments: inout [SQLValue],
        in session: any SQLSession
    ) throws(StoreError) -> String {
        let row = try session.row("SELECT \(Account.columns) FROM account WHERE id = $1", [.integer(accountID)])
        guard let account = try row.map({ row throws(StoreError) in try Account(row: row) }) else {
            return " AND 1 = 0"
        }
        let condition = StaffReach(account).condition { value in
            arguments.append(value)
            return "$\(arguments.count)"
        }
        return condition.map { " AND \($0)" } ?? ""
    }

    /// The person has read the thread up to an entry; what rang for it is silent.
    public func read(_ ticketID: Int64, upTo entryID: Int64, by accountID: Int64) async throws(StoreError) {
        try await database.write { session in
            let family = try TicketFamily.list(of: ticketID, in: session)
            guard
                try session.row(
                    "SELECT 1 FROM entry WHERE id = $1 AND ticket_id IN (\(family))",
                    [.integer(entryID)]
                ) != nil
            else { throw TicketRefusal.noSuchEntry }
            try session.execute(
                """
                INSERT INTO ticket_read (account_id, ticket_id, entry_id) VALUES ($1, $2, $3)
                ON CONFLICT (account_id, ticket_id) DO UPDATE SET entry_id = excluded.entry_id
                WHERE ticket_read.entry_id < excluded.entry_id
                """,
                [.integer(accountID), .integer(ticketID), .integer(entryID)]
            )
            // The sum keeps both engines on the ticket's few, off all that the person was told of.
            try session.execute(
                """
                DELETE FROM bell WHERE account_id + 0 = $1 AND ticket_id = $2 AND pinned = 0
                    AND (entry_id IS NULL OR entry_id <= $3)
                """,
                [.integer(accountID), .integer(ticketID), .integer(entryID)]
            )
        }
    }

    /// Every row that is not pinned is silent.
    public func readAll(of accountID: Int64) async throws(StoreError) {
        try await database.write { session in
            try session.execute("DELETE FROM bell WHERE account_id = $1 AND pinned = 0", [.integer(accountID)])
            try session.execute("DELETE FROM webhook_bell WHERE account_id = $1", [.integer(accountID)])
        }
    }
}
