/// When each line was heard last, as far as the service got round to noting it.
enum HeardLine {
    private static func name(_ line: String) -> String { "line.heard.\(line)" }

    static func last(_ line: String, in session: any SQLSession) throws(StoreError) -> Moment? {
        try session.row("SELECT value FROM counter WHERE name = $1", [.text(name(line))])?.moment(0)
    }

    /// Nodes' clocks differ by less; a time that lies further ahead is of a clock that was wrong, and counts for none.
    private static let furthestAhead = Duration.seconds(60)

    /// Notes when a line was heard, unless it is known to have been heard later: a node that was cut off tells what was long
    /// ago, and another has worked the line since.
    ///
    /// - Returns: whether it was noted; what belongs to that time is written only then.
    @discardableResult
    static func note(
        _ line: String,
        at moment: Moment,
        now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        let touched = try session.execute(
            """
            INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
            WHERE excluded.value >= counter.value OR counter.value > $3
            """,
            [.text(name(line)), .moment(moment), .moment(now.adding(furthestAhead))]
        )
        return touched > 0
    }
}
