/// One side's sessions in the database: the same life for all, whoever is signed in.
struct SessionTable: Sendable {
    let name: String
    let holder: String
    let actor: @Sendable (Int64) -> AuditActor
    /// Sessions of one holder at once; the oldest ends when there are more.
    let mostPerHolder: Int

    /// A session as it is stored.
    struct Found: Sendable {
        var holder: Int64
        var csrf: String
        var createdAt: Moment
        var seenAt: Moment
        /// When it last held a stream open, which is presence and no use of it.
        var streamedAt: Moment?
        var expiresAt: Moment
    }

    static let accounts = SessionTable(
        name: "session",
        holder: "account_id",
        actor: { .account($0) },
        mostPerHolder: SessionDesk.mostPerAccount
    )
    static let persons = SessionTable(
        name: "person_session",
        holder: "person_id",
        actor: { .person($0) },
        mostPerHolder: PersonSessions.mostPerPerson
    )

    func begin(_ new: NewSession, of id: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try removeEnded(at: now, in: session)
        try insert(new, id, createdAt: now, at: now, in: session)
        let surplus = try session.rows(
            "SELECT token_hash FROM \(name) WHERE \(holder) = $1 ORDER BY created_at DESC, token_hash",
            [.integer(id)],
            limit: mostPerHolder + 10
        ).dropFirst(mostPerHolder)
        for row in surplus {
            try session.execute("DELETE FROM \(name) WHERE token_hash = $1", [.text(row.text(0))])
        }
    }

    /// The session of a token's hash, nil when it is none or over.
    func find(
        _ hash: String,
        idle: Duration,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Found? {
        let row = try session.row(
            """
            SELECT \(holder), csrf, created_at, seen_at, expires_at, streamed_at FROM \(name)
            WHERE token_hash = $1 AND expires_at > $2 AND seen_at > $3
            """,
            [.text(hash), .moment(now), .moment(now.adding(.zero - idle))]
        )
        guard let row else { return nil }
        return Found(
            holder: try row.need(row.integer(0), "\(name).\(holder)"),
            csrf: try row.need(row.text(1), "\(name).csrf"),
            createdAt: try row.need(row.moment(2), "\(name).created_at"),
            seenAt: try row.need(row.moment(3), "\(name).seen_at"),
            streamedAt: row.moment(5),
            expiresAt: try row.need(row.moment(4), "\(name).expires_at")
        )
    }

    func touch(
        _ hash: String,
        asStream: Bool = false,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        let column = asStream ? "streamed_at" : "seen_at"
        try session.execute("UPDATE \(name) SET \(column) = $1 WHERE token_hash = $2", [.moment(now), .text(hash)])
    }

    /// Puts `new` beside a session, which then ends with the grace time.
    func rotate(
        _ hash: String,
        _ found: Found,
        to new: NewSession,
        grace: Duration,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try insert(new, found.holder, createdAt: found.createdAt, at: now, in: session)
        try session.execute(
            "UPDATE \(name) SET expires_at = $1 WHERE token_hash = $2",
            [.moment(min(now.adding(grace), found.expiresAt)), .text(hash)]
        )
    }

    /// Ends a session; whose it was, nil when it was none.
    func end(_ hash: String, in session: any SQLSession) throws(StoreError) -> Int64? {
        try session.row("DELETE FROM \(name) WHERE token_hash = $1 RETURNING \(holder)", [.text(hash)])?.integer(0)
    }

    /// Ends every session of a holder but the one of `kept`.
    func endAll(of id: Int64, keeping kept: String = "", in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "DELETE FROM \(name) WHERE \(holder) = $1 AND token_hash <> $2",
            [.integer(id), .text(kept)]
        )
    }

    func removeEnded(at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM \(name) WHERE expires_at < $1", [.moment(now)])
    }

    func isSeen(_ id: Int64, since moment: Moment, in session: any SQLSession) throws(StoreError) -> Bool {
        try session.row(
            "SELECT 1 FROM \(name) WHERE \(holder) = $1 AND (seen_at >= $2 OR streamed_at >= $2) LIMIT 1",
            [.integer(id), .moment(moment)]
        ) != nil
    }

