/// Search on SQLite: full-text tables (FTS5), fed in bulk from a small table of what changed last.
///
/// Putting one text into an FTS5 table costs as much as a whole ticket; 64 in one go cost a tenth each. So a change is
/// a plain row in `search_recent`, looked through on every search, and the writer moves them on when enough are there
/// (`SQLiteSearchMerge`). Nothing is found later for that, and nothing is lost.
enum SQLiteSearch {
    /// Changes looked through besides the full-text table; there are more only while moving them on fails.
    static let mostRecent = 2_000
    /// Words that a beginning may stand for before FTS5 is asked for the beginning itself.
    ///
    /// FTS5 merges every row of a beginning it has no index for before it gives the first, slow for frequent words; the
    /// words it stands for can be walked from the newest row on.
    static let mostMeanings = 300
    /// Beginnings up to this length have an index in FTS5 (`prefix='2 3'`).
    private static let indexedPrefix = 3

    static let step = SchemaStep(name: "search-0001-words", statements: statements)

    private static let statements: [String] =
        SearchKind.allCases.map { kind in
            // Words come folded and separated by blanks: the plainest tokenizer takes them as they are. Neither order
            // nor count of words is asked for.
            """
            CREATE VIRTUAL TABLE \(kind.table) USING fts5(
                words, detail=none, columnsize=0, tokenize='ascii', prefix='2 3'
            )
            """
        } + [
            "CREATE TABLE search_word (word TEXT PRIMARY KEY) WITHOUT ROWID",
            """
            CREATE TABLE search_recent (
                kind TEXT NOT NULL,
                id BIGINT NOT NULL,
                words TEXT NOT NULL,
                PRIMARY KEY (kind, id)
            ) WITHOUT ROWID
            """,
        ]

    /// What only this engine has, by name: the full-text tables with those FTS5 keeps behind each, and the two beside them.
    static let tables = Set(
        SearchKind.allCases.flatMap { kind in
            [kind.table] + ["data", "idx", "content", "docsize", "config"].map { "\(kind.table)_\($0)" }
        } + ["search_word", "search_recent"]
    )

    static func store(_ kind: SearchKind, id: Int64, words: String, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO search_recent (kind, id, words) VALUES ($1, $2, $3)
            ON CONFLICT (kind, id) DO UPDATE SET words = excluded.words
            """,
            [.text(kind.rawValue), .integer(id), .text(words)]
        )
        (session as? SQLiteSession)?.searchChanges += 1
    }

    static func find(
        _ kind: SearchKind,
        _ asked: [AskedWord],
        before: Int64,
        limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        let recent = try session.rows(
            "SELECT id, words FROM search_recent WHERE kind = $1 AND id < $2 ORDER BY id DESC",
            [.text(kind.rawValue), .integer(before)],
            limit: mostRecent
        )
        let recentIDs = recent.compactMap { row -> Int64? in
            let words = (row.text(1) ?? "").split(separator: " ")
            return asked.allSatisfy { $0.isIn(words) } ? row.integer(0) : nil
        }
        let settled = try session.rows(
            """
            SELECT rowid FROM \(kind.table) WHERE \(kind.table) MATCH $1 AND rowid < $2
                AND rowid NOT IN (SELECT id FROM search_recent WHERE kind = $3)
            ORDER BY rowid DESC LIMIT $4
            """,
            [.text(try expression(asked, in: session)), .integer(before), .text(kind.rawValue), .integer(limit)],
            limit: limit
        )
        let ids = recentIDs + settled.compactMap { $0.integer(0) }
        return Array(ids.sorted(by: >).prefix(limit))
    }

    /// The question in FTS5's language: words have letters and digits only, so that a pair of quotes holds each.
    private static func expression(_ asked: [AskedWord], in session: any SQLSession) throws(StoreError) -> String {
        var parts: [String] = []
        for word in asked { parts.append(try expression(word, in: session)) }
        return parts.joined(separator: " AND ")
    }

    private static func expression(_ word: AskedWord, in session: any SQLSession) throws(StoreError) -> String {
        if word.isWhole { return "\"\(word.text)\"" }
        // Counted as FTS5 counts: letters, not bytes.
        if word.text.unicodeScalars.count <= indexedPrefix { return "\"\(word.text)\"*" }
        let meanings = try session.rows(
            "SELECT word FROM search_word WHERE word >= $1 AND word < $2 ORDER BY word",
            [.text(word.text), .text(word.text + "\u{10FFFF}")],
            limit: mostMeanings + 1
        ).compactMap { $0.text(0) }
        if meanings.isEmpty || meanings.count > mostMeanings { return "\"\(word.text)\"*" }
        return "(" + meanings.map { "\"\($0)\"" }.joined(separator: " OR ") + ")"
    }
}
