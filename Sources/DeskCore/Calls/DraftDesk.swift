/// An interview as far as it has got: saved with every answer, so that nothing given is lost.
public struct StoredDraft: Sendable, Equatable {
    public var attendanceID: Int64
    public var accountID: Int64?
    public var revision: Int64
    /// The interview's own snapshot (JSON); only the interview reads it.
    public var body: String
    public var stage: String
    public var title: String
    public var updatedAt: Moment

    static let columns = "attendance_id, account_id, revision, body, stage, title, updated_at"

    init(row: SQLRow) throws(StoreError) {
        attendanceID = try row.need(row.integer(0), "draft.attendance_id")
        accountID = row.integer(1)
        revision = try row.need(row.integer(2), "draft.revision")
        body = try row.need(row.text(3), "draft.body")
        stage = try row.need(row.text(4), "draft.stage")
        title = try row.need(row.text(5), "draft.title")
        updatedAt = try row.need(row.moment(6), "draft.updated_at")
    }
}

/// Two tabs or two technicians answered the same question: the later one has to look again.
public struct DraftConflict: Error, Equatable, CustomStringConvertible {
    public let current: Int64

    public init(current: Int64) { self.current = current }

    public var description: String { "the interview went on elsewhere (revision \(current)); load it again" }
}

/// Keeps drafts, one for each contact.
public struct DraftDesk: Sendable {
    let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    public func find(attendanceID: Int64) async throws(StoreError) -> StoredDraft? {
        try await database.read { session in
            try session.row(
                "SELECT \(StoredDraft.columns) FROM draft WHERE attendance_id = $1",
                [.integer(attendanceID)]
            ).map { row throws(StoreError) in try StoredDraft(row: row) }
        }
    }

    /// A technician's unfinished interviews, the last touched first.
    public func list(accountID: Int64, limit: Int = 50) async throws(StoreError) -> [StoredDraft] {
        let bounded = min(max(1, limit), 200)
        return try await database.read { session in
            try session.rows(
                """
                SELECT \(StoredDraft.columns) FROM draft WHERE account_id = $1
                ORDER BY updated_at DESC LIMIT \(bounded)
                """,
                [.integer(accountID)]
            ).map { row throws(StoreError) in try StoredDraft(row: row) }
        }
    }

    /// Saves the interview over the revision it was read at.
    ///
    /// `read`: the revision that is replaced; nil for a first save.
    /// `revision`: the interview's own count after the change.
    /// - Throws: `StoreError.refused(DraftConflict)` when somebody saved in between.
    public func save(
        attendanceID: Int64,
        accountID: Int64?,
        over read: Int64?,
        revision: Int64,
        body: String,
        stage: String,
        title: String
    ) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            // Whoever holds the contact by now has it: it may have been handed over while the answer was on its way.
            let current = try session.row(
                "SELECT revision FROM draft WHERE attendance_id = $1",
                [.integer(attendanceID)]
            )?.integer(0)
            guard current == read else { throw DraftConflict(current: current ?? 0) }
            try session.execute(
                """
                INSERT INTO draft (attendance_id, account_id, revision, body, stage, title, created_at, updated_at)
                VALUES ($1, COALESCE((SELECT account_id FROM attendance WHERE id = $1), $2), $3, $4, $5, $6, $7, $8)
                ON CONFLICT (attendance_id) DO UPDATE SET account_id = COALESCE(excluded.account_id, draft.account_id),
                    revision = excluded.revision, body = excluded.body, stage = excluded.stage, title = excluded.title,
                    updated_at = excluded.updated_at
                """,
                [
                    .integer(attendanceID), .integer(accountID), .integer(revision), .text(body), .text(stage),
                    .text(title), .moment(now), .moment(now),
                ]
            )
        }
    }

    /// Gives a contact's draft to who holds the contact now; nothing changes when that is somebody else by then.
    static func hand(attendanceID: Int64, to accountID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            UPDATE draft SET account_id = $1 WHERE attendance_id = $2 AND EXISTS (
                SELECT 1 FROM attendance WHERE attendance.id = draft.attendance_id AND attendance.account_id = $1)
            """,
            [.integer(accountID), .integer(attendanceID)]
        )
    }

    public func discard(attendanceID: Int64) async throws(StoreError) {
        try await database.write { session in
            try session.execute("DELETE FROM draft WHERE attendance_id = $1", [.integer(attendanceID)])
        }
    }
}
