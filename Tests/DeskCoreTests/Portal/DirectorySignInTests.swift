import DeskCore
import Synchronization
import TestSupport
import Testing

@Suite("Signing in by a second domain")
struct DirectorySignInTests {
    /// A directory with one person in it, that counts how often it is asked.
    private final class Directory: Sendable {
        let person: DirectoryPerson
        private let state = Mutex((asked: 0, isDown: false))

        init(_ id: String, _ name: String, _ email: String) {
            person = DirectoryPerson(id: id, name: name, email: email)
        }

        var asked: Int { state.withLock { $0.asked } }
        func goDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

        func domain(_ newcomers: PersonDomain.Newcomer = .join) -> PersonDomain {
            PersonDomain(name: "empresa.local", newcomers: newcomers) { _, password, _ in
                let isDown = self.state.withLock { state in
                    state.asked += 1
                    return state.isDown
                }
                if isDown { return .unreachable }
                return password == "certa" ? .right(self.person) : .wrong
            }
        }
    }

    private func signIn(
        _ bench: PortalBench,
        _ domain: PersonDomain,
        _ password: String = "certa",
        login: String = "maria",
        address: String = "192.0.2.1",
        device: String? = nil
    ) async throws -> String {
        switch try await bench.persons.verify(
            login: login,
            password: password,
            domain: domain,
            customers: bench.customers,
            address: address,
            device: device
        ) {
        case .accepted(let person): "accepted \(person.id)"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .stranger: "stranger"
        case .elsewhere: "elsewhere"
        }
    }

    @Test("the contact with the directory's e-mail becomes its account, once", arguments: TestDatabase.engines)
    func joins(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let contact = try await bench.contact("Maria Silva", "maria@empresa.com.br")
        let directory = Directory("u-1", "Maria S.", "Maria@Empresa.com.br")
        let first = try await signIn(bench, directory.domain())
        let person = try #require(try await bench.persons.find(contactID: contact.id))
        #expect(first == "accepted \(person.id)")
        #expect(person.state == .active && person.domain == "empresa.local")
        #expect(person.login == "empresa.local\\maria")
        // By another of their names they are the same person, and by none do they have a password of the desk's.
        #expect(try await signIn(bench, directory.domain(), login: "maria@empresa.com.br") == first)
        #expect(try await bench.signIn("maria@empresa.com.br", "certa") == nil)
        #expect(try await bench.signIn("empresa.local\\maria", "certa") == nil)
    }

    @Test(
        "an invitation that waits becomes the directory's account; one with a password does not",
        arguments: TestDatabase.engines
    )
    func accounts(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let contact = try await bench.contact("Maria Silva", "maria@empresa.com.br")
        let invited = try await bench.persons.invite(contactID: contact.id, by: bench.actor)
        let maria = Directory("u-1", "Maria", "maria@empresa.com.br")
        #expect(try await signIn(bench, maria.domain()) == "accepted \(invited.id)")
        let mara = try await bench.person("Mara Souza", "mara@empresa.com.br", login: "mara")
        let other = Directory("u-2", "Mara", "mara@empresa.com.br")
        #expect(try await signIn(bench, other.domain(), login: "mara") == "elsewhere")
        #expect(try await bench.signIn("mara")?.id == mara.id)
    }

