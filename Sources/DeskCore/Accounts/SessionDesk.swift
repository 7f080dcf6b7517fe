import Crypto

/// Tokens of sessions and programs: 256 random bits in hexadecimal, stored as their SHA-256 only.
enum SessionToken {
    /// 256 bits: not to be guessed, so that no throttle guards them.
    static let bytes = 32

    static func make(_ random: RandomSource) -> String { Hexadecimal.text(random.bytes(bytes)) }

    static func hash(_ token: String) -> String { Hexadecimal.text(SHA256.hash(data: Array(token.utf8))) }

    /// Whether a text can be a token at all; what cannot never reaches the database.
    static func isShaped(_ text: String) -> Bool {
        text.utf8.count == 2 * bytes
            && text.utf8.allSatisfy { DocumentText.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }
}

/// How long a session lasts.
public struct SessionLifetime: Sendable, Hashable {
    /// Without a request; a shift has a lunch break.
    public var idle: Duration
    /// However busy; a shift with overtime.
    public var absolute: Duration
    /// How long the old token still works after a rotation: requests under way carry it.
    public var grace: Duration

    public init(idle: Duration, absolute: Duration, grace: Duration = .seconds(30)) {
        self.idle = idle
        self.absolute = absolute
        self.grace = grace
    }

    public static let standard = SessionLifetime(idle: .seconds(2 * 3_600), absolute: .seconds(12 * 3_600))
}

/// A session just begun or rotated: the only time its token is known.
public struct NewSession: Sendable {
    /// For the cookie: 64 hexadecimal digits.
    public var token: String
    /// For forms and the `X-CSRF-Token` header.
    public var csrf: String
    public var expiresAt: Moment
}

/// Somebody signed in.
public struct SignedIn: Sendable {
    public var account: Account
    public var csrf: String
    public var createdAt: Moment
    public var expiresAt: Moment

