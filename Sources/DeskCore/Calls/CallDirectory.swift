/// Reading calls back: live ones, those to return, the day's list.
public struct CallDirectory: Sendable {
    private let database: any Database

    public init(database: any Database) { self.database = database }

    public func find(_ id: Int64) async throws(StoreError) -> Call? {
        try await one("id = $1", [.integer(id)])
    }

    public func find(line: String, key: String) async throws(StoreError) -> Call? {
        try await one("line = $1 AND call_key = $2", [.text(line), .text(key)])
    }

    /// The contact of a call that goes by one of some keys, the surest first.
    ///
    /// Of a call that became part of another it is that other's.
    public func contact(line: String, keys: [String]) async throws(StoreError) -> Int64? {
        try await database.read { session in
            for key in keys.prefix(4) {
                var row = try session.row(
                    "SELECT attendance_id, merged_into FROM call WHERE line = $1 AND call_key = $2",
                    [.text(WireText.key(line)), .text(WireText.key(key))]
                )
                // Calls become part of others a few times at the most; the bound keeps a ring from being walked for ever.
                for _ in 0..<8 {
                    guard let next = row?.integer(1) else { break }
                    row = try session.row(
                        "SELECT attendance_id, merged_into FROM call WHERE id = $1",
                        [.integer(next)]
                    )
                }
                if let found = row?.integer(0) { return found }
            }
            return nil
        }
    }

    /// Which of some calls an account took part in, when they were made: whoever has its phone today did not.
    public func tookPart(_ accountID: Int64, in calls: some Collection<Int64>) async throws(StoreError) -> Set<Int64> {
        // A page shows some dozens.
        let calls = Array(calls.prefix(500))
        guard !calls.isEmpty else { return [] }
        return try await database.read { session in
            let places = calls.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
            let arguments = [.integer(accountID)] + calls.map(SQLValue.integer)
            let rows = try session.rows(
                "SELECT call_id FROM call_part WHERE account_id = $1 AND call_id IN (\(places))",
                arguments
            )
            return Set(rows.compactMap { $0.integer(0) })
        }
    }

    /// Every call that is going on, the longest waiting first.
    public func live(limit: Int = 500) async throws(StoreError) -> [Call] {
        // The sum keeps both engines on the few that go on, off the order of all there ever were.
        try await many("ended_at IS NULL AND merged_into IS NULL ORDER BY started_at + 0, id", [], limit: limit)
    }

    /// Newest first; `before` is the last id of the page before.
    public func list(before: Int64?, limit: Int) async throws(StoreError) -> [Call] {
        try await many(
            "merged_into IS NULL AND id < $1 ORDER BY id DESC",
            [.integer(before ?? .max)],
            limit: limit
        )
    }

    /// The calls that `words` mean, newest first: by number in any spelling, by protocol, by who called.
    public func search(
        _ words: String,
        region: Region,
        before: Int64? = nil,
        limit: Int
    ) async throws(StoreError) -> [Call] {
        let search = TypedSearch(words, region: region)
        let bounded = min(max(1, limit), 500)
        return try await database.read { session in
            var asked = ContactSearch([])
            try asked.look(for: search, before: before, in: session)
            guard let condition = asked.ofCalls else { return [] }
            return try session.rows(
                """
                SELECT \(Call.columns) FROM call
                WHERE merged_into IS NULL AND id < $1 AND (\(condition))
                ORDER BY id DESC LIMIT \(bounded)
                """,
                [.integer(before ?? .max)]
            ).map { row throws(StoreError) in try Call(row: row) }
        }
    }

    /// Calls nobody answered and nobody returned, one for each number, the longest waiting first.
    ///
    /// Who was missed longer ago than `CallBackDesk.longestWait` waits no more.
    public func toReturn(at now: Moment, limit: Int = 200) async throws(StoreError) -> [Call] {
        try await many(
            """
            \(MissedCall.unreturned) AND started_at > $1 AND (number IS NULL OR id IN (
                SELECT MAX(id) FROM call WHERE \(MissedCall.unreturned) AND started_at > $1 AND number IS NOT NULL
                GROUP BY number))
            ORDER BY started_at, id
            """,
            [.moment(now.adding(.zero - CallBackDesk.longestWait))],
            limit: limit
        )
    }

    /// The last calls from or to a number, newest first.
    public func recent(number: String, limit: Int = 10) async throws(StoreError) -> [Call] {
        try await many("number = $1 AND merged_into IS NULL ORDER BY started_at DESC", [.text(number)], limit: limit)
    }

    /// Parties of a line that made calls from outside and calls from inside: whatever they are, one of the two was a mistake.
    ///
    /// `since`: older calls tell of settings that have changed.
    public func mistaken(line: String, since: Moment) async throws(StoreError) -> [String] {
        try await database.read { session in
            try session.rows(
                """
                SELECT caller_party FROM call
                WHERE line = $1 AND started_at >= $2 AND caller_party IS NOT NULL AND merged_into IS NULL
                GROUP BY caller_party
                HAVING SUM(CASE WHEN direction = 'inbound' THEN 1 ELSE 0 END) > 0
                    AND SUM(CASE WHEN direction <> 'inbound' THEN 1 ELSE 0 END) > 0
                ORDER BY caller_party LIMIT 20
                """,
                [.text(line), .moment(since)]
            ).compactMap { $0.text(0) }
        }
    }

    /// What a line's calls showed: the channels that led outside, and the phones that were answered, each named once.
    ///
    /// Outside is where callers came from and where calls from the desk were answered, as far as each did only that.
    /// `since`: older calls tell of settings that have changed.
    public func seen(
        line: String,
        since: Moment
    ) async throws(StoreError) -> (outside: [String], phones: [String]) {
        let calls = "FROM call WHERE line = $1 AND started_at >= $2 AND merged_into IS NULL"
        let outside = """
            SELECT caller_party AS party \(calls) AND direction = 'inbound'
            UNION SELECT answered_by \(calls) AND direction = 'outbound'
            """
        let phones = """
            SELECT answered_by AS party \(calls) AND direction <> 'outbound'
            UNION SELECT caller_party \(calls) AND direction <> 'inbound'
            """
        return try await database.read { session in
            func list(_ wanted: String, without other: String) throws(StoreError) -> [String] {
                // A desk has some lines and some dozens of phones; more is not read by anybody.
                try session.rows(
                    """
                    SELECT party FROM (\(wanted)) AS wanted WHERE party IS NOT NULL
                        AND party NOT IN (SELECT party FROM (\(other)) AS other WHERE party IS NOT NULL)
                    ORDER BY party LIMIT 50
                    """,
                    [.text(line), .moment(since)]
                ).compactMap { $0.text(0) }
            }
            return (try list(outside, without: phones), try list(phones, without: outside))
        }
    }

    private func one(_ condition: String, _ arguments: [SQLValue]) async throws(StoreError) -> Call? {
        try await many(condition, arguments, limit: 1).first
    }

    private func many(_ condition: String, _ arguments: [SQLValue], limit: Int) async throws(StoreError) -> [Call] {
        // A screen shows no more than this; more is paged.
        let bounded = min(max(1, limit), 500)
        return try await database.read { session in
            try session.rows(
                "SELECT \(Call.columns) FROM call WHERE \(condition) LIMIT \(bounded)",
                arguments
            ).map { row throws(StoreError) in try Call(row: row) }
        }
    }
}
