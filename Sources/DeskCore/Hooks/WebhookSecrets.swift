/// The subscribers' signing secrets as the database holds them: sealed by the vault, opened when a message is signed.
struct WebhookSecrets: Sendable {
    private static let columns = ["secret", "old_secret"]
    /// What is told of a subscriber whose secret does not open.
    static let lost =
        "the signing secret cannot be opened, as the key that sealed it is not in the data folder: give it a new secret"

    let database: any Database
    let vault: SecretVault
    let clock: DeskClock

    private static func subject(_ webhook: Int64) -> String { "webhook:\(webhook)" }

    /// A secret as it is stored, and the end some former ones name behind it (`FormerSecrets`).
    private static func parts(_ word: Substring) -> (secret: Substring, end: Substring) {
        let end = word.firstIndex(of: "@") ?? word.endIndex
        return (word[..<end], word[end...])
    }

    /// To seal with inside a transaction.
    func key() throws(VaultError) -> VaultKeys.Key { try vault.standingKey() }

    /// As it is stored in the row of `webhook`.
    static func sealed(_ secret: String, of webhook: Int64, with key: VaultKeys.Key) throws -> String {
        try StandingSecret(sealing: secret, of: subject(webhook), with: key).stored
    }

    /// The secret in clear, nil when it is lost.
    func open(_ stored: String, of webhook: Int64) throws(VaultError) -> String? {
        try vault.unseal(stored, of: Self.subject(webhook))
    }

    /// Seals what a release before left plain, and forgets old secrets that sign no more.
    ///
    /// - Returns: how many secrets were sealed.
    func renew() async throws -> Int {
        let now = clock.now
        try await database.write { session in
            try session.execute(
                "UPDATE webhook SET old_secret = NULL, old_until = NULL WHERE old_until <= $1",
                [.moment(now)]
            )
        }
        var due: [(id: Int64, column: String, plain: String)] = []
        for column in Self.columns {
            let rows = try await database.read { session in
                try session.rows(
                    "SELECT id, \(column) FROM webhook WHERE \(column) IS NOT NULL ORDER BY id",
                    [],
                    limit: WebhookDesk.most
                ).map { (id: $0.integer(0), stored: $0.text(1)) }
            }
            for row in rows {
                guard let id = row.id, let stored = row.stored else { continue }
                let isPlain = stored.split(separator: " ").contains { word in
                    StandingSecret(String(Self.parts(word).secret)) == nil
                }
                if isPlain { due.append((id, column, stored)) }
            }
        }
        guard !due.isEmpty else { return 0 }
        let key = try key()
        let fresh = try due.map { one in
            let words = try one.plain.split(separator: " ").map { word in
                let (secret, end) = Self.parts(word)
                let isSealed = StandingSecret(String(secret)) != nil
                return try (isSealed ? String(secret) : Self.sealed(String(secret), of: one.id, with: key)) + end
            }
            return (id: one.id, column: one.column, old: one.plain, new: words.joined(separator: " "))
        }
        return try await database.write { session in
            var count = 0
            for one in fresh {
                // One that was changed meanwhile is sealed already.
                count += try session.execute(
                    "UPDATE webhook SET \(one.column) = $1 WHERE id = $2 AND \(one.column) = $3",
                    [.text(one.new), .integer(one.id), .text(one.old)]
                )
            }
            return count
        }
    }

    /// The subscribers whose key is not there; one that is there and cannot be read is told when a message is due.
    func lost() async throws(StoreError) -> Set<Int64> {
        let rows = try await database.read { session in
            try session.rows("SELECT id, secret FROM webhook ORDER BY id", [], limit: WebhookDesk.most)
                .map { (id: $0.integer(0), stored: $0.text(1)) }
        }
        var lost: Set<Int64> = []
        for row in rows {
            guard let id = row.id, let stored = row.stored else { continue }
            do {
                if try open(stored, of: id) == nil { lost.insert(id) }
            } catch {
                continue
            }
        }
        return lost
    }
}
