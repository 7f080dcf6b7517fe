/// Calls to return, the longest waiting first; done when a call from or to the number was answered.
public struct CallBackDesk: Sendable {
    /// A desk with more waiting callers than this needs people, not a longer list.
    public static let longestList = 500
    /// Tries shown of one item: more say nothing new.
    public static let mostTries = 5
    /// How long one person has an item to themselves: to ring, wait and talk to a voice mail.
    public static let leaseTime = Duration.seconds(300)
    /// Who was missed longer ago has called again, or has gone elsewhere.
    public static let longestWait = CustomerDirectory.memory
    /// A second wish to call within this time is a double click, not a second call.
    static let sameClick = Duration.seconds(10)

    /// Why somebody may not call an item back now.
    public enum Refusal: Error, Sendable, Equatable {
        /// Nobody waits at that call any more.
        case notWaiting
        /// A colleague is calling them.
        case taken(CallBack.Lease)
        /// The same person has just asked for it.
        case underWay
    }

    private let database: any Database
    private let clock: DeskClock
    private let due: @Sendable (_ since: Moment) -> Moment?

    /// `due`: by when somebody who waits since a moment is to be called.
    public init(
        database: any Database,
        clock: DeskClock,
        due: @escaping @Sendable (_ since: Moment) -> Moment? = { _ in nil }
    ) {
        self.database = database
        self.clock = clock
        self.due = due
    }

    private static let number = "COALESCE(number, number_raw)"

    public func list(limit: Int = 200) async throws(StoreError) -> [CallBack] {
        let bounded = min(max(1, limit), Self.longestList)
        let now = clock.now
        let earliest = now.adding(.zero - Self.longestWait)
        return try await database.read { session in
            let groups = try session.rows(
                """
                SELECT MAX(id), MIN(since), COUNT(*), MAX(dropped), number FROM (
                    SELECT id, started_at AS since, 0 AS dropped, \(Self.number) AS number FROM call
                        WHERE \(MissedCall.callable) AND started_at > $1
                    UNION ALL
                    SELECT id, dropped_at, 1, \(Self.number) FROM call
                        WHERE \(MissedCall.droppedCallable) AND dropped_at > $1
                ) AS waiting
                GROUP BY number ORDER BY MIN(since), MAX(id) LIMIT \(bounded)
                """,
                [.moment(earliest)]
            )
            var items: [CallBack] = []
            for group in groups {
                guard let id = group.integer(0), let since = group.moment(1), let number = group.text(4),
                    let row = try session.row("SELECT \(Call.columns) FROM call WHERE id = $1", [.integer(id)])
                else { continue }
                let call = try Call(row: row)
                let attendance = try call.attendanceID.flatMap { id throws(StoreError) in
                    try AttendanceDesk.find(id, in: session)
                }
                items.append(
                    CallBack(
                        call: call,
                        since: since,
                        dueAt: due(since),
                        calls: group.integer(2) ?? 1,
                        isAskedFor: attendance?.reason == Attendance.callBackReason,
                        wasDropped: group.bool(3),
                        protocolNumber: attendance?.protocolNumber,
                        customerID: attendance?.customerID,
                        topic: attendance?.topic,
                        tries: try Self.tries(number, since: since, in: session),
                        lease: try Self.lease(number, at: now, in: session)
                    )
                )
            }
            return items
        }
    }

