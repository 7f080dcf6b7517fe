/// Search on PostgreSQL: one table a kind with its words as a `tsvector` and a GIN index.
///
/// The words are folded already, so that no text search configuration of the server takes part: the same words are found
/// on every server and on SQLite.
enum PostgresSearch {
    static let step = SchemaStep(name: "search-0001-words", statements: statements)

    private static let statements: [String] = SearchKind.allCases.flatMap { kind in
        [
            """
            CREATE TABLE \(kind.table) (
                id BIGINT PRIMARY KEY,
                words TEXT NOT NULL,
                vector TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
            )
            """,
            // New entries gather before they are sorted in, which makes them cheap; every search reads through those that
            // wait, so that only 128 KiB of them may.
            """
            CREATE INDEX \(kind.table)_vector ON \(kind.table) USING gin (vector)
                WITH (fastupdate = on, gin_pending_list_limit = 128)
            """,
        ]
    }

    static func store(_ kind: SearchKind, id: Int64, words: String, in session: any SQLSession) throws(StoreError) {
        if words.isEmpty {
            try session.later("DELETE FROM \(kind.table) WHERE id = $1", [.integer(id)])
        } else {
            try session.later(
                """
                INSERT INTO \(kind.table) (id, words) VALUES ($1, $2)
                ON CONFLICT (id) DO UPDATE SET words = excluded.words
                """,
                [.integer(id), .text(words)]
            )
        }
    }

    static func find(
        _ kind: SearchKind,
        _ asked: [AskedWord],
        before: Int64,
        limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        let sample = try newest(kind, asked, before: before, in: session)
        // The planner cannot tell how many rows the beginning of a word has, and takes the slow one of two good ways: to
        // walk from the newest row on, or to gather a word's rows by the index.
        let isFrequent = sample.hits >= oftenEnough || sample.rows < newestRows
        let rarest = zip(asked, sample.each).min { $0.1 < $1.1 }
        // A plan kept from another question would be the other way.
        try session.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        try set(["enable_seqscan", isFrequent ? "enable_bitmapscan" : "enable_indexscan"], to: "off", in: session)
        let matches = "vector @@ CAST($1 AS tsquery)"
        let arguments: [SQLValue] = [.text(expression(asked)), .integer(before), .integer(limit)]
        let found: [SQLRow]
        if !isFrequent, asked.count > 1, let rarest, rarest.1 < oftenEnough {
            // The index would gather every row of the frequent words too: look at the rare one's rows only.
            found = try session.rows(
                """
                SELECT id FROM (SELECT id, vector FROM \(kind.table) WHERE vector @@ CAST($4 AS tsquery) OFFSET 0) AS rare
                WHERE \(matches) AND id < $2 ORDER BY id DESC LIMIT $3
                """,
                arguments + [.text(expression([rarest.0]))],
                limit: limit
            )
        } else {
            found = try session.rows(
                "SELECT id FROM \(kind.table) WHERE \(matches) AND id < $2 ORDER BY id DESC LIMIT $3",
                arguments,
                limit: limit
            )
        }
        try set(["enable_seqscan", "enable_bitmapscan", "enable_indexscan"], to: "on", in: session)
        return found.compactMap { $0.integer(0) }
    }

    /// Rows looked through first, a millisecond's work.
    private static let newestRows = 1_000
    /// Of so many among the newest, the next ones are met sooner by walking on than by gathering: three in a hundred.
    private static let oftenEnough = 30

    /// How many of the newest rows there are, how many answer the whole question, and how many have each of its words.
    private static func newest(
        _ kind: SearchKind,
        _ asked: [AskedWord],
        before: Int64,
        in session: any SQLSession
    ) throws(StoreError) -> (rows: Int, hits: Int, each: [Int]) {
        let has = asked.indices.map { "vector @@ CAST($\($0 + 2) AS tsquery)" }
        let counts = ([has.joined(separator: " AND ")] + has).map { "count(*) FILTER (WHERE \($0))" }
        let row = try session.row(
            """
            SELECT count(*), \(counts.joined(separator: ", ")) FROM (
                SELECT vector FROM \(kind.table) WHERE id < $1 ORDER BY id DESC LIMIT \(newestRows)
            ) AS newest
            """,
            [.integer(before)] + asked.map { .text(expression([$0])) }
        )
        func count(_ column: Int) -> Int { Int(row?.integer(column) ?? 0) }
        return (count(0), count(1), asked.indices.map { count($0 + 2) })
    }

    /// Tells the planner, for the statements that follow in this transaction, what it may do.
    private static func set(_ names: [String], to value: String, in session: any SQLSession) throws(StoreError) {
        let calls = names.map { "set_config('\($0)', '\(value)', true)" }
        try session.execute("SELECT \(calls.joined(separator: ", "))")
    }

    /// The question as a `tsquery`: words have letters and digits only, so that a pair of quotes holds each.
    private static func expression(_ asked: [AskedWord]) -> String {
        asked.map { "'\($0.text)'\($0.isWhole ? "" : ":*")" }.joined(separator: " & ")
    }
}
