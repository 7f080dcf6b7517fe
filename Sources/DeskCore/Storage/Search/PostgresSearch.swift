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
            "CREATE INDEX \(kind.table)_vector ON \(kind.table) USING gin (vector)",
        ]
    }

    static func store(_ kind: SearchKind, id: Int64, words: String, in session: any SQLSession) throws(StoreError) {
        if words.isEmpty {
            try session.execute("DELETE FROM \(kind.table) WHERE id = $1", [.integer(id)])
        } else {
            try session.execute(
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
        // How many rows a word has decides between walking the newest rows and asking the index: plan for these words,
        // not for any.
        try session.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        return try session.rows(
            """
            SELECT id FROM \(kind.table) WHERE vector @@ CAST($1 AS tsquery) AND id < $2 ORDER BY id DESC LIMIT $3
            """,
            [.text(expression(asked)), .integer(before), .integer(limit)],
            limit: limit
        ).compactMap { $0.integer(0) }
    }

    /// The question as a `tsquery`: words have letters and digits only, so that a pair of quotes holds each.
    private static func expression(_ asked: [AskedWord]) -> String {
        asked.map { "'\($0.text)'\($0.isWhole ? "" : ":*")" }.joined(separator: " & ")
    }
}