    @Test("whoever the desk does not know is made when the settings say so", arguments: TestDatabase.engines)
    func strangers(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let nova = Directory("u-9", "Nova Pessoa", "nova@empresa.com.br")
        #expect(try await signIn(bench, nova.domain()) == "stranger")
        #expect(try await signIn(bench, nova.domain(.make(document: "11.222.333/0001-81"))) == "stranger")
        #expect(try await signIn(bench, nova.domain(.make(document: nil))).hasPrefix("accepted"))
        let made = try await bench.customers.contact(email: try #require(EmailAddress("nova@empresa.com.br")))
        #expect(made?.name == "Nova Pessoa")
        // A department's address is nobody's, and neither is none at all.
        for email in ["financeiro@empresa.com.br", "", "x"] {
            let nobody = Directory("u-\(email)", "Alguém", email)
            #expect(try await signIn(bench, nobody.domain(.make(document: nil)), login: "alguem") == "stranger")
        }
    }

    @Test("who is made belongs to the company the settings name, and sees their own", arguments: TestDatabase.engines)
    func company(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        let company = try await bench.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .company, name: "Empresa", document: "11.222.333/0001-81")
            ),
            by: bench.actor
        ).customer
        let nova = Directory("u-9", "Nova Pessoa", "nova@empresa.com.br")
        #expect(try await signIn(bench, nova.domain(.make(document: "11222333000181"))).hasPrefix("accepted"))
        let contact = try #require(try await bench.customers.contacts(of: company.id).first)
        let person = try #require(try await bench.persons.find(contactID: contact.id))
        #expect(try await bench.persons.contacts(of: person.id).map(\.reach) == [.own])
    }

    @Test("an e-mail changed in the directory is theirs and their contact's once they sign in, unless another has it")
    func newAddress() async throws {
        let bench = try await PortalBench(engine: .sqlite)
        let contact = try await bench.contact("Maria Silva", "maria@empresa.com.br")
        _ = try await bench.contact("Mara Souza", "mara@empresa.com.br")
        let first = try await signIn(bench, Directory("u-1", "Maria", "maria@empresa.com.br").domain())
        func emails() async throws -> [String?] {
            [
                try await bench.persons.find(contactID: contact.id)?.email,
                try await bench.customers.contact(contact.id)?.email,
            ]
        }
        for taken in ["mara@empresa.com.br", "financeiro@empresa.com.br", ""] {
            #expect(try await signIn(bench, Directory("u-1", "Maria", taken).domain()) == first)
            #expect(try await emails() == ["maria@empresa.com.br", "maria@empresa.com.br"])
        }
        #expect(try await signIn(bench, Directory("u-1", "Maria", "maria.luz@empresa.com.br").domain()) == first)
        #expect(try await emails() == ["maria.luz@empresa.com.br", "maria.luz@empresa.com.br"])
    }

    @Test("an empty password is wrong without being asked for")
    func empty() async throws {
        let bench = try await PortalBench(engine: .sqlite)
        let directory = Directory("u-1", "Maria", "maria@empresa.com.br")
        for (login, password) in [("maria", ""), ("", "certa"), (String(repeating: "a", count: 300), "certa")] {
            #expect(try await signIn(bench, directory.domain(), password, login: login) == "refused")
        }
        #expect(directory.asked == 0)
    }

    @Test(
        "wrong passwords slow down as everywhere, and a locked name is not asked for",
        arguments: TestDatabase.engines
    )
    func locked(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        _ = try await bench.contact("Maria Silva", "maria@empresa.com.br")
        let directory = Directory("u-1", "Maria", "maria@empresa.com.br")
        for _ in 0..<SignInThrottle.login.free {
            #expect(try await signIn(bench, directory.domain(), "errada") == "refused")
        }
        #expect(try await signIn(bench, directory.domain()) == "refused")
        #expect(directory.asked == SignInThrottle.login.free)
        // Another address is not locked, and the desk's own login of that name is another's.
        #expect(try await signIn(bench, directory.domain(), address: "192.0.2.2").hasPrefix("accepted"))
    }

    @Test("a directory that is down is told as that, and no try is counted")
    func down() async throws {
        let bench = try await PortalBench(engine: .sqlite)
        _ = try await bench.contact("Maria Silva", "maria@empresa.com.br")
        let directory = Directory("u-1", "Maria", "maria@empresa.com.br")
        directory.goDown(true)
        for _ in 0..<2 * SignInThrottle.login.free {
            #expect(try await signIn(bench, directory.domain()) == "unreachable")
        }
        directory.goDown(false)
        #expect(try await signIn(bench, directory.domain()).hasPrefix("accepted"))
    }

    @Test("who is kept out stays out, whatever the directory says")
    func blocked() async throws {
        let bench = try await PortalBench(engine: .sqlite)
        let contact = try await bench.contact("Maria Silva", "maria@empresa.com.br")
        let directory = Directory("u-1", "Maria", "maria@empresa.com.br")
        _ = try await signIn(bench, directory.domain())
        let person = try #require(try await bench.persons.find(contactID: contact.id))
        try await bench.persons.block(person.id, by: bench.actor)
        #expect(try await signIn(bench, directory.domain()) == "refused")
    }

    @Test("a login that went to another in the directory goes to another here", arguments: TestDatabase.engines)
    func renamed(engine: DatabaseEngine) async throws {
        let bench = try await PortalBench(engine: engine)
        _ = try await bench.contact("Maria Silva", "maria@empresa.com.br")
        let second = try await bench.contact("Maria Souza", "souza@empresa.com.br")
        let first = try await signIn(bench, Directory("u-1", "Maria", "maria@empresa.com.br").domain())
        let next = try await signIn(bench, Directory("u-2", "Maria", "souza@empresa.com.br").domain())
        #expect(first != next)
        #expect(try await bench.persons.find(contactID: second.id)?.login == "empresa.local\\maria")
    }
}
