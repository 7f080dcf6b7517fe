import TestSupport
import Testing

@testable import DeskCore

@Suite("Who a caller may be")
struct CallerEvidenceTests {
    private static let mobile = "+5511987654321"

    private func reasons(_ candidates: [Candidate]) -> [[CandidateReason]] { candidates.map(\.reasons) }

    @Test("a registered number names its customer, with tickets, SMS state and masked document")
    func registered() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana", document: "52998224725", sms: true)
        _ = try await bench.directory.addContact(
            ContactDraft(name: "Ana", email: "ana@ex.br"),
            to: ana.id,
            by: bench.actor
        )
        _ = try await bench.directory.addPhone(Self.mobile, to: ana.id, by: bench.actor)
        try await bench.ticket("1", customerID: ana.id)
        try await bench.ticket("2", customerID: ana.id, state: "closed")
        let candidates = try await bench.directory.candidates("011 98765-4321")
        let candidate = try #require(candidates.first)
        #expect(candidates.count == 1)
        #expect(Set(candidate.reasons) == [.customerPhone, .openTickets(1)])
        #expect(candidate.openTickets == 1)
        #expect(candidate.smsState == .ready)
        #expect(candidate.smsPhones == [Self.mobile])
        #expect(candidate.email == "ana@ex.br")
        #expect(candidate.documentMasked == "***.982.247-**")
        #expect(CandidateRanking.standing(of: candidates) == .leader(candidate))
    }

    @Test("without the ninth digit the number is known, and said to differ")
    func variant() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana")
        _ = try await bench.directory.addPhone("11 98765-4321", to: ana.id, by: bench.actor)
        #expect(try await reasons(bench.directory.candidates("11 8765-4321")) == [[.phoneWithoutNinthDigit]])
        #expect(try await reasons(bench.directory.candidates("+5511987654321")) == [[.customerPhone]])
        #expect(try await bench.directory.candidates("11 98765-4322").isEmpty)
        // A fixed number gains no digit.
        #expect(try await bench.directory.candidates("11 3876-5432").isEmpty)
    }

    @Test("two customers with one number tie; nobody is chosen")
    func shared() async throws {
        let bench = try await CustomerBench()
        for name in ["Ana", "Bia"] {
            let customer = try await bench.customer(name)
            _ = try await bench.directory.addPhone(Self.mobile, to: customer.id, by: bench.actor)
        }
        let candidates = try await bench.directory.candidates(Self.mobile)
        #expect(candidates.map(\.name) == ["Ana", "Bia"])
        #expect(CandidateRanking.standing(of: candidates) == .tie)
    }

    @Test("a company's line with several people names the company and its people")
    func companyLine() async throws {
        let bench = try await CustomerBench()
        let company = try await bench.customer("Padaria", kind: .company)
        for name in ["Ana", "Bia"] {
            _ = try await bench.directory.addContact(ContactDraft(name: name), to: company.id, by: bench.actor)
        }
        _ = try await bench.directory.addPhone("1132710322", to: company.id, by: bench.actor)
        let candidate = try #require(try await bench.directory.candidates("1132710322").first)
        #expect(candidate.reasons == [.companyLine])
        #expect(candidate.people.map(\.name) == ["Ana", "Bia"])
        #expect(candidate.contactID == nil)
    }

    @Test("a contact's own phone names the person")
    func contactPhone() async throws {
        let bench = try await CustomerBench()
        let company = try await bench.customer("Padaria", kind: .company)
        let ana = try await bench.directory.addContact(ContactDraft(name: "Ana"), to: company.id, by: bench.actor)
        _ = try await bench.directory.addPhone(Self.mobile, to: company.id, contactID: ana.id, by: bench.actor)
        let candidate = try #require(try await bench.directory.candidates(Self.mobile).first)
        #expect(candidate.contactID == ana.id)
        #expect(candidate.reasons == [.contactPhone])
    }

    @Test(
        "a number that somebody only says is theirs names them where nothing speaks for another, and never for sure",
        arguments: TestDatabase.engines
    )
    func claimed(engine: DatabaseEngine) async throws {
        let bench = try await CustomerBench(engine: engine)
        let mallory = try await bench.customer("Mallory")
        func claim(_ number: String) async throws {
            let directory = bench.directory
            _ = try await directory.write { session throws(CustomerError) in
                try directory.addPhone(number, to: mallory.id, isConfirmed: false, by: bench.actor, in: session)
            }
        }
        try await claim(Self.mobile)
        try await bench.ticket("1", customerID: mallory.id)
        try await bench.call(from: Self.mobile, key: "1", answered: false)
        let alone = try await bench.directory.candidates(Self.mobile)
        #expect(Set(try #require(alone.first).reasons) == [.claimedPhone, .callBack, .openTickets(1)])
        #expect(alone.first?.isClaim == true && CandidateRanking.standing(of: alone) == .tie)
        // Whom a technician identified by it, long ago and once, is likelier.
        let ana = try await bench.customer("Ana")
        try await bench.call(from: Self.mobile, key: "2", customerID: ana.id)
        bench.clock.advance(by: .seconds(80 * 86_400))
        #expect(try await bench.directory.candidates(Self.mobile).map(\.name) == ["Ana"])
        let bia = try await bench.customer("Bia")
        try await claim("11 98222-3344")
        _ = try await bench.directory.addPhone("11 98222-3344", to: bia.id, by: bench.actor)
        #expect(try await bench.directory.candidates("11 98222-3344").map(\.name) == ["Bia"])
        // The desk's word makes it theirs.
        let phone = try await bench.directory.addPhone("11 98222-3344", to: mallory.id, by: bench.actor)
        #expect(phone.isConfirmed)
        #expect(Set(try await bench.directory.candidates("11 98222-3344").map(\.name)) == ["Bia", "Mallory"])
    }

    @Test("past identified calls speak for their customer by how long ago they were, and expire")
    func history() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana")
        try await bench.call(from: Self.mobile, key: "1", customerID: ana.id)
        try await bench.call(from: Self.mobile, key: "2")
        bench.clock.advance(by: .seconds(86_400))
        let candidates = try await bench.directory.candidates(Self.mobile)
        #expect(reasons(candidates) == [[.called(daysAgo: 1)]])
        #expect(CandidateRanking.standing(of: candidates) == .tie)
        bench.clock.advance(by: .seconds(90 * 86_400))
        #expect(try await bench.directory.candidates(Self.mobile).isEmpty)
    }

    @Test("a missed call nobody returned is a reason")
    func callBack() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana")
        _ = try await bench.directory.addPhone(Self.mobile, to: ana.id, by: bench.actor)
        try await bench.call(from: Self.mobile, key: "1", answered: false)
        let candidate = try #require(try await bench.directory.candidates(Self.mobile).first)
        #expect(Set(candidate.reasons) == [.customerPhone, .callBack])
    }

    @Test(
        "withheld numbers, extensions and garbage are nobody",
        arguments: ["anonymous", "", "1001", "<unknown>", "x"]
    )
    func nobody(raw: String) async throws {
        let bench = try await CustomerBench()
        #expect(try await bench.directory.candidates(raw).isEmpty)
    }

    @Test("a number forty customers share gives a bounded list")
    func bounded() async throws {
        let bench = try await CustomerBench()
        for number in 0..<40 {
            let customer = try await bench.customer("Loja \(number)")
            _ = try await bench.directory.addPhone("1132710322", to: customer.id, by: bench.actor)
        }
        #expect(try await bench.directory.candidates("1132710322").count == InterviewLimits.candidates)
    }
}

