import DeskCore
import TestSupport
import Testing

@Suite("Sessions")
struct SessionDeskTests {
    @Test("a session is found by its token alone, and the database holds neither token")
    func find() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        let session = try await bench.sessions.begin(accountID: ana.id)
        #expect(session.token.utf8.count == 64)
        let found = try #require(try await bench.sessions.find(session.token))
        #expect(found.account == ana)
        #expect(found.accepts(csrf: session.csrf))
        for wrong in [
            "", "x", session.token, session.csrf + "0", String(session.csrf.dropLast()),
            String(repeating: "a", count: 100_000),
        ] {
            #expect(!found.accepts(csrf: wrong))
        }
        let stored = try await bench.database.read { db in
            try db.rows("SELECT token_hash FROM session").compactMap { $0.text(0) }
        }
        #expect(stored.count == 1)
        #expect(!stored.contains(session.token))
        for forged in [
            "", "x", String(session.token.dropLast()) + "0", session.token.uppercased() + "\0", stored[0],
            String(repeating: "a", count: 100_000), "' OR 1=1 --",
        ] where forged != session.token {
            #expect(try await bench.sessions.find(forged) == nil)
        }
    }

    @Test("a session ends after two idle hours, after twelve busy ones, and when the account is disabled")
    func expiry() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        let idle = try await bench.sessions.begin(accountID: ana.id)
        bench.clock.advance(by: .seconds(7_199))
        #expect(try await bench.sessions.find(idle.token) != nil)
        bench.clock.advance(by: .seconds(7_201))
        #expect(try await bench.sessions.find(idle.token) == nil)
        let busy = try await bench.sessions.begin(accountID: ana.id)
        for _ in 0..<23 {
            bench.clock.advance(by: .seconds(1_800))
            #expect(try await bench.sessions.find(busy.token) != nil)
        }
        bench.clock.advance(by: .seconds(1_800))
        #expect(try await bench.sessions.find(busy.token) == nil)
        let last = try await bench.sessions.begin(accountID: ana.id)
        try await bench.accounts.disable(ana.id, by: bench.actor)
        #expect(try await bench.sessions.find(last.token) == nil)
    }

    @Test("a session begun while the clock was ahead lasts no longer than others", arguments: TestDatabase.engines)
    func ahead(engine: DatabaseEngine) async throws {
        let bench = try await AccountBench(engine: engine)
        let (clock, sessions) = (bench.clock, bench.sessions)
        let account = try await bench.add("ana")
        clock.advance(by: .seconds(400 * 86_400))
        let token = try await sessions.begin(accountID: account.id).token
        clock.advance(by: .seconds(-400 * 86_400))
        #expect(try await sessions.find(token) != nil)
        try await sessions.removeEnded()
        #expect(try await sessions.find(token) != nil)
        clock.advance(by: .seconds(13 * 3_600))
        #expect(try await sessions.find(token) == nil)
    }

    @Test("an open stream keeps no idle session alive", arguments: TestDatabase.engines)
    func stream(engine: DatabaseEngine) async throws {
        let bench = try await AccountBench(engine: engine)
        let ana = try await bench.add("ana")
        let session = try await bench.sessions.begin(accountID: ana.id)
        // A stream asks every minute or so, and is answered as long as the session lives.
        for _ in 0..<7 {
            bench.clock.advance(by: .seconds(1_000))
            #expect(try await bench.sessions.find(session.token, asStream: true) != nil)
        }
        bench.clock.advance(by: .seconds(300))
        #expect(try await bench.sessions.find(session.token, asStream: true) == nil)
        #expect(try await bench.sessions.find(session.token) == nil)
        // One that is used lives on, stream or not.
        let used = try await bench.sessions.begin(accountID: ana.id)
        for _ in 0..<8 {
            bench.clock.advance(by: .seconds(1_000))
            #expect(try await bench.sessions.find(used.token, asStream: true) != nil)
            #expect(try await bench.sessions.find(used.token) != nil)
        }
    }

    @Test("a rotated session has new tokens; the old one works for requests under way only; the end does not move")
    func rotation() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        let first = try await bench.sessions.begin(accountID: ana.id)
        bench.clock.advance(by: .seconds(60))
        let second = try #require(try await bench.sessions.rotate(first.token))
        #expect(second.token != first.token)
        #expect(second.csrf != first.csrf)
        #expect(second.expiresAt == first.expiresAt)
        #expect(try await bench.sessions.find(first.token) != nil)
        bench.clock.advance(by: .seconds(31))
        #expect(try await bench.sessions.find(first.token) == nil)
        #expect(try await bench.sessions.find(second.token)?.account.id == ana.id)
        #expect(try await bench.sessions.rotate(first.token) == nil)
    }

    @Test("signing out ends one session, or all; the oldest goes when there are too many")
    func ending() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        var sessions: [NewSession] = []
        for _ in 0..<SessionDesk.mostPerAccount + 3 {
            sessions.append(try await bench.sessions.begin(accountID: ana.id))
            bench.clock.advance(by: .seconds(1))
        }
        for session in sessions.prefix(3) { #expect(try await bench.sessions.find(session.token) == nil) }
        for session in sessions.dropFirst(3) { #expect(try await bench.sessions.find(session.token) != nil) }
        try await bench.sessions.end(sessions[5].token)
        #expect(try await bench.sessions.find(sessions[5].token) == nil)
        try await bench.sessions.endAll(accountID: ana.id)
        for session in sessions { #expect(try await bench.sessions.find(session.token) == nil) }
    }
}

@Suite("Tokens of programs")
struct TokenDeskTests {
    @Test("a token is shown once, found by its text, and may what its scopes say")
    func scopes() async throws {
        let bench = try await AccountBench()
        let (token, secret) = try await bench.tokens.add(
            name: "Site\r\n",
            scopes: [.ticketsWrite, .callsRead],
            by: bench.actor
        )
        #expect(token.name == "Site")
        let found = try #require(try await bench.tokens.find(secret))
        #expect(found == token)
        #expect(found.allows(.ticketsWrite))
        #expect(found.allows(.ticketsRead))
        #expect(found.allows(.callsRead))
        #expect(!found.allows(.callsWrite))
        #expect(!found.allows(.administration))
        let (all, _) = try await bench.tokens.add(name: "Tudo", scopes: [.administration], by: bench.actor)
        for scope in TokenScope.allCases { #expect(all.allows(scope)) }
        let stored = try await bench.database.read { session in
            try session.rows("SELECT token_hash, name, scopes FROM api_token").flatMap { $0.values }
        }
        #expect(!stored.contains(.text(secret)))
        for forged in [
            "", "cdk_", secret + "0", secret.uppercased(), String(secret.dropFirst(4)),
            String(repeating: "c", count: 100_000),
        ] {
            #expect(try await bench.tokens.find(forged) == nil)
        }
    }

    @Test("a revocation works at once, and once")
    func revocation() async throws {
        let bench = try await AccountBench()
        let (token, secret) = try await bench.tokens.add(name: "Site", scopes: [.callsRead], by: bench.actor)
        let (second, key) = try await bench.tokens.add(name: "B", scopes: [.callsRead], by: bench.actor)
        #expect(try await bench.tokens.revoke(second.id, by: bench.actor))
        #expect(try await bench.tokens.find(key) == nil)
        #expect(try await bench.tokens.find(secret) == token)
        #expect(try await !bench.tokens.revoke(second.id, by: bench.actor))
        #expect(try await bench.tokens.list().map(\.id) == [second.id, token.id])
    }

    @Test("an expired token is none")
    func expiry() async throws {
        let bench = try await AccountBench()
        let end = bench.clock.now.adding(.seconds(2))
        let (_, secret) = try await bench.tokens.add(name: "A", scopes: [.callsRead], expiresAt: end, by: bench.actor)
        #expect(try await bench.tokens.find(secret) != nil)
        bench.clock.advance(by: .seconds(2))
        #expect(try await bench.tokens.find(secret) == nil)
    }
}