    private func insert(
        _ new: NewSession,
        _ id: Int64,
        createdAt: Moment,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO \(name) (token_hash, \(holder), csrf, created_at, seen_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .text(SessionToken.hash(new.token)), .integer(id), .text(new.csrf), .moment(createdAt), .moment(now),
                .moment(new.expiresAt),
            ]
        )
    }
}

/// One side's sessions with their clock, chance and lifetime: what both desks of sessions do alike.
struct SessionKeeper: Sendable {
    /// How often a request is written down as a sign of life; more often would be a write a request.
    static let touch = Duration.seconds(60)

    let table: SessionTable
    let database: any Database
    let clock: DeskClock
    let random: RandomSource
    let lifetime: SessionLifetime
    let changes: AccessChanges
    let signs: PassingWrites

    func begin(_ id: Int64) async throws(StoreError) -> NewSession {
        let (new, now, table) = (make(), clock.now, table)
        try await changes.write(to: database, of: { _ in table.actor(id) }) { session throws(StoreError) in
            try table.begin(new, of: id, at: now, in: session)
        }
        return new
    }

    /// The session of a cookie's token with what `holder` reads of whom it belongs to, nil when that is nobody any more.
    func find<Holder: Sendable>(
        _ token: String,
        asStream: Bool = false,
        _ holder: @escaping @Sendable (Int64, any SQLSession) throws(StoreError) -> Holder?
    ) async throws(StoreError) -> (session: SessionTable.Found, holder: Holder)? {
        guard SessionToken.isShaped(token) else { return nil }
        let (hash, now, idle, table) = (SessionToken.hash(token), clock.now, lifetime.idle, table)
        let found = try await database.read { session -> (SessionTable.Found, Holder)? in
            guard let found = try table.find(hash, idle: idle, at: now, in: session),
                let holder = try holder(found.holder, session)
            else { return nil }
            return (found, holder)
        }
        guard let found else { return nil }
        let sign = asStream ? found.0.streamedAt ?? found.0.createdAt : found.0.seenAt
        if now.since(sign) >= Self.touch {
            // Who is signed in stays so while the database takes no writes, until the session's own idle time.
            await signs.attempt(hash) { [database] () async throws(StoreError) in
                try await database.write { session in
                    try table.touch(hash, asStream: asStream, at: now, in: session)
                }
            }
        }
        return (found.0, found.1)
    }

    func rotate(_ token: String, _ found: SessionTable.Found) async throws(StoreError) -> NewSession {
        var new = make()
        new.expiresAt = found.expiresAt
        let (made, now, grace, table) = (new, clock.now, lifetime.grace, table)
        try await changes.write(to: database, of: { _ in table.actor(found.holder) }) { session throws(StoreError) in
            try table.rotate(SessionToken.hash(token), found, to: made, grace: grace, at: now, in: session)
        }
        return made
    }

    func end(_ token: String) async throws(StoreError) {
        let (hash, table) = (SessionToken.hash(token), table)
        try await changes.write(to: database, of: { $0.map(table.actor) }) { session throws(StoreError) in
            try table.end(hash, in: session)
        }
    }

    func endAll(of id: Int64) async throws(StoreError) {
        let table = table
        try await changes.write(to: database, of: { _ in table.actor(id) }) { session throws(StoreError) in
            try table.endAll(of: id, in: session)
        }
    }

    func removeEnded() async throws(StoreError) {
        let (now, table) = (clock.now, table)
        let bound = ScheduleBound(
            table: table.name,
            column: "expires_at",
            condition: "1 = 1",
            longest: lifetime.absolute,
            comesBack: .bound
        )
        try await database.write { session in
            try bound.apply(at: now, in: session)
            try table.removeEnded(at: now, in: session)
        }
    }

    func isSeen(_ id: Int64, since moment: Moment) async throws(StoreError) -> Bool {
        let table = table
        return try await database.read { session in try table.isSeen(id, since: moment, in: session) }
    }

    private func make() -> NewSession {
        NewSession(
            token: SessionToken.make(random),
            csrf: SessionToken.make(random),
            expiresAt: clock.now.adding(lifetime.absolute)
        )
    }
}
