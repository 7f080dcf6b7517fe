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
        var source = kind.table
        var arguments: [SQLValue] = [.text(expression(asked)), .integer(before), .integer(limit)]
        if let rare = try rareWord(of: asked, kind, in: session) {
            // The index would gather every row of the frequent words before it meets the rare one's: look at that one's
            // rows only.
            source = "(SELECT id, vector FROM \(kind.table) WHERE vector @@ CAST($4 AS tsquery) OFFSET 0) AS rare"
            arguments.append(.text(expression([rare])))
        }
        return try session.rows(
            "SELECT id FROM \(source) WHERE vector @@ CAST($1 AS tsquery) AND id < $2 ORDER BY id DESC LIMIT $3",
            arguments,
            limit: limit
        ).compactMap { $0.integer(0) }
    }

    /// A word of several that has few rows, if there is one.
    private static func rareWord(
        of asked: [AskedWord],
        _ kind: SearchKind,
        in session: any SQLSession
    ) throws(StoreError) -> AskedWord? {
        guard asked.count > 1 else { return nil }
        for word in asked {
            // Of a frequent word the first few hundred rows are found at once anywhere in the table.
            let count = try session.row(
                """
                SELECT count(*) FROM (
                    SELECT 1 FROM \(kind.table) WHERE vector @@ CAST($1 AS tsquery) LIMIT \(fewRows)
                ) AS few
                """,
                [.text(expression([word]))]
            )?.integer(0)
            if let count, count < fewRows { return word }
        }
        return nil
    }

    /// Rows that may be looked at one by one.
    private static let fewRows: Int64 = 500

    /// The question as a `tsquery`: words have letters and digits only, so that a pair of quotes holds each.
    private static func expression(_ asked: [AskedWord]) -> String {
        asked.map { "'\($0.text)'\($0.isWhole ? "" : ":*")" }.joined(separator: " & ")
    }
}