    /// Whether a form or header carries this session's token against cross-site posts; compares in constant time.
    public func accepts(csrf given: String) -> Bool {
        let (own, other) = (Array(csrf.utf8), Array(given.utf8.prefix(csrf.utf8.count + 1)))
        guard own.count == other.count else { return false }
        return zip(own, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Sessions of browsers: begun at sign-in, found on every request, rotated, ended.
public struct SessionDesk: Sendable {
    /// Sessions of one account at once: desk, second screen, home; the oldest ends when there are more.
    public static let mostPerAccount = 10
    /// How often a request is written down as a sign of life; more often would be a write a request.
    static let touch = Duration.seconds(60)

    private let database: any Database
    private let clock: DeskClock
    private let random: RandomSource
    private let lifetime: SessionLifetime
    private let changes: AccessChanges

    public init(
        database: any Database,
        clock: DeskClock,
        random: RandomSource = .system,
        lifetime: SessionLifetime = .standard,
        changes: AccessChanges = AccessChanges()
    ) {
        self.database = database
        self.clock = clock
        self.random = random
        self.lifetime = lifetime
        self.changes = changes
    }

    /// Begins a session for an account that has just signed in.
    public func begin(accountID: Int64) async throws(StoreError) -> NewSession {
        let new = make()
        let now = clock.now
        try await changes.write(to: database, of: { _ in .account(accountID) }) { session throws(StoreError) in
            try session.execute("DELETE FROM session WHERE expires_at < $1", [.moment(now)])
            try insert(new, accountID, createdAt: now, in: session)
            let surplus = try session.rows(
                """
                SELECT token_hash FROM session WHERE account_id = $1 ORDER BY created_at DESC, token_hash
                """,
                [.integer(accountID)],
                limit: Self.mostPerAccount + 10
            ).dropFirst(Self.mostPerAccount)
            for row in surplus {
                try session.execute("DELETE FROM session WHERE token_hash = $1", [.text(row.text(0))])
            }
        }
        return new
    }

    /// Who a cookie's token belongs to; nil when it is none, has expired, or the account is disabled.
    public func find(_ token: String) async throws(StoreError) -> SignedIn? {
        guard SessionToken.isShaped(token) else { return nil }
        let (hash, now, idle) = (SessionToken.hash(token), clock.now, lifetime.idle)
        let found = try await database.read { session -> (SignedIn, Moment)? in
            let row = try session.row(
                """
                SELECT \(Account.columns), session.csrf, session.created_at, session.seen_at, session.expires_at
                FROM session JOIN account ON account.id = session.account_id
                WHERE session.token_hash = $1 AND session.expires_at > $2 AND session.seen_at > $3
                    AND account.disabled_at IS NULL
                """,
                [.text(hash), .moment(now), .moment(now.adding(.zero - idle))]
            )
            guard let row else { return nil }
            let first = Account.columnCount
            let signedIn = SignedIn(
                account: try Account(row: row),
                csrf: try row.need(row.text(first), "session.csrf"),
                createdAt: try row.need(row.moment(first + 1), "session.created_at"),
                expiresAt: try row.need(row.moment(first + 3), "session.expires_at")
            )
            return (signedIn, try row.need(row.moment(first + 2), "session.seen_at"))
        }
        guard let (signedIn, seenAt) = found else { return nil }
        if now.since(seenAt) >= Self.touch {
            try await database.write { session in
                try session.execute(
                    "UPDATE session SET seen_at = $1 WHERE token_hash = $2",
                    [.moment(now), .text(hash)]
                )
            }
        }
        return signedIn
    }

    /// Whether some browser of an account gave a sign of life at or after `moment`, on whichever node.
    ///
    /// Signs are written down once a minute at most: ask for some minutes.
    public func isSeen(_ accountID: Int64, since moment: Moment) async throws(StoreError) -> Bool {
        try await database.read { session in
            try session.row(
                "SELECT 1 FROM session WHERE account_id = $1 AND seen_at >= $2 LIMIT 1",
                [.integer(accountID), .moment(moment)]
            ) != nil
        }
    }

    /// Gives a session a new token and CSRF token; the old one works for the grace time, its end stays where it was.
    ///
    /// - Returns: nil when the token is no session's.
    public func rotate(_ token: String) async throws(StoreError) -> NewSession? {
        guard let signedIn = try await find(token) else { return nil }
        var new = make()
        new.expiresAt = signedIn.expiresAt
        let (made, hash, now, grace) = (new, SessionToken.hash(token), clock.now, lifetime.grace)
        try await changes.write(to: database, of: { _ in .account(signedIn.account.id) }) {
            session throws(StoreError) in
            try insert(made, signedIn.account.id, createdAt: signedIn.createdAt, in: session)
            try session.execute(
                "UPDATE session SET expires_at = $1 WHERE token_hash = $2",
                [.moment(min(now.adding(grace), signedIn.expiresAt)), .text(hash)]
            )
        }
        return made
    }

    /// Ends a session; a token that is none changes nothing.
    public func end(_ token: String) async throws(StoreError) {
        let hash = SessionToken.hash(token)
        try await changes.write(to: database, of: { $0.map { .account($0) } }) { session throws(StoreError) in
            try session.row("DELETE FROM session WHERE token_hash = $1 RETURNING account_id", [.text(hash)])?.integer(0)
        }
    }

    /// Removes the sessions whose time is over.
    public func removeEnded() async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            try session.execute("DELETE FROM session WHERE expires_at < $1", [.moment(now)])
        }
    }

    /// Ends every session of an account.
    public func endAll(accountID: Int64) async throws(StoreError) {
        try await changes.write(to: database, of: { _ in .account(accountID) }) { session throws(StoreError) in
            try session.execute("DELETE FROM session WHERE account_id = $1", [.integer(accountID)])
        }
    }

    private func make() -> NewSession {
        NewSession(
            token: SessionToken.make(random),
            csrf: SessionToken.make(random),
            expiresAt: clock.now.adding(lifetime.absolute)
        )
    }

    private func insert(
        _ new: NewSession,
        _ accountID: Int64,
        createdAt: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO session (token_hash, account_id, csrf, created_at, seen_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .text(SessionToken.hash(new.token)), .integer(accountID), .text(new.csrf), .moment(createdAt),
                .moment(clock.now), .moment(new.expiresAt),
            ]
        )
    }
}
