import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Signing in")
struct SignInTests {
    @Test("the right password lets in, whatever the login's spelling; all else is the same refusal")
    func basics() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        let bia = try await bench.add("bia")
        try await bench.accounts.disable(bia.id, by: bench.actor)
        #expect(try await bench.signIn(" Ana ")?.id == ana.id)
        for (login, password) in [
            ("ana", "errada 123"), ("ninguem", AccountBench.password), ("bia", AccountBench.password), ("", ""),
            ("ana", String(repeating: "a", count: 100_000)), (String(repeating: "a", count: 100_000), "x"),
            ("ana' --", AccountBench.password), ("ana\0", AccountBench.password),
        ] {
            let result = try await bench.accounts.verify(login: login, password: password, address: "10.0.0.2")
            guard case .refused = result else {
                Issue.record("\(login.prefix(10)) was not refused")
                continue
            }
        }
    }

    @Test("five failures lock a login for a time that doubles and has an end; the right password is refused meanwhile")
    func lockOut() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        func attempt(_ password: String) async throws -> Account? {
            try await bench.signIn("ana", password, from: "10.1.0.1")
        }
        for _ in 0..<5 { #expect(try await attempt("errada 123") == nil) }
        // Tries meanwhile, right or wrong, are refused and prolong nothing.
        for _ in 0..<40 { #expect(try await attempt("errada 123") == nil) }
        bench.clock.advance(by: .seconds(29))
        #expect(try await attempt(AccountBench.password) == nil)
        bench.clock.advance(by: .seconds(2))
        #expect(try await attempt("errada 123") == nil)
        // The sixth failure: one minute.
        bench.clock.advance(by: .seconds(59))
        #expect(try await attempt(AccountBench.password) == nil)
        bench.clock.advance(by: .seconds(2))
        #expect(try await attempt(AccountBench.password)?.id == ana.id)
        // Success forgives: five more tries.
        for _ in 0..<4 { #expect(try await attempt("errada 123") == nil) }
        #expect(try await attempt(AccountBench.password)?.id == ana.id)
    }

    @Test("wrong passwords from elsewhere shut nobody out: not another address, and never a known browser")
    func noWeapon() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        let bia = try await bench.add("bia")
        let device = try await bench.accounts.rememberDevice(nil, of: ana.id)
        for _ in 0..<60 { #expect(try await bench.signIn("ana", "errada 123", from: "203.0.113.9") == nil) }
        #expect(try await bench.signIn("ana", from: "10.0.0.1")?.id == ana.id)
        // Many addresses: the login is locked for strangers, also with the right password.
        for number in 0..<120 {
            _ = try await bench.signIn("ana", "errada 123", from: "198.51.100.\(number)")
        }
        #expect(try await bench.signIn("ana", from: "10.0.0.2") == nil)
        func known(_ login: String, _ password: String, _ device: String, _ address: String) async throws -> Int64? {
            let result = try await bench.accounts.verify(
                login: login,
                password: password,
                address: address,
                device: device
            )
            if case .accepted(let account) = result { return account.id }
            return nil
        }
        #expect(try await known("ana", AccountBench.password, device, "10.0.0.2") == ana.id)
        // Nor does an address shared with a guesser.
        for number in 0..<40 { _ = try await bench.signIn("login\(number)", "errada 123", from: "10.0.0.7") }
        #expect(try await bench.signIn("bia", from: "10.0.0.7") == nil)
        #expect(try await known("ana", AccountBench.password, device, "10.0.0.7") == ana.id)
        // A browser is known for its own account alone, and answers for its own guesses.
        #expect(try await known("bia", AccountBench.password, device, "10.0.0.7") == nil)
        for _ in 0..<5 { #expect(try await known("ana", "errada 123", device, "10.0.0.2") == nil) }
        #expect(try await known("ana", AccountBench.password, device, "10.0.0.2") == nil)
        #expect(try await bench.signIn("bia", from: "10.0.0.2")?.id == bia.id)
        // A password given anew by an administrator makes every browser a stranger.
        try await bench.accounts.setPassword("outra senha 9", of: ana.id, by: bench.actor)
        bench.clock.advance(by: .seconds(3_600))
        for _ in 0..<5 { _ = try await known("ana", "errada 123", device, "10.0.0.3") }
        #expect(try await known("ana", "outra senha 9", device, "10.0.0.3") == nil)
    }

    @Test("thirty failures from one address lock that address, for every login, and no other")
    func address() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        for number in 0..<30 {
            #expect(try await bench.signIn("login\(number)", "errada 123", from: "10.0.0.9") == nil)
        }
        #expect(try await bench.signIn("ana", from: "10.0.0.9") == nil)
        #expect(try await bench.signIn("ana", from: "10.0.0.8")?.id == ana.id)
        bench.clock.advance(by: .seconds(11))
        #expect(try await bench.signIn("ana", from: "10.0.0.9")?.id == ana.id)
    }

    @Test("the failures on record hold neither login nor address, and a password typed as login is not kept")
    func record() async throws {
        let bench = try await AccountBench()
        _ = try await bench.signIn("minhasenha123", "x", from: "203.0.113.7")
        let subjects = try await bench.database.read { session in
            try session.rows("SELECT subject FROM sign_in_failure").compactMap { $0.text(0) }
        }
        // The login, the address, and both together.
        #expect(subjects.count == 3)
        for subject in subjects {
            #expect(!subject.contains("minhasenha"))
            #expect(!subject.contains("203.0"))
        }
    }

    @Test("lock-outs double from the first to the longest, and all is forgotten after the throttle's memory")
    func throttle() {
        let throttle = SignInThrottle(free: 3, first: .seconds(10), longest: .seconds(60), memory: .seconds(3_600))
        let now = Moment(milliseconds: 1_000_000)
        var record: SignInThrottle.Record?
        var locks: [Int64] = []
        for _ in 0..<8 {
            let next = throttle.failing(record, at: now)
            locks.append(next.lockedUntil.map { ($0.milliseconds - now.milliseconds) / 1000 } ?? 0)
            record = next
        }
        #expect(locks == [0, 0, 10, 20, 40, 60, 60, 60])
        let later = throttle.failing(record, at: now.adding(.seconds(3_600)))
        #expect(later.failures == 1)
        #expect(!later.isLocked(at: now.adding(.seconds(3_600))))
        for _ in 0..<5_000 { record = throttle.failing(record, at: now) }
        #expect(record?.lockedUntil == now.adding(.seconds(60)))
    }

    @Test("who was locked out while the clock stood a day ahead comes in once it is right")
    func ahead() throws {
        let throttle = SignInThrottle.login
        let now = Moment(milliseconds: 1_795_618_800_000)
        let tomorrow = now.adding(.seconds(86_400))
        var record: SignInThrottle.Record?
        for _ in 0..<6 { record = throttle.failing(record, at: tomorrow) }
        let locked = try #require(record)
        #expect(locked.isLocked(at: tomorrow))
        #expect(!locked.isLocked(at: now))
        #expect(throttle.failing(locked, at: now).failures == 1)
        // Another node's clock may be some seconds fast.
        #expect(locked.isLocked(at: tomorrow.adding(.seconds(-20))))
    }

    @Test("an unknown login costs the work of a known one")
    func equalWork() async throws {
        let database = try await TestDatabase.make()
        let clock = TestClock()
        let accounts = AccountDesk(
            database: database,
            clock: clock.clock,
            cost: PasswordCost(rounds: 1 << 12, blockSize: 8, parallelism: 1)
        )
        _ = try await accounts.add(
            AccountDraft(login: "ana", name: "Ana"),
            password: AccountBench.password,
            by: .system("test")
        )
        func shortest(_ login: String) async throws -> Duration {
            var best = Duration.seconds(60)
            for _ in 0..<6 {
                let took = try await ContinuousClock().measure {
                    _ = try await accounts.verify(login: login, password: "errada 123", address: login)
                }
                best = min(best, took)
            }
            return best
        }
        let (known, unknown) = (try await shortest("ana"), try await shortest("ninguem"))
        // Without the work the unknown one would take a hundredth of the time; a busy machine makes no factor of ten.
        #expect(unknown > known / 10)
        #expect(known > unknown / 10)
    }

    @Test("no more passwords wait than may; the others are told to come again", .timeLimit(.minutes(5)))
    func flood() async throws {
        let mill = PasswordMill(threads: 1)
        let gate = DispatchSemaphore(value: 0)
        let answers = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<PasswordMill.mostWaiting + 8 {
                group.addTask { await mill.run(for: .stranger) { gate.wait() } != nil }
            }
            // The eight too many are answered while all the others wait at the gate.
            var answers: [Bool] = []
            while answers.count < 8, let answer = await group.next() { answers.append(answer) }
            for _ in 0..<PasswordMill.mostWaiting { gate.signal() }
            for await answer in group { answers.append(answer) }
            return answers
        }
        #expect(answers.prefix(8).allSatisfy { !$0 })
        #expect(!answers.dropFirst(8).contains(false))
        #expect(await mill.run(for: .stranger) { 1 } == 1)
    }

    @Test("a flood of strangers keeps no known browser out, nor waiting behind it", .timeLimit(.minutes(5)))
    func knownFirst() async throws {
        let mill = PasswordMill(threads: 1)
        let gate = DispatchSemaphore(value: 0)
        final class Order: Sendable {
            private let names = Mutex<[String]>([])
            func add(_ name: String) { names.withLock { $0.append(name) } }
            var all: [String] { names.withLock { $0 } }
        }
        let order = Order()
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = await mill.run(for: .stranger) {
                    beginning.yield()
                    gate.wait()
                }
            }
            for await _ in begun { break }
            // One is at work, so many wait, and one more is told to come again.
            let waits = await withTaskGroup(of: Bool.self) { strangers in
                for _ in 0..<PasswordMill.mostWaiting {
                    strangers.addTask { await mill.run(for: .stranger) { order.add("stranger") } == nil }
                }
                // The only one that is answered while the gate is shut; whoever is known is admitted all the same.
                let isRefused = await strangers.next() ?? false
                strangers.addTask {
                    await mill.run(for: .known) { order.add("known") } == nil
                }
                while !mill.waits(.known) { await Task.yield() }
                gate.signal()
                var refused = isRefused ? 1 : 0
                for await isRefused in strangers where isRefused { refused += 1 }
                return refused
            }
            #expect(waits == 1)
        }
        #expect(order.all.first == "known")
        #expect(order.all.count == PasswordMill.mostWaiting)
    }

    @Test("a change of cost renews the stored password at the next sign-in")
    func renewal() async throws {
        let bench = try await AccountBench()
        let ana = try await bench.add("ana")
        let dearer = AccountDesk(
            database: bench.database,
            clock: bench.clock.clock,
            cost: PasswordCost(rounds: 32, blockSize: 1, parallelism: 1)
        )
        func stored() async throws -> String? {
            try await bench.database.read { session in
                try session.row("SELECT password FROM account WHERE id = $1", [.integer(ana.id)])?.text(0)
            }
        }
        #expect(try await stored()?.hasPrefix("scrypt$16$1$1$") == true)
        _ = try await dearer.verify(login: "ana", password: AccountBench.password, address: "x")
        #expect(try await stored()?.hasPrefix("scrypt$32$1$1$") == true)
        #expect(try await bench.signIn("ana")?.id == ana.id)
    }
}
