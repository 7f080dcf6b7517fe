/// Which contacts a list shows; nil leaves a part open.
public struct AttendanceQuery: Sendable, Equatable {
    /// Only those this person had, or nobody.
    public var accountID: Int64?
    /// Answered calls that are over and that nobody finished.
    public var unfinished = false
    public var outcome: AttendanceOutcome?
    public var channel: AttendanceChannel?
    /// What somebody typed: who called, a number, a protocol, words of a ticket.
    public var search: TypedSearch?
    /// Begun in [from, to).
    public var from: Moment?
    public var to: Moment?
    /// The last id of the page before.
    public var before: Int64?
    public var limit = 50

    public init() {}
}

extension AttendanceDesk {
    /// How long a technician has for writing down what was said before an answered call counts as left lying.
    public static let wrapUp = Duration.seconds(5 * 60)
    /// How long one left lying is its technician's alone; then whoever supervises sees it too.
    public static let unfinishedAlone = Duration.seconds(30 * 60)

    /// A talk of which no end was told for so long is over: its line went down under it and never came back.
    public static let longestTalk = Duration.seconds(4 * 60 * 60)

    /// Contacts, the newest first.
    public func list(_ query: AttendanceQuery) async throws(StoreError) -> [Attendance] {
        let (condition, values) = condition(query)
        let bounded = min(max(1, query.limit), 200)
        return try await database.read { session in
            var asked = ContactSearch(values)
            var condition = condition
            if let search = query.search {
                try asked.look(for: search, in: session)
                guard let found = asked.ofContacts else { return [] }
                condition += " AND (\(found))"
            }
            return try session.rows(
                "SELECT \(Attendance.columns) FROM attendance WHERE \(condition) ORDER BY id DESC LIMIT \(bounded)",
                asked.values
            ).map { row throws(StoreError) in try Attendance(row: row) }
        }
    }

    /// How many answered contacts lie unfinished, counted to `limit`: those of one person, or of everybody that have lain so
    /// long that they are the supervisor's too.
    public func countUnfinished(accountID: Int64?, limit: Int = 100) async throws(StoreError) -> Int {
        var query = AttendanceQuery()
        query.unfinished = true
        query.accountID = accountID
        let (condition, values) = condition(query)
        let bounded = min(max(1, limit), 1_000)
        return try await database.read { session in
            let row = try session.row(
                "SELECT COUNT(*) FROM (SELECT 1 FROM attendance WHERE \(condition) LIMIT \(bounded)) AS found",
                values
            )
            return Int(clamping: row?.integer(0) ?? 0)
        }
    }

    private func condition(_ query: AttendanceQuery) -> (String, [SQLValue]) {
        var parts: [String] = []
        var values: [SQLValue] = []
        func add(_ condition: String, _ value: SQLValue) {
            values.append(value)
            parts.append(condition.replacing("?", with: "$\(values.count)"))
        }
        add("id < ?", .integer(query.before ?? .max))
        if let account = query.accountID { add("account_id = ?", .integer(account)) }
        if query.unfinished {
            let patience = query.accountID == nil ? Self.unfinishedAlone : Self.wrapUp
            parts.append("state = 'open' AND channel = 'phone'")
            add(
                """
                EXISTS (SELECT 1 FROM call WHERE call.id = attendance.call_id AND call.answered_at IS NOT NULL
                    AND COALESCE(call.ended_at, call.answered_at + \(Self.longestTalk.components.seconds * 1_000)) <= ?)
                """,
                .moment(now.adding(.zero - patience))
            )
        }
        if let outcome = query.outcome { add("outcome = ?", .text(outcome.rawValue)) }
        if let channel = query.channel { add("channel = ?", .text(channel.rawValue)) }
        if let from = query.from { add("started_at >= ?", .moment(from)) }
        if let to = query.to { add("started_at < ?", .moment(to)) }
        return (parts.joined(separator: " AND "), values)
    }
}
