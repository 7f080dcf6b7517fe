/// The subscribers: who is told what, with which secret, and what became of each message.
public struct WebhookDesk: Sendable {
    public enum Fault: Error, Sendable, Equatable {
        /// The members that are wrong.
        case wrong([String])
        case tooMany
        case notFound
    }

    /// Each is asked about at every deed.
    public static let most = 100
    /// How long the old secret signs beside the new one.
    public static let rotation = Duration.seconds(24 * 3600)
    /// How long a message that was delivered or given up stays to be looked at.
    public static let logLife = Duration.seconds(30 * 86_400)

    private let database: any Database
    private let clock: DeskClock
    private let random: RandomSource
    private let secrets: WebhookSecrets

    /// `vault`: seals the signing secrets.
    public init(database: any Database, vault: SecretVault, clock: DeskClock, random: RandomSource = .system) {
        self.database = database
        self.clock = clock
        self.random = random
        secrets = WebhookSecrets(database: database, vault: vault, clock: clock)
    }

    /// Seals signing secrets that a release before left plain, and returns how many there were.
    ///
    /// - Throws: `VaultError`, `StoreError`.
    public func renewSecrets() async throws -> Int { try await secrets.renew() }

    /// The subscribers that need a new secret, as the key of theirs is not in the data folder.
    public func withoutSecret() async throws(StoreError) -> Set<Int64> { try await secrets.lost() }

    public func list() async throws(StoreError) -> [Webhook] {
        try await database.read { session in
            try session.rows("SELECT \(Webhook.columns) FROM webhook ORDER BY id", [], limit: Self.most)
                .map { row throws(StoreError) in try Webhook(row: row) }
        }
    }

    public func find(_ id: Int64) async throws(StoreError) -> Webhook? {
        try await database.read { session in
            try session.row("SELECT \(Webhook.columns) FROM webhook WHERE id = $1", [.integer(id)])
                .map { row throws(StoreError) in try Webhook(row: row) }
        }
    }

    /// Adds a subscriber.
    ///
    /// - Returns: it, and its secret, which is told this once.
    /// - Throws: `Fault`, `StoreError`.
    public func add(_ draft: WebhookDraft, by actor: AuditActor) async throws -> (webhook: Webhook, secret: String) {
        guard draft.faults.isEmpty else { throw Fault.wrong(draft.faults) }
        let (now, secret) = (clock.now, WebhookSignature.newSecret(random))
        let key = try secrets.key()
        let made: Webhook? = try await database.write { session in
            let count = try session.row("SELECT count(*) FROM webhook")?.integer(0) ?? 0
            guard count < Self.most else { return nil }
            let row = try session.row(
                """
                INSERT INTO webhook (name, url, kinds, paused, secret, created_at, failures)
                VALUES ($1, $2, $3, $4, $5, $6, 0) RETURNING \(Webhook.columns)
                """,
                Self.values(draft) + [.text(""), .moment(now)]
            )
            guard let row else { throw StoreError.corrupt(what: "webhook") }
            let webhook = try Webhook(row: row)
            // Sealed for its own row, whose number is known only now.
            try session.execute(
                "UPDATE webhook SET secret = $1 WHERE id = $2",
                [.text(try WebhookSecrets.sealed(secret, of: webhook.id, with: key)), .integer(webhook.id)]
            )
            try AuditTrail.record("webhook.add", subject: "webhook:\(webhook.id)", by: actor, at: now, in: session)
            return webhook
        }
        guard let made else { throw Fault.tooMany }
        return (made, secret)
    }

    /// `copy`: the tag of what it was made of; nil for whoever means to write over whatever there is.
    ///
    /// - Throws: `Fault`, `ContentTag.Stale`, `StoreError`.
    public func update(
        _ id: Int64,
        _ draft: WebhookDraft,
        of copy: ContentTag? = nil,
        by actor: AuditActor
    ) async throws -> Webhook {
        guard draft.faults.isEmpty else { throw Fault.wrong(draft.faults) }
        let now = clock.now
        let (isFresh, changed) = try await database.write { session -> (Bool, Webhook?) in
            if let copy {
                let row = try session.row("SELECT \(Webhook.columns) FROM webhook WHERE id = $1", [.integer(id)])
                guard try row.map({ try Webhook(row: $0).tag == copy }) ?? true else { return (false, nil) }
            }
            // Whoever corrects an address wants to see at once whether it is right; what failed before, or before it was
            // paused, says nothing of it.
            let row = try session.row(
                """
                UPDATE webhook SET name = $1, url = $2, kinds = $3, paused = $4, not_before = NULL,
                    failing_since = CASE WHEN url <> $2 OR paused > $4 THEN NULL ELSE failing_since END,
                    failures = CASE WHEN url <> $2 OR paused > $4 THEN 0 ELSE failures END
                WHERE id = $5 RETURNING \(Webhook.columns)
                """,
                Self.values(draft) + [.integer(id)]
            )
            guard let row else { return (true, nil) }
            try AuditTrail.record("webhook.update", subject: "webhook:\(id)", by: actor, at: now, in: session)
            return (true, try Webhook(row: row))
        }
        guard isFresh else { throw ContentTag.Stale() }
        guard let changed else { throw Fault.notFound }
        return changed
    }

