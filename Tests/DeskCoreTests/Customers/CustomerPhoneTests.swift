import DeskCore
import TestSupport
import Testing

@Suite("Phones and contracts of customers")
struct CustomerPhoneTests {
    @Test("phones are added, listed and removed; a second spelling or the ninth digit makes no second phone")
    func phones() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana")
        let phone = try await bench.directory.addPhone("011 8765-4321", to: customer.id, label: "casa", by: bench.actor)
        #expect(phone.e164 == "+5511987654321")
        #expect(phone.display(region: .brazil) == "(11) 98765-4321")
        for spelling in ["(11) 98765-4321", "+55 11 8765-4321", "031 11 98765 4321"] {
            #expect(
                try await faults { _ = try await bench.directory.addPhone(spelling, to: customer.id, by: bench.actor) }
                    == [
                        CustomerFault(.phone, .alreadyThere)
                    ]
            )
        }
        let free = try await bench.directory.addPhone("0800 591 2117", to: customer.id, by: bench.actor)
        #expect(free.e164 == nil)
        #expect(free.lookup == "08005912117")
        #expect(try await bench.directory.phones(of: customer.id).map(\.id) == [phone.id, free.id])
        // Another customer's page cannot remove it.
        let other = try await bench.customer("Bia")
        #expect(
            try await faults { try await bench.directory.removePhone(phone.id, of: other.id, by: bench.actor) } == [
                CustomerFault(.phone, .notFound)
            ]
        )
        try await bench.directory.removePhone(phone.id, of: customer.id, by: bench.actor)
        #expect(try await bench.directory.phones(of: customer.id).map(\.id) == [free.id])
        #expect(CustomerSuccess.phoneAdded.message(in: .ptBR) == "Telefone adicionado com sucesso!")
    }

    @Test(
        "what cannot be called is no customer's phone",
        arguments: [
            ("", CustomerFault.Code.missing), ("  ", .missing), ("190", .invalid), ("1001", .invalid),
            ("98765-4321", .incomplete), ("3271-0322", .incomplete), ("José", .invalid), ("anonymous", .invalid),
            ("20 98765-4321", .invalid),
        ]
    )
    func refused(raw: String, code: CustomerFault.Code) async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana")
        #expect(
            try await faults { _ = try await bench.directory.addPhone(raw, to: customer.id, by: bench.actor) } == [
                CustomerFault(.phone, code)
            ]
        )
    }

    @Test("a customer has no more phones than get a message each")
    func limit() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana")
        for number in 0..<CustomerLimits.phones {
            _ = try await bench.directory.addPhone("+5511987650\(100 + number)", to: customer.id, by: bench.actor)
        }
        #expect(
            try await faults { _ = try await bench.directory.addPhone("11987654321", to: customer.id, by: bench.actor) }
                == [
                    CustomerFault(.phone, .tooMany)
                ]
        )
    }

    @Test("linking a number gives the customer its past calls, those of others stay theirs")
    func backfill() async throws {
        let bench = try await CustomerBench()
        let (ana, bia) = (try await bench.customer("Ana"), try await bench.customer("Bia"))
        try await bench.call(from: "+5511987654321", key: "1")
        try await bench.call(from: "+5511987654321", key: "2", customerID: bia.id)
        try await bench.call(from: "+5511987650000", key: "3")
        _ = try await bench.directory.addPhone("11987654321", to: ana.id, backfill: true, by: bench.actor)
        let owners = try await bench.database.read { session in
            try session.rows("SELECT customer_id FROM attendance ORDER BY id").map { $0.integer(0) }
        }
        #expect(owners == [ana.id, bia.id, nil])
    }

    @Test("whether messages reach a customer follows contract, service and phones")
    func smsState() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana")
        func state() async throws -> SMSService { try await bench.directory.smsState(customer.id) }
        #expect(try await state() == .noContract)
        let draft = ContractDraft(number: "C1", title: "Suporte")
        let contract = try await bench.directory.addContract(draft, to: customer.id, by: bench.actor)
        #expect(try await state() == .contractWithoutSMS)
        var changed = draft
        changed.hasSMS = true
        _ = try await bench.directory.updateContract(contract.id, by: bench.actor) { [changed] in $0 = changed }
        #expect(try await state() == .noMobile)
        _ = try await bench.directory.addPhone("1132710322", to: customer.id, by: bench.actor)
        _ = try await bench.directory.addPhone("08005912117", to: customer.id, by: bench.actor)
        #expect(try await state() == .noMobile)
        _ = try await bench.directory.addPhone("11987654321", to: customer.id, by: bench.actor)
        #expect(try await state() == .active)
        changed.endsAt = bench.clock.now.adding(.seconds(60))
        _ = try await bench.directory.updateContract(contract.id, by: bench.actor) { [changed] in $0 = changed }
        #expect(try await state() == .active)
        bench.clock.advance(by: .seconds(60))
        #expect(try await state() == .noContract)
        for service in SMSService.allCases {
            for language in Language.allCases { #expect(!service.text(in: language).isEmpty) }
        }
    }

    @Test("contracts open the sections they name together; one without a list opens all")
    func sections() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana", sms: true, sections: ["fiscal", "rede", "fiscal"])
        #expect(try await bench.directory.allowedSections(of: customer.id) == ["fiscal", "rede"])
        _ = try await bench.directory.addContract(
            ContractDraft(number: "C-2", title: "", sections: ["telefonia"]),
            to: customer.id,
            by: bench.actor
        )
        #expect(try await bench.directory.allowedSections(of: customer.id) == ["fiscal", "rede", "telefonia"])
        _ = try await bench.directory.addContract(
            ContractDraft(number: "C-3", title: ""),
            to: customer.id,
            by: bench.actor
        )
        #expect(try await bench.directory.allowedSections(of: customer.id) == nil)
        #expect(try await bench.directory.find(contractNumber: " c-3 ")?.id == customer.id)
    }

    @Test("a customer whose contracts have ended may use nothing; one that never had any may use all")
    func noContractInForce() async throws {
        let bench = try await CustomerBench()
        let never = try await bench.customer("Bia")
        #expect(try await bench.directory.allowedSections(of: never.id) == nil)
        let ended = try await bench.customer("Ana")
        _ = try await bench.directory.addContract(
            ContractDraft(number: "C-9", title: "", isActive: false),
            to: ended.id,
            by: bench.actor
        )
        #expect(try await bench.directory.allowedSections(of: ended.id) == [])
    }

    @Test("a contact's language survives an edit by a form that does not ask for it")
    func languageSurvives() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana")
        let contact = try await bench.directory.addContact(
            ContactDraft(name: "John", language: .en),
            to: customer.id,
            by: bench.actor
        )
        let after = try await bench.directory.updateContact(contact.id, by: bench.actor) {
            $0 = ContactDraft(name: "John B")
        }
        #expect(after.language == .en)
    }

    @Test("a contract number belongs to one contract, and a contract ends after it begins")
    func contractFaults() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Ana", sms: true)
        let number = "C-\(customer.id)"
        func add(_ draft: ContractDraft) async throws -> [CustomerFault] {
            try await faults { _ = try await bench.directory.addContract(draft, to: customer.id, by: bench.actor) }
        }
        #expect(try await add(ContractDraft(number: number, title: "")) == [CustomerFault(.contractNumber, .taken)])
        #expect(try await add(ContractDraft(number: "", title: "")) == [CustomerFault(.contractNumber, .missing)])
        let now = bench.clock.now
        #expect(
            try await add(ContractDraft(number: "X", title: "", startsAt: now, endsAt: now)) == [
                CustomerFault(.contractPeriod, .invalid)
            ]
        )
        #expect(
            try await faults {
                _ = try await bench.directory.updateContract(999, by: bench.actor) {
                    $0 = ContractDraft(number: "Y", title: "")
                }
            } == [CustomerFault(.contract, .notFound)]
        )
    }

    @Test("notices go to the contact who called and to every phone of the customer")
    func recipients() async throws {
        let bench = try await CustomerBench()
        let customer = try await bench.customer("Padaria", kind: .company, sms: true)
        func contact(_ name: String, _ email: String?, _ language: Language? = nil) async throws -> Contact {
            try await bench.directory.addContact(
                ContactDraft(name: name, email: email, language: language),
                to: customer.id,
                by: bench.actor
            )
        }
        let ana = try await contact("Ana", "ana@ex.br", .en)
        let bia = try await contact("Bia", "bia@ex.br")
        let caio = try await contact("Caio", nil)
        _ = try await bench.directory.addPhone("1132710322", to: customer.id, by: bench.actor)
        _ = try await bench.directory.addPhone("11987650001", to: customer.id, contactID: ana.id, by: bench.actor)
        _ = try await bench.directory.addPhone("11987650002", to: customer.id, contactID: bia.id, by: bench.actor)
        let forAna = try await bench.directory.noticeRecipients(customerID: customer.id, contactID: ana.id)
        #expect(forAna.mailboxes == [.init(address: "ana@ex.br", name: "Ana", language: .en, contactID: ana.id)])
        #expect(forAna.phones.map(\.e164) == ["+551132710322", "+5511987650001", "+5511987650002"])
        #expect(forAna.phones.map(\.takesSMS) == [false, true, true])
        #expect(forAna.phones.map(\.name) == ["Padaria", "Ana", "Bia"])
        #expect(forAna.smsInContract)
        let forCaio = try await bench.directory.noticeRecipients(customerID: customer.id, contactID: caio.id)
        #expect(forCaio.mailboxes.map(\.address) == ["ana@ex.br", "bia@ex.br"])
        let forAll = try await bench.directory.noticeRecipients(customerID: customer.id)
        #expect(forAll.phones.count == 3)
        try await bench.directory.removeContact(bia.id, by: bench.actor)
        let withoutBia = try await bench.directory.noticeRecipients(customerID: customer.id)
        #expect(withoutBia.phones.map(\.name) == ["Padaria", "Ana"])
        #expect(try await bench.directory.noticeRecipients(customerID: nil) == .nobody)
        #expect(try await bench.directory.noticeRecipients(customerID: 999) == .nobody)
    }
}