    /// Gives an item to the one who calls it back, for `leaseTime` or until the call to them has ended.
    ///
    /// - Throws: `Refusal`, as `StoreError.refused`.
    public func take(callID: Int64, for accountID: Int64) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            guard let number = try Self.waitingNumber(callID, in: session) else { throw Refusal.notWaiting }
            if let held = try session.row(
                "SELECT account_id, taken_at FROM call_back_lease WHERE number = $1 AND ends_at > $2",
                [.text(number), .moment(now)]
            ) {
                if held.integer(0) != accountID, let lease = try Self.lease(number, at: now, in: session) {
                    throw Refusal.taken(lease)
                }
                if let taken = held.moment(1), now.since(taken) < Self.sameClick { throw Refusal.underWay }
            }
            try session.execute(
                """
                INSERT INTO call_back_lease (number, account_id, taken_at, ends_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (number) DO UPDATE SET account_id = excluded.account_id, taken_at = excluded.taken_at,
                    ends_at = excluded.ends_at
                """,
                [.text(number), .integer(accountID), .moment(now), .moment(now.adding(Self.leaseTime))]
            )
        }
    }

    /// Gives an item back that one took and did not call.
    public func letGo(callID: Int64, by accountID: Int64) async throws(StoreError) {
        try await database.write { session in
            try session.execute(
                """
                DELETE FROM call_back_lease WHERE account_id = $1 AND number =
                    (SELECT \(Self.number) FROM call WHERE id = $2)
                """,
                [.integer(accountID), .integer(callID)]
            )
        }
    }

    /// Takes every call of the items' numbers off the list, as when they were reached in another way.
    ///
    /// - Returns: the calls that were waiting, none when the items were done already.
    public func done(callIDs: [Int64], by accountID: Int64?) async throws(StoreError) -> [Int64] {
        let now = clock.now
        return try await database.write { session in
            var done: [Int64] = []
            for callID in callIDs {
                guard let number = try Self.waitingNumber(callID, in: session) else { continue }
                for waits in [MissedCall.callable, MissedCall.droppedCallable] {
                    for called in MissedCall.isOf("$3") {
                        done += try session.rows(
                            """
                            UPDATE call SET returned_at = $1, returned_by = $2
                            WHERE \(waits) AND \(called) RETURNING id
                            """,
                            [.moment(now), .integer(accountID), .text(number)]
                        ).compactMap { $0.integer(0) }
                    }
                }
                try Self.endLease(number, in: session)
            }
            return done
        }
    }

    // MARK: - Inside a transaction

    /// The number that waits because of a call, nil when it no longer does.
    private static func waitingNumber(_ callID: Int64, in session: any SQLSession) throws(StoreError) -> String? {
        try session.row(
            """
            SELECT \(number) FROM call
            WHERE id = $1 AND ((\(MissedCall.callable)) OR (\(MissedCall.droppedCallable)))
            """,
            [.integer(callID)]
        )?.text(0)
    }

    /// The item is with nobody: the call to it has ended, or it is done.
    static func endLease(_ number: String, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM call_back_lease WHERE number = $1", [.text(number)])
    }

    private static func lease(
        _ number: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> CallBack.Lease? {
        let row = try session.row(
            """
            SELECT lease.account_id, account.name, lease.ends_at FROM call_back_lease AS lease
            JOIN account ON account.id = lease.account_id WHERE lease.number = $1 AND lease.ends_at > $2
            """,
            [.text(number), .moment(now)]
        )
        guard let row, let account = row.integer(0), let name = row.text(1), let ends = row.moment(2) else {
            return nil
        }
        return CallBack.Lease(accountID: account, name: name, endsAt: ends)
    }

    private static func tries(
        _ number: String,
        since: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> [CallBack.Try] {
        let made = MissedCall.isOf("$1").map {
            "SELECT id FROM call WHERE \($0) AND direction = 'outbound' AND started_at >= $2 AND merged_into IS NULL"
        }
        return try session.rows(
            """
            SELECT call.started_at, call.outcome, attendance.account_id, account.name FROM call
            LEFT JOIN attendance ON attendance.id = call.attendance_id
            LEFT JOIN account ON account.id = attendance.account_id
            WHERE call.id IN (\(made.joined(separator: " UNION ALL ")))
            ORDER BY call.id DESC LIMIT \(mostTries)
            """,
            [.text(number), .moment(since)]
        ).compactMap { row in
            guard let at = row.moment(0), let outcome = row.text(1).flatMap(CallOutcome.init) else { return nil }
            return CallBack.Try(at: at, outcome: outcome, accountID: row.integer(2), name: row.text(3))
        }
    }
}
