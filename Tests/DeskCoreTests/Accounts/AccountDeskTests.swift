import Codecs
import TestSupport
import Testing

@testable import DeskCore

@Suite("Accounts")
struct AccountDeskTests {
    @Test("an account is added, found however its login is spelled, changed, disabled and enabled")
    func lifeCycle() async throws {
        let bench = try await AccountBench()
        let made = try await bench.accounts.add(
            AccountDraft(
                login: " Ana.Lúcia ",
                name: "Ana Lúcia",
                email: "ANA@ex.br",
                role: .supervisor,
                language: .ptPT,
                pop: .banner,
                departments: ["fiscal", "fiscal", " rede "],
                queues: ["suporte"]
            ),
            by: bench.actor
        )
        #expect(made.login == "ana.lucia")
        #expect(made.email == "ana@ex.br")
        #expect(made.departments == ["fiscal", "rede"])
        #expect(try await bench.accounts.find(login: "ANA.lucia") == made)
        let changed = try await bench.accounts.update(made.id, by: bench.actor) {
            $0 = AccountDraft(login: "ana", name: "Ana", pop: .off)
        }
        #expect(changed.role == .technician)
        #expect(changed.pop == .off)
        try await bench.accounts.disable(made.id, by: bench.actor)
        #expect(try await bench.accounts.find(made.id)?.isDisabled == true)
        try await bench.accounts.disable(made.id, false, by: bench.actor)
        #expect(try await bench.accounts.find(made.id)?.isDisabled == false)
        #expect(try await bench.accounts.list().map(\.login) == ["ana"])
        await #expect(throws: AccountError.self) { try await bench.accounts.disable(99, by: bench.actor) }
    }

    @Test("one login belongs to one account, one extension of a line to one technician")
    func unique() async throws {
        let bench = try await AccountBench()
        _ = try await bench.add("ana", extensions: [.init(line: "pbx", party: "PJSIP/1001")])
        do {
            _ = try await bench.add("Ána")
            Issue.record("the login was taken twice")
        } catch AccountError.invalid(let field, let code) {
            #expect(field == .login)
            #expect(code == .taken)
        }
        do {
            _ = try await bench.add("bia", extensions: [.init(line: "pbx", party: "PJSIP/1001")])
            Issue.record("the extension was taken twice")
        } catch AccountError.invalid(let field, let code) {
            #expect(field == .extensionParty)
            #expect(code == .taken)
        }
        // The refused account left nothing behind.
        #expect(try await bench.accounts.list().map(\.login) == ["ana"])
    }

    @Test(
        "a login of odd letters is refused",
        arguments: ["", "a", "ana souza", "ana\r\n", "<b>", "' OR 1=1 --", String(repeating: "a", count: 41), "аna"]
    )
    func logins(login: String) async throws {
        let bench = try await AccountBench()
        await #expect(throws: AccountError.self) {
            _ = try await bench.accounts.add(AccountDraft(login: login, name: "Ana"), by: bench.actor)
        }
    }

    @Test("a party of the PBX is mapped to its technician, by channel name or bare extension, the own line first")
    func extensions() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana", extensions: [.init(party: "PJSIP/1001"), .init(party: "1002")])
        let bia = try await bench.add("bia", extensions: [.init(line: "filial", party: "PJSIP/1001")])
        func owner(_ party: String, _ line: String) async throws -> Int64? {
            let account = try await bench.accounts.account(party: party, line: line)
            return account?.id
        }
        #expect(try await owner("PJSIP/1001", "matriz") == ana.id)
        #expect(try await owner("PJSIP/1001", "filial") == bia.id)
        #expect(try await owner("1001", "matriz") == ana.id)
        #expect(try await owner("SIP/1002", "matriz") == ana.id)
        #expect(try await owner("1002", "matriz") == ana.id)
        #expect(try await owner("PJSIP/1003", "matriz") == nil)
        #expect(try await owner("", "") == nil)
        #expect(try await owner(String(repeating: "9", count: 100_000), "matriz") == nil)
        #expect(try await owner("%", "matriz") == nil)
        try await bench.accounts.disable(ana.id, by: bench.actor)
        #expect(try await owner("PJSIP/1001", "matriz") == nil)
        #expect(try await bench.accounts.extensions(of: bia.id) == [.init(line: "filial", party: "PJSIP/1001")])
    }

    @Test("roles are ordered by what they may")
    func roles() {
        #expect(Account.Role.technician < .supervisor)
        #expect(Account.Role.supervisor < .administrator)
        for language in Language.allCases {
            #expect(Set(Account.Pop.allCases.map { $0.title(in: language) }).count == 4)
        }
    }
}

@Suite("Passwords")
struct PasswordTests {
    @Test("a stored password holds neither the password nor another's salt, and is recognised")
    func hashes() throws {
        let cost = PasswordCost(rounds: 16, blockSize: 8, parallelism: 1)
        let hash = try #require(PasswordHash("senha 123", cost: cost, salt: [UInt8](repeating: 1, count: 16)))
        let other = try #require(PasswordHash("senha 123", cost: cost, salt: [UInt8](repeating: 2, count: 16)))
        #expect(hash.key != other.key)
        #expect(!hash.text.contains("senha"))
        let read = try #require(PasswordHash(hash.text))
        #expect(read.matches("senha 123"))
        #expect(!read.matches("senha 124"))
        #expect(!read.matches(""))
        // Composed and decomposed accents are the same password.
        let accented = try #require(PasswordHash("ação 1234", cost: cost, salt: [UInt8](repeating: 3, count: 16)))
        #expect(accented.matches("ac\u{327}a\u{303}o 1234"))
    }

