/// A subscriber that has taken nothing for days, on an administrator's bell.
public struct WebhookBell: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var webhookID: Int64
    public var name: String
    public var failingSince: Moment
    public var rungAt: Moment
}

/// Rings for subscribers that fail for days: nobody is switched off for failing, so somebody must hear of it.
public struct WebhookBells: Sendable {
    /// From the fourth day on: what was written first is given up then, and a person can send it again.
    public static let patience = WebhookQueue.mostAge

    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// What rings for an account, the newest first; nothing for whoever is no administrator, nor once it is well again.
    public func list(of accountID: Int64, limit: Int) async throws(StoreError) -> [WebhookBell] {
        guard limit > 0 else { return [] }
        return try await database.read { session in
            try session.rows(
                """
                SELECT webhook_bell.id, webhook.id, webhook.name, webhook.failing_since, webhook_bell.rung_at
                FROM webhook_bell JOIN webhook ON webhook.id = webhook_bell.webhook_id
                    JOIN account ON account.id = webhook_bell.account_id
                WHERE webhook_bell.account_id = $1 AND account.role = 'administrator'
                    AND webhook.paused = 0 AND webhook.failing_since = webhook.rung_for
                ORDER BY webhook_bell.id DESC
                """,
                [.integer(accountID)],
                limit: min(limit, WebhookDesk.most)
            ).map { row throws(StoreError) in
                WebhookBell(
                    id: try row.need(row.integer(0), "webhook_bell.id"),
                    webhookID: try row.need(row.integer(1), "webhook_bell.webhook_id"),
                    name: row.text(2) ?? "",
                    failingSince: try row.need(row.moment(3), "webhook.failing_since"),
                    rungAt: try row.need(row.moment(4), "webhook_bell.rung_at")
                )
            }
        }
    }

    /// Rings once for each failure that has lasted long enough, whichever node sees it first.
    static func ring(at now: Moment, in session: any SQLSession) throws(StoreError) {
        let failing = try session.rows(
            """
            SELECT id, failing_since FROM webhook
            WHERE paused = 0 AND failing_since <= $1 AND (rung_for IS NULL OR rung_for <> failing_since) ORDER BY id
            """,
            [.moment(now.adding(.zero - patience))],
            limit: WebhookDesk.most
        )
        for row in failing {
            guard let id = row.integer(0), let since = row.moment(1) else { continue }
            let isOurs = try session.execute(
                "UPDATE webhook SET rung_for = $1 WHERE id = $2 AND (rung_for IS NULL OR rung_for <> $3)",
                [.moment(since), .integer(id), .moment(since)]
            )
            guard isOurs > 0 else { continue }
            try silence(id, in: session)
            try session.execute(
                """
                INSERT INTO webhook_bell (webhook_id, account_id, rung_at)
                SELECT CAST($1 AS BIGINT), id, CAST($2 AS BIGINT) FROM account
                WHERE role = 'administrator' AND disabled_at IS NULL
                """,
                [.integer(id), .moment(now)]
            )
        }
    }

    /// Nobody hears of it any more.
    static func silence(_ webhook: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM webhook_bell WHERE webhook_id = $1", [.integer(webhook)])
    }
}
