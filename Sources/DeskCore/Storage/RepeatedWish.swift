/// What a wish with a name of its client's made, so that it is made once however often the request is sent.
///
/// Looked for and noted in the transaction that makes it: of two that come at once the later one runs again and finds it
/// (SQLite writes one after the other, PostgreSQL refuses the second as `SERIALIZABLE`). Forgotten by `Retention`.
struct RepeatedWish {
    /// What kind of thing is made; names of different kinds do not meet.
    let scope: String
    /// The client's name for the wish.
    let key: String
    /// What was asked, the same each time.
    let digest: String

    /// What it made before, and whether the same was asked; nil when it made nothing yet.
    func made(in session: any SQLSession) throws(StoreError) -> (id: Int64, isSame: Bool)? {
        let row = try session.row(
            "SELECT response, request_hash FROM idempotency WHERE scope = $1 AND key = $2",
            [.text(scope), .text(key)]
        )
        guard let id = row?.text(0).flatMap({ Int64($0) }) else { return nil }
        // Kept without a digest by an earlier version: taken for the same.
        return (id, [digest, ""].contains(row?.text(1) ?? ""))
    }

    /// Keeps what it made.
    func note(_ id: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO idempotency (scope, key, request_hash, status, response, created_at)
            VALUES ($1, $2, $3, 201, $4, $5)
            """,
            [.text(scope), .text(key), .text(digest), .text(String(id)), .moment(now)]
        )
    }
}
