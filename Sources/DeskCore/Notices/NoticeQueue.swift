/// The queue's statements: claim what is due, write down what became of it, rescue what a dead worker left behind.
struct NoticeQueue: Sendable {
    let database: any Database
    /// `node/life`: which process holds a notice, so that a restarted one knows its own leavings.
    let claimant: String
    let node: String

    /// What a claim brought.
    struct Claim: Sendable {
        var notices: [Notice]
        /// When the earliest notice left behind is due.
        var nextDue: Moment?
        /// What was set aside, to be published.
        var changes: [NoticeFateChange] = []
    }

    func claim(_ channel: NoticeChannel, limit: Int, at now: Moment) async throws(StoreError) -> Claim {
        try await database.write { [claimant] session in
            let due = """
                SELECT id FROM notice WHERE state = 'queued' AND channel = $3 AND next_at <= $4
                ORDER BY next_at, id LIMIT \(limit)
                """
            // Several nodes pass each other by instead of waiting for each other's rows.
            let those =
                session.engine == .postgres ? "id = ANY (ARRAY (\(due) FOR UPDATE SKIP LOCKED))" : "id IN (\(due))"
            let rows = try session.rows(
                """
                UPDATE notice SET state = 'sending', claimed_at = $1, claimed_by = $2, attempts = attempts + 1
                WHERE \(those)
                RETURNING \(Notice.columns)
                """,
                [.moment(now), .text(claimant), .text(channel.rawValue), .moment(now)]
            )
            var notices: [Notice] = []
            var changes: [NoticeFateChange] = []
            notices.reserveCapacity(rows.count)
            for row in rows {
                if let notice = try? Notice(row: row) {
                    notices.append(notice)
                } else {
                    // A row this version cannot read must not stop the rows behind it.
                    try session.execute(
                        "UPDATE notice SET state = 'dead', last_error = $1, fault = $2, settled_at = $3 WHERE id = $4",
                        [.text(Self.unreadable.text(.en)), .text(Self.unreadable.stored), .moment(now), row[0]]
                    )
                    if let id = row.integer(0) {
                        changes.append(
                            NoticeFateChange(
                                noticeID: id,
                                event: row.text(1).flatMap(NoticeEvent.init),
                                channel: channel,
                                state: .dead,
                                lastError: Self.unreadable.text(.en),
                                attendanceID: row.integer(10),
                                ticketID: row.integer(11),
                                at: now
                            )
                        )
                    }
                }
            }
            try Self.tellSubscribers(changes, in: session)
            var nextDue: Moment?
            if rows.count < limit {
                nextDue = try session.row(
                    "SELECT next_at FROM notice WHERE state = 'queued' AND channel = $1 ORDER BY next_at LIMIT 1",
                    [.text(channel.rawValue)]
                )?.moment(0)
            }
            return Claim(notices: notices.sorted { $0.id < $1.id }, nextDue: nextDue, changes: changes)
        }
    }

    /// Writes many outcomes; one that the database refuses is written in plain words instead, and stops no other.
    ///
    /// - Returns: the changes to publish; what could not be written now, with the reason; and what cannot be at all.
    func settleEach(_ settlements: [NoticeSettlement], at now: Moment) async
        -> (changes: [NoticeFateChange], left: [NoticeSettlement], error: StoreError?, refused: [StoreError])
    {
        let outcome = await Halving.write(settlements) { part throws(StoreError) in try await settle(part, at: now) }
        let plain = await Halving.write(outcome.refused.map(\.item.plain)) { part throws(StoreError) in
            try await settle(part, at: now)
        }
        return (
            outcome.values + plain.values, outcome.left + plain.left, outcome.error ?? plain.error,
            plain.refused.map(\.error)
        )
    }

