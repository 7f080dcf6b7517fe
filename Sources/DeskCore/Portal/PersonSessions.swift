import Logging

/// A customer signed in on the portal.
public struct SignedInPerson: Sendable {
    public var person: Person
    /// The contacts they are, of customers that are not merged away.
    public var contacts: [PersonContact]
    public var csrf: String
    public var createdAt: Moment
    public var expiresAt: Moment

    /// Whether a form or header carries this session's token against cross-site posts; compares in constant time.
    public func accepts(csrf given: String) -> Bool { SessionToken.isSame(csrf, given) }
}

/// Sessions of customers on the portal: as those of the desk's people, in a table of their own.
public struct PersonSessions: Sendable {
    /// Telephone, home and work; the oldest ends when there are more.
    public static let mostPerPerson = 10
    /// A customer comes back within days, and writes what cannot be lost; a telephone is one person's.
    public static let lifetime = SessionLifetime(idle: .seconds(8 * 3_600), absolute: .seconds(24 * 3_600))

    private let keeper: SessionKeeper

    public init(
        database: any Database,
        clock: DeskClock,
        random: RandomSource = .system,
        lifetime: SessionLifetime = PersonSessions.lifetime,
        changes: AccessChanges = AccessChanges(),
        logger: Logger? = nil
    ) {
        keeper = SessionKeeper(
            table: .persons,
            database: database,
            clock: clock,
            random: random,
            lifetime: lifetime,
            changes: changes,
            signs: PassingWrites(logger: logger)
        )
    }

    /// Begins a session for a person who has just signed in; one from before is never carried over.
    public func begin(personID: Int64) async throws(StoreError) -> NewSession { try await keeper.begin(personID) }

    /// Who a cookie's token belongs to; nil when it is none, has expired, or the account is not active.
    ///
    /// `asStream`: an open stream asks whether it may go on; that keeps no idle session alive.
    public func find(_ token: String, asStream: Bool = false) async throws(StoreError) -> SignedInPerson? {
        guard let (found, holder) = try await look(token, asStream: asStream) else { return nil }
        return SignedInPerson(
            person: holder.person,
            contacts: holder.contacts,
            csrf: found.csrf,
            createdAt: found.createdAt,
            expiresAt: found.expiresAt
        )
    }

    /// Gives a session a new token and CSRF token; the old one works for the grace time, its end stays where it was.
    public func rotate(_ token: String) async throws(StoreError) -> NewSession? {
        guard let found = try await look(token)?.session else { return nil }
        return try await keeper.rotate(token, found)
    }

    /// Ends a session; a token that is none changes nothing.
    public func end(_ token: String) async throws(StoreError) { try await keeper.end(token) }

    /// Ends every session of a person.
    public func endAll(personID: Int64) async throws(StoreError) { try await keeper.endAll(of: personID) }

    /// Removes the sessions whose time is over.
    public func removeEnded() async throws(StoreError) { try await keeper.removeEnded() }

    private struct Holder: Sendable {
        var person: Person
        var contacts: [PersonContact]
    }

    private func look(
        _ token: String,
        asStream: Bool = false
    ) async throws(StoreError) -> (session: SessionTable.Found, holder: Holder)? {
        try await keeper.find(token, asStream: asStream) { id, session throws(StoreError) in
            guard
                let person = try PersonDesk.one(
                    "person.id = $1 AND person.state = 'active'",
                    [.integer(id)],
                    in: session
                )
            else { return nil }
            return Holder(person: person, contacts: try PersonDesk.contacts(of: id, in: session))
        }
    }
}
