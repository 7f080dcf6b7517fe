import DeskCore
import TestSupport
import Testing

@Suite("A desk is never without an administrator")
struct LastAdministratorTests {
    private enum Way: CaseIterable {
        case disabling, demoting

        func take(_ id: Int64, _ accounts: AccountDesk, by actor: AuditActor) async throws(AccountError) {
            switch self {
            case .disabling: try await accounts.disable(id, by: actor)
            case .demoting: _ = try await accounts.update(id, by: actor) { $0.role = .supervisor }
            }
        }
    }

    @Test(
        "the last one is neither shut out nor given another role; one of two is, and one that is shut out may be",
        arguments: TestDatabase.engines,
        Way.allCases
    )
    private func last(engine: DatabaseEngine, way: Way) async throws {
        let bench = try await AccountBench(engine: engine)
        let ana = try await bench.add("ana", role: .administrator)
        let bia = try await bench.add("bia", role: .administrator)
        _ = try await bench.add("caio", role: .supervisor)
        try await way.take(ana.id, bench.accounts, by: bench.actor)
        let before = try await bench.accounts.find(bia.id)
        var refusal: AccountError?
        do throws(AccountError) {
            try await way.take(bia.id, bench.accounts, by: bench.actor)
        } catch {
            refusal = error
        }
        #expect(refusal.map { if case .lastAdministrator = $0 { true } else { false } } == true)
        #expect(try await bench.accounts.find(bia.id) == before)
        // Anything else of the account is changed as ever.
        _ = try await bench.accounts.update(bia.id, by: bench.actor) { $0.name = "Bia Rosa" }
        #expect(try await bench.accounts.find(bia.id)?.role == .administrator)
    }

    @Test("of two who take it from each other at once one keeps it", arguments: TestDatabase.engines, Way.allCases)
    private func meeting(engine: DatabaseEngine, way: Way) async throws {
        let bench = try await AccountBench(engine: engine)
        let ids = [
            try await bench.add("ana", role: .administrator).id, try await bench.add("bia", role: .administrator).id,
        ]
        let (accounts, actor) = (bench.accounts, bench.actor)
        let done = await withTaskGroup(of: Bool.self) { group in
            for id in ids {
                group.addTask {
                    do throws(AccountError) {
                        try await way.take(id, accounts, by: actor)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(done.filter { $0 }.count == 1)
        let left = try await accounts.list().filter { $0.role == .administrator && !$0.isDisabled }
        #expect(left.count == 1)
    }

    @Test("whoever holds the machine shuts even the last one out")
    func anyhow() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana", role: .administrator)
        try await bench.accounts.disable(ana.id, anyhow: true, by: bench.actor)
        #expect(try await bench.accounts.find(ana.id)?.isDisabled == true)
    }
}