    /// Writes many outcomes in one transaction.
    ///
    /// - Returns: the changes to publish. “Sent” is noted even when the row was taken from us meanwhile, since that is
    ///   what happened; anything else only while it is still ours. A delivery report that came before us stays.
    func settle(_ settlements: [NoticeSettlement], at now: Moment) async throws(StoreError) -> [NoticeFateChange] {
        try await database.write { [claimant] session in
            var changes: [NoticeFateChange] = []
            changes.reserveCapacity(settlements.count)
            try Self.settleSent(settlements, at: now, into: &changes, in: session)
            for settlement in settlements {
                let (notice, claim) = (settlement.notice, SQLValue.text(claimant))
                let changed: Int
                var change = NoticeFateChange(notice, .queued, at: now)
                switch settlement.outcome {
                case .sent: continue
                case .released:
                    try session.execute(
                        """
                        UPDATE notice SET state = 'queued', attempts = attempts - 1
                        WHERE id = $1 AND state = 'sending' AND claimed_by = $2
                        """,
                        [.integer(notice.id), claim]
                    )
                    continue
                case .retry(let at, let error):
                    change.lastError = error.description
                    changed = try session.execute(
                        """
                        UPDATE notice SET state = 'queued', next_at = $1, last_error = $2, fault = $3,
                            spared = spared + $4, unanswered = unanswered + $5
                        WHERE id = $6 AND state = 'sending' AND claimed_by = $7
                        """,
                        [
                            .moment(at), .text(error.description), .text(error.fault.stored),
                            .integer(error.reach == .sender ? 1 : 0), .integer(error.reach == .unanswered ? 1 : 0),
                            .integer(notice.id), claim,
                        ]
                    )
                case .dead(let error):
                    change.state = .dead
                    change.lastError = error.description
                    let mayHaveArrived = error.reach == .unanswered || notice.unanswered > 0
                    changed = try session.execute(
                        """
                        UPDATE notice SET state = 'dead', last_error = $1, fault = $2, settled_at = $3, reason = $4
                        WHERE id = $5 AND state = 'sending' AND claimed_by = $6
                        """,
                        [
                            .text(error.description), .text(error.fault.stored), .moment(now),
                            .text(mayHaveArrived ? WithheldReason.mayHaveArrived.rawValue : nil), .integer(notice.id),
                            claim,
                        ]
                    )
                }
                if changed > 0 { changes.append(change) }
            }
            try Self.tellSubscribers(changes, in: session)
            return changes
        }
    }

    /// In the transaction of what became of them, whatever it was.
    private static func tellSubscribers(
        _ changes: [NoticeFateChange],
        in session: any SQLSession
    ) throws(StoreError) {
        for change in changes { try WebhookOutbox.notice(change, in: session) }
    }

    /// Puts back what an earlier life of this node held, whatever its age; nobody else can be sending it.
    func rescueOwn(at now: Moment, retry: RetryPolicy) async throws(StoreError) -> [NoticeFateChange] {
        let (first, end) = ("\(node)/", "\(node)0")
        let claimant = claimant
        return try await database.write { session in
            try Self.rescue(
                "claimed_by >= $3 AND claimed_by < $4 AND claimed_by <> $5",
                [.text(first), .text(end), .text(claimant)],
                at: now,
                retry: retry,
                in: session
            )
        }
    }

    /// Who holds notices now, ourselves aside.
    func otherClaimants() async throws(StoreError) -> [String] {
        let claimant = claimant
        return try await database.read { session in
            // The state is written out so that the planner can use the partial index over it.
            try session.rows(
                "SELECT DISTINCT claimed_by FROM notice WHERE state = 'sending' AND claimed_by <> $1",
                [.text(claimant)]
            ).compactMap { $0.text(0) }
        }
    }

    /// Whether a process of that name was an earlier life of this node.
    func isOwn(_ name: String) -> Bool { name.hasPrefix("\(node)/") }

    /// Puts back what processes held that are gone.
    func rescue(from gone: Set<String>, at now: Moment, retry: RetryPolicy) async throws(StoreError)
        -> [NoticeFateChange]
    {
        try await database.write { session in
            var changes: [NoticeFateChange] = []
            for name in gone.sorted() {
                changes += try Self.rescue("claimed_by = $3", [.text(name)], at: now, retry: retry, in: session)
            }
            return changes
        }
    }

    /// What is claimed now, by whomever; as much as a look needs to know it again.
    func held() async throws(StoreError) -> Set<NoticeClaim> {
        try await database.read { session in
            Set(
                try session.rows("SELECT id, claimed_by, claimed_at FROM notice WHERE state = 'sending'").compactMap {
                    row in
                    row.integer(0).map { NoticeClaim(id: $0, by: row.text(1) ?? "", at: row.integer(2) ?? 0) }
                }
            )
        }
    }

