import DeskCore
import TestSupport
import Testing

/// Every statement of the customers' and accounts' rooms on every engine there is.
@Suite("People on every engine")
struct PeopleOnEveryEngineTests {
    @Test("customers are registered, found, changed, merged and told alike", arguments: TestDatabase.engines)
    func customers(engine: DatabaseEngine) async throws {
        let bench = try await CustomerBench(engine: engine)
        let directory = bench.directory
        let made = try await directory.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .company, name: "Padaria Açaí", document: "12ABC34501DE35"),
                contact: ContactDraft(name: "Ana", email: "ana@ex.br", language: .ptBR),
                phones: ["11987654321"],
                key: "k"
            ),
            by: bench.actor
        )
        let id = made.customer.id
        let contract = try await directory.addContract(
            ContractDraft(number: "K1", title: "A", hasSMS: true, sections: ["x"], startsAt: bench.clock.now),
            to: id,
            by: bench.actor
        )
        _ = try await directory.updateContract(contract.id, by: bench.actor) {
            $0 = ContractDraft(number: "K1", title: "B", hasSMS: true)
        }
        _ = try await directory.update(id, by: bench.actor) {
            $0 = CustomerDraft(kind: .company, name: "Padaria Açaí Ltda")
        }
        let bia = try await directory.addContact(ContactDraft(name: "Bia"), to: id, by: bench.actor)
        _ = try await directory.updateContact(bia.id, by: bench.actor) {
            $0 = ContactDraft(name: "Bia B", email: "b@ex.br")
        }
        try await bench.call(from: "+5511987654321", key: "1", customerID: id)
        try await bench.call(from: "+5511987650000", key: "2", answered: false)
        try await bench.ticket("1", customerID: id)
        let phone = try await directory.addPhone("11987650000", to: id, backfill: true, by: bench.actor)
        #expect(try await directory.smsState(id) == .active)
        #expect(try await directory.noticeRecipients(customerID: id).mailboxes.count == 2)
        let candidate = try #require(try await directory.candidates("1187650000").first)
        #expect(Set(candidate.reasons) == [.phoneWithoutNinthDigit, .called(daysAgo: 0), .callBack, .openTickets(1)])
        let checks = FieldChecks.standard(region: .brazil)
        for text in ["acai padaria", "k1", "b@ex.br", "11 98765-4321", "20261"] {
            let query = CustomerQuery(text, checks: checks)
            let found = try await directory.candidates(query).map(\.customerID)
            #expect(found == (text == "20261" ? [] : [id]), "\(text)")
        }
        let twin = try await bench.customer("Padaria", sms: false)
        try await directory.merge(twin.id, into: id, by: bench.actor)
        #expect(try await directory.card(twin.id)?.contracts.count == 2)
        try await directory.unmerge(twin.id, by: bench.actor, with: bench.tickets)
        #expect(try await directory.card(id)?.contracts.count == 1)
        try await directory.removePhone(phone.id, of: id, by: bench.actor)
        try await directory.removeContact(bia.id, by: bench.actor)
        #expect(try await faults { _ = try await bench.customer("X", document: "12ABC34501DE35") }.isEmpty)
        #expect(
            try await faults {
                let taken = ContactDraft(name: "X", email: "ana@ex.br")
                _ = try await directory.addContact(taken, to: twin.id, by: bench.actor)
            } == [CustomerFault(.email, .taken)]
        )
    }

    @Test("a file is imported, and a second time without doubling", arguments: TestDatabase.engines)
    func importing(engine: DatabaseEngine) async throws {
        let bench = try await CustomerBench(engine: engine)
        for expected in [[2, 0, 1], [0, 2, 1]] {
            var pieces = [
                Array(
                    "nome;cpf;telefone;contrato;sms\nAna;52998224725;11987654321;K1;s\nBia;;1132710322;;\nX;1;;;\n".utf8
                )
            ]
            let report = try await CustomerImport(directory: bench.directory).run(next: { pieces.popLast() })
            #expect([report.created, report.unchanged, report.refused].elementsEqual(expected))
        }
    }

    @Test("accounts, sign-in, sessions and tokens work alike", arguments: TestDatabase.engines)
    func accounts(engine: DatabaseEngine) async throws {
        let bench = try await AccountBench(engine: engine)
        let ana = try await bench.add("ana", extensions: [.init(line: "pbx", party: "PJSIP/1001")])
        let draft = AccountDraft(login: "ana", name: "Ana", role: .supervisor, extensions: [.init(party: "1001")])
        _ = try await bench.accounts.update(ana.id, by: bench.actor) { $0 = draft }
        #expect(try await bench.accounts.account(party: "PJSIP/1001", line: "x")?.role == .supervisor)
        for _ in 0..<5 { #expect(try await bench.signIn("ana", "errada 1") == nil) }
        #expect(try await bench.signIn("ana") == nil)
        bench.clock.advance(by: .seconds(120))
        #expect(try await bench.signIn("ana") != nil)
        let session = try await bench.sessions.begin(accountID: ana.id)
        bench.clock.advance(by: .seconds(120))
        let rotated = try #require(try await bench.sessions.rotate(session.token))
        #expect(try await bench.sessions.find(rotated.token)?.account.id == ana.id)
        try await bench.accounts.changePassword(
            of: ana.id,
            current: AccountBench.password,
            new: "nova chave 77",
            repeated: "nova chave 77",
            keeping: rotated.token
        )
        #expect(try await bench.sessions.find(session.token) == nil)
        try await bench.sessions.end(rotated.token)
        #expect(try await bench.sessions.find(rotated.token) == nil)
        let (token, secret) = try await bench.tokens.add(name: "A", scopes: [.callsRead], by: bench.actor)
        #expect(try await bench.tokens.find(secret) == token)
        #expect(try await bench.tokens.revoke(token.id, by: bench.actor))
        do {
            _ = try await bench.add("ana")
            Issue.record("the login was taken twice")
        } catch AccountError.invalid(.login, .taken) {}
    }
}
