import TestSupport
import Testing

@testable import DeskCore

@Suite("What a person answered before is offered when it is asked again")
struct InterviewMemoryTests {
    private static let address = AddressAnswer(
        cep: "30130010",
        street: "Avenida Afonso Pena",
        number: "12",
        district: "Centro",
        city: "Belo Horizonte",
        state: "MG"
    )

    /// A topic that asks for an address, a document, a phone and what happened.
    private func catalogue() throws -> Catalogue {
        try InterviewFixture.catalogue {
            $0.replacing(
                "<field id=\"mensagem\" kind=\"text\"><label>Pergunta</label><say>Qual é a pergunta?</say></field>",
                with: """
                    <field id="onde" kind="address"><label>Endereço</label><say>Onde?</say></field>
                    <field id="doc" kind="cpf"><label>CPF</label><say>Qual é o CPF?</say></field>
                    <field id="fone" kind="phone"><label>Telefone</label><say>Qual telefone?</say></field>
                    <field id="mensagem" kind="text"><label>Pergunta</label><say>Qual é a pergunta?</say></field>
                    """
            )
        }
    }

    private static func answer(_ id: String, _ kind: FieldKind, _ value: String) -> FormAnswer {
        FormAnswer(fieldID: id, kind: kind, label: id, display: value, value: value)
    }

    private static let earlier = [
        answer("entrega", .address, AddressAnswer.parts.map { address[keyPath: $0.path] }.joined(separator: "\n")),
        answer("doc", .cpf, "52998224725"), answer("outro", .phone, "+5531912345678"),
        answer("mensagem", .text, "Não abre"), answer("senha", .secret, "r1"),
    ]

    private func asked(_ level: IdentityLevel, channel: InterviewChannel = .desk) throws -> Interview {
        var interview = try InterviewFixture.interview(channel: channel, topicID: "duvida", catalogue: catalogue())
        interview.draft.identified = Identified(candidate: InterviewFixture.maria, level: level)
        return interview
    }

    @Test(
        "facts of the person are, whatever the question is called; what happened, another's phone and secrets are not"
    )
    func offered() throws {
        var interview = try asked(.verified)
        let owner = try #require(interview.memoryWanted)
        _ = interview.received(remembered: Self.earlier, of: owner)
        #expect(interview.memoryWanted == nil, "asked for once")
        #expect(interview.prompt(for: .field("onde"))?.remembered == .address(Self.address))
        #expect(interview.prompt(for: .field("onde"))?.currentValue == nil, "offered, not taken")
        #expect(interview.prompt(for: .field("doc"))?.suggestion == "529.982.247-25")
        #expect(interview.prompt(for: .field("fone"))?.remembered == nil)
        #expect(interview.prompt(for: .field("mensagem"))?.remembered == nil)
        let again = try InterviewDraft(json: interview.draft.json())
        #expect(again.remembered == interview.draft.remembered)
        interview.draft.answers[.field("doc")] = StoredAnswer(.text("11144477735"), kind: .cpf)
        #expect(interview.prompt(for: .field("doc"))?.remembered == nil)
    }