    /// Removes a subscriber with everything that waits for it.
    ///
    /// - Throws: `Fault`, `StoreError`.
    public func remove(_ id: Int64, by actor: AuditActor) async throws {
        let now = clock.now
        let count = try await database.write { session in
            try session.execute("DELETE FROM webhook_delivery WHERE webhook_id = $1", [.integer(id)])
            try WebhookBells.silence(id, in: session)
            let count = try session.execute("DELETE FROM webhook WHERE id = $1", [.integer(id)])
            if count > 0 {
                try AuditTrail.record("webhook.remove", subject: "webhook:\(id)", by: actor, at: now, in: session)
            }
            return count
        }
        guard count > 0 else { throw Fault.notFound }
    }

    /// Gives a subscriber a new secret; each it had before signs beside it for a day.
    ///
    /// - Returns: the new secret, which is told this once.
    /// - Throws: `Fault`, `StoreError`.
    public func rotate(_ id: Int64, by actor: AuditActor) async throws -> String {
        let (now, secret) = (clock.now, WebhookSignature.newSecret(random))
        let sealed = try WebhookSecrets.sealed(secret, of: id, with: try secrets.key())
        let isThere = try await database.write { session in
            // Written first, so that of two at once the second finds the first one's.
            let row = try session.row(
                "UPDATE webhook SET not_before = NULL WHERE id = $1 RETURNING secret, old_secret, old_until",
                [.integer(id)]
            )
            guard let row, let stored = row.text(0) else { return false }
            var former = FormerSecrets(row.text(1), until: row.moment(2), at: now)
            former.add(stored, until: now.adding(Self.rotation))
            try session.execute(
                "UPDATE webhook SET secret = $1, old_secret = $2, old_until = $3 WHERE id = $4",
                [.text(sealed), .text(former.text), .moment(former.until), .integer(id)]
            )
            try AuditTrail.record("webhook.rotate", subject: "webhook:\(id)", by: actor, at: now, in: session)
            return true
        }
        guard isThere else { throw Fault.notFound }
        return secret
    }

    /// The messages to a subscriber, newest first; `after` is the last id of the page before.
    public func deliveries(of id: Int64, after: Int64?, limit: Int) async throws(StoreError) -> [WebhookDelivery] {
        try await database.read { session in
            try session.rows(
                """
                SELECT \(WebhookDelivery.columns) FROM webhook_delivery
                WHERE webhook_id = $1 AND id < $2 ORDER BY id DESC
                """,
                [.integer(id), .integer(after ?? .max)],
                limit: min(max(1, limit), 200)
            ).map { row throws(StoreError) in try WebhookDelivery(row: row) }
        }
    }

    /// Since when the message has waited that has waited for longest without being tried; nil when none has.
    ///
    /// One that a receiver refuses is tried, and waits for something else; a paused subscriber's waits as it should.
    public func waitingSince() async throws(StoreError) -> Moment? {
        try await database.read { session in
            try session.row(
                """
                SELECT COALESCE(webhook_delivery.tried_since, webhook_delivery.created_at)
                FROM webhook_delivery JOIN webhook ON webhook.id = webhook_delivery.webhook_id
                WHERE webhook_delivery.state = 'waiting' AND webhook_delivery.attempts = 0 AND webhook.paused = 0
                ORDER BY COALESCE(webhook_delivery.tried_since, webhook_delivery.created_at) LIMIT 1
                """
            )?.moment(0)
        }
    }

    /// Puts messages into the queue again: one, or all that were given up.
    ///
    /// - Returns: how many.
    public func resend(_ id: Int64, delivery: Int64?, by actor: AuditActor) async throws(StoreError) -> Int {
        let now = clock.now
        return try await database.write { session in
            let count =
                if let delivery {
                    try session.execute(
                        """
                        UPDATE webhook_delivery SET state = 'waiting', due_at = $1, tried_since = $2, settled_at = NULL
                        WHERE webhook_id = $3 AND id = $4 AND state IN ('failed', 'delivered')
                        """,
                        [.moment(now), .moment(now), .integer(id), .integer(delivery)]
                    )
                } else {
                    try session.execute(
                        """
                        UPDATE webhook_delivery SET state = 'waiting', due_at = $1, tried_since = $2, settled_at = NULL
                        WHERE webhook_id = $3 AND state = 'failed'
                        """,
                        [.moment(now), .moment(now), .integer(id)]
                    )
                }
            try session.execute("UPDATE webhook SET not_before = NULL WHERE id = $1", [.integer(id)])
            try AuditTrail.record("webhook.resend", subject: "webhook:\(id)", by: actor, at: now, in: session)
            return count
        }
    }

    /// Sends a subscriber a message that says nothing.
    ///
    /// - Returns: the delivery, to be looked up.
    /// - Throws: `Fault`, `StoreError`.
    public func test(_ id: Int64) async throws -> Int64 {
        guard try await find(id) != nil else { throw Fault.notFound }
        let now = clock.now
        let body = try WebhookOutbox.body(.test, at: now, ["message": "CallDesk"])
        let made = try await database.write { session in
            try session.execute("UPDATE webhook SET not_before = NULL WHERE id = $1", [.integer(id)])
            return try WebhookOutbox.add(.test, body, to: id, at: now, in: session)
        }
        guard let made else { throw StoreError.corrupt(what: "webhook_delivery") }
        return made
    }

    private static func values(_ draft: WebhookDraft) -> [SQLValue] {
        // Blanks on both sides of each, so that one can be found by itself.
        let kinds = " " + draft.kinds.map(\.rawValue).sorted().joined(separator: " ") + " "
        return [.text(draft.name), .text(draft.url), .text(kinds), .bool(draft.isPaused)]
    }
}
