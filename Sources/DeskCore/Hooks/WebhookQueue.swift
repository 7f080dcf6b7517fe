/// The queue of each subscriber: claims what is due, settles what was tried, gives up what is too old.
public struct WebhookQueue: Sendable {
    /// A message to be sent now.
    public struct Job: Sendable, Equatable {
        public var id: Int64
        public var messageID: String
        public var body: String
        public var attempt: Int
        public var createdAt: Moment
    }

    /// What is due for one subscriber.
    public struct Batch: Sendable, Equatable {
        public var webhook: Int64
        public var url: String
        /// The secrets that hold now: the new one first.
        public var secrets: [String]
        public var jobs: [Job]
        public var failures: Int

        /// There may be more than it could hold.
        public var isFull: Bool { jobs.count >= WebhookQueue.batch }
    }

    /// What came of one attempt.
    public struct Outcome: Sendable, Equatable {
        public var status: Int?
        /// nil: it was delivered.
        public var error: String?
        /// The receiver asked to be left alone for so long.
        public var pause: Duration?

        public init(status: Int?, error: String? = nil, pause: Duration? = nil) {
            self.status = status
            self.error = error
            self.pause = pause
        }

        /// What the receiver says of a message and not of itself (RFC 9110, 15.5): the next one may well be taken.
        private static let refusals: Set<Int> = [400, 404, 409, 410, 413, 415, 422]

        /// The receiver is there and refuses this message; the others are none the worse for it.
        public var isRefusal: Bool { error != nil && status.map(Self.refusals.contains) ?? false }
    }

    /// Messages of one subscriber sent one after the other before the others are looked at again.
    static let batch = 16
    /// A claim that is older was another process's, which is gone: 16 messages of 15 seconds each, and some more.
    static let lease = Duration.seconds(300)
    /// Three days: a week-end's outage is survived.
    public static let mostAge = Duration.seconds(3 * 86_400)
    /// Five seconds, doubling up to two hours, with full jitter.
    static let retry = RetryPolicy(base: .seconds(5), cap: .seconds(7_200), mostAttempts: .max, mostAge: mostAge)
    /// A subscriber that fails is tried with one message a minute at the least, so that it is found well again soon.
    static let longestPause = Duration.seconds(60)
    /// The longest pause a receiver may ask for.
    static let longestWish = Duration.seconds(3_600)
    /// What a clock that was ahead has put off; a retry waits for two hours at the most, a subscriber for one.
    private static let bounds = [
        ScheduleBound(
            table: "webhook_delivery",
            column: "due_at",
            condition: "state IN ('waiting', 'sending')",
            longest: max(retry.cap, longestWish),
            comesBack: .now
        ),
        ScheduleBound(
            table: "webhook",
            column: "not_before",
            condition: "paused = 0",
            longest: longestWish,
            comesBack: .now
        ),
    ]

    private let database: any Database
    private let clock: DeskClock
    private let jitter: @Sendable () -> Double
    private let secrets: WebhookSecrets
    private let clockGuard: ClockGuard

    /// `vault`: opens the signing secrets.
    public init(
        database: any Database,
        vault: SecretVault,
        clock: DeskClock,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.database = database
        self.clock = clock
        self.jitter = jitter
        secrets = WebhookSecrets(database: database, vault: vault, clock: clock)
        // A clock two days ahead is enough to give up what is a day old; after a weekend's rest, what waits is tried first.
        clockGuard = ClockGuard(database: database, name: "clock.webhooks", jump: .seconds(86_400))
    }

    /// Claims what is due, for every subscriber that is not among `busy`: what was never tried first, so that what a receiver
    /// refuses holds up nothing else, and a test before everything.
    public func claim(except busy: Set<Int64>) async throws(StoreError) -> [Batch] {
        let now = clock.now
        let ids = try await database.read { session in
            try session.rows(
                """
                SELECT DISTINCT webhook.id FROM webhook JOIN webhook_delivery ON webhook_delivery.webhook_id = webhook.id
                WHERE webhook.paused = 0 AND (webhook.not_before IS NULL OR webhook.not_before <= $1)
                    AND webhook_delivery.state IN ('waiting', 'sending') AND webhook_delivery.due_at <= $2
                ORDER BY webhook.id
                """,
                [.moment(now), .moment(now)],
                limit: WebhookDesk.most
            ).compactMap { $0.integer(0) }
        }
        var batches: [Batch] = []
        for id in ids where !busy.contains(id) {
            if let batch = try await claim(id) { batches.append(batch) }
        }
        return batches
    }