    @Test("only to who proved who they are, and nothing of it to whoever is identified instead")
    func guarded() throws {
        for level in [IdentityLevel.none, .known] { #expect(try asked(level).memoryWanted == nil) }
        #expect(try asked(.verified, channel: .keypad).memoryWanted == nil)
        var interview = try asked(.verified)
        _ = interview.received(remembered: Self.earlier, of: try #require(interview.memoryWanted))
        var other = InterviewFixture.maria
        other.customerID = 9
        interview.draft.identified = Identified(candidate: other, level: .verified)
        #expect(interview.prompt(for: .field("onde"))?.remembered == nil)
        #expect(interview.memoryWanted?.customerID == 9)
    }

    @Test("the newest answers of the same customer and person, of both engines", arguments: TestDatabase.engines)
    func kept(engine: DatabaseEngine) async throws {
        let test = try await TicketUnderTest(engine)
        for (key, document) in [("old", "11144477735"), ("new", "52998224725")] {
            var request = TicketDeskTests.request(key)
            request.customerID = test.customerID
            request.contactID = key == "old" ? nil : test.contactID
            request.answers = [Self.answer("doc", .cpf, document)]
            _ = try await test.desk.open(request, by: nil)
        }
        let whole = MemoryOwner(customerID: test.customerID, contactID: nil)
        #expect(try await test.directory.answers(of: whole).map(\.value) == ["52998224725", "11144477735"])
        let person = MemoryOwner(customerID: test.customerID, contactID: test.contactID)
        #expect(try await test.directory.answers(of: person).map(\.value) == ["52998224725"])
        let stranger = MemoryOwner(customerID: test.customerID + 1, contactID: test.contactID)
        #expect(try await test.directory.answers(of: stranger).isEmpty)
    }

    @Test(
        "a company's address and number are offered to who sees all of it, whoever gave them; what is a colleague's is not",
        arguments: TestDatabase.engines
    )
    func company(engine: DatabaseEngine) async throws {
        let test = try await TicketUnderTest(engine)
        let (customerID, contactID) = (test.customerID, test.contactID)
        let colleague = try await test.database.write { session in
            try session.execute("UPDATE customer SET kind = 'company' WHERE id = $1", [.integer(customerID)])
            return try session.row(
                """
                INSERT INTO contact (customer_id, name, name_folded, email, created_at)
                VALUES ($1, 'Rui Costa', 'rui costa', 'rui@example.com', 0) RETURNING id
                """,
                [.integer(customerID)]
            )?.integer(0)
        }
        let given = [
            Self.answer("onde", .address, "30130010\nAvenida Afonso Pena\n12\n\nCentro\nBelo Horizonte\nMG"),
            Self.answer("cnpj", .cpfOrCnpj, "11222333000181"), Self.answer("doc", .cpfOrCnpj, "52998224725"),
            Self.answer("fone", .phone, "+5511912345678"), Self.answer("cpf", .cpf, "52998224725"),
            Self.answer("email", .email, "rui@example.com"),
        ]
        for (key, answers) in [("open", given), ("secret", [Self.answer("cep", .cep, "01310100")])] {
            var request = TicketDeskTests.request(key)
            (request.customerID, request.contactID, request.answers) = (customerID, colleague, answers)
            let made = try await test.desk.open(request, by: nil)
            guard key == "secret" else { continue }
            let id = made.ticket.id
            try await test.database.write {
                _ = try $0.execute("UPDATE ticket SET confidential = 1 WHERE id = $1", [.integer(id)])
            }
        }
        let owner = MemoryOwner(customerID: customerID, contactID: contactID)
        #expect(try await test.directory.answers(of: owner).isEmpty, "who has no account sees their own")
        let persons = PersonDesk(AccountDesk(database: test.database, clock: .system))
        for (reach, fields) in [(Reach.own, []), (.departments(["financeiro"]), []), (.all, ["onde", "cnpj"])] {
            _ = try await persons.invite(contactID: contactID, by: .system("test"))
            _ = try await persons.set(reach: reach, contactID: contactID, by: .system("test"))
            #expect(try await test.directory.answers(of: owner).map(\.fieldID) == fields, "\(reach)")
        }
        // What they said themselves comes first.
        var own = TicketDeskTests.request("own")
        (own.customerID, own.contactID) = (customerID, contactID)
        own.answers = [Self.answer("cep", .cep, "30140071")]
        _ = try await test.desk.open(own, by: nil)
        #expect(try await test.directory.answers(of: owner).first?.value == "30140071")
        let elsewhere = MemoryOwner(customerID: customerID + 1, contactID: contactID)
        #expect(try await test.directory.answers(of: elsewhere).isEmpty)
    }

    @Test("the way through the catalogue stands above the topics, each section a step back")
    func trail() throws {
        var interview = try asked(.known)
        interview.draft.answers[.topic] = nil
        _ = interview.goTo(.topic)
        _ = interview.receive(.option("faturas"))
        _ = interview.receive(.option("correcoes"))
        #expect(interview.prompt.trail.map(\.id) == ["faturas", "correcoes"])
        #expect(interview.prompt.trail.map(\.isCurrent) == [false, true])
        _ = interview.receive(.option("faturas"))
        #expect(interview.prompt.trail.map(\.id) == ["faturas"])
        #expect(interview.prompt.options.contains { $0.id == "correcoes" })
    }
}
