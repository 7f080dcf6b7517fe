import Crypto

/// Browsers from which an account's owner has signed in before: a lock-out that others bring about does not keep them out.
///
/// Knowing a browser replaces no password; it only says whose wrong passwords count against whom.
enum KnownDevices {
    /// After so long unused a browser is a stranger again.
    static let life = Duration.seconds(180 * 86_400)
    /// Browsers one account has at the most; the longest unused makes room.
    static let most = 20
    /// 256 bits: not to be guessed.
    static let bytes = 32

    static func hash(_ token: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Array("device\0\(token)".utf8)))
    }

    /// Whether the browser is the account's; what has no shape of ours is not looked up.
    static func knows(
        _ token: String?,
        of accountID: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        guard let token, token.utf8.count == 2 * bytes else { return false }
        return try session.row(
            "SELECT 1 FROM known_device WHERE token_hash = $1 AND account_id = $2 AND seen_at > $3",
            [.text(hash(token)), .integer(accountID), .moment(now.adding(.zero - life))]
        ) != nil
    }

    static func remember(
        _ token: String,
        of accountID: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO known_device (token_hash, account_id, created_at, seen_at) VALUES ($1, $2, $3, $3)
            ON CONFLICT (token_hash) DO UPDATE SET seen_at = excluded.seen_at, account_id = excluded.account_id
            """,
            [.text(hash(token)), .integer(accountID), .moment(now)]
        )
        try session.execute(
            """
            DELETE FROM known_device WHERE account_id = $1 AND token_hash NOT IN
                (SELECT token_hash FROM known_device WHERE account_id = $1 ORDER BY seen_at DESC, token_hash
                    LIMIT \(most))
            """,
            [.integer(accountID)]
        )
    }

    static func forget(of accountID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM known_device WHERE account_id = $1", [.integer(accountID)])
    }
}

extension AccountDesk {
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
            let isKnown = try KnownDevices.knows(token, of: id, at: now, in: session)
            let kept = isKnown ? token ?? fresh : fresh
            try KnownDevices.remember(kept, of: id, at: now, in: session)
            return kept
        }
    }
}