    /// Whether the subscriber of a batch is still there, still wants its messages, and wants them at that address.
    public func holds(_ batch: Batch) async throws(StoreError) -> Bool {
        try await database.read { session in
            try session.row(
                "SELECT 1 FROM webhook WHERE id = $1 AND url = $2 AND paused = 0",
                [.integer(batch.webhook), .text(batch.url)]
            ) != nil
        }
    }

    /// The secrets that sign now, the new one first; nil when there is no subscriber, or no secret that opens, which is
    /// noted at the subscriber: its messages wait, as for a receiver that cannot be reached.
    private func secrets(of id: Int64, at now: Moment) async throws(StoreError) -> [String]? {
        let row = try await database.read { session in
            try session.row("SELECT secret, old_secret, old_until FROM webhook WHERE id = $1", [.integer(id)])
        }
        guard let row, let stored = row.text(0) else { return nil }
        let former = FormerSecrets(row.text(1), until: row.moment(2), at: now)
        let trouble: String
        do {
            if let secret = try secrets.open(stored, of: id) {
                var all = [secret]
                for entry in former.entries {
                    if let old = try secrets.open(entry.stored, of: id) { all.append(old) }
                }
                return all
            }
            trouble = WebhookSecrets.lost
        } catch {
            trouble = error.description
        }
        try await database.write { session in
            try session.execute(
                """
                UPDATE webhook SET failing_since = COALESCE(failing_since, $1), failures = failures + 1,
                    last_error = $2, not_before = $3
                WHERE id = $4
                """,
                [.moment(now), .text(trouble), .moment(now.adding(Self.longestPause)), .integer(id)]
            )
        }
        return nil
    }

    /// Claims what is due for one subscriber; nil for nothing, and for one that is paused or left alone for now.
    public func claim(_ id: Int64) async throws(StoreError) -> Batch? {
        let now = clock.now
        guard let secrets = try await secrets(of: id, at: now) else { return nil }
        return try await database.write { session in
            let row = try session.row(
                """
                SELECT url, failures, not_before FROM webhook
                WHERE id = $1 AND paused = 0 AND (not_before IS NULL OR not_before <= $2)
                """,
                [.integer(id), .moment(now)]
            )
            guard let row, let url = row.text(0) else { return nil }
            // One that fails is asked with one message, not with all that wait.
            let most = row.moment(2) == nil ? Self.batch : 1
            var jobs = try Self.take(.untried, of: id, most: most, at: now, in: session)
            jobs += try Self.take(.tried, of: id, most: most - jobs.count, at: now, in: session)
            guard !jobs.isEmpty else { return nil }
            return Batch(
                webhook: id,
                url: url,
                secrets: secrets,
                jobs: jobs,
                failures: Int(clamping: row.integer(1) ?? 0)
            )
        }
    }

    private enum Share: String {
        case untried = "attempts = 0"
        case tried = "attempts > 0"
    }

