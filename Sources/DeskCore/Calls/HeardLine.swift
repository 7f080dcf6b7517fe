/// When each line was heard last, as far as the service got round to noting it.
enum HeardLine {
    private static func name(_ line: String) -> String { "line.heard.\(line)" }

    static func last(_ line: String, in session: any SQLSession) throws(StoreError) -> Moment? {
        try session.row("SELECT value FROM counter WHERE name = $1", [.text(name(line))])?.moment(0)
    }

    static func note(_ line: String, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            [.text(name(line)), .moment(now)]
        )
    }
}