    @Test("scrypt is RFC 7914's")
    func vector() throws {
        // §12: scrypt(P="password", S="NaCl", N=1024, r=8, p=16) begins fdbabe1c9d34; our salts have 16 bytes, so the
        // first vector with an arbitrary salt is checked through the derivation itself.
        let cost = PasswordCost(rounds: 1024, blockSize: 8, parallelism: 16)
        let hash = try #require(PasswordHash("password", cost: cost, salt: Array("NaCl".utf8)))
        #expect(Hexadecimal.text(hash.key) == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
    }

    @Test(
        "a damaged stored password matches nothing and costs nothing",
        arguments: [
            "", "scrypt", "scrypt$16$8$1$$", "scrypt$1073741824$8$1$00112233445566778899aabbccddeeff$00",
            "md5$1$1$1$00$00",
            "scrypt$15$8$1$00112233445566778899aabbccddeeff$"
                + "0011223344556677889900112233445566778899001122334455667788990011",
        ]
    )
    func damaged(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test("a new password is long enough, has a digit, and is not the first anybody tries")
    func rule() {
        func fault(_ password: String, repeated: String? = nil) -> PasswordRule.Fault? {
            PasswordRule.fault(of: password, login: "ana.souza", repeated: repeated)
        }
        #expect(fault("") == .missing)
        #expect(fault("curta 1") == .tooShort)
        #expect(fault("sem algarismo") == .needsDigit)
        #expect(fault("anasouza1") == .tooCommon)
        #expect(fault("Senha123") == .tooCommon)
        #expect(fault("CallDesk2026") == .tooCommon)
        #expect(fault("12345678") == .tooCommon)
        #expect(fault("87654321") == .tooCommon)
        #expect(fault("11111111") == .tooCommon)
        #expect(fault(String(repeating: "a1", count: 65)) == .tooLong)
        #expect(fault(String(repeating: "a", count: 100_000) + "1") == .tooLong)
        #expect(fault("quatro palavras 4", repeated: "quatro palavras 5") == .different)
        #expect(fault("quatro palavras 4", repeated: "quatro palavras 4") == nil)
        for fault in PasswordRule.Fault.allCases {
            #expect(Set(Language.allCases.map { fault.message(in: $0) }).count == 3)
        }
    }

    @Test("one's own password is changed with the present one, and other sessions end")
    func change() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        let (mine, other) = (
            try await bench.sessions.begin(accountID: ana.id), try await bench.sessions.begin(accountID: ana.id)
        )
        func change(_ current: String, _ new: String, _ repeated: String) async throws {
            try await bench.accounts.changePassword(
                of: ana.id,
                current: current,
                new: new,
                repeated: repeated,
                keeping: mine.token
            )
        }
        await #expect(throws: AccountError.self) { try await change("", "nova chave 77", "nova chave 77") }
        await #expect(throws: AccountError.self) { try await change("errada 123", "nova chave 77", "nova chave 77") }
        await #expect(throws: AccountError.self) {
            try await change(AccountBench.password, "nova chave 77", "nova chave 78")
        }
        try await change(AccountBench.password, "nova chave 77", "nova chave 77")
        #expect(try await bench.signIn("ana") == nil)
        #expect(try await bench.signIn("ana", "nova chave 77")?.id == ana.id)
        #expect(try await bench.sessions.find(mine.token) != nil)
        #expect(try await bench.sessions.find(other.token) == nil)
        #expect(AccountDesk.passwordChangedMessage(in: .ptBR) == "Senha alterada com sucesso!")
    }

    @Test("the present password cannot be tried without end")
    func changeThrottle() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        func change(_ current: String) async -> Bool {
            do {
                try await bench.accounts.changePassword(
                    of: ana.id,
                    current: current,
                    new: "nova chave 77",
                    repeated: "nova chave 77"
                )
                return true
            } catch { return false }
        }
        for _ in 0..<5 { #expect(await !change("errada 123")) }
        #expect(await !change(AccountBench.password))
        bench.clock.advance(by: .seconds(31))
        #expect(await change(AccountBench.password))
    }

    @Test("a password set by an administrator ends every session; an account without one cannot sign in")
    func reset() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana", password: nil)
        #expect(try await bench.signIn("ana", "") == nil)
        #expect(try await bench.signIn("ana") == nil)
        try await bench.accounts.setPassword("quatro palavras 4", of: ana.id, by: bench.actor)
        let session = try await bench.sessions.begin(accountID: ana.id)
        #expect(try await bench.signIn("ana", "quatro palavras 4") != nil)
        try await bench.accounts.setPassword("outras palavras 5", of: ana.id, by: bench.actor)
        #expect(try await bench.sessions.find(session.token) == nil)
        await #expect(throws: AccountError.self) {
            try await bench.accounts.setPassword("curta", of: ana.id, by: bench.actor)
        }
    }
}