@Suite("Finding whom the technician asks for")
struct CustomerIdentificationTests {
    private static let checks = FieldChecks.standard(region: .brazil)

    @Test("document, e-mail, phone, protocol, contract and name all find the customer")
    func everyReading() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana Lúcia Conceição", document: "52998224725", sms: true)
        let contact = try await bench.directory.addContact(
            ContactDraft(name: "José Araújo", email: "jose@ex.br"),
            to: ana.id,
            by: bench.actor
        )
        _ = try await bench.directory.addPhone("11987654321", to: ana.id, by: bench.actor)
        try await bench.call(from: "+5511900000000", key: "000123456", customerID: ana.id)
        let asked: [(String, CandidateReason, Int64?)] = [
            ("529.982.247-25", .document, nil), ("JOSE@ex.br", .email, contact.id),
            ("(11) 98765-4321", .customerPhone, nil),
            ("2026000123456", .protocolNumber, nil), ("C-\(ana.id)", .contract, nil), ("conceicao ana", .name, nil),
            ("jose arau", .name, contact.id),
        ]
        for (text, reason, contactID) in asked {
            let found = try await bench.directory.candidates(CustomerQuery(text, checks: Self.checks))
            #expect(found.map(\.customerID) == [ana.id], "\(text)")
            #expect(found.first?.reasons.contains(reason) == true, "\(text)")
            #expect(found.first?.contactID == contactID, "\(text)")
        }
        for text in ["111.444.777-35", "outra@ex.br", "11 98765-0000", "carlos", "C-999"] {
            #expect(try await bench.directory.candidates(CustomerQuery(text, checks: Self.checks)).isEmpty, "\(text)")
        }
    }

    @Test("names are found by the beginnings of their words, without accents; the very name comes first")
    func names() async throws {
        let bench = try await CustomerBench()
        for name in ["João Silva Souza", "Silvana João", "João Silva", "Maria da Silva", "Joana Prado"] {
            _ = try await bench.customer(name)
        }
        #expect(
            try await bench.directory.search("joao silva").map(\.name) == [
                "João Silva", "João Silva Souza", "Silvana João",
            ]
        )
        #expect(try await bench.directory.search("SILV").count == 4)
        #expect(try await bench.directory.search("ilva").isEmpty)
        #expect(try await bench.directory.search("").isEmpty)
        #expect(try await bench.directory.search("silv", limit: 2).count == 2)
    }

    @Test("what the caller says is verified against the one customer, and a name proves nothing")
    func verification() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana", document: "52998224725")
        let bia = try await bench.customer("Bia", document: "11144477735")
        func verifies(_ text: String, _ id: Int64) async throws -> Bool {
            try await bench.directory.verifies(CustomerQuery(text, checks: Self.checks), customerID: id)
        }
        #expect(try await verifies("52998224725", ana.id))
        #expect(try await !verifies("52998224725", bia.id))
        #expect(try await !verifies("Ana", ana.id))
    }

    @Test("the interview registers a customer once and is told which answer to change")
    func interview() async throws {
        let bench = try await CustomerBench()
        let customers = InterviewCustomers.directory(bench.directory)
        func request(_ key: String, document: String?, email: String?) -> RegistrationRequest {
            RegistrationRequest(
                kind: .company,
                name: "Padaria",
                person: "Ana",
                document: document,
                email: email,
                phone: "+5511987654321",
                language: .ptBR,
                key: key
            )
        }
        let first = try await customers.register(request("k1", document: "11222333000181", email: "ana@ex.br")).get()
        #expect(first.reasons == [.registered])
        #expect(first.contactName == "Ana")
        #expect(first.email == "ana@ex.br")
        let again = try await customers.register(request("k1", document: "11222333000181", email: "ana@ex.br")).get()
        #expect(again.customerID == first.customerID)
        let taken = try await customers.register(request("k2", document: "11222333000181", email: nil))
        #expect(taken == .failure(RegistrationRefusal(fault: PromptFault(.documentTaken), prompt: .registerDocument)))
        let department = try await customers.register(request("k3", document: nil, email: "vendas@ex.br"))
        #expect(
            department == .failure(RegistrationRefusal(fault: PromptFault(.departmentalEmail), prompt: .registerEmail))
        )
    }
}
