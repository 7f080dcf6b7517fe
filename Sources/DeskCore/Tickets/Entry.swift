/// One item in a ticket's thread: a kind, its facts, and what a person wrote; the sentence is made when it is shown.
public struct Entry: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var ticketID: Int64
    public var kind: EntryKind
    public var authorKind: EntryAuthor
    public var authorID: Int64?
    public var authorName: String
    public var body: String
    public var facts: EntryFacts
    public var createdAt: Moment
}

extension Entry {
    /// The last entry of the row of `ticket` that its customer has to read: the desk's own answers and what became of it.
    static let lastNews = """
        SELECT MAX(id) FROM entry WHERE entry.ticket_id = ticket.id
            AND entry.author_kind <> 'customer' AND entry.kind IN (\(EntryKind.newsList))
        """

    static let columns = "id, ticket_id, kind, author_kind, author_id, author_name, body, facts, created_at"

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "entry.id")
        ticketID = try row.need(row.integer(1), "entry.ticket_id")
        kind = try row.need(row.text(2).flatMap(EntryKind.init), "entry.kind")
        authorKind = try row.need(row.text(3).flatMap(EntryAuthor.init), "entry.author_kind")
        authorID = row.integer(4)
        authorName = row.text(5) ?? ""
        body = row.text(6) ?? ""
        facts = EntryFacts.decode(row.text(7))
        createdAt = try row.need(row.moment(8), "entry.created_at")
    }

    /// Adds an entry to a thread inside the caller's transaction.
    @discardableResult
    static func add(
        to ticketID: Int64,
        kind: EntryKind,
        by author: EntryAuthor,
        id authorID: Int64?,
        name: String,
        body: String = "",
        facts: EntryFacts = EntryFacts(),
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Entry {
        let id = try session.insert(
            """
            INSERT INTO entry (ticket_id, kind, author_kind, author_id, author_name, body, facts, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .integer(ticketID), .text(kind.rawValue), .text(author.rawValue), .integer(authorID), .text(name),
                .text(body), .text(StoredList.encode(facts)), .moment(moment),
            ]
        )
        guard let id else { throw .corrupt(what: "entry") }
        if kind.isNews, author != .customer {
            try session.later(
                "UPDATE ticket SET news_entry = $1 WHERE id = $2",
                [.integer(id), .integer(ticketID)]
            )
        }
        // What is public finds the ticket by its words, and so does the protocol of a contact that was added to it.
        if kind == .linked || kind.bodyIsPublic && !body.isEmpty { try TicketSearch.index(ticketID, in: session) }
        let entry = Entry(
            id: id,
            ticketID: ticketID,
            kind: kind,
            authorKind: author,
            authorID: authorID,
            authorName: name,
            body: body,
            facts: facts,
            createdAt: moment
        )
        try WebhookOutbox.entry(entry, in: session)
        return entry
    }

    /// Adds an entry that the desk makes by itself, of nobody's doing.
    @discardableResult
    static func addOwn(
        to ticketID: Int64,
        kind: EntryKind,
        body: String = "",
        facts: EntryFacts = EntryFacts(),
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Entry {
        try add(
            to: ticketID,
            kind: kind,
            by: .system,
            id: nil,
            name: "",
            body: body,
            facts: facts,
            at: moment,
            in: session
        )
    }

    /// Whether it is what somebody wrote, without the blanks around it.
    public func says(_ text: String) -> Bool { body == text.trimmingBlanks }

    /// What a client's own name for its wish made before; nil when it did nothing yet.
    ///
    /// `digest`: what is asked under that name now, nil where it is not compared, as it is not with what was made before
    /// digests were kept.
    /// - Throws: `StoreError.refused(TicketRefusal.keyReused)` for a name that something else was asked under.
    static func made(by key: String, asking digest: String? = nil, in session: any SQLSession) throws(StoreError)
        -> Entry?
    {
        guard
            let row = try session.row(
                "SELECT \(columns), request_digest FROM entry WHERE request_key = $1",
                [.text(key)]
            )
        else { return nil }
        if let digest, let kept = row.text(9), kept != digest { throw .refused(TicketRefusal.keyReused) }
        return try Entry(row: row)
    }

    /// Keeps the client's name for the wish that made this entry, and what was asked.
    func name(_ key: String, asking digest: String?, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "UPDATE entry SET request_key = $1, request_digest = $2 WHERE id = $3",
            [.text(key), .text(digest), .integer(id)]
        )
    }
}

/// An entry as a customer may see it; there is no other way to one, so that an internal text reaches no customer's page,
/// mail, export or search.
public struct PublicEntry: Sendable, Equatable, Identifiable {
    public let id: Int64
    public let kind: EntryKind
    public let authorKind: EntryAuthor
    /// People of the desk by their first name, as letters are signed; empty for the customer and the system.
    public let authorName: String
    /// Of the customer's people who wrote it, for the others of them: which contact, and by which first name.
    public let contactID: Int64?
    public let contactName: String
    public let body: String
    public let facts: EntryFacts
    public let createdAt: Moment

    /// Nil for an internal entry.
    public init?(_ entry: Entry) {
        guard entry.kind.isPublic else { return nil }
        id = entry.id
        kind = entry.kind
        authorKind = entry.authorKind
        let firstName = entry.authorName.split(separator: " ").first.map(String.init) ?? ""
        authorName = entry.authorKind == .technician ? firstName : ""
        contactID = entry.authorKind == .customer ? entry.authorID : nil
        contactName = entry.authorKind == .customer ? firstName : ""
        body = entry.kind.bodyIsPublic ? entry.body : ""
        var facts = EntryFacts()
        facts.department = entry.facts.department
        facts.due = entry.facts.due
        facts.number = entry.facts.number
        facts.protocolNumber = entry.facts.protocolNumber
        facts.count = entry.facts.count
        facts.within = entry.facts.within
        facts.oldNumber = entry.facts.oldNumber
        facts.mergedNumber = entry.facts.mergedNumber
        facts.file = entry.facts.file
        facts.opinion = entry.facts.opinion
        facts.link = entry.facts.link
        facts.mail = entry.facts.mail
        // A thread of theirs it may be, but the quoted mail can be anybody's.
        facts.mail?.quoted = nil
        facts.onBehalf = entry.facts.onBehalf.flatMap { $0.split(separator: " ").first.map(String.init) }
        self.facts = facts
        createdAt = entry.createdAt
    }
}
