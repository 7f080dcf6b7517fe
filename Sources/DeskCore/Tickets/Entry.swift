/// What an item of a ticket's thread is.
public enum EntryKind: String, Sendable, Codable, CaseIterable {
    /// Both sides see it.
    case reply
    /// Only the desk sees it.
    case note
    /// Something happened: opened, reiterated, linked, a state changed.
    case event
}

/// Who wrote an entry.
public enum EntryAuthor: String, Sendable, Codable, CaseIterable {
    case customer
    case technician
    case system
}

/// One item in a ticket's thread.
public struct Entry: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var ticketID: Int64
    public var kind: EntryKind
    public var authorKind: EntryAuthor
    public var authorID: Int64?
    public var authorName: String
    public var body: String
    public var createdAt: Moment

    static let columns = "id, ticket_id, kind, author_kind, author_id, author_name, body, created_at"

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "entry.id")
        ticketID = try row.need(row.integer(1), "entry.ticket_id")
        kind = try row.need(row.text(2).flatMap(EntryKind.init), "entry.kind")
        authorKind = try row.need(row.text(3).flatMap(EntryAuthor.init), "entry.author_kind")
        authorID = row.integer(4)
        authorName = row.text(5) ?? ""
        body = row.text(6) ?? ""
        createdAt = try row.need(row.moment(7), "entry.created_at")
    }

    /// Adds an entry to a thread inside the caller's transaction.
    @discardableResult
    static func add(
        to ticketID: Int64,
        kind: EntryKind,
        by author: EntryAuthor,
        id authorID: Int64?,
        name: String,
        body: String,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Entry {
        let row = try session.row(
            """
            INSERT INTO entry (ticket_id, kind, author_kind, author_id, author_name, body, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING \(columns)
            """,
            [
                .integer(ticketID), .text(kind.rawValue), .text(author.rawValue), .integer(authorID), .text(name),
                .text(body), .moment(moment),
            ]
        )
        guard let row else { throw .corrupt(what: "entry") }
        // A reply's words find the ticket, and so does the protocol of a contact that was added to it.
        if kind == .reply || body.hasPrefix("linked ") { try TicketSearch.index(ticketID, in: session) }
        return try Entry(row: row)
    }
}