    /// What has been due for longest of one share.
    private static func take(
        _ share: Share,
        of id: Int64,
        most: Int,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> [Job] {
        guard most > 0 else { return [] }
        return try session.rows(
            """
            UPDATE webhook_delivery SET state = 'sending', attempts = attempts + 1, due_at = $1
            WHERE id IN (
                SELECT id FROM webhook_delivery
                WHERE webhook_id = $2 AND state IN ('waiting', 'sending') AND due_at <= $3 AND \(share.rawValue)
                ORDER BY due_at, id LIMIT \(most)
            ) AND due_at <= $4
            RETURNING id, message_id, body, attempts, created_at, kind
            """,
            [.moment(now.adding(lease)), .integer(id), .moment(now), .moment(now)]
        ).map { row throws(StoreError) in
            let job = Job(
                id: try row.need(row.integer(0), "webhook_delivery.id"),
                messageID: row.text(1) ?? "",
                body: row.text(2) ?? "",
                attempt: Int(clamping: row.integer(3) ?? 1),
                createdAt: try row.need(row.moment(4), "webhook_delivery.created_at")
            )
            return (isTest: row.text(5) == WebhookKind.test.rawValue, job: job)
        }.sorted { ($0.isTest ? 0 : 1, $0.job.id) < ($1.isTest ? 0 : 1, $1.job.id) }.map(\.job)
    }

    /// Notes what came of one attempt at a message of `batch`.
    ///
    /// What a message is refused for puts off that message alone; everything else leaves the receiver alone for a while. What
    /// comes of an address that is the subscriber's no more says nothing of the new one.
    public func settle(_ job: Job, of batch: Batch, _ outcome: Outcome) async throws(StoreError) {
        let (now, jitter) = (clock.now, jitter())
        let subscriber: [SQLValue] = [.integer(batch.webhook), .text(batch.url)]
        try await database.write { session in
            guard let error = outcome.error else {
                try session.execute(
                    """
                    UPDATE webhook_delivery SET state = 'delivered', status = $1, error = NULL, settled_at = $2
                    WHERE id = $3
                    """,
                    [.integer(outcome.status.map(Int64.init)), .moment(now), .integer(job.id)]
                )
                try session.execute(
                    """
                    UPDATE webhook SET failing_since = NULL, failures = 0, last_error = NULL, not_before = NULL
                    WHERE id = $1 AND url = $2 AND (failures > 0 OR not_before IS NOT NULL)
                    """,
                    subscriber
                )
                return
            }
            let isOurs = try session.row("SELECT 1 FROM webhook WHERE id = $1 AND url = $2", subscriber) != nil
            guard isOurs else { return try Self.putBack(job, at: now, in: session) }
            let wait = Self.retry.wait(attempt: job.attempt, jitter: jitter)
            let wish = outcome.pause.map { min($0, Self.longestWish) }
            let delay = outcome.isRefusal ? max(wait, wish ?? wait) : wait
            try session.execute(
                """
                UPDATE webhook_delivery SET state = 'waiting', status = $1, error = $2, due_at = $3
                WHERE id = $4 AND state = 'sending'
                """,
                [.integer(outcome.status.map(Int64.init)), .text(error), .moment(now.adding(delay)), .integer(job.id)]
            )
            let pause = outcome.isRefusal ? nil : wish ?? min(wait, Self.longestPause)
            try session.execute(
                """
                UPDATE webhook SET failing_since = COALESCE(failing_since, $1), failures = failures + 1,
                    last_error = $2, not_before = $3
                WHERE id = $4 AND url = $5
                """,
                [.moment(now), .text(error), .moment(pause.map(now.adding))] + subscriber
            )
        }
    }

    /// Puts messages back that were claimed and not tried.
    public func release(_ jobs: [Job]) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            for job in jobs { try Self.putBack(job, at: now, in: session) }
        }
    }

    /// In the place it had: a test at the very front, and what was never tried by when it was written.
    private static func putBack(_ job: Job, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            UPDATE webhook_delivery SET state = 'waiting', attempts = attempts - 1, due_at = CASE
                WHEN attempts > 1 THEN $1
                WHEN kind = 'test' THEN $2
                WHEN created_at < $1 THEN created_at
                ELSE $1 END
            WHERE id = $3 AND state = 'sending'
            """,
            [.moment(now), .moment(WebhookOutbox.front), .integer(job.id)]
        )
    }

    /// Gives up what is older than three days, forgets what was settled a month ago, and rings for whom that happens to.
    ///
    /// After a jump of the clock, or a rest of more than a day, none of it until the desk has run for six hours.
    public func expire() async throws(StoreError) {
        let now = clock.now
        let old = now.adding(.zero - Self.mostAge)
        let forgotten = now.adding(.zero - WebhookDesk.logLife)
        let isTrusted = try await clockGuard.trusts(now)
        try await database.write { session in
            for bound in Self.bounds { try bound.apply(at: now, in: session) }
            guard isTrusted else { return }
            try session.execute(
                """
                UPDATE webhook_delivery SET state = 'failed', settled_at = $1
                WHERE state = 'waiting' AND COALESCE(tried_since, created_at) < $2
                """,
                [.moment(now), .moment(old)]
            )
            try session.execute(
                "DELETE FROM webhook_delivery WHERE state IN ('delivered', 'failed') AND settled_at < $1",
                [.moment(forgotten)]
            )
            try WebhookBells.ring(at: now, in: session)
        }
    }
}
