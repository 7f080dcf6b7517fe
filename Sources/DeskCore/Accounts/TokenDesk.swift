/// A program's token as lists show it; the token itself is nowhere.
public struct APIToken: Sendable, Hashable, Identifiable {
    public var id: Int64
    public var name: String
    public var scopes: [TokenScope]
    public var createdAt: Moment
    public var expiresAt: Moment?
    public var revokedAt: Moment?

    static let columns = "id, name, scopes, created_at, expires_at, revoked_at"

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "api_token.id")
        name = row.text(1) ?? ""
        scopes = (StoredList.decode([String].self, row.text(2)) ?? []).compactMap(TokenScope.init).sorted()
        createdAt = try row.need(row.moment(3), "api_token.created_at")
        expiresAt = row.moment(4)
        revokedAt = row.moment(5)
    }

    /// Whether it works at `moment`.
    public func isValid(at moment: Moment) -> Bool { revokedAt == nil && expiresAt.map { moment < $0 } ?? true }

    /// Whether it may do what `scope` stands for.
    public func allows(_ scope: TokenScope) -> Bool { scopes.contains { $0.included.contains(scope) } }
}

/// Programs' tokens: made once, found on requests of the API (through `KnownCallers`), revoked.
public struct TokenDesk: Sendable {
    /// What our tokens begin with, so that one found in a log or a repository is recognised.
    public static let prefix = "cdk_"

    private let database: any Database
    private let clock: DeskClock
    private let random: RandomSource
    private let changes: AccessChanges

    public init(
        database: any Database,
        clock: DeskClock,
        random: RandomSource = .system,
        changes: AccessChanges = AccessChanges()
    ) {
        self.database = database
        self.clock = clock
        self.random = random
        self.changes = changes
    }

    /// Makes a token; the text is shown to its owner now and never again.
    public func add(
        name: String,
        scopes: Set<TokenScope>,
        expiresAt: Moment? = nil,
        by actor: AuditActor
    ) async throws(StoreError) -> (token: APIToken, secret: String) {
        let secret = Self.prefix + SessionToken.make(random)
        let (hash, now) = (SessionToken.hash(secret), clock.now)
        let name = CleanText.shortened(name, to: TextLimits.name)
        let token = try await database.write { session in
            let row = try session.row(
                """
                INSERT INTO api_token (name, token_hash, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
                RETURNING \(APIToken.columns)
                """,
                [
                    .text(name), .text(hash), .text(StoredList.encode(scopes.map(\.rawValue).sorted())), .moment(now),
                    .moment(expiresAt),
                ]
            )
            guard let row else { throw StoreError.corrupt(what: "api_token") }
            let token = try APIToken(row: row)
            try AuditTrail.record(
                "token.add",
                subject: "token:\(token.id)",
                by: actor,
                detail: scopes.map(\.rawValue).sorted().joined(separator: ","),
                at: now,
                in: session
            )
            return token
        }
        return (token, secret)
    }

    /// Whether a text can be a token at all; what cannot never reaches the database.
    static func isShaped(_ secret: String) -> Bool {
        secret.hasPrefix(prefix) && SessionToken.isShaped(String(secret.dropFirst(prefix.count)))
    }

    /// The token of an `Authorization: Bearer` header; nil when it is none, has expired or was revoked.
    public func find(_ secret: String) async throws(StoreError) -> APIToken? {
        guard Self.isShaped(secret) else { return nil }
        let hash = SessionToken.hash(secret)
        let found = try await database.read { session in
            try session.row("SELECT \(APIToken.columns) FROM api_token WHERE token_hash = $1", [.text(hash)])
                .map { row throws(StoreError) in try APIToken(row: row) }
        }
        guard let found, found.isValid(at: clock.now) else { return nil }
        return found
    }

    /// Ends a token at once.
    ///
    /// - Returns: false when there is none, or it was revoked before.
    public func revoke(_ id: Int64, by actor: AuditActor) async throws(StoreError) -> Bool {
        let now = clock.now
        return try await changes.write(to: database, of: { _ in .token(id) }) { session throws(StoreError) in
            let changed = try session.execute(
                "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
                [.moment(now), .integer(id)]
            )
            if changed > 0 {
                try AuditTrail.record("token.revoke", subject: "token:\(id)", by: actor, at: now, in: session)
            }
            return changed > 0
        }
    }

    /// Every token, the newest first.
    public func list(limit: Int = 200) async throws(StoreError) -> [APIToken] {
        let bounded = min(max(1, limit), 1_000)
        return try await database.read { session in
            try session.rows("SELECT \(APIToken.columns) FROM api_token ORDER BY id DESC", [], limit: bounded)
                .map { row throws(StoreError) in try APIToken(row: row) }
        }
    }
}