    /// Puts back claims that nobody has answered for longer than the lease.
    func rescueStuck(_ claims: Set<NoticeClaim>, at now: Moment, retry: RetryPolicy) async throws(StoreError)
        -> [NoticeFateChange]
    {
        guard !claims.isEmpty else { return [] }
        return try await database.write { session in
            var changes: [NoticeFateChange] = []
            for claim in claims.sorted(by: { $0.id < $1.id }) {
                changes += try Self.rescue(
                    "id = $3 AND COALESCE(claimed_by, '') = $4 AND COALESCE(claimed_at, 0) = $5",
                    [.integer(claim.id), .text(claim.by), .integer(claim.at)],
                    at: now,
                    retry: retry,
                    in: session
                )
            }
            return changes
        }
    }

    /// A retry waits for half an hour at the most, a moved ticket's undo for a minute; an hour leaves room for both.
    ///
    /// What may have arrived already waits for up to five.
    static let bounds = [
        ScheduleBound(
            table: "notice",
            column: "next_at",
            condition: "state = 'queued' AND unanswered = 0",
            longest: .seconds(3_600),
            comesBack: .now
        ),
        ScheduleBound(
            table: "notice",
            column: "next_at",
            condition: "state = 'queued' AND unanswered > 0",
            longest: RetryPolicy.longestUnansweredWait,
            comesBack: .now
        ),
    ]

    /// Makes due what a clock that was ahead has put off; says how many.
    func recall(at now: Moment) async throws(StoreError) -> Int {
        try await database.write { session throws(StoreError) in
            var recalled = 0
            for bound in Self.bounds { recalled += try bound.apply(at: now, in: session) }
            return recalled
        }
    }

    /// A notice that was under way when its worker died may have gone out: it is sent again under the same Message-ID.
    ///
    /// One that dies with its worker time and again is given up.
    private static func rescue(
        _ condition: String,
        _ arguments: [SQLValue],
        at now: Moment,
        retry: RetryPolicy,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeFateChange] {
        let isOver = "attempts - spared >= \(retry.mostAttempts)"
        let rows = try session.rows(
            """
            UPDATE notice SET state = CASE WHEN \(isOver) THEN 'dead' ELSE 'queued' END,
                next_at = $1, settled_at = CASE WHEN \(isOver) THEN $1 END,
                last_error = CASE WHEN \(isOver) THEN '\(Self.givenUp.text(.en))' ELSE $2 END,
                fault = CASE WHEN \(isOver) THEN '\(Self.givenUp.stored)' ELSE '\(Self.interrupted.stored)' END,
                reason = CASE WHEN \(isOver) AND unanswered > 0 THEN '\(WithheldReason.mayHaveArrived.rawValue)' ELSE reason END
            WHERE state = 'sending' AND \(condition)
            RETURNING id, event, channel, state, attendance_id, ticket_id, last_error
            """,
            [.moment(now), .text(Self.interrupted.text(.en))] + arguments
        )
        let changes = rows.compactMap { row -> NoticeFateChange? in
            guard let id = row.integer(0), let channel = row.text(2).flatMap(NoticeChannel.init),
                let state = row.text(3).flatMap(NoticeState.init)
            else { return nil }
            return NoticeFateChange(
                noticeID: id,
                event: row.text(1).flatMap(NoticeEvent.init),
                channel: channel,
                state: state,
                lastError: row.text(6),
                attendanceID: row.integer(4),
                ticketID: row.integer(5),
                at: now
            )
        }
        try tellSubscribers(changes, in: session)
        return changes
    }

    // Words and codes of ours, without a quotation mark in them.
    private static let unreadable = NoticeFault.desk(.unreadable)
    private static let interrupted = NoticeFault.desk(.interrupted)
    private static let givenUp = NoticeFault.desk(.interruptedOften)
}

extension NoticeFateChange {
    init(_ notice: Notice, _ state: NoticeState, at moment: Moment) {
        self.init(
            noticeID: notice.id,
            event: notice.event,
            channel: notice.channel,
            state: state,
            attendanceID: notice.attendanceID,
            ticketID: notice.ticketID,
            at: moment
        )
    }
}
