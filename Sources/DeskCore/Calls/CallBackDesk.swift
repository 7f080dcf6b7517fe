/// Somebody who called and reached nobody: one item for each number, however often it called.
public struct CallBack: Sendable, Equatable, Identifiable {
    /// The newest of the calls.
    public var call: Call
    /// Since when they wait: the first call that was not answered.
    public var since: Moment
    /// How many of their calls nobody answered.
    public var calls: Int64
    /// They asked to be called back, or only gave up.
    public var isAskedFor: Bool
    public var protocolNumber: String?
    public var customerID: Int64?
    public var topic: String?

    public var id: Int64 { call.id }
}

/// Calls to return, the longest waiting first; done when a call from or to the number was answered.
public struct CallBackDesk: Sendable {
    /// A desk with more waiting callers than this needs people, not a longer list.
    public static let longestList = 500

    private let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    public func list(limit: Int = 200) async throws(StoreError) -> [CallBack] {
        let bounded = min(max(1, limit), Self.longestList)
        return try await database.read { session in
            let groups = try session.rows(
                """
                SELECT MAX(id), MIN(started_at), COUNT(*) FROM call WHERE \(MissedCall.callable)
                GROUP BY COALESCE(number, number_raw) ORDER BY MIN(started_at), MAX(id) LIMIT \(bounded)
                """
            )
            var items: [CallBack] = []
            for group in groups {
                guard let id = group.integer(0), let since = group.moment(1),
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
                        calls: group.integer(2) ?? 1,
                        isAskedFor: attendance?.reason == Attendance.callBackReason,
                        protocolNumber: attendance?.protocolNumber,
                        customerID: attendance?.customerID,
                        topic: attendance?.topic
                    )
                )
            }
            return items
        }
    }

    /// Takes every call of an item's number off the list, as when they were reached in another way.
    ///
    /// - Returns: the calls that were waiting, none when the item was done already.
    public func done(callID: Int64, by accountID: Int64?) async throws(StoreError) -> [Int64] {
        let now = clock.now
        return try await database.write { session in
            try session.rows(
                """
                UPDATE call SET returned_at = $1, returned_by = $2
                WHERE \(MissedCall.callable) AND COALESCE(number, number_raw) =
                    (SELECT COALESCE(number, number_raw) FROM call AS item WHERE item.id = $3)
                RETURNING id
                """,
                [.moment(now), .integer(accountID), .integer(callID)]
            ).compactMap { $0.integer(0) }
        }
    }
}
