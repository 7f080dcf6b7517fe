import DeskCore
import TestSupport
import Testing

@Suite("Customer directory")
struct CustomerDirectoryTests {
    @Test("a customer is registered with clean, canonical data and found by document")
    func create() async throws {
        let bench = try await CustomerBench()
        let made = try await bench.directory.create(
            CustomerDraft(
                kind: .company,
                name: "  Padaria\u{0} D'Oeste\tLtda ",
                document: "12.abc.345/01de-35",
                address: "Rua A, 1\r\nCentro",
                notes: " "
            ),
            by: bench.actor
        )
        #expect(made.name == "Padaria D'Oeste Ltda")
        #expect(made.document?.canonical == "12ABC34501DE35")
        #expect(made.address == "Rua A, 1\nCentro")
        #expect(made.notes == nil)
        #expect(try await bench.directory.find(made.id) == made)
        let document = try #require(Document("12ABC34501DE35", kind: .cnpj))
        #expect(try await bench.directory.find(document: document) == made)
        #expect(try await bench.directory.find(99) == nil)
    }

    @Test("every fault of a form is told at once, with field and reason, in three languages")
    func allFaults() async throws {
        let bench = try await CustomerBench()
        let found = try await faults {
            _ = try await bench.directory.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .person, name: " ", document: "529.982.247-24"),
                    contact: ContactDraft(name: "Ana", email: "financeiro@ex.br"),
                    phones: ["98765-4321", "José"]
                ),
                by: bench.actor
            )
        }
        #expect(
            found == [
                CustomerFault(.name, .missing), CustomerFault(.document, .invalid),
                CustomerFault(.email, .departmental),
                CustomerFault(.phone, .incomplete), CustomerFault(.phone, .invalid),
            ]
        )
        for fault in found {
            let messages = Language.allCases.map { fault.message(in: $0) }
            #expect(messages.allSatisfy { $0.hasSuffix(".") })
            #expect(messages.first != messages.last)
        }
        #expect(try await bench.directory.list().isEmpty)
    }

    @Test("no error says a value: neither its description nor its messages")
    func errorsHideValues() async throws {
        let bench = try await CustomerBench()
        do {
            _ = try await bench.directory.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .person, name: "Segredo", document: "99988877766"),
                    contact: ContactDraft(name: "Segredo", email: "rh@segredo.br"),
                    phones: ["987654321"]
                ),
                by: bench.actor
            )
            Issue.record("was taken")
        } catch {
            let texts =
                [error.description, "\(error)"]
                + error.faults.flatMap { fault in
                    Language.allCases.map { fault.message(in: $0) }
                }
            for text in texts {
                for value in ["Segredo", "99988877766", "segredo.br", "987654321"] { #expect(!text.contains(value)) }
            }
        }
    }

    @Test("a document belongs to one customer, an address to one contact")
    func unique() async throws {
        let bench = try await CustomerBench()
        let first = try await bench.customer("Ana", document: "52998224725")
        let second = try await bench.customer("Bia")
        #expect(
            try await faults { _ = try await bench.customer("Outra", document: "529.982.247-25") } == [
                CustomerFault(.document, .taken)
            ]
        )
        _ = try await bench.directory.addContact(
            ContactDraft(name: "Ana", email: "ANA@ex.br"),
            to: first.id,
            by: bench.actor
        )
        #expect(
            try await faults {
                _ = try await bench.directory.addContact(
                    ContactDraft(name: "Bia", email: "ana@EX.br"),
                    to: second.id,
                    by: bench.actor
                )
            } == [CustomerFault(.email, .taken)]
        )
        // Its own document and address are no obstacle to an update.
        let same = try await bench.directory.update(first.id, by: bench.actor) {
            $0 = CustomerDraft(kind: .person, name: "Ana Maria", document: "52998224725")
        }
        #expect(same.name == "Ana Maria")
    }

    @Test("two registrations of one document at once: one is made, the other is refused")
    func race() async throws {
        let bench = try await CustomerBench()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let draft = CustomerDraft(kind: .person, name: "Ana \(number)", document: "52998224725")
                    return (try? await bench.directory.create(draft, by: bench.actor)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 1)
        #expect(try await bench.directory.list().count == 1)
    }

    @Test("a department's address is refused; an administrator may allow it, nobody else")
    func departmental() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Padaria", kind: .company)
        let accounts = AccountDesk(database: bench.database, clock: bench.clock.clock)
        let technician = try await accounts.add(AccountDraft(login: "tec", name: "Tec"), by: bench.actor)
        let administrator = try await accounts.add(
            AccountDraft(login: "adm1", name: "Adm", role: .administrator),
            by: bench.actor
        )
        func add(_ allows: Bool, _ actor: AuditActor) async throws -> [CustomerFault] {
            try await faults {
                _ = try await bench.directory.addContact(
                    ContactDraft(name: "Fin", email: "financeiro@ex.br", allowsDepartmental: allows),
                    to: customer.id,
                    by: actor
                )
            }
        }
        #expect(try await add(false, .account(administrator.id)) == [CustomerFault(.email, .departmental)])
        #expect(try await add(true, .account(technician.id)) == [CustomerFault(.email, .notAllowed)])
        #expect(try await add(true, .token(1)) == [CustomerFault(.email, .notAllowed)])
        #expect(try await add(true, .account(administrator.id)).isEmpty)
        // Once allowed, other changes of the contact need no permission.
        let contact = try #require(try await bench.directory.contacts(of: customer.id).first)
        let changed = try await bench.directory.updateContact(contact.id, by: .account(technician.id)) {
            $0 = ContactDraft(name: "Financeiro", email: "financeiro@ex.br", role: "Contas")
        }
        #expect(changed.role == "Contas")
    }

    @Test("a registration with the same key makes one customer")
    func idempotent() async throws {
        let bench = try await CustomerBench()
        let registration = CustomerRegistration(
            customer: CustomerDraft(kind: .person, name: "Ana"),
            contact: ContactDraft(name: "Ana", email: "ana@ex.br"),
            phones: ["11987654321", "+55 11 98765-4321", "1132710322"],
            key: "interview-1"
        )
        let first = try await bench.directory.register(registration, by: bench.actor)
        let second = try await bench.directory.register(registration, by: bench.actor)
        #expect(first.customer == second.customer)
        #expect(first.phones == second.phones)
        #expect(first.phones.map(\.lookup) == ["+5511987654321", "+551132710322"])
        #expect(second.contact?.email == "ana@ex.br")
        #expect(try await bench.directory.list().count == 1)
    }

    @Test("a removed contact keeps past tickets, frees the address and takes the phones along")
    func removeContact() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Padaria", kind: .company)
        let contact = try await bench.directory.addContact(
            ContactDraft(name: "Ana", email: "ana@ex.br"),
            to: customer.id,
            by: bench.actor
        )
        _ = try await bench.directory.addPhone("11987654321", to: customer.id, contactID: contact.id, by: bench.actor)
        try await bench.directory.removeContact(contact.id, by: bench.actor)
        let left = try #require(try await bench.directory.contact(contact.id))
        #expect(!left.isActive)
        #expect(left.email == nil)
        #expect(try await bench.directory.phones(of: customer.id).isEmpty)
        #expect(try await bench.directory.search("ana").isEmpty)
        let again = ContactDraft(name: "Ana", email: "ana@ex.br")
        #expect(
            try await faults { _ = try await bench.directory.addContact(again, to: customer.id, by: bench.actor) }
                .isEmpty
        )
    }

    @Test("who changed what is on record, without the values")
    func audit() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana", document: "52998224725")
        _ = try await bench.directory.update(customer.id, by: .account(7)) {
            $0 = CustomerDraft(kind: .person, name: "Ana Souza", document: "11144477735")
        }
        let records = try await bench.database.read { session in
            try AuditTrail.list(subject: "customer:\(customer.id)", in: session)
        }
        #expect(records.map(\.action) == ["customer.update", "customer.create"])
        #expect(records.first?.actor == "account:7")
        #expect(records.first?.detail == "name,document")
        for record in records {
            #expect(record.detail?.contains("Souza") != true)
            #expect(record.detail?.contains("111444") != true)
        }
    }

    @Test(
        "hostile text is stored as text or refused, and breaks nothing",
        arguments: [
            "Robert'); DROP TABLE customer;--", "%' OR '1'='1", "\"; SELECT 1", "=cmd|'/C calc'!A1",
            "<script>alert(1)</script>",
            "نيابة", "𝕬𝖓𝖆", "A\u{301}\u{301}\u{301}", "{{name}}", "$1",
        ]
    )
    func hostile(text: String) async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer(text)
        #expect(customer.name == CleanText.line(text))
        #expect(
            try await bench.directory.search(text).contains { $0.id == customer.id } == !TextFolding.words(text).isEmpty
        )
        _ = try await bench.directory.find(contractNumber: text)
        _ = try await bench.directory.callerEvidence(text)
        #expect(try await bench.directory.list().count == 1)
    }

    @Test("a hundred kilobytes in any field are refused, in any search found nowhere")
    func huge() async throws {
        let bench = try await CustomerBench()
        let huge = String(repeating: "a1@ ", count: 25_000)
        let found = try await faults {
            _ = try await bench.directory.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .person, name: huge, document: huge, address: huge, notes: huge),
                    contact: ContactDraft(name: huge, email: huge, role: huge),
                    phones: [huge]
                ),
                by: bench.actor
            )
        }
        #expect(
            Set(found.map(\.field)) == [.name, .document, .address, .notes, .contactName, .email, .role, .phone]
        )
        #expect(try await bench.directory.search(huge).isEmpty)
        #expect(try await bench.directory.callerEvidence(huge).isEmpty)
        #expect(try await bench.directory.find(contractNumber: huge) == nil)
    }

    @Test("lists are paged by id")
    func pages() async throws {
        let bench = try await CustomerBench()
        for number in 0..<7 { _ = try await bench.customer("Cliente \(number)") }
        let first = try await bench.directory.list(limit: 3)
        let second = try await bench.directory.list(after: first.last?.id, limit: 3)
        let third = try await bench.directory.list(after: second.last?.id, limit: 3)
        #expect((first + second + third).map(\.name) == (0..<7).map { "Cliente \($0)" })
        #expect(try await bench.directory.list(limit: -5).count == 1)
    }
}
