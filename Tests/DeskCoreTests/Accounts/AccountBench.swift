import DeskCore
import Synchronization
import TestSupport

/// Desks of accounts over a fresh database, with a clock tests move, known random bytes and a cheap scrypt.
struct AccountBench {
    let database: any Database
    let clock = TestClock()
    let accounts: AccountDesk
    let sessions: SessionDesk
    let persons: PersonDesk
    let personSessions: PersonSessions
    let tokens: TokenDesk
    let changes: AccessChanges
    let known: KnownCallers
    let actor = AuditActor.system("test")
    static let password = "correto cavalo 9"

    init(engine: DatabaseEngine = .sqlite) async throws {
        database = try await TestDatabase.make(engine)
        let random = Self.counting()
        changes = AccessChanges()
        accounts = AccountDesk(
            database: database,
            clock: clock.clock,
            random: random,
            cost: PasswordCost(rounds: 16, blockSize: 1, parallelism: 1),
            changes: changes
        )
        sessions = SessionDesk(database: database, clock: clock.clock, random: random, changes: changes)
        persons = PersonDesk(accounts)
        personSessions = PersonSessions(database: database, clock: clock.clock, random: random, changes: changes)
        tokens = TokenDesk(database: database, clock: clock.clock, random: random, changes: changes)
        known = KnownCallers(
            sessions: sessions,
            persons: personSessions,
            tokens: tokens,
            accounts: accounts,
            changes: changes,
            clock: clock.clock
        )
    }

    /// Bytes that differ with every draw.
    private static func counting() -> RandomSource {
        let drawn = Mutex(UInt8(0))
        return RandomSource { count in
            let first = drawn.withLock { value in
                value &+= 1
                return value
            }
            return [first] + [UInt8](repeating: 7, count: max(0, count - 1))
        }
    }

    func add(
        _ login: String,
        role: Account.Role = .technician,
        password: String? = Self.password,
        extensions: [AccountExtension] = []
    ) async throws -> Account {
        try await accounts.add(
            AccountDraft(login: login, name: login.uppercased(), role: role, extensions: extensions),
            password: password,
            by: actor
        )
    }

    /// The account a sign-in gives, nil when it is refused.
    func signIn(_ login: String, _ password: String = Self.password, from address: String = "10.0.0.1") async throws
        -> Account?
    {
        if case .accepted(let account) = try await accounts.verify(login: login, password: password, address: address) {
            return account
        }
        return nil
    }
}
