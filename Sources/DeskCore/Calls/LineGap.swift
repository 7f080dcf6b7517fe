import CallModel

/// A time in which a line was not heard: calls that began and ended in it are known to nobody at the desk.
public struct LineGap: Sendable, Hashable, Identifiable {
    public var id: Int64
    public var line: String
    /// When the line was heard last; up to a minute early after a fall of the service, which could note no more.
    public var from: Moment
    /// When it was heard again.
    public var to: Moment
    /// How many calls of each queue ended meanwhile, where the PBX counts them; none of a queue in which none did, or
    /// whose counters began anew.
    public var queues: [QueueCount] = []
}

/// The times in which lines were not heard.
public struct LineGaps: Sendable {
    /// No caller waits, gives up and is gone within it; each reconnection would be told otherwise.
    static let shortest = Duration.seconds(15)
    /// A service that is called notes once a minute that it is there, on each of its nodes.
    static let shortestOfHooks = Duration.seconds(120)
    /// How long they are shown: as long as somebody may still ask after a call.
    public static let life = Duration.seconds(90 * 86_400)
    public static let longestList = 200
    /// The busiest tell enough; a line with more queues in trouble is looked at in the PBX's own report.
    static let mostQueues = 20

    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// Those that ended after a moment, the newest first.
    ///
    /// `before`: the last of the page before, by its id.
    public func list(
        since moment: Moment,
        before: Int64? = nil,
        limit: Int = Self.longestList
    ) async throws(StoreError) -> [LineGap] {
        let earlier = before.map { [SQLValue.integer($0)] } ?? []
        let isEarlier = before == nil ? "" : "AND (ended_at, id) < (SELECT ended_at, id FROM line_gap WHERE id = $2)"
        return try await database.read { session in
            var gaps = try session.rows(
                """
                SELECT id, line, began_at, ended_at FROM line_gap WHERE ended_at > $1 \(isEarlier)
                ORDER BY ended_at DESC, id DESC
                """,
                [.moment(moment)] + earlier,
                limit: min(max(1, limit), Self.longestList)
            ).map { row throws(StoreError) in
                LineGap(
                    id: try row.need(row.integer(0), "line_gap.id"),
                    line: try row.need(row.text(1), "line_gap.line"),
                    from: try row.need(row.moment(2), "line_gap.began_at"),
                    to: try row.need(row.moment(3), "line_gap.ended_at")
                )
            }
            let ids = gaps.map(\.id)
            guard let first = ids.min(), let last = ids.max() else { return gaps }
            // Numbered as they ended, but for lines that came back at one moment: hardly any of another page lies between.
            let counts = try session.rows(
                """
                SELECT queue, answered, abandoned, gap_id FROM line_gap_queue WHERE gap_id >= $1 AND gap_id <= $2
                ORDER BY gap_id DESC, queue
                """,
                [.integer(first), .integer(last)],
                limit: Self.mostQueues * 2 * Self.longestList
            )
            for row in counts {
                let id = try row.need(row.integer(3), "line_gap_queue.gap_id")
                guard let index = ids.firstIndex(of: id) else { continue }
                gaps[index].queues.append(try QueueCounts.count(row, 0))
            }
            return gaps
        }
    }

    /// Forgets those that ended before a moment.
    ///
    /// - Returns: how many went.
    @discardableResult
    public func forget(before moment: Moment) async throws(StoreError) -> Int {
        try await database.write { session in
            try session.execute(
                "DELETE FROM line_gap_queue WHERE gap_id IN (SELECT id FROM line_gap WHERE ended_at < $1)",
                [.moment(moment)]
            )
            return try session.execute("DELETE FROM line_gap WHERE ended_at < $1", [.moment(moment)])
        }
    }

    /// Notes that a line is heard again since a moment, and since when it was not.
    ///
    /// `queues`: what its queues had counted then; a PBX that started meanwhile has counted anew, and nothing is said.
    /// - Returns: whether the moment is the last it was heard (`HeardLine.note`).
    @discardableResult
    static func close(
        _ line: String,
        at moment: Moment,
        now: Moment,
        shortest: Duration = Self.shortest,
        queues: [QueueCount] = [],
        pbxStartedAt: Int64? = nil,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        if let last = try HeardLine.last(line, in: session), moment.since(last) >= shortest {
            let id = try session.insert(
                "INSERT INTO line_gap (line, began_at, ended_at) VALUES ($1, $2, $3)",
                [.text(line), .moment(last), .moment(moment)]
            )
            guard let id else { throw StoreError.corrupt(what: "line_gap") }
            let isAnother = pbxStartedAt.map { $0 > last.microseconds } ?? false
            let ended = isAnother ? [] : QueueCounts.between(try QueueCounts.last(line, in: session), queues)
            let busiest = ended.sorted {
                ($0.answered + $0.abandoned, $1.queue) > ($1.answered + $1.abandoned, $0.queue)
            }
            for queue in busiest.prefix(mostQueues) {
                try session.execute(
                    "INSERT INTO line_gap_queue (gap_id, queue, answered, abandoned) VALUES ($1, $2, $3, $4)",
                    [.integer(id), .text(queue.queue), .integer(queue.answered), .integer(queue.abandoned)]
                )
            }
        }
        return try HeardLine.note(line, at: moment, now: now, in: session)
    }
}
