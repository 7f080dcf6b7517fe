/// A text kept for what is written often, filled in with what the ticket says.
public struct CannedReply: Sendable, Equatable, Identifiable {
    public var id: Int64
    /// Whose own it is; nil for a department's or everybody's.
    public var accountID: Int64?
    /// The department whose people see it; nil with no account for everybody's.
    public var department: String?
    public var title: String
    public var body: String
    /// How often it was changed.
    public var revision: Int64 = 0

    /// What such a text may name: what is known of a ticket whoever writes.
    public static let variables: Set<NoticeVariable> = [
        .customer, .firstName, .protocolNumber, .ticket, .topic, .summary, .priority, .due, .opened, .department,
        .agent,
        .desk, .phone,
    ]

    /// The text with its variables filled in; what the ticket does not have stays empty.
    public func filled(_ values: [NoticeVariable: String]) -> String {
        // What was saved was parsed then; a variable that this version does not know stays as it is written.
        guard let text = try? TemplateText(body, part: "body", allowed: Self.variables) else { return body }
        return text.filled(values) { $0 }
    }
}

/// Why a prepared text was not kept.
public enum CannedReplyRefusal: Error, Equatable, CustomStringConvertible {
    case noTitle
    case titleTooLong
    /// A variable that does not exist, an open brace, no text, too long.
    case text(TemplateFault)
    case departmentElsewhere
    /// Texts of a department are its supervisors' to write.
    case notAllowed
    case tooMany(limit: Int)
    case notFound
    /// Somebody changed it since the copy was read that the change was made of.
    case stale

    public var description: String {
        switch self {
        case .noTitle: "the text needs a title"
        case .titleTooLong: "the title is longer than \(CannedReplies.longestTitle) characters"
        case .text(let fault): fault.description
        case .departmentElsewhere: "a text is kept for a department of one's own"
        case .notAllowed: "only supervisors keep texts for a department"
        case .tooMany(let limit): "at most \(limit) texts are kept; remove one first"
        case .notFound: "there is no such text"
        case .stale: "somebody changed the text since; read it again"
        }
    }
}

/// Prepared texts: each person's own, a department's, everybody's.
public struct CannedReplies: Sendable {
    public static let longestTitle = 80
    /// A page of text; a reply may be longer, what is prepared is not.
    public static let longestBody = 10_000
    /// More than this nobody finds again, whose ever they are.
    public static let most = 500

    private static let columns = "id, account_id, department, title, body, revision"

    private let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// What somebody may use: their own first, then by title; `words` are looked for in title and text, accents or not.
    ///
    /// `department`: the ticket's, whose texts alone are wanted then; nil for those of all their departments.
    public func list(
        for account: Account,
        department: String? = nil,
        words: String = "",
        limit: Int = 100
    ) async throws(StoreError) -> [CannedReply] {
        try await database.read { session in
            var arguments: [SQLValue] = [.integer(account.id)]
            func bind(_ text: String) -> String {
                arguments.append(.text(text))
                return "$\(arguments.count)"
            }
            var shared = "account_id IS NULL"
            if let department {
                shared += " AND (department IS NULL OR department = \(bind(department)))"
            } else if !account.departments.isEmpty, account.role < .administrator {
                let places = account.departments.prefix(WorkListDesk.mostDepartments).map(bind)
                shared += " AND (department IS NULL OR department IN (\(places.joined(separator: ", "))))"
            }
            var condition = "(account_id = $1 OR \(shared))"
            for word in TextFolding.words(words) {
                let pattern = bind("%\(word)%")
                condition += " AND (title_folded LIKE \(pattern) OR body_folded LIKE \(pattern))"
            }
            return try session.rows(
                """
                SELECT \(Self.columns) FROM canned_reply WHERE \(condition)
                ORDER BY CASE WHEN account_id IS NULL THEN 1 ELSE 0 END, title_folded, id
                """,
                arguments,
                limit: min(max(1, limit), Self.most)
            ).map { row throws(StoreError) in try Self.reply(row) }
        }
    }

    public func find(_ id: Int64, for account: Account) async throws(StoreError) -> CannedReply? {
        try await database.read { session in
            try session.row("SELECT \(Self.columns) FROM canned_reply WHERE id = $1", [.integer(id)])
                .map { row throws(StoreError) in try Self.reply(row) }
                .flatMap { Self.sees($0, account) ? $0 : nil }
        }
    }

