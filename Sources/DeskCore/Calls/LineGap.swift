/// A time in which a line was not heard: calls that began and ended in it are known to nobody at the desk.
public struct LineGap: Sendable, Hashable, Identifiable {
    public var id: Int64
    public var line: String
    /// When the line was heard last; up to a minute early after a fall of the service, which could note no more, and up to
    /// 25 s late where a link fell silent, as that is found out by a question without an answer.
    public var from: Moment
    /// When it was heard again.
    public var to: Moment
}

/// The times in which lines were not heard.
public struct LineGaps: Sendable {
    /// No caller waits, gives up and is gone within it; each reconnection would be told otherwise.
    static let shortest = Duration.seconds(15)
    /// A service that is called notes once a minute that it is there, on each of its nodes.
    static let shortestOfHooks = Duration.seconds(120)
    /// How long they are shown: as long as somebody may still ask after a call.
    public static let life = Duration.seconds(90 * 86_400)
    public static let longestList = 100

    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// Those that ended after a moment, the newest first.
    public func list(since moment: Moment, limit: Int = Self.longestList) async throws(StoreError) -> [LineGap] {
        try await database.read { session in
            try session.rows(
                "SELECT id, line, began_at, ended_at FROM line_gap WHERE ended_at > $1 ORDER BY ended_at DESC, id DESC",
                [.moment(moment)],
                limit: min(max(1, limit), Self.longestList)
            ).map { row throws(StoreError) in
                LineGap(
                    id: try row.need(row.integer(0), "line_gap.id"),
                    line: try row.need(row.text(1), "line_gap.line"),
                    from: try row.need(row.moment(2), "line_gap.began_at"),
                    to: try row.need(row.moment(3), "line_gap.ended_at")
                )
            }
        }
    }

    /// Forgets those that ended before a moment.
    ///
    /// - Returns: how many went.
    @discardableResult
    public func forget(before moment: Moment) async throws(StoreError) -> Int {
        try await database.write { session in
            try session.execute("DELETE FROM line_gap WHERE ended_at < $1", [.moment(moment)])
        }
    }

    /// Notes that a line is heard again now, and since when it was not.
    static func close(
        _ line: String,
        at now: Moment,
        shortest: Duration = Self.shortest,
        in session: any SQLSession
    ) throws(StoreError) {
        if let last = try HeardLine.last(line, in: session), now.since(last) >= shortest {
            try session.execute(
                "INSERT INTO line_gap (line, began_at, ended_at) VALUES ($1, $2, $3)",
                [.text(line), .moment(last), .moment(now)]
            )
        }
        try HeardLine.note(line, at: now, in: session)
    }
}
