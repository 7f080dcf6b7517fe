import TestSupport
import Testing

@testable import DeskCore

@Suite("What people choose for themselves")
struct PreferenceTests {
    @Test("a choice changes that alone: an administrator's change of role meanwhile stays")
    func columns() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana", role: .supervisor, extensions: [AccountExtension(party: "PJSIP/1001")])
        // As a session that was read before has it, the account is a supervisor.
        _ = try await bench.accounts.update(ana.id, by: bench.actor) {
            $0 = AccountDraft(login: "ana.lima", name: "Ana Lima", role: .technician, departments: ["suporte"])
        }
        let changed = try await bench.accounts.prefer(ana.id, language: .en, by: .account(ana.id))
        #expect(changed.role == .technician)
        #expect(changed.login == "ana.lima")
        #expect(changed.departments == ["suporte"])
        #expect(changed.language == .en)
        #expect(changed.pop == ana.pop)
        #expect(try await bench.accounts.prefer(ana.id, pop: .off, by: .account(ana.id)).language == .en)
        await #expect(throws: AccountError.self) {
            _ = try await bench.accounts.prefer(ana.id + 99, pop: .off, by: .account(ana.id))
        }
    }
}
