import Codecs
import Crypto

/// How failed sign-ins slow the next ones down, for a login and for an address alike.
///
/// Tries during a lock-out do not count: whoever keeps trying cannot prolong it.
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

    /// One login from one address, or from one known browser: five tries, then 30 s, 1 min, … 15 min.
    public static let login = SignInThrottle(
        free: 5,
        first: .seconds(30),
        longest: .seconds(900),
        memory: .seconds(86_400)
    )
    /// One login from everywhere, against a guesser with many addresses: a hundred tries, then 30 s, 1 min, … 15 min.
    ///
    /// Known browsers pass, so that nobody can be shut out with it.
    public static let everywhere = SignInThrottle(
        free: 100,
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

        public func isLocked(at moment: Moment) -> Bool {
            lockedUntil.map { moment < $0 && !isAhead(of: moment) } ?? false
        }

        /// Whether it was written while the clock stood ahead, and not by another node's that is some seconds fast: such a
        /// lock would last until that time comes.
        func isAhead(of moment: Moment) -> Bool { lastAt.since(moment) > .seconds(60) }
    }

    /// The record after one more failure.
    public func failing(_ record: Record?, at moment: Moment) -> Record {
        let isRemembered = record.map { moment.since($0.lastAt) < memory && !$0.isAhead(of: moment) } ?? false
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

    /// Forgets one subject's failures.
    static func forget(_ subject: String, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM sign_in_failure WHERE subject = $1", [.text(subject)])
    }

    /// Forgets what is older than any throttle's memory, so that made-up logins do not fill the table.
    static func forget(before moment: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM sign_in_failure WHERE last_at < $1", [.moment(moment)])
    }
}

/// What one try to sign in is counted under.
struct SignInSubjects: Sendable {
    /// The login from this address.
    let pair: String
    /// The login from everywhere.
    let login: String
    let address: String
    let device: String?

    /// What keeps a try out.
    enum Lock: Sendable { case login, address }

    init(login: String, address: String, device: String?) {
        pair = SignInFailures.subject("pair", "\(login)\0\(address)")
        self.login = SignInFailures.subject("login", login)
        self.address = SignInFailures.subject("address", address)
        self.device = device.map { SignInFailures.subject("device", $0) }
    }

    /// A known browser answers for its own tries alone; everybody else for those of the login and the address.
    func lock(isKnown: Bool, at now: Moment, in session: any SQLSession) throws(StoreError) -> Lock? {
        func isLocked(_ subject: String) throws(StoreError) -> Bool {
            try SignInFailures.find(subject, in: session)?.isLocked(at: now) ?? false
        }
        if isKnown, let device { return try isLocked(device) ? .login : nil }
        if try isLocked(address) { return .address }
        if try isLocked(pair) { return .login }
        return try isLocked(login) ? .login : nil
    }

    /// What a failure is counted under.
    func counted(isKnown: Bool) -> [(subject: String, throttle: SignInThrottle)] {
        if isKnown, let device { return [(device, .login)] }
        return [(pair, .login), (login, .everywhere), (address, .address)]
    }
}
