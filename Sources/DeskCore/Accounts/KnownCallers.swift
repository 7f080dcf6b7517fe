import Synchronization

/// Finds sessions, tokens and accounts on every request, and remembers them for a moment so that few cost a read.
///
/// The one memory of this kind. It hears of changes through `AccessChanges`, on this node at once and on others within a
/// signal's time; where neither can be heard of (a command in another process on the same SQLite file), knowledge ends
/// with its age. Only what was found is remembered: guesses cannot fill it.
public final class KnownCallers: Sendable {
    /// How old knowledge may be for reading.
    public static let freshness = Duration.seconds(5)
    /// How old it may be for changing something.
    public static let freshnessForChanges = Duration.seconds(1)
    /// Callers remembered: some kB each, more than one node serves at a time; the rest cost a read each.
    static let most = 8_192

    private enum Finding: Sendable {
        case session(SignedIn)
        case person(SignedInPerson)
        case token(APIToken)
        case account(Account)
    }

    private struct Entry {
        var finding: Finding
        var at: Moment
        /// `AccessChanges.count` when the reading began.
        var count: UInt64
    }

    private let sessions: SessionDesk
    private let persons: PersonSessions
    private let tokens: TokenDesk
    private let accounts: AccountDesk
    private let changes: AccessChanges
    private let clock: DeskClock
    private let memory = Mutex<[String: Entry]>([:])

    public init(
        sessions: SessionDesk,
        persons: PersonSessions,
        tokens: TokenDesk,
        accounts: AccountDesk,
        changes: AccessChanges,
        clock: DeskClock
    ) {
        self.sessions = sessions
        self.persons = persons
        self.tokens = tokens
        self.accounts = accounts
        self.changes = changes
        self.clock = clock
    }

    /// Who a session's cookie belongs to; nil when it is none, has ended, or the account is disabled.
    ///
    /// `asStream`: an open stream asks, which is no use of the session; it is remembered apart, so that use is noted.
    public func session(
        _ token: String,
        within age: Duration = freshness,
        asStream: Bool = false
    ) async throws(StoreError) -> SignedIn? {
        guard SessionToken.isShaped(token) else { return nil }
        let key = (asStream ? "v" : "s") + SessionToken.hash(token)
        let found = try await find(key, age) { () async throws(StoreError) in
            try await self.sessions.find(token, asStream: asStream).map(Finding.session)
        }
        guard case .session(let signedIn) = found, signedIn.expiresAt > clock.now else { return nil }
        return signedIn
    }

    /// Which customer a portal session's cookie belongs to; nil when it is none, has ended, or the account is not active.
    ///
    /// `asStream`: as for a session of the desk's people.
    public func person(
        _ token: String,
        within age: Duration = freshness,
        asStream: Bool = false
    ) async throws(StoreError) -> SignedInPerson? {
        guard SessionToken.isShaped(token) else { return nil }
        let key = (asStream ? "w" : "p") + SessionToken.hash(token)
        let found = try await find(key, age) { () async throws(StoreError) in
            try await self.persons.find(token, asStream: asStream).map(Finding.person)
        }
        guard case .person(let signedIn) = found, signedIn.expiresAt > clock.now else { return nil }
        return signedIn
    }

    /// The token of an `Authorization: Bearer` header; nil when it is none, has expired or was revoked.
    public func token(_ secret: String, within age: Duration = freshness) async throws(StoreError) -> APIToken? {
        guard TokenDesk.isShaped(secret) else { return nil }
        let found = try await find("t" + SessionToken.hash(secret), age) { () async throws(StoreError) in
            try await self.tokens.find(secret).map(Finding.token)
        }
        guard case .token(let token) = found, token.isValid(at: clock.now) else { return nil }
        return token
    }

    /// The account of a login, however it is spelled; nil when there is none or it is disabled.
    public func account(login: String, within age: Duration = freshness) async throws(StoreError) -> Account? {
        guard let login = AccountChecks.login(login) else { return nil }
        let found = try await find("a" + login, age) { () async throws(StoreError) in
            try await self.accounts.find(login: login).map(Finding.account)
        }
        guard case .account(let account) = found, !account.isDisabled else { return nil }
        return account
    }

    private func find(
        _ key: String,
        _ age: Duration,
        _ read: () async throws(StoreError) -> Finding?
    ) async throws(StoreError) -> Finding? {
        let (now, count) = (clock.now, changes.count)
        if let known = memory.withLock({ $0[key] }), known.count == count, now >= known.at, now.since(known.at) < age {
            return known.finding
        }
        let found = try await read()
        memory.withLock { memory in
            guard let found else {
                memory[key] = nil
                return
            }
            if memory.count >= Self.most, memory[key] == nil { memory.removeAll(keepingCapacity: true) }
            memory[key] = Entry(finding: found, at: now, count: count)
        }
        return found
    }
}
