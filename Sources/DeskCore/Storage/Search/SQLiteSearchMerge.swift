/// Moves changed words from `search_recent` into the full-text tables, in a transaction of the writer's own.
///
/// It runs after its callers have been answered; when it fails, searching goes on as before and the next one tries again.
struct SQLiteSearchMerge: QueuedWrite {
    /// Changes after which it runs: enough to share FTS5's cost, few enough to look through on every search.
    static let due = 64
    /// Changes moved in one run, some ten milliseconds during which other writes wait.
    static let most = 256

    func run(in session: any FallibleSession) -> StoreError? {
        switch session.outcome({ session in try Self.move(in: session) }) {
        case .success: nil
        case .failure(let error): error
        }
    }

    func settle(_ error: StoreError?) {}

    static func move(in session: any SQLSession) throws(StoreError) {
        let recent = try session.rows("SELECT kind, id, words FROM search_recent", [], limit: most)
        for row in recent {
            guard let kind = row.text(0).flatMap(SearchKind.init), let id = row.integer(1), let words = row.text(2)
            else {
                // Nothing reads such a row; it must not keep those behind it from moving on.
                try session.execute(
                    "DELETE FROM search_recent WHERE kind IS $1 AND id IS $2",
                    [row[0], row[1]]
                )
                continue
            }
            try session.execute("DELETE FROM \(kind.table) WHERE rowid = $1", [.integer(id)])
            if !words.isEmpty {
                try session.execute(
                    "INSERT INTO \(kind.table) (rowid, words) VALUES ($1, $2)",
                    [.integer(id), .text(words)]
                )
            }
            try session.execute(
                "DELETE FROM search_recent WHERE kind = $1 AND id = $2",
                [.text(kind.rawValue), .integer(id)]
            )
        }
        for word in Set(recent.flatMap { ($0.text(2) ?? "").split(separator: " ") }).sorted() {
            try session.execute("INSERT OR IGNORE INTO search_word (word) VALUES ($1)", [.text(String(word))])
        }
        // A full run: there may be more.
        if recent.count == most { (session as? SQLiteSession)?.searchChanges += due }
    }
}
