import Codecs
import Crypto

/// Browsers from which an account's owner has signed in before: a lock-out that others bring about does not keep them out.
///
/// Knowing a browser replaces no password; it only says whose wrong passwords count against whom.
struct KnownDevices: Sendable {
    let table: String
    let holder: String

    static let accounts = KnownDevices(table: "known_device", holder: "account_id")
    static let persons = KnownDevices(table: "person_device", holder: "person_id")

    /// After so long unused a browser is a stranger again.
    static let life = Duration.seconds(180 * 86_400)
    /// Browsers one account has at the most; the longest unused makes room.
    static let most = 20
    /// 256 bits: not to be guessed.
    static let bytes = 32

    private static func hash(_ token: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Array("device\0\(token)".utf8)))
    }

    /// Whether the browser is the holder's; what has no shape of ours is not looked up.
    func knows(
        _ token: String?,
        of id: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        guard let token, token.utf8.count == 2 * Self.bytes else { return false }
        return try session.row(
            "SELECT 1 FROM \(table) WHERE token_hash = $1 AND \(holder) = $2 AND seen_at > $3",
            [.text(Self.hash(token)), .integer(id), .moment(now.adding(.zero - Self.life))]
        ) != nil
    }

    /// Remembers a browser of somebody who has just signed in: `token` when it is theirs, else `fresh`.
    ///
    /// - Returns: the token for the browser's cookie.
    func remember(
        _ token: String?,
        orAs fresh: String,
        of id: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> String {
        let isKnown = try knows(token, of: id, at: now, in: session)
        let kept = isKnown ? token ?? fresh : fresh
        try session.execute(
            """
            INSERT INTO \(table) (token_hash, \(holder), created_at, seen_at) VALUES ($1, $2, $3, $3)
            ON CONFLICT (token_hash) DO UPDATE SET seen_at = excluded.seen_at, \(holder) = excluded.\(holder)
            """,
            [.text(Self.hash(kept)), .integer(id), .moment(now)]
        )
        try session.execute(
            """
            DELETE FROM \(table) WHERE \(holder) = $1 AND token_hash NOT IN
                (SELECT token_hash FROM \(table) WHERE \(holder) = $1 ORDER BY seen_at DESC, token_hash
                    LIMIT \(Self.most))
            """,
            [.integer(id)]
        )
        return kept
    }

    func forget(of id: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM \(table) WHERE \(holder) = $1", [.integer(id)])
    }
}

extension AccountDesk {
    /// Whether a browser is one from which the owner of a login signed in before.
    ///
    /// - Throws: `StoreError`.
    public func knowsDevice(_ token: String?, login: String) async throws(StoreError) -> Bool {
        guard let token, token.utf8.count == 2 * KnownDevices.bytes, let login = AccountChecks.login(login) else {
            return false
        }
        let now = clock.now
        return try await database.read { session in
            guard let account = try Self.one("account.login = $1", [.text(login)], in: session) else { return false }
            return try KnownDevices.accounts.knows(token, of: account.id, at: now, in: session)
        }
    }

    /// Remembers the browser of somebody who has just signed in.
    ///
    /// - Parameters:
    ///   - token: what the browser sent, if anything; one of ours that is this account's is kept.
    ///   - id: the account.
    /// - Returns: the token for the browser's cookie.
    /// - Throws: `StoreError`.
    public func rememberDevice(_ token: String?, of id: Int64) async throws(StoreError) -> String {
        let (now, fresh) = (clock.now, Hexadecimal.text(random.bytes(KnownDevices.bytes)))
        return try await database.write { session in
            try KnownDevices.accounts.remember(token, orAs: fresh, of: id, at: now, in: session)
        }
    }
}
