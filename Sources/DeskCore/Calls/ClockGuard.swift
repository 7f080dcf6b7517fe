import Synchronization

/// Keeps a clock that was set far ahead from ending everything at once.
///
/// What goes by age is all old after a jump ahead; a machine that was off for weeks looks the same. So after a jump it waits
/// a while, in which somebody can set the clock. The wait counts the time the desk has run since, over its restarts.
public final class ClockGuard: Sendable {
    /// More than a machine is off over a weekend.
    public static let jump = Duration.seconds(4 * 86_400)
    /// A working morning: time to notice, by the log and `/ready`.
    static let wait = Duration.seconds(6 * 3600)

    private struct State {
        var seen: Moment?
        /// When a jump was looked at last, by a clock that only runs.
        var lookedAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let database: any Database
    private let name: String
    private let jump: Duration

    /// - Parameters:
    ///   - database: where the last time seen stands.
    ///   - name: whose look it is: each has its own last time.
    ///   - jump: how far ahead of the last time is suspicious.
    public init(database: any Database, name: String = "clock", jump: Duration = ClockGuard.jump) {
        self.database = database
        self.name = name
        self.jump = jump
    }

    /// What is written down.
    private struct Kept: Sendable {
        var seen: Moment?
        /// The clock's time when a jump was looked at last, and how long the desk has run with it, in milliseconds.
        var suspected: Moment?
        var waited: Int64
    }

    /// Whether what is old at `now` may be ended.
    public func trusts(_ now: Moment, at instant: ContinuousClock.Instant = .now) async throws(StoreError) -> Bool {
        let name = name
        let kept = try await database.read { session in
            func value(_ part: String) throws(StoreError) -> SQLRow? {
                try session.row("SELECT value FROM counter WHERE name = $1", [.text("\(name).\(part)")])
            }
            return Kept(
                seen: try value("seen")?.moment(0),
                suspected: try value("suspected")?.moment(0),
                waited: try value("waited")?.integer(0) ?? 0
            )
        }
        let (seen, last) = state.withLock { ([kept.seen, $0.seen].compactMap(\.self).max(), $0.lookedAt) }
        guard let seen, now.since(seen) > jump else {
            state.withLock { $0 = State(seen: now) }
            try await trust(now, forgets: kept.suspected != nil)
            return true
        }
        var waited: Int64 = 0
        // Set to another day meanwhile, the wait begins anew.
        if let gone = kept.suspected.map({ now.since($0) }), gone <= jump, gone >= .zero - jump {
            // Nodes that look by turns count no time twice, and the time between two lives counts for none.
            let ran = last.map { (instant - $0).milliseconds } ?? 0
            // Of a wait that is over nothing is kept: a number as large as that nothing wrote, and it counts for none.
            let had = (0..<Self.wait.milliseconds).contains(kept.waited) ? kept.waited : 0
            waited = had + max(0, min(ran, gone.milliseconds))
        }
        if waited >= Self.wait.milliseconds {
            state.withLock { $0 = State(seen: now) }
            try await trust(now, forgets: true)
            return true
        }
        state.withLock { $0.lookedAt = instant }
        let ran = waited
        try await database.write { session in
            try Self.keep(now.milliseconds, "\(name).suspected", in: session)
            try Self.keep(ran, "\(name).waited", in: session)
        }
        return false
    }

    private func trust(_ now: Moment, forgets: Bool) async throws(StoreError) {
        let name = name
        try await database.write { session in
            try session.execute(
                """
                INSERT INTO counter (name, value) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > counter.value
                """,
                [.text("\(name).seen"), .moment(now)]
            )
            guard forgets else { return }
            try session.execute(
                "DELETE FROM counter WHERE name IN ($1, $2)",
                [.text("\(name).suspected"), .text("\(name).waited")]
            )
        }
    }

    private static func keep(_ value: Int64, _ name: String, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO counter (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            [.text(name), .integer(value)]
        )
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        let parts = components
        return parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000
    }
}
