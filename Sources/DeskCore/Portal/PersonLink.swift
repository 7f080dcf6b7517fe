import Codecs
import Crypto

/// What a link that was sent to a person is for.
public enum LinkPurpose: String, Sendable, CaseIterable {
    /// An account opened by the desk waits for its owner (E5).
    case activate
    /// A forgotten password.
    case password
    /// A registration's e-mail, before anything is seen (C1).
    case register
    /// A changed e-mail.
    case email

    /// How long it works: somebody on holiday finds the first, the others are asked for and used at once.
    public var life: Duration {
        switch self {
        case .activate: .seconds(7 * 86_400)
        case .password: .seconds(2 * 3_600)
        case .register, .email: .seconds(2 * 86_400)
        }
    }
}

/// How a link stands; a page says which, and one button sends another.
public enum LinkState: Sendable, Equatable {
    case open(SentLink)
    case expired(SentLink)
    case used
    case unknown
}

/// A link that was sent, as far as the service has to know.
public struct SentLink: Sendable, Equatable {
    public var purpose: LinkPurpose
    public var personID: Int64?
    public var sentTo: String
    public var createdAt: Moment
    public var expiresAt: Moment
    var data: String
    var hash: String

    /// The address with most of it left out.
    public var maskedAddress: String { EmailAddress(sentTo)?.masked ?? "…\(sentTo.suffix(4))" }
}

/// Links kept as hashes of their tokens: reading one changes nothing, it is used up by the deed alone.
enum PersonLinks {
    static func hash(_ token: String) -> String { SessionToken.hash("link\0\(token)") }

