import DeskCore
import TestSupport

/// Desks of customers' accounts over a fresh database, with a clock tests move and a cheap scrypt.
struct PortalBench {
    let database: any Database
    let clock = TestClock()
    let accounts: AccountDesk
    let persons: PersonDesk
    let sessions: PersonSessions
    let known: KnownCallers
    let customers: CustomerDirectory
    let actor = AuditActor.system("test")
    static let password = "correto cavalo 9"

    init(engine: DatabaseEngine = .sqlite) async throws {
        database = try await TestDatabase.make(engine)
        let changes = AccessChanges()
        accounts = AccountDesk(
            database: database,
            clock: clock.clock,
            cost: PasswordCost(rounds: 16, blockSize: 1, parallelism: 1),
            changes: changes
        )
        persons = PersonDesk(accounts)
        sessions = PersonSessions(database: database, clock: clock.clock, changes: changes)
        customers = CustomerDirectory(database: database, clock: clock.clock, region: Region(.brazil))
        known = KnownCallers(
            sessions: SessionDesk(database: database, clock: clock.clock, changes: changes),
            persons: sessions,
            tokens: TokenDesk(database: database, clock: clock.clock, changes: changes),
            accounts: accounts,
            changes: changes,
            clock: clock.clock
        )
    }

    /// A contact of a new customer.
    func contact(_ name: String, _ email: String?, kind: Customer.Kind = .person) async throws -> Contact {
        let made = try await customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: kind, name: name),
                contact: ContactDraft(name: name, email: email)
            ),
            by: actor
        )
        guard let contact = made.contact else { throw PersonError.notFound }
        return contact
    }

    /// Somebody who has chosen the login and `password`.
    func person(_ name: String, _ email: String?, login: String) async throws -> Person {
        let contact = try await contact(name, email)
        let person = try await persons.invite(contactID: contact.id, by: actor)
        return try await persons.activate(person.id, login: login, password: Self.password, by: actor)
    }

    /// The person a sign-in gives, nil when it is refused.
    func signIn(_ login: String, _ password: String = Self.password, from address: String = "10.0.0.1") async throws
        -> Person?
    {
        if case .accepted(let person) = try await persons.verify(login: login, password: password, address: address) {
            return person
        }
        return nil
    }
}
