import Codecs
import Crypto
import Logging

/// Tokens of sessions and programs: 256 random bits in hexadecimal, stored as their SHA-256 only.
enum SessionToken {
    /// 256 bits: not to be guessed, so that no throttle guards them.
    static let bytes = 32

    static func make(_ random: RandomSource) -> String { Hexadecimal.text(random.bytes(bytes)) }

    static func hash(_ token: String) -> String { Hexadecimal.text(SHA256.hash(data: Array(token.utf8))) }

    /// Whether two tokens are the same; compares in constant time.
    static func isSame(_ own: String, _ given: String) -> Bool {
        let (own, other) = (Array(own.utf8), Array(given.utf8.prefix(own.utf8.count + 1)))
        guard own.count == other.count else { return false }
        return zip(own, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

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
    public func accepts(csrf given: String) -> Bool { SessionToken.isSame(csrf, given) }
}

/// Sessions of the desk's own people: begun at sign-in, found on every request, rotated, ended.
public struct SessionDesk: Sendable {
    /// Sessions of one account at once: desk, second screen, home; the oldest ends when there are more.
    public static let mostPerAccount = 10

    private let keeper: SessionKeeper

    public init(
        database: any Database,
        clock: DeskClock,
        random: RandomSource = .system,
        lifetime: SessionLifetime = .standard,
        changes: AccessChanges = AccessChanges(),
        logger: Logger? = nil
    ) {
        keeper = SessionKeeper(
            table: .accounts,
            database: database,
            clock: clock,
            random: random,
            lifetime: lifetime,
            changes: changes,
            signs: PassingWrites(logger: logger)
        )
    }

    /// Begins a session for an account that has just signed in.
    public func begin(accountID: Int64) async throws(StoreError) -> NewSession { try await keeper.begin(accountID) }

    /// Who a cookie's token belongs to; nil when it is none, has expired, or the account is disabled.
    ///
    /// `asStream`: an open stream asks whether it may go on; that keeps no idle session alive.
    public func find(_ token: String, asStream: Bool = false) async throws(StoreError) -> SignedIn? {
        guard let (found, account) = try await look(token, asStream: asStream) else { return nil }
        return SignedIn(
            account: account,
            csrf: found.csrf,
            createdAt: found.createdAt,
            expiresAt: found.expiresAt
        )
    }

    /// Whether some browser of an account gave a sign of life at or after `moment`, on whichever node.
    ///
    /// Signs are written down once a minute at most: ask for some minutes.
    public func isSeen(_ accountID: Int64, since moment: Moment) async throws(StoreError) -> Bool {
        try await keeper.isSeen(accountID, since: moment)
    }

    /// Gives a session a new token and CSRF token; the old one works for the grace time, its end stays where it was.
    ///
    /// - Returns: nil when the token is no session's.
    public func rotate(_ token: String) async throws(StoreError) -> NewSession? {
        guard let found = try await look(token)?.session else { return nil }
        return try await keeper.rotate(token, found)
    }

    /// Ends a session; a token that is none changes nothing.
    public func end(_ token: String) async throws(StoreError) { try await keeper.end(token) }

    /// Removes the sessions whose time is over.
    public func removeEnded() async throws(StoreError) { try await keeper.removeEnded() }

    /// Ends every session of an account.
    public func endAll(accountID: Int64) async throws(StoreError) { try await keeper.endAll(of: accountID) }

    private func look(
        _ token: String,
        asStream: Bool = false
    ) async throws(StoreError) -> (session: SessionTable.Found, holder: Account)? {
        try await keeper.find(token, asStream: asStream) { id, session throws(StoreError) in
            try AccountDesk.one("account.id = $1 AND account.disabled_at IS NULL", [.integer(id)], in: session)
        }
    }
}
