/// How many codes were sent and mistyped lately for somebody, over all their codes: each has its tries, and after each
/// comes another.
///
/// Both are counted by the throttle for passwords, so that a restart forgives nothing.
struct CodeTally: Sendable {
    /// Five codes at once, then a quarter of an hour, half an hour, … four hours: some fifteen a day at the most.
    static let sends = SignInThrottle(
        free: 5,
        first: .seconds(900),
        longest: .seconds(4 * 3_600),
        memory: .seconds(86_400)
    )
    /// A company's people have codes of their own each.
    static let allSends = SignInThrottle(
        free: 20,
        first: .seconds(900),
        longest: .seconds(4 * 3_600),
        memory: .seconds(86_400)
    )

    /// `ticket:5`: whose code it is, and nobody else's.
    let own: [String]
    /// `customer:7`: those to whom others' codes go as well.
    let all: [String]

    init(_ own: String..., all: [String] = []) {
        self.own = own
        self.all = all
    }

    /// Whether no more codes are sent now.
    func isSpent(at now: Moment, in session: any SQLSession) throws(StoreError) -> Bool {
        try isLocked(own + all, Self.sent, at: now, in: session)
    }

    /// Whether no more codes are tried now.
    func isClosed(at now: Moment, in session: any SQLSession) throws(StoreError) -> Bool {
        try isLocked(own, Self.wrong, at: now, in: session)
    }

    func countSent(at now: Moment, in session: any SQLSession) throws(StoreError) {
        for name in own { try SignInFailures.add(Self.sent(name), Self.sends, at: now, in: session) }
        for name in all { try SignInFailures.add(Self.sent(name), Self.allSends, at: now, in: session) }
    }

    func countWrong(at now: Moment, in session: any SQLSession) throws(StoreError) {
        for name in own { try SignInFailures.add(Self.wrong(name), .login, at: now, in: session) }
    }

    /// Forgets what was mistyped, as a right code does.
    func forgetWrong(in session: any SQLSession) throws(StoreError) {
        for name in own { try SignInFailures.forget(Self.wrong(name), in: session) }
    }

    private static func sent(_ name: String) -> String { SignInFailures.subject("code-sent", name) }
    private static func wrong(_ name: String) -> String { SignInFailures.subject("code-wrong", name) }

    private func isLocked(
        _ names: [String],
        _ subject: (String) -> String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        for name in names {
            if let record = try SignInFailures.find(subject(name), in: session), record.isLocked(at: now) {
                return true
            }
        }
        return false
    }
}

/// What became of asking for a code.
enum CodeSending: Sendable, Equatable {
    case sent([NoticeID])
    /// The last one is some seconds old, and works.
    case tooSoon
    /// Too many in a short time.
    case tooMany
}

/// What a typed code turned out to be.
public enum CodeAnswer: Sendable, Equatable {
    case right
    /// Wrong, used, or too old.
    case wrong
    /// Nothing is tried for some minutes.
    case tooMany
}
