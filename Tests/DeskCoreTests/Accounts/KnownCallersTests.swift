import DeskCore
import TestSupport
import Testing

@Suite("Callers known from a moment ago", .timeLimit(.minutes(2)))
struct KnownCallersTests {
    /// What ends or changes a right, through the desks.
    enum Change: CaseIterable {
        case signOut, signOutEverywhere, disabling, demotion, newPassword

        func make(_ bench: AccountBench, _ account: Account, _ session: NewSession) async throws {
            switch self {
            case .signOut: try await bench.sessions.end(session.token)
            case .signOutEverywhere: try await bench.sessions.endAll(accountID: account.id)
            case .disabling: try await bench.accounts.disable(account.id, by: bench.actor)
            case .demotion:
                _ = try await bench.accounts.update(account.id, by: bench.actor) {
                    $0 = AccountDraft(login: account.login, name: account.name)
                }
            case .newPassword: try await bench.accounts.setPassword("outra senha 77", of: account.id, by: bench.actor)
            }
        }
    }

    @Test("a change is known at once, however fresh the memory", arguments: Change.allCases)
    func atOnce(change: Change) async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana", role: .supervisor)
        let session = try await bench.sessions.begin(accountID: ana.id)
        #expect(try await bench.known.session(session.token)?.account.role == .supervisor)
        #expect(try await bench.known.account(login: "Ana") == ana)
        try await change.make(bench, ana, session)
        let found = try await bench.known.session(session.token)
        #expect(found?.account.role == (change == .demotion ? .technician : nil))
        #expect((try await bench.known.account(login: "ana") == nil) == (change == .disabling))
    }

    @Test("a revoked token is none at once; one changed behind the desk's back, when the memory is old")
    func tokens() async throws {
        let bench = try await AccountBench()
        let (token, secret) = try await bench.tokens.add(name: "Site", scopes: [.callsRead], by: bench.actor)
        #expect(try await bench.known.token(secret) == token)
        try await bench.database.write { session in
            try session.execute("UPDATE api_token SET revoked_at = 1 WHERE id = $1", [.integer(token.id)])
        }
        bench.clock.advance(by: .seconds(4))
        #expect(try await bench.known.token(secret) == token)
        #expect(try await bench.known.token(secret, within: KnownCallers.freshnessForChanges) == nil)
        let (second, key) = try await bench.tokens.add(name: "B", scopes: [.callsRead], by: bench.actor)
        #expect(try await bench.known.token(key) != nil)
        #expect(try await bench.tokens.revoke(second.id, by: bench.actor))
        #expect(try await bench.known.token(key) == nil)
    }

    @Test("what ends by its own time ends on the second, remembered or not")
    func ends() async throws {
        let bench = try await AccountBench()
        let end = bench.clock.now.adding(.seconds(2))
        let (_, secret) = try await bench.tokens.add(name: "A", scopes: [.callsRead], expiresAt: end, by: bench.actor)
        #expect(try await bench.known.token(secret) != nil)
        bench.clock.advance(by: .seconds(2))
        #expect(try await bench.known.token(secret) == nil)
    }

    @Test("a clock that was put back makes no memory last longer")
    func clockPutBack() async throws {
        let bench = try await AccountBench()
        let (token, secret) = try await bench.tokens.add(name: "A", scopes: [.callsRead], by: bench.actor)
        #expect(try await bench.known.token(secret) != nil)
        try await bench.database.write { session in
            try session.execute("UPDATE api_token SET revoked_at = 1 WHERE id = $1", [.integer(token.id)])
        }
        bench.clock.advance(by: .seconds(-3_600))
        #expect(try await bench.known.token(secret) == nil)
    }

    @Test("listeners hear of every change")
    func listeners() async throws {
        let bench = try await AccountBench()
        let before = bench.changes.count
        let ana = try await bench.add("ana")
        let session = try await bench.sessions.begin(accountID: ana.id)
        try await bench.sessions.end(session.token)
        #expect(bench.changes.count == before + 2)
    }
}
