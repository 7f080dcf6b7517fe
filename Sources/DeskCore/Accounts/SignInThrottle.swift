import Crypto

/// How failed sign-ins slow the next ones down, for a login and for an address alike.
///
/// Pure: counts and times in, a time until which nothing is let in out.
public struct SignInThrottle: Sendable, Hashable {
    /// Failures that cost nothing: people mistype.
    public var free: Int
    /// The first lock-out; each further failure doubles it.
    public var first: Duration
    /// The longest lock-out: an attacker must not be able to shut a technician out for the day.
    public var longest: Duration
    /// After this long without a failure all is forgotten.
    public var memory: Duration

    public init(free: Int, first: Duration, longest: Duration, memory: Duration) {
        self.free = max(0, free)
        self.first = first
        self.longest = longest
        self.memory = memory
    }

    /// One login: five tries, then 30 s, 1 min, … 15 min.
    public static let login = SignInThrottle(
        free: 5,
        first: .seconds(30),
        longest: .seconds(900),
        memory: .seconds(86_400)
    )
    /// One address, behind which a whole office may sit: thirty tries, then 10 s, 20 s, … 15 min.
    public static let address = SignInThrottle(
        free: 30,
        first: .seconds(10),
        longest: .seconds(900),
        memory: .seconds(3_600)
    )

    /// How it stands with one login or address.
    public struct Record: Sendable, Hashable {
        public var failures: Int
        public var lastAt: Moment
        public var lockedUntil: Moment?

        public init(failures: Int, lastAt: Moment, lockedUntil: Moment? = nil) {
            self.failures = failures
            self.lastAt = lastAt
            self.lockedUntil = lockedUntil
        }

        public func isLocked(at moment: Moment) -> Bool { lockedUntil.map { moment < $0 } ?? false }
    }

    /// The record after one more failure.
    public func failing(_ record: Record?, at moment: Moment) -> Record {
        let isRemembered = record.map { moment.since($0.lastAt) < memory } ?? false
        // A bound on the count keeps the shift below from overflowing; the lock-out has long reached its longest.
        let failures = min((isRemembered ? record?.failures ?? 0 : 0) + 1, 1_000)
        guard failures >= max(1, free) else { return Record(failures: failures, lastAt: moment) }
        let doublings = min(failures - max(1, free), 20)
        let wait = min(first * (1 << doublings), longest)
        return Record(failures: failures, lastAt: moment, lockedUntil: moment.adding(wait))
    }
}

/// Keeps the throttles' records in the database, so that a restart forgives nothing.
enum SignInFailures {
    /// What a record is kept under: a hash, because people type passwords into the wrong field.
    static func subject(_ kind: String, _ value: String) -> String {
        "\(kind):" + Hexadecimal.text(SHA256.hash(data: Array("\(kind)\0\(value)".utf8)).prefix(16))
    }

    static func find(_ subject: String, in session: any SQLSession) throws(StoreError) -> SignInThrottle.Record? {
        let row = try session.row(
            "SELECT failures, last_at, locked_until FROM sign_in_failure WHERE subject = $1",
            [.text(subject)]
        )
        guard let row, let lastAt = row.moment(1) else { return nil }
        return SignInThrottle.Record(
            failures: Int(clamping: row.integer(0) ?? 0),
            lastAt: lastAt,
            lockedUntil: row.moment(2)
        )
    }

    static func add(
        _ subject: String,
        _ throttle: SignInThrottle,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        let record = throttle.failing(try find(subject, in: session), at: moment)
        try session.execute(
            """
            INSERT INTO sign_in_failure (subject, failures, last_at, locked_until) VALUES ($1, $2, $3, $4)
            ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
                locked_until = excluded.locked_until
            """,
            [.text(subject), .integer(record.failures), .moment(moment), .moment(record.lockedUntil)]
        )
    }

    /// Forgets what is older than any throttle's memory, so that made-up logins do not fill the table.
    static func forget(before moment: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM sign_in_failure WHERE last_at < $1", [.moment(moment)])
    }
}
