import DeskCore
import TestSupport
import Testing

@Suite("Accounts of customers")
struct PersonDeskTests {
    @Test(
        "invited by the desk, activated by its owner, signed in by login and by e-mail",
        arguments: TestDatabase.engines
    )
    func life(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let contact = try await bench.contact("Maria Silva", "maria@exemplo.com.br")
        let person = try await bench.persons.invite(contactID: contact.id, by: bench.actor)
        #expect(person.state == .pending)
        #expect(try await bench.persons.invite(contactID: contact.id, by: bench.actor).id == person.id)
        #expect(try await bench.signIn("maria@exemplo.com.br") == nil)
        let active = try await bench.persons.activate(
            person.id,
            login: "maria",
            password: PortalBench.password,
            by: .person(person.id)
        )
        #expect(active.state == .active)
        #expect(active.login == "maria")
        #expect(try await bench.signIn("Maria")?.id == person.id)
        #expect(try await bench.signIn("MARIA@exemplo.com.br")?.id == person.id)
        #expect(try await bench.signIn("maria", "errada 123456") == nil)
        await #expect(throws: PersonError.self) {
            try await bench.persons.activate(
                person.id,
                login: "outra",
                password: PortalBench.password,
                by: .person(person.id)
            )
        }
    }

    @Test("another's e-mail is no login, and two people share none", arguments: TestDatabase.engines)
    func logins(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let maria = try await bench.person("Maria Silva", "maria@exemplo.com.br", login: "maria")
        let contact = try await bench.contact("Mara Souza", "mara@exemplo.com.br")
        let mara = try await bench.persons.invite(contactID: contact.id, by: bench.actor)
        for login in ["maria@exemplo.com.br", "maria", "Maria", ""] {
            await #expect(throws: PersonError.self, "\(login)") {
                try await bench.persons.activate(
                    mara.id,
                    login: login,
                    password: PortalBench.password,
                    by: bench.actor
                )
            }
        }
        let active = try await bench.persons.activate(
            mara.id,
            login: "mara@exemplo.com.br",
            password: PortalBench.password,
            by: bench.actor
        )
        #expect(active.login == "mara@exemplo.com.br")
        #expect(active.id != maria.id)
    }

    @Test("one person speaks for several customers, each contact with its own reach", arguments: TestDatabase.engines)
    func reach(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let first = try await bench.contact("Ana Lima", "ana@exemplo.com.br", kind: .person)
        let second = try await bench.contact("Ana Lima", nil, kind: .company)
        let person = try await bench.persons.invite(contactID: first.id, by: bench.actor)
        try await bench.persons.join(person.id, contactID: second.id, by: bench.actor)
        let contacts = try await bench.persons.contacts(of: person.id)
        #expect(contacts.map(\.contactID) == [first.id, second.id])
        #expect(contacts.map(\.reach) == [.all, .own])
        _ = try await bench.persons.set(reach: .departments(["n1"]), contactID: second.id, by: bench.actor)
        #expect(try await bench.persons.contacts(of: person.id).map(\.reach) == [.all, .departments(["n1"])])
        let third = try await bench.contact("Outra Ana", nil, kind: .company)
        await #expect(throws: PersonError.self) {
            _ = try await bench.persons.set(reach: .all, contactID: third.id, by: bench.actor)
        }
    }

    @Test("blocked at once, everywhere, and let in again", arguments: TestDatabase.engines)
    func blocking(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let person = try await bench.person("Maria Silva", "maria@exemplo.com.br", login: "maria")
        let session = try await bench.sessions.begin(personID: person.id)
        #expect(try await bench.known.person(session.token)?.person.id == person.id)
        try await bench.persons.block(person.id, by: bench.actor)
        #expect(try await bench.known.person(session.token) == nil)
        #expect(try await bench.signIn("maria") == nil)
        try await bench.persons.block(person.id, false, by: bench.actor)
        #expect(try await bench.signIn("maria")?.id == person.id)
    }

    @Test("sessions rotate, end, and are no sessions of the desk", arguments: TestDatabase.engines)
    func sessions(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let person = try await bench.person("Maria Silva", "maria@exemplo.com.br", login: "maria")
        let session = try await bench.sessions.begin(personID: person.id)
        #expect(try await bench.known.session(session.token) == nil)
        let next = try #require(try await bench.sessions.rotate(session.token))
        #expect(next.token != session.token)
        #expect(next.csrf != session.csrf)
        #expect(try await bench.known.person(session.token) != nil)
        bench.clock.advance(by: .seconds(31))
        #expect(try await bench.known.person(session.token) == nil)
        #expect(try await bench.known.person(next.token)?.accepts(csrf: next.csrf) == true)
        #expect(try await bench.known.person(next.token)?.accepts(csrf: session.csrf) == false)
        try await bench.sessions.end(next.token)
        #expect(try await bench.known.person(next.token) == nil)
    }

    @Test("an open page keeps no idle session of a customer alive", arguments: TestDatabase.engines)
    func stream(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let ana = try await bench.person("Ana", "ana@exemplo.com.br", login: "ana")
        let session = try await bench.sessions.begin(personID: ana.id)
        for _ in 0..<7 {
            bench.clock.advance(by: .seconds(4_000))
            #expect(try await bench.known.person(session.token, asStream: true) != nil)
        }
        bench.clock.advance(by: .seconds(1_000))
        #expect(try await bench.known.person(session.token, asStream: true) == nil)
        #expect(try await bench.known.person(session.token) == nil)
        let used = try await bench.sessions.begin(personID: ana.id)
        for _ in 0..<8 {
            bench.clock.advance(by: .seconds(4_000))
            #expect(try await bench.known.person(used.token, asStream: true) != nil)
            #expect(try await bench.known.person(used.token) != nil)
        }
    }

    @Test("the same login of both sides is counted twice, once for each", arguments: TestDatabase.engines)
    func lockouts(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        _ = try await bench.person("Maria Silva", "maria@exemplo.com.br", login: "maria")
        _ = try await bench.accounts.add(
            AccountDraft(login: "maria", name: "Maria da Mesa"),
            password: PortalBench.password,
            by: bench.actor
        )
        for _ in 0..<5 { #expect(try await bench.signIn("maria", "errada 123456") == nil) }
        #expect(try await bench.signIn("maria") == nil, "locked")
        guard
            case .accepted = try await bench.accounts.verify(
                login: "maria",
                password: PortalBench.password,
                address: "10.0.0.1"
            )
        else { return #expect(Bool(false), "the desk's Maria is locked by the customer's tries") }
        bench.clock.advance(by: .seconds(30))
        #expect(try await bench.signIn("maria") != nil)
    }
}