    /// Keeps a text, or changes an older one.
    ///
    /// `mine`: for the person alone; else the department's, or everybody's. `revision`: the one of an older text that was
    /// read; nil for a change that holds whatever it says.
    ///
    /// - Throws: `StoreError.refused(CannedReplyRefusal)`.
    @discardableResult
    public func save(
        _ id: Int64? = nil,
        revision: Int64? = nil,
        title: String,
        body: String,
        mine: Bool,
        department: String?,
        by account: Account
    ) async throws(StoreError) -> CannedReply {
        let title = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !title.isEmpty else { throw .refused(CannedReplyRefusal.noTitle) }
        guard title.count <= Self.longestTitle else { throw .refused(CannedReplyRefusal.titleTooLong) }
        let body = body.trimmingBlanks
        if let fault = Self.fault(in: body) { throw .refused(CannedReplyRefusal.text(fault)) }
        let department = mine ? nil : department
        let reply = CannedReply(
            id: 0,
            accountID: mine ? account.id : nil,
            department: department,
            title: title,
            body: body
        )
        if let refusal = Self.refusal(reply, account) { throw .refused(refusal) }
        let (now, folded) = (clock.now, (TextFolding.fold(title), TextFolding.fold(body)))
        return try await database.write { [reply] session in
            var kept = reply
            let values: [SQLValue] = [
                .integer(reply.accountID), .text(department), .text(title), .text(folded.0), .text(body),
                .text(folded.1), .integer(account.id), .moment(now),
            ]
            if let id {
                let before = try Self.need(id, account, session)
                guard revision ?? before.revision == before.revision else { throw CannedReplyRefusal.stale }
                (kept.id, kept.revision) = (id, before.revision + 1)
                try session.execute(
                    """
                    UPDATE canned_reply SET account_id = $1, department = $2, title = $3, title_folded = $4, body = $5,
                        body_folded = $6, saved_by = $7, saved_at = $8, revision = $9 WHERE id = $10
                    """,
                    values + [.integer(kept.revision), .integer(id)]
                )
                return kept
            }
            let others = try session.row(
                "SELECT COUNT(*) FROM canned_reply WHERE \(mine ? "account_id = \(account.id)" : "account_id IS NULL")"
            )
            guard others?.integer(0) ?? 0 < Int64(Self.most) else { throw CannedReplyRefusal.tooMany(limit: Self.most) }
            let row = try session.row(
                """
                INSERT INTO canned_reply (account_id, department, title, title_folded, body, body_folded, saved_by,
                    saved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
                """,
                values
            )
            guard let id = row?.integer(0) else { throw StoreError.corrupt(what: "canned_reply") }
            kept.id = id
            return kept
        }
    }

    /// - Throws: `StoreError.refused(CannedReplyRefusal)`.
    public func remove(_ id: Int64, by account: Account) async throws(StoreError) {
        try await database.write { session in
            try Self.need(id, account, session)
            try session.execute("DELETE FROM canned_reply WHERE id = $1", [.integer(id)])
        }
    }

    // MARK: - Who

    /// Whether somebody may change a text: their own, or one of a department they supervise.
    public static func mayChange(_ reply: CannedReply, _ account: Account) -> Bool { refusal(reply, account) == nil }

    private static func sees(_ reply: CannedReply, _ account: Account) -> Bool {
        if let owner = reply.accountID { return owner == account.id }
        return reply.department.map { account.role >= .administrator || account.works(in: $0) } ?? true
    }

    private static func refusal(_ reply: CannedReply, _ account: Account) -> CannedReplyRefusal? {
        if let owner = reply.accountID { return owner == account.id ? nil : .notFound }
        guard account.role >= .supervisor else { return .notAllowed }
        return sees(reply, account) ? nil : .departmentElsewhere
    }

    @discardableResult
    private static func need(_ id: Int64, _ account: Account, _ session: any SQLSession) throws -> CannedReply {
        guard
            let row = try session.row("SELECT \(columns) FROM canned_reply WHERE id = $1", [.integer(id)])
        else { throw CannedReplyRefusal.notFound }
        let reply = try reply(row)
        guard sees(reply, account) else { throw CannedReplyRefusal.notFound }
        if let refusal = refusal(reply, account) { throw refusal }
        return reply
    }

    private static func fault(in body: String) -> TemplateFault? {
        guard !body.isEmpty else { return TemplateFault(part: "body", line: 1, column: 1, kind: .missingBody) }
        guard body.count <= longestBody else {
            return TemplateFault(part: "body", line: 1, column: 1, kind: .tooLong(limit: longestBody))
        }
        do throws(TemplateFault) {
            _ = try TemplateText(body, part: "body", allowed: CannedReply.variables)
            return nil
        } catch { return error }
    }

    private static func reply(_ row: SQLRow) throws(StoreError) -> CannedReply {
        CannedReply(
            id: try row.need(row.integer(0), "canned_reply.id"),
            accountID: row.integer(1),
            department: row.text(2),
            title: row.text(3) ?? "",
            body: row.text(4) ?? "",
            revision: try row.need(row.integer(5), "canned_reply.revision")
        )
    }
}