    static func create(
        _ purpose: LinkPurpose,
        of personID: Int64?,
        to address: String,
        data: String = "",
        random: RandomSource,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> String {
        let token = SessionToken.make(random)
        try session.execute(
            """
            INSERT INTO person_link (token_hash, purpose, person_id, data, sent_to, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(hash(token)), .text(purpose.rawValue), .integer(personID), .text(data), .text(address),
                .moment(now), .moment(now.adding(purpose.life)),
            ]
        )
        return token
    }

    static func find(
        _ token: String,
        _ purpose: LinkPurpose,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> LinkState {
        guard SessionToken.isShaped(token) else { return .unknown }
        let row = try session.row(
            """
            SELECT person_id, sent_to, created_at, expires_at, data, used_at FROM person_link
            WHERE token_hash = $1 AND purpose = $2
            """,
            [.text(hash(token)), .text(purpose.rawValue)]
        )
        guard let row else { return .unknown }
        if row.moment(5) != nil { return .used }
        let link = SentLink(
            purpose: purpose,
            personID: row.integer(0),
            sentTo: row.text(1) ?? "",
            createdAt: try row.need(row.moment(2), "person_link.created_at"),
            expiresAt: try row.need(row.moment(3), "person_link.expires_at"),
            data: row.text(4) ?? "",
            hash: hash(token)
        )
        return link.expiresAt > now ? .open(link) : .expired(link)
    }

    /// Uses a link up; false when somebody else was faster.
    static func use(_ link: SentLink, at now: Moment, in session: any SQLSession) throws(StoreError) -> Bool {
        try session.execute(
            "UPDATE person_link SET used_at = $1, data = '' WHERE token_hash = $2 AND used_at IS NULL",
            [.moment(now), .text(link.hash)]
        ) == 1
    }

    /// Uses up every link of a person: who has one is not who is meant any more.
    static func end(of personID: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "UPDATE person_link SET used_at = $1, data = '' WHERE person_id = $2 AND used_at IS NULL",
            [.moment(now), .integer(personID)]
        )
    }

    /// Whether one for the same purpose went to an address in the last minutes, and still works.
    static func isRecent(
        _ purpose: LinkPurpose,
        to address: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        try session.row(
            """
            SELECT 1 FROM person_link WHERE purpose = $1 AND sent_to = $2 AND created_at > $3 AND created_at <= $4
                AND used_at IS NULL LIMIT 1
            """,
            // What a clock ahead has written is no reason to wait.
            [
                .text(purpose.rawValue), .text(address), .moment(now.adding(.zero - PersonEntry.pause)),
                .moment(now.latest),
            ]
        ) != nil
    }

    /// Keeps one more form with the registration's link that went to an address in the last minutes; the oldest gives way.
    static func add(
        _ form: WaitingRegistration,
        to address: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        let row = try session.row(
            """
            SELECT token_hash, data FROM person_link WHERE purpose = $1 AND sent_to = $2 AND person_id IS NULL
                AND used_at IS NULL AND created_at > $3 AND created_at <= $4 ORDER BY created_at DESC LIMIT 1
            """,
            [
                .text(LinkPurpose.register.rawValue), .text(address), .moment(now.adding(.zero - PersonEntry.pause)),
                .moment(now.latest),
            ]
        )
        guard let row, let hash = row.text(0) else { return }
        let forms = ([form] + WaitingRegistration.list(row.text(1) ?? "")).prefix(WaitingRegistration.most)
        try session.execute(
            "UPDATE person_link SET data = $1 WHERE token_hash = $2 AND used_at IS NULL",
            [.text(StoredList.encode(Array(forms))), .text(hash)]
        )
    }

    /// Forgets what ended long ago; until then a page can say that it did.
    static func forget(before moment: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM person_link WHERE expires_at < $1", [.moment(moment)])
        try session.execute("DELETE FROM person_code WHERE expires_at < $1", [.moment(moment)])
    }
}

/// Codes of six digits that were sent: good for some minutes and a few tries.
enum PersonCodes {
    static let digits = 6
    static let life = Duration.seconds(900)
    /// Tries at one code: a million codes, five tries.
    static let tries = 5
    /// A new code at most so often; each costs an SMS.
    static let pause = Duration.seconds(60)
    /// No code works longer, whatever the clock showed when it was made.
    static let bound = ScheduleBound(
        table: "person_code",
        column: "expires_at",
        condition: "1 = 1",
        longest: life,
        comesBack: .bound
    )

    private static func hash(_ code: String, _ subject: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Array("code\0\(subject)\0\(code)".utf8)))
    }

    /// Six digits as they are sent.
    static func make(_ random: RandomSource) -> String {
        // 32 bits over a million: the first codes are likelier by a four-thousandth, which helps nobody in five tries.
        let value = random.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } % 1_000_000
        let text = String(value)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// Keeps a new code for a subject; false while the last one is too fresh.
    static func keep(
        _ code: String,
        for subject: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        let last = try session.row("SELECT created_at FROM person_code WHERE subject = $1", [.text(subject)])?.moment(0)
        if let last, now.since(last) < pause, last <= now.latest { return false }
        try session.execute(
            """
            INSERT INTO person_code (subject, code_hash, tries, created_at, expires_at) VALUES ($1, $2, 0, $3, $4)
            ON CONFLICT (subject) DO UPDATE SET code_hash = excluded.code_hash, tries = 0,
                created_at = excluded.created_at, expires_at = excluded.expires_at
            """,
            [.text(subject), .text(hash(code, subject)), .moment(now), .moment(now.adding(life))]
        )
        return true
    }

    /// Whether a code is the one for a subject; a right one is used up, each wrong one counts.
    static func take(
        _ typed: String,
        for subject: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        let code = typed.filter(\.isASCIIDigit)
        guard code.utf8.count == digits else { return false }
        let counted = try session.row(
            """
            UPDATE person_code SET tries = tries + 1 WHERE subject = $1 AND expires_at > $2 AND tries < \(tries)
            RETURNING code_hash
            """,
            [.text(subject), .moment(now)]
        )
        guard let kept = counted?.text(0), SessionToken.isSame(kept, hash(code, subject)) else { return false }
        // The row stays, without tries left: the pause before another code holds.
        try session.execute("UPDATE person_code SET tries = \(tries) WHERE subject = $1", [.text(subject)])
        return true
    }

    /// Whether a text can be a code at all.
    static func isShaped(_ typed: String) -> Bool { typed.filter(\.isASCIIDigit).utf8.count == digits }

    /// The same with all codes of those it is for counted: a right one forgets what was mistyped before.
    static func take(
        _ typed: String,
        for subject: String,
        counting tally: CodeTally,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> CodeAnswer {
        guard isShaped(typed) else { return .wrong }
        if try tally.isClosed(at: now, in: session) { return .tooMany }
        guard try take(typed, for: subject, at: now, in: session) else {
            try tally.countWrong(at: now, in: session)
            return .wrong
        }
        try tally.forgetWrong(in: session)
        return .right
    }
}
